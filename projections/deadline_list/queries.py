"""What may be asked of the deadlines: the next to run out, by keyset."""

from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "deadline_list"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))


class DeadlineRow(msgspec.Struct, frozen=True, kw_only=True):
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
) -> list[DeadlineRow]:
    """Return running clocks by due instant, starting just after (due, case, clock)."""
    low, high = scope_range(scope) if scope else (None, None)
    start = after or (None, None, None)
    rows = await reads.fetch(
        SQL["page"], low, high, clock, department, passed, due_before, *start, limit
    )
    return [DeadlineRow(**row) for row in rows]


async def of_case(reads: Reads, case: UUID) -> list[DeadlineRow]:
    """Return a case's running clocks."""
    return [DeadlineRow(**row) for row in await reads.fetch(SQL["of_case"], case)]
