"""What may be asked of alerts: those nobody has decided, the oldest first, and the decided ones."""

from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.as_of import At
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "alert_list"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))
LAST: Final = 2**63 - 1


class AlertRow(msgspec.Struct, frozen=True, kw_only=True):
    """One alert; `outcome` is confirmed, or why it was dismissed, None while nobody has looked.

    `decision` is the position of the event that decided it. Instants are effective times.
    """

    stream: UUID
    alert: str
    device: str
    suggested: str
    scope: str
    grid: str
    certainty: int | None
    raised_at: Microseconds
    position: int
    outcome: str | None = None
    category: str | None = None
    decided_at: Microseconds | None = None
    decided_by: str | None = None
    decision: int | None = None


async def undecided(
    reads: Reads, scope: str, after: int | None, limit: int, *, at: At | None = None
) -> list[AlertRow]:
    """Return alerts that nobody has decided, raised after a position, the oldest first."""
    given = *scope_range(scope), *_until(at), after or 0, limit
    return [AlertRow(**row) for row in await reads.fetch(SQL["open"], *given)]


async def decided(
    reads: Reads,
    scope: str,
    before: int | None,
    limit: int,
    *,
    confirmed: bool,
    at: At | None = None,
) -> list[AlertRow]:
    """Return alerts confirmed or dismissed before a position, the latest decided first."""
    start = LAST if before is None else before
    given = *scope_range(scope), *_until(at), start, limit, confirmed
    return [AlertRow(**row) for row in await reads.fetch(SQL["decided"], *given)]


def _until(at: At | None) -> tuple[int, int]:
    """Return the last position and the last instant that are looked at."""
    if at is None:
        return LAST, LAST
    return at.position, LAST if at.effective_at is None else at.effective_at
