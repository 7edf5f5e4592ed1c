"""What may be asked of the alarms: those that stand, and how the others were dealt with.

Who asks says by `Seen` which cases' alarms count; where a case lies and who works on it is
what the board says today, not what was so when the alarm was raised.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.actor import scope_range, within
from domain.event import Microseconds
from projections.case_board.queries import STATES
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "alarm_list"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))
MOST: Final = 500
"""Alarms listed at once; a room with more than that does not read lists."""

CHATTERING: Final = 10


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


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Which alarms: of cases inside a scope, and of these departments unless None."""

    scope: str = ""
    units: tuple[str, ...] | None = None

    def bounds(self) -> tuple[Any, ...]:
        """Return the first three arguments of every query."""
        return *scope_range(self.scope), self.units

    def covers(self, scope: str, departments: Collection[str]) -> bool:
        """Tell the same of a case by its place and departments."""
        inside = within(scope, self.scope)
        return inside and (self.units is None or not set(self.units).isdisjoint(departments))


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


async def standing(reads: Reads, seen: Seen) -> list[AlarmRow]:
    """Return the alarms that stand, the oldest first."""
    rows = await reads.fetch(text("standing"), *seen.bounds(), MOST)
    return [AlarmRow(**row) for row in rows]


async def active(reads: Reads) -> list[AlarmRow]:
    """Return every alarm that is raised now, acknowledged or not."""
    return [AlarmRow(**row) for row in await reads.fetch(SQL["active"])]


async def latest(reads: Reads, alarm: UUID, seen: Seen) -> AlarmRow | None:
    """Return an alarm as it was last raised; None also for one that is not to be seen."""
    row = await reads.fetchrow(text("latest"), *seen.bounds(), alarm)
    return None if row is None else AlarmRow(**row)


async def of_cases(reads: Reads, cases: Collection[UUID], seen: Seen) -> list[AlarmRow]:
    """Return the alarms of some cases, each as it was last raised."""
    rows = await reads.fetch(text("of_cases"), *seen.bounds(), list(cases))
    return [AlarmRow(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class Alarms:
    """What figures are counted from: the table, or the table as it was at a moment.

    `then` names the statement; `moment` is on its axis, `moved` are rows that the table has
    otherwise now, as JSON (`earlier.alarms_at`).
    """

    then: str
    moment: int
    moved: str


async def counts(
    reads: Reads, seen: Seen, start: Microseconds, end: Microseconds, of: Alarms | None = None
) -> list[CountRow]:
    """Return what was raised in [start, end) and how it was dealt with, by priority."""
    sql, given = _counting("counts", (*seen.bounds(), start, end), of)
    return [CountRow(**row) for row in await reads.fetch(sql, *given)]


async def busiest(
    reads: Reads, seen: Seen, start: Microseconds, end: Microseconds, of: Alarms | None = None
) -> int:
    """Return the most alarms raised within one of the ten-minute spans of [start, end)."""
    sql, given = _counting("busiest", (*seen.bounds(), start, end), of)
    return int(await reads.fetchval(sql, *given))


async def chattering(
    reads: Reads, seen: Seen, start: Microseconds, end: Microseconds, of: Alarms | None = None
) -> list[ChatterRow]:
    """Return the ten alarms raised most often in [start, end), of those raised more than once."""
    sql, given = _counting("chattering", (*seen.bounds(), start, end, CHATTERING), of)
    return [ChatterRow(**row) for row in await reads.fetch(sql, *given)]


def _counting(name: str, given: tuple[Any, ...], of: Alarms | None) -> tuple[str, tuple[Any, ...]]:
    """Return a query over `:alarms`, and its arguments."""
    if of is None:
        return text(name).replace(":alarms", f"select * from {SQL.schema}.alarm"), given
    then = SQL[of.then].replace(":moment", f"${len(given) + 1}")
    then = then.replace(":changed", f"${len(given) + 2}")
    return text(name).replace(":alarms", then), (*given, of.moment, of.moved)


SHOWN: Final = ", ".join(
    "b.scope" if field.name == "scope" else f"a.{field.name}"
    for field in msgspec.structs.fields(AlarmRow)
)


def text(name: str) -> str:
    """Return a query with what is shown of an alarm, and the board that says whose it is."""
    return SQL[name].replace(":shown", SHOWN).replace(":board", STATES.table)
