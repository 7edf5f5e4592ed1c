"""The live alarms of a scope: all that stand, then each that changed."""

from collections.abc import Sequence

import strawberry

from api.graphql.alarm.types import Alarm, alarm_of
from api.graphql.live.cursor import Cursor
from api.graphql.live.source import Kind, Taken, at
from api.graphql.scalars import LogPosition
from api.platform import Platform
from projections.alarm_list import queries as alarms
from projections.alarm_list.queries import AlarmRow
from projections.delta import Change
from projections.reading import at_position
from projections.sight import Sight


@strawberry.type(description="All alarms that stand at one position.")
class AlarmsSnapshot:
    """The first message, and the one after a Resync."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the alarms are as of.")
    alarms: list[Alarm] = strawberry.field(description="Those that stand, the oldest first.")


@strawberry.type(description="Alarms that changed: whole new values; see `stands`.")
class AlarmsDelta:
    """Applies when `position` is greater than the last one seen."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the alarms are as of.")
    alarms: list[Alarm] = strawberry.field(description="New, changed or ended ones.")


class AlarmsSource:
    """The alarms inside one scope."""

    interval_s = 0.0

    def __init__(self, platform: Platform, scope: str) -> None:
        self._platform = platform
        self._scope = scope
        self.scope_key = f"alarms {scope}"

    async def snapshot(self) -> Taken:
        """Return the alarms that stand."""
        sight = Sight(scope=self._scope)
        async with at_position(self._platform.reads, sight) as (reads, found):
            rows = await alarms.standing(reads, self._scope)
        cursor = at(self._platform, found)
        payload = AlarmsSnapshot(
            cursor=cursor.encode(), position=LogPosition(found.position), alarms=self._shown(rows)
        )
        return Taken(Kind.SNAPSHOT, cursor, payload)

    async def delta(self, changes: Sequence[Change], cursor: Cursor) -> object | None:
        """Return the alarms that changed."""
        latest: dict[str, AlarmRow] = {}
        for change in changes:
            for delta in change.deltas:
                if isinstance(delta.row, AlarmRow) and delta.scope.startswith(self._scope):
                    latest[delta.key] = delta.row
        if not latest:
            return None
        return AlarmsDelta(
            cursor=cursor.encode(), position=LogPosition(cursor.position),
            alarms=self._shown(list(latest.values())),
        )  # fmt: skip

    def _shown(self, rows: Sequence[AlarmRow]) -> list[Alarm]:
        return [alarm_of(row, self._platform.reference) for row in rows]
