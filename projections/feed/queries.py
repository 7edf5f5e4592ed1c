"""What may be asked of the feed: the latest entries, newest first."""

from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.as_of import At
from projections.case_board.queries import SQL as BOARD
from projections.case_past.queries import SQL as PAST
from projections.case_timeline.queries import SQL as TIMELINE
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "feed"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))
WINDOW: Final = 5_000
"""Entries older than this many positions are dropped."""

TOPICS: Final = frozenset(
    f"case.{verb}"
    for verb in (
        "reported", "self_handled", "accepted", "declined", "filed", "filing_refused",
        "merged", "unmerged", "split_off", "dispatched", "redispatched", "acknowledged",
        "returned", "return_upheld", "joint_handling_opened", "assist_added", "suspended",
        "resumed", "escalated", "returned_down", "urged", "expedited", "supervision_ordered",
        "deadline_warned", "deadline_passed", "handled", "check_passed", "check_failed",
        "rework_ordered", "closed", "force_closed", "feedback_received", "reopened", "cancelled",
    )
)  # fmt: skip
"""What a room wants to see happen; notes, evidence and corrections stay on the timeline."""


class FeedRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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


_EARLIER: Final = {
    name: SQL[name]
    .replace(":entry", f"{TIMELINE.schema}.entry")
    .replace(":past", f"{PAST.schema}.past")
    .replace(":board", f"{BOARD.schema}.board")
    for name in ("known", "happened")
}


async def latest(
    reads: Reads,
    scope: str = "",
    limit: int = 20,
    *,
    without: tuple[str, ...] | None = None,
    after: int = 0,
    at: At | None = None,
) -> list[FeedRow]:
    """Return the latest entries inside a scope, newest first.

    `without` leaves categories out (those whose publicity is not open). As of a moment they
    are made from the timeline, without the cases that are sensitive today; by effective time
    the newest is what happened last.
    """
    if at is None:
        rows = await reads.fetch(SQL["latest"], *scope_range(scope), without, after, limit)
    else:
        name = "known" if at.effective_at is None else "happened"
        floor = max(after, at.position - WINDOW) if at.effective_at is None else 0
        given = (*scope_range(scope), without, floor, limit, sorted(TOPICS), at.value)
        rows = await reads.fetch(_EARLIER[name], *given)
    return [FeedRow(**row) for row in rows]
