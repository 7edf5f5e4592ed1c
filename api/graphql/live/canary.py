"""The live canaries: each report that only tries the way, once it has come through."""

from collections.abc import Sequence

import strawberry

from api.graphql.live.cursor import Cursor
from api.graphql.live.source import Kind, Taken, at
from api.graphql.scalars import LogPosition
from api.platform import Platform
from projections.canary import CanaryRow
from projections.delta import Change
from projections.reading import at_position
from projections.sight import NOTHING


@strawberry.type(description="Where canaries are followed from; nothing of them is kept.")
class CanarySnapshot:
    """The first message, and the one after a Resync."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position that is followed from.")


@strawberry.type(description="Canaries that have come through the projector.")
class CanaryDelta:
    """Applies when `position` is greater than the last one seen."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position they are as of.")
    positions: list[LogPosition] = strawberry.field(description="Where their reports lie.")


class CanarySource:
    """All canaries of the cell."""

    interval_s = 0.0
    scope_key = "canary"

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def snapshot(self) -> Taken:
        """Return where they are followed from."""
        async with at_position(self._platform.reads, NOTHING) as (_, found):
            cursor = at(self._platform, found)
        payload = CanarySnapshot(cursor=cursor.encode(), position=LogPosition(found.position))
        return Taken(Kind.SNAPSHOT, cursor, payload)

    async def delta(self, changes: Sequence[Change], cursor: Cursor) -> object | None:
        """Return the canaries among some changes."""
        found = [
            LogPosition(delta.row.position)
            for change in changes
            for delta in change.deltas
            if isinstance(delta.row, CanaryRow)
        ]
        if not found:
            return None
        return CanaryDelta(
            cursor=cursor.encode(), position=LogPosition(cursor.position), positions=found
        )
