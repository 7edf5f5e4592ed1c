"""Cases that a department ever had: where its lists of the past are looked for.

A department's cases of a moment are found neither by today's row, which does not say who has
handed a case on, nor by the index of departments, which is not asked before the row policy. The
narrow table `had` of the past is, and holds no row but theirs (docs/adr/0053).
"""

from dataclasses import replace
from functools import lru_cache

from projections.as_of import SQL as AS_OF
from projections.as_of import States
from projections.case_past.queries import SQL as PAST
from projections.named import filled


@lru_cache
def those(states: States, place: str, *, one: bool) -> States:
    """Return the states of those cases alone that some departments, or `one`, ever had.

    Which departments says the argument at `place`.
    """
    words = {
        "once": PAST["had_by_one" if one else "had_by_any"],
        "departments": f"(select {place}::text[])",
        "board": states.table,
    }
    return replace(states, among=filled(AS_OF["once_had"], words), along="h")
