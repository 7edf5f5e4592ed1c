"""What may be asked of the feed: the latest entries, newest first."""

from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "feed"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))
WINDOW: Final = 5_000
"""Entries older than this many positions are dropped."""


class FeedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One case event in plain values; never of a sensitive case."""

    position: int
    case_id: UUID
    at: Microseconds
    topic: str
    number: str
    category: str
    scope: str
    grid: str | None
    department: str | None
    severity: str
    overdue: bool


async def latest(
    reads: Reads,
    scope: str = "",
    limit: int = 20,
    *,
    without: tuple[str, ...] | None = None,
    after: int = 0,
) -> list[FeedRow]:
    """Return the latest entries inside a scope, newest first.

    `without` leaves categories out (those whose publicity is not open).
    """
    rows = await reads.fetch(SQL["latest"], *scope_range(scope), without, after, limit)
    return [FeedRow(**row) for row in rows]
