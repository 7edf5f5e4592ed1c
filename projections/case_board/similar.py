"""Open cases that may be about the same as one: a statement over that case, `t`.

One text for everybody who asks, with nothing but the case's id to be given: PostgreSQL keeps one
plan for it, where bounds worked out beforehand had it plan each search anew (0.2 ms).
"""

from typing import Final
from uuid import UUID

from domain.calendar.zone import DAY
from projections.case_board.queries import SQL
from projections.case_board.row import BoardRow
from projections.port import Reads

WITHIN_M: Final = 300
DAYS: Final = 3
MOST: Final = 30
"""Rows to be judged: more than are shown, as a box has corners."""
MICRODEGREES_PER_METRE: Final = 9
"""Of latitude, rounded up; the rows are measured again."""
SIMILAR: Final = (
    SQL["similar"]
    .replace(":days", str(DAYS * DAY))
    .replace(":north", str(WITHIN_M * MICRODEGREES_PER_METRE))
    .replace(":most", str(MOST))
)
"""The rows, of the case that is `t` beside it."""
_OF_ONE: Final = f"select r.* from ({{one}}) t cross join lateral ({SIMILAR}) r".format(
    one=SQL["one"].replace(":states", f"{SQL.schema}.board")
)


async def similar(reads: Reads, case: UUID) -> list[BoardRow]:
    """Return open cases in a case's grid, or of its kind in a box around it, of its days."""
    return [BoardRow(**row) for row in await reads.fetch(_OF_ONE, case)]
