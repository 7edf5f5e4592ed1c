"""What may be asked of the alarms: those that stand, and how the others were dealt with."""

from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "alarm_list"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))
MOST: Final = 500
"""Alarms listed at once; a room with more than that does not read lists."""


class AlarmRow(msgspec.Struct, frozen=True, kw_only=True):
    """One time that an alarm was raised. Instants are effective time, microseconds UTC."""

    alarm: UUID
    cycle: int
    version: int
    position: int
    kind: str
    priority: str
    case_id: UUID
    number: str
    category: str
    scope: str
    department: str | None
    raised_at: Microseconds
    acknowledged_at: Microseconds | None = None
    acknowledged_by: str | None = None
    shelved_until: Microseconds | None = None
    shelve_reason: str | None = None
    cleared_at: Microseconds | None = None

    @property
    def stands(self) -> bool:
        """Tell whether somebody has still to look at it."""
        return self.cleared_at is None or self.acknowledged_at is None


class CountRow(msgspec.Struct, frozen=True, kw_only=True):
    """The alarms of one priority in a window."""

    priority: str
    raised: int
    acknowledged: int
    acknowledge_p50_s: int | None
    shelved: int


class ChatterRow(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that was raised again and again."""

    kind: str
    case_id: UUID
    number: str
    category: str
    scope: str
    cycles: int


async def standing(reads: Reads, scope: str = "") -> list[AlarmRow]:
    """Return the alarms that stand in a scope, the oldest first."""
    rows = await reads.fetch(SQL["standing"], *scope_range(scope), MOST)
    return [AlarmRow(**row) for row in rows]


async def active(reads: Reads) -> list[AlarmRow]:
    """Return every alarm that is raised now, acknowledged or not."""
    return [AlarmRow(**row) for row in await reads.fetch(SQL["active"])]


async def latest(reads: Reads, alarm: UUID) -> AlarmRow | None:
    """Return an alarm as it was last raised."""
    row = await reads.fetchrow(SQL["latest"], alarm)
    return None if row is None else AlarmRow(**row)


async def counts(
    reads: Reads, scope: str, start: Microseconds, end: Microseconds
) -> list[CountRow]:
    """Return what was raised in [start, end) and how it was dealt with, by priority."""
    rows = await reads.fetch(SQL["counts"], start, end, *scope_range(scope))
    return [CountRow(**row) for row in rows]


async def busiest(reads: Reads, scope: str, start: Microseconds, end: Microseconds) -> int:
    """Return the most alarms raised within one of the ten-minute spans of [start, end)."""
    return int(await reads.fetchval(SQL["busiest"], start, end, *scope_range(scope)))


async def chattering(
    reads: Reads, scope: str, start: Microseconds, end: Microseconds, limit: int = 10
) -> list[ChatterRow]:
    """Return the alarms raised more than once in [start, end), the most often first."""
    rows = await reads.fetch(SQL["chattering"], start, end, *scope_range(scope), limit)
    return [ChatterRow(**row) for row in rows]
