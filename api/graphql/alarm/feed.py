"""The live alarms of a sight: all that stand, then each that changed, and those that left it.

Whose an alarm is, its case says: so a case that moves brings its alarms, or takes them along.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

import strawberry

from api.graphql.alarm.sight import alarm_sight
from api.graphql.alarm.types import Alarm, alarm_id, alarm_of
from api.graphql.live.cursor import Cursor
from api.graphql.live.source import Kind, Taken, at
from api.graphql.scalars import LogPosition
from api.platform import Platform
from projections.alarm_list import queries as alarms
from projections.alarm_list.queries import AlarmRow, Seen
from projections.case_board.row import BoardRow
from projections.delta import Change
from projections.reading import at_position, look_as
from projections.sight import EVERYTHING


@strawberry.type(description="All alarms that stand at one position.")
class AlarmsSnapshot:
    """The first message, and the one after a Resync."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the alarms are as of.")
    alarms: list[Alarm] = strawberry.field(description="Those that stand, the oldest first.")


@strawberry.type(description="An alarm that is no longer in your sight.")
class AlarmRemoved:
    """Its case moved to another place or department."""

    id: strawberry.ID = strawberry.field(description="Id of the alarm.")
    reason: str = strawberry.field(description="out_of_sight.")


@strawberry.type(description="Alarms that changed: whole new values; see `stands`.")
class AlarmsDelta:
    """Applies when `position` is greater than the last one seen."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the alarms are as of.")
    alarms: list[Alarm] = strawberry.field(description="New, changed or ended ones.")
    removes: list[AlarmRemoved] = strawberry.field(description="Those that left your sight.")


class AlarmsSource:
    """The alarms that one sight lets through."""

    interval_s = 0.0

    def __init__(self, platform: Platform, seen: Seen) -> None:
        self._platform = platform
        self._seen = seen
        units = "*" if seen.units is None else ",".join(seen.units)
        self.scope_key = f"alarms {seen.scope} {units}"

    async def snapshot(self) -> Taken:
        """Return the alarms that stand."""
        async with at_position(self._platform.reads, alarm_sight(self._seen)) as (reads, found):
            rows = await alarms.standing(reads, self._seen)
        cursor = at(self._platform, found)
        payload = AlarmsSnapshot(
            cursor=cursor.encode(), position=LogPosition(found.position), alarms=self._shown(rows)
        )
        return Taken(Kind.SNAPSHOT, cursor, payload)

    async def delta(self, changes: Sequence[Change], cursor: Cursor) -> object | None:
        """Return the alarms that changed, came into sight or left it, as they are by now."""
        moved = list(moves(changes, self._seen))
        told = {case for case, comes in moved if comes} | changed_alarms(changes)
        left = {case for case, comes in moved if not comes}
        if not told and not left:
            return None
        async with at_position(self._platform.reads, alarm_sight(self._seen)) as (reads, _):
            rows = await alarms.of_cases(reads, told, self._seen)
            await look_as(reads, EVERYTHING)  # what left sight is named, and that is all
            gone = await alarms.of_cases(reads, left, Seen()) if left else []
        shown = {row.alarm for row in rows}
        removes = [removed(row) for row in gone if row.alarm not in shown]
        if not rows and not removes:
            return None
        return AlarmsDelta(
            cursor=cursor.encode(), position=LogPosition(cursor.position),
            alarms=self._shown(rows), removes=removes,
        )  # fmt: skip

    def _shown(self, rows: Sequence[AlarmRow]) -> list[Alarm]:
        return [alarm_of(row, self._platform.reference) for row in rows]


def changed_alarms(changes: Sequence[Change]) -> set[UUID]:
    """Return the cases whose alarms some changes touched."""
    rows = (delta.row for change in changes for delta in change.deltas)
    return {row.case_id for row in rows if isinstance(row, AlarmRow)}


def moves(changes: Sequence[Change], seen: Seen) -> Iterator[tuple[UUID, bool]]:
    """Yield the cases that came into sight (True) or left it (False), in order."""
    for change in changes:
        for delta in change.deltas:
            now, was = delta.row, delta.was
            if isinstance(now, BoardRow) and isinstance(was, BoardRow):
                comes = seen.covers(now.scope, now.departments)
                if comes is not seen.covers(was.scope, was.departments):
                    yield now.id, comes


def removed(row: AlarmRow) -> AlarmRemoved:
    """Return what is told of an alarm that is out of sight now."""
    return AlarmRemoved(id=alarm_id(row), reason="out_of_sight")
