"""What may be asked of the case board. One keyset page or one index lookup each."""

from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.case_board.row import BoardRow
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "case_board"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))


class Sort(StrEnum):
    """The orders a page can have; ties are broken by id."""

    REPORTED = "reported"  # newest first
    UPDATED = "updated"  # newest first
    DUE = "due"  # earliest first, only open cases with a running clock


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases; None does not filter. `number` is a prefix, `departments` means any of them.

    `reported_from` is inclusive, `reported_before` exclusive.
    """

    scope: str = ""
    statuses: tuple[str, ...] | None = None
    category: str | None = None
    departments: tuple[str, ...] | None = None
    overdue: bool | None = None
    severity: str | None = None
    number: str | None = None
    reported_from: Microseconds | None = None
    reported_before: Microseconds | None = None
    open: bool | None = None

    def arguments(self) -> tuple[Any, ...]:
        """Return $1..$11 of the board's list queries."""
        low, high = scope_range(self.scope) if self.scope else (None, None)
        return (
            low, high, self.statuses, self.category, self.departments, self.overdue,
            self.severity, self.number and _literal(self.number),
            self.reported_from, self.reported_before, self.open,
        )  # fmt: skip


ALL: Final = Filter()


def sort_key(row: BoardRow, sort: Sort) -> tuple[Microseconds, UUID]:
    """Return what the next page starts after."""
    values = {Sort.REPORTED: row.reported_at, Sort.UPDATED: row.updated_at, Sort.DUE: row.due_at}
    return values[sort] or 0, row.id


async def page(
    reads: Reads,
    wanted: Filter = ALL,
    sort: Sort = Sort.REPORTED,
    after: tuple[Microseconds, UUID] | None = None,
    limit: int = 50,
) -> list[BoardRow]:
    """Return the next page just after a sort key, at most `limit` rows."""
    value, tie = after or (None, None)
    sql = SQL[f"page_{sort}"]
    rows = await reads.fetch(sql, *wanted.arguments(), value, tie, limit)
    return [BoardRow(**row) for row in rows]


async def count(reads: Reads, wanted: Filter = ALL) -> int:
    """Return how many cases a filter lets through."""
    return int(await reads.fetchval(SQL["count"], *wanted.arguments()))


async def one(reads: Reads, case: UUID) -> BoardRow | None:
    """Return a case by id."""
    row = await reads.fetchrow(SQL["one"], case)
    return None if row is None else BoardRow(**row)


async def many(reads: Reads, cases: list[UUID]) -> dict[UUID, BoardRow]:
    """Return several cases by id; unknown ones are left out."""
    rows = await reads.fetch(SQL["many"], cases)
    return {row["id"]: BoardRow(**row) for row in rows}


async def by_number(reads: Reads, number: str) -> BoardRow | None:
    """Return a case by the number people know."""
    row = await reads.fetchrow(SQL["by_number"], number)
    return None if row is None else BoardRow(**row)


async def by_source(reads: Reads, source: str, source_id: str) -> BoardRow | None:
    """Return an imported case by what its source calls it."""
    row = await reads.fetchrow(SQL["by_source"], source, source_id)
    return None if row is None else BoardRow(**row)


async def similar(
    reads: Reads,
    of: BoardRow,
    box: tuple[int, int, int, int] | None,
    since: Microseconds,
    limit: int,
) -> list[BoardRow]:
    """Return open cases reported since then in a case's grid, or of its kind in a box.

    The box is west, south, east, north in degrees × 1e6.
    """
    edges = box or (None, None, None, None)
    rows = await reads.fetch(
        SQL["similar"], of.id, since, of.grid, of.scope, of.category, *edges, limit
    )
    return [BoardRow(**row) for row in rows]


async def today(
    reads: Reads, scope: str, start: Microseconds, end: Microseconds
) -> tuple[int, int]:
    """Return how many cases were reported and closed in [start, end)."""
    row = await reads.fetchrow(SQL["today"], start, end, *scope_range(scope))
    return row["reported"], row["closed"]


async def accept_median_s(
    reads: Reads, scope: str, start: Microseconds, end: Microseconds
) -> int | None:
    """Return the median seconds from report to acceptance of cases accepted in [start, end)."""
    value = await reads.fetchval(SQL["accept_median"], start, end, *scope_range(scope))
    return None if value is None else int(value)


def _literal(prefix: str) -> str:
    return prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
