"""The wall of the past: the same messages as the live wall's, so a screen can't tell."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from api.graphql.as_of import Sighting
from api.graphql.live.cursor import Cursor
from api.graphql.load import Overview
from api.graphql.scalars import Instant, LogPosition
from api.graphql.wall.scene import scene
from api.graphql.wall.source import Changed, WallSource
from api.graphql.wall.today import Today
from api.graphql.wall.types import WallSnapshot
from api.platform import Platform
from domain.directory.state import AreaState
from projections.case_board.row import BoardRow
from projections.delta import Change
from projections.replay.stage import Stage, feed_rows, without
from projections.replay.standing import hidden_now

HIDDEN_KEPT: Final = 20_000
"""Cases of which a telling remembers whether they are sensitive today."""


class PastWall(WallSource):
    """One area's wall as it was. What is sensitive or not open today is not shown."""

    def __init__(self, platform: Platform, area: AreaState) -> None:
        super().__init__(platform, area)
        self._today = Today(area.scope, platform.reference.timezone(area.scope))
        self._stage: Stage | None = None
        self._hidden: dict[UUID, bool] = {}

    async def opened(
        self, seen: Sighting, stage: Stage, cursor: Cursor, with_figures: bool = True
    ) -> WallSnapshot:
        """Return the whole wall as it stood."""
        assert seen.at is not None
        self._stage = stage
        await self._today.begin(seen.reads, seen.now, seen.at)
        place = LogPosition(cursor.position)
        stood = replace(
            await scene(seen, self._area, with_figures=with_figures),
            position=place,
            server_time=Instant(seen.now),
        )
        return WallSnapshot(cursor=cursor.encode(), position=place, scene=stood)

    async def moved(self, change: Change, cursor: Cursor) -> object | None:
        """Return what a change means to the wall, None for nothing."""
        boards = [delta.row for delta in change.deltas if isinstance(delta.row, BoardRow)]
        self._today.go_on(change.recorded_at, boards)
        lines = [row.case_id for row in feed_rows(change)]
        hidden = await self.hide(lines)
        return await self.delta([without(change, hidden)], cursor)

    async def hide(self, cases: Sequence[UUID]) -> set[UUID]:
        """Return those of some cases that are sensitive today; each is asked for once."""
        unknown = list({case for case in cases if case not in self._hidden})
        if unknown:
            found = await hidden_now(self._platform.pool, unknown)
            self._hidden |= {case: case in found for case in unknown}
            while len(self._hidden) > HIDDEN_KEPT:
                self._hidden.pop(next(iter(self._hidden)))
        return {case for case in cases if self._hidden.get(case, True)}

    async def _count(self, changes: Sequence[Change]) -> None:
        """Nothing is to be read: `moved` has counted."""

    async def _overview(self, changed: Changed) -> Overview:
        assert self._stage is not None
        scope = self._area.scope
        return self._today.overview(changed.areas.get(scope) or self._stage.area_row(scope))
