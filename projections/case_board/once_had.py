"""Cases that a department ever had: where its lists of the past are looked for.

A department's cases of a moment are found neither by today's row, which does not say who has
handed a case on, nor by the index of departments, which is not asked before the row policy. The
narrow table `had` of the past is, and holds no row but theirs (docs/adr/0053).
"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from projections.as_of import SQL as AS_OF
from projections.as_of import States
from projections.case_past.queries import SQL as PAST

_ASKED: Final = re.compile(r"b\.departments && \$(\d+)")


def those(states: States, text: str, departments: tuple[str, ...] | None) -> States:
    """Return the states of those cases alone that the departments a query asks for ever had."""
    found = _ASKED.search(text)
    if found is None or departments is None:
        return states
    return _by("one" if len(departments) == 1 else "any", states, int(found[1]))


@lru_cache
def _by(how: str, states: States, place: int) -> States:
    had = PAST[f"had_by_{how}"].replace(":departments", f"(select ${place}::text[])")
    return replace(
        states,
        among=AS_OF["once_had"].replace(":had", had).replace(":board", states.table),
        walked=states.walked.replace("n.reported_at", "h.reported_at"),
        along="h",
    )
