"""What anybody may know of a case: plain fields of open categories, and a rounded place.

Sensitive cases and drills are not there. Which categories are open is the caller's to
say, because the catalogue lies in memory; a code that it does not name is not public.
"""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.case_board.queries import NAME, VERSION, Filter
from projections.case_timeline.queries import VERSION as TIMELINE
from projections.named import Queries, live_schema
from projections.port import Connection, Reads

SQL: Final = Queries(Path(__file__).with_name("public.sql"), live_schema(NAME, VERSION))
MILLIDEGREE: Final = 1_000
"""In millionths of a degree: about 111 m north, 89 m east at 37° N."""
EVER: Final = 1 << 62
DEGREE: Final = 1_000_000
EXPORT_PAGE: Final = 1_000


class PublicRow(msgspec.Struct, frozen=True, kw_only=True):
    """One public case. Instants are microseconds UTC, `lon` and `lat` already rounded."""

    number: str
    id: UUID
    status: str
    open: bool
    overdue: bool
    category: str
    department: str | None
    scope: str
    grid: str | None
    lon: int | None
    lat: int | None
    reported_at: Microseconds | None
    updated_at: Microseconds
    closed_at: Microseconds | None
    total_due: Microseconds | None
    position: int
    basis: str


class PublicUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to a public case."""

    position: int
    topic: str
    at: Microseconds
    case_id: UUID
    number: str


class PublicEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a public case, with the case as it is now; the place is rounded."""

    position: int
    topic: str
    version: int
    at: Microseconds
    recorded_at: Microseconds
    basis: str
    case_id: UUID
    number: str
    status: str
    open: bool
    category: str
    severity: str
    scope: str
    grid: str | None
    lon: int | None
    lat: int | None
    department: str | None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which public cases. Instants: from inclusive, before exclusive."""

    scope: str
    categories: tuple[str, ...]
    open: bool | None = None
    reported_from: Microseconds = 0
    reported_before: Microseconds = EVER
    updated_from: Microseconds = 0
    updated_before: Microseconds = EVER


def rounded(micro_degrees: int) -> int:
    """Return a coordinate to about 100 m."""
    return (micro_degrees + MILLIDEGREE // 2) // MILLIDEGREE * MILLIDEGREE


async def page(reads: Reads, wanted: Wanted, limit: int, offset: int = 0) -> list[PublicRow]:
    """Return public cases, newest report first."""
    rows = await reads.fetch(
        SQL["page"], *scope_range(wanted.scope), wanted.categories, wanted.open,
        wanted.reported_from, wanted.reported_before,
        wanted.updated_from, wanted.updated_before, limit, offset,
    )  # fmt: skip
    return [_row(row) for row in rows]


async def numbered(reads: Reads, wanted: Wanted, numbers: Sequence[str]) -> list[PublicRow]:
    """Return public cases by the numbers people know."""
    rows = await reads.fetch(
        SQL["numbered"], *scope_range(wanted.scope), wanted.categories, numbers
    )
    return [_row(row) for row in rows]


async def updates(
    reads: Reads, wanted: Wanted, topics: Sequence[str], after: int, limit: int
) -> list[PublicUpdate]:
    """Return what happened to public cases just after a position, in the log's order."""
    sql = SQL["updates"].replace(":timeline", str(TIMELINE))
    rows = await reads.fetch(
        sql, *scope_range(wanted.scope), wanted.categories, topics, after,
        wanted.updated_from, wanted.updated_before, limit,
    )  # fmt: skip
    return [PublicUpdate(**row) for row in rows]


async def events(
    reads: Reads, scope: str, categories: Sequence[str], after: int, limit: int
) -> list[PublicEvent]:
    """Return events of public cases just after a position, in the log's order."""
    sql = SQL["events"].replace(":timeline", str(TIMELINE))
    rows = await reads.fetch(sql, *scope_range(scope), categories, after, limit)
    return [_event(dict(row)) for row in rows]


def _event(row: dict[str, Any]) -> PublicEvent:
    for name in ("lon", "lat"):
        row[name] = None if row[name] is None else rounded(row[name])
    return PublicEvent(**row)


async def number_of(reads: Reads, command: UUID, categories: Sequence[str]) -> str | None:
    """Return the number of the public case that a command reported."""
    number: str | None = await reads.fetchval(SQL["of_command"], command, categories)
    return number


async def export(
    connection: Connection, wanted: Filter, categories: Sequence[str]
) -> AsyncIterator[list[dict[str, Any]]]:
    """Yield pages of public cases, newest report first; inside the caller's transaction.

    A cursor of the server's: memory does not grow with the number of cases.
    """
    cursor = await connection.cursor(SQL["export"], *wanted.arguments(), categories)
    while rows := await cursor.fetch(EXPORT_PAGE):
        yield [_exported(dict(row)) for row in rows]


def _exported(row: dict[str, Any]) -> dict[str, Any]:
    for name in ("lon", "lat"):
        if row[name] is not None:
            row[name] = rounded(row[name]) / DEGREE
    return row


def _row(row: dict[str, Any]) -> PublicRow:
    found = PublicRow(**row)
    if found.lon is None or found.lat is None:
        return found
    return msgspec.structs.replace(found, lon=rounded(found.lon), lat=rounded(found.lat))
