"""What may be asked of the deadlines: the next to run out, by keyset."""

from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.as_of import At, States, over
from projections.case_board.queries import STATES as BOARD
from projections.named import Queries, live_schema
from projections.port import Reads
from projections.sight import Sight
from projections.writing import columns

NAME: Final = "deadline_list"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))


class DeadlineRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A running clock of an open case. `limit_text` such as 4H; instants in microseconds UTC.

    `passed` and `warned` say that the clock process has stated it for this very due.
    """

    case_id: UUID
    clock: str
    limit_text: str
    start: Microseconds
    due: Microseconds
    warned: bool
    passed: bool
    number: str
    category: str
    scope: str
    grid: str | None
    department: str | None
    severity: str
    status: str


_COLUMNS: Final = columns(DeadlineRow)
_OF_ITS_CLOCK: Final = {
    "case_id": "p.id as case_id",
    "clock": 'r.key collate "C" as clock',
    "limit_text": 'd."limit" collate "C" as limit_text',
    "start": "d.start", "due": "d.due", "warned": "d.warned", "passed": "d.passed",
}  # fmt: skip
STATES: Final = States(
    table=f"{SQL.schema}.deadline",
    source=f"{BOARD.table} n join {SQL.schema}.deadline d on d.case_id = n.id",
    now=", ".join(f"d.{name}" for name in _COLUMNS),
    then=", ".join(_OF_ITS_CLOCK.get(name, f"p.{name}") for name in _COLUMNS),
    unfolded="cross join lateral json_each(p.running::json) r cross join lateral"
    " json_to_record(r.value) as d("
    '"limit" text, start bigint, due bigint, warned boolean, passed boolean)',
    present=BOARD.table,
)


async def page(
    reads: Reads,
    scope: str = "",
    *,
    clock: str | None = None,
    department: str | None = None,
    passed: bool | None = None,
    due_before: Microseconds | None = None,
    after: tuple[Microseconds, UUID, str] | None = None,
    limit: int = 50,
    at: At | None = None,
    sight: Sight | None = None,
) -> list[DeadlineRow]:
    """Return running clocks by due instant, starting just after (due, case, clock)."""
    low, high = scope_range(scope) if scope else (None, None)
    start = after or (None, None, None)
    asked = (low, high, clock, department, passed, due_before, *start, limit)
    sql, arguments = over(SQL["page"], STATES, asked, at, sight)
    return [DeadlineRow(**row) for row in await reads.fetch(sql, *arguments)]


async def of_case(reads: Reads, case: UUID, *, at: At | None = None) -> list[DeadlineRow]:
    """Return a case's running clocks, as of a moment."""
    sql, arguments = over(SQL["of_case"], STATES, (case,), at)
    return [DeadlineRow(**row) for row in await reads.fetch(sql, *arguments)]
