"""The wall of the past: the same messages as the live wall's, so a screen can't tell."""

from dataclasses import replace

from api.graphql.as_of import Sighting
from api.graphql.live.cursor import Cursor
from api.graphql.load import Overview
from api.graphql.replay.today import Today
from api.graphql.scalars import Instant, LogPosition
from api.graphql.wall.scene import scene
from api.graphql.wall.source import Changed, WallSource
from api.graphql.wall.types import WallSnapshot
from api.platform import Platform
from domain.directory.state import AreaState
from projections.case_board.row import BoardRow
from projections.delta import Change
from projections.replay.stage import Stage, feed_rows, without
from projections.replay.standing import hidden_now


class PastWall(WallSource):
    """One area's wall as it was. What is sensitive or not open today is not shown."""

    def __init__(self, platform: Platform, area: AreaState) -> None:
        super().__init__(platform, area)
        self._today = Today(area.scope, platform.reference.timezone(area.scope))
        self._stage: Stage | None = None

    async def opened(self, seen: Sighting, stage: Stage, cursor: Cursor) -> WallSnapshot:
        """Return the whole wall as it stood."""
        assert seen.at is not None
        self._stage = stage
        await self._today.begin(seen.reads, seen.at, seen.now)
        place = LogPosition(cursor.position)
        stood = replace(
            await scene(seen, self._area), position=place, server_time=Instant(seen.now)
        )
        return WallSnapshot(cursor=cursor.encode(), position=place, scene=stood)

    async def moved(self, change: Change, cursor: Cursor) -> object | None:
        """Return what a change means to the wall, None for nothing."""
        boards = [delta.row for delta in change.deltas if isinstance(delta.row, BoardRow)]
        self._today.go_on(change.recorded_at, boards)
        lines = [row.case_id for row in feed_rows(change)]
        hidden = await hidden_now(self._platform.pool, lines) if lines else set()
        return await self.delta([without(change, hidden)], cursor)

    async def _overview(self, changed: Changed) -> Overview:
        assert self._stage is not None
        scope = self._area.scope
        return self._today.overview(changed.areas.get(scope) or self._stage.area_row(scope))
