"""The wall of the past: the same messages as the live wall's, so a screen can't tell."""

from api.graphql.live.cursor import Cursor
from api.graphql.load import Overview, area_load, department_load, grid_load
from api.graphql.place import area_of
from api.graphql.replay.today import Today
from api.graphql.scalars import Instant, LogPosition
from api.graphql.wall.scene import FEED_LENGTH, closed_categories, entry_of, serves
from api.graphql.wall.source import Changed, WallSource
from api.graphql.wall.types import WallScene, WallSnapshot
from api.platform import Platform
from domain.directory.state import AreaState
from projections.as_of import At
from projections.case_board.row import BoardRow
from projections.delta import Change
from projections.feed.queries import FeedRow
from projections.port import Connection
from projections.replay.stage import Stage, feed_rows, without
from projections.replay.standing import hidden_now
from projections.replay.tape import Order, latest

LOOKED_AT = 3 * FEED_LENGTH
"""Events read for the feed's first entries: some are of categories that are not shown."""


class PastWall(WallSource):
    """One area's wall as it was. What is sensitive or not open today is not shown."""

    def __init__(self, platform: Platform, area: AreaState, order: Order) -> None:
        super().__init__(platform, area)
        self._order = order
        self._today = Today(area.scope, platform.reference.timezone(area.scope))
        self._stage: Stage | None = None

    async def opened(
        self, reads: Connection, at: At, stage: Stage, cursor: Cursor, instant: int
    ) -> WallSnapshot:
        """Return the whole wall as it stood."""
        self._stage = stage
        await self._today.begin(reads, at, instant)
        scene = WallScene(
            position=LogPosition(cursor.position),
            server_time=Instant(instant),
            district=area_of(self._area, self._platform.reference),
            overview=self._today.overview(stage.area_row(self._area.scope)),
            grids=[grid_load(row) for row in stage.grid_rows(self._area.scope)],
            departments=[
                department_load(row, self._platform.reference.departments)
                for row in stage.department_rows()
                if serves(self._platform.reference.department(row.id), self._area)
            ],
            townships=[
                area_load(row, self._platform.reference)
                for row in stage.area_rows(self._area.scope, self._area.scope.count(".") + 1)
            ],
            feed=[
                entry_of(row, self._platform.reference)
                for row in await self._first_lines(reads, at, instant)
            ],
            figures=[],
        )
        return WallSnapshot(
            cursor=cursor.encode(), position=LogPosition(cursor.position), scene=scene
        )

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

    async def _first_lines(self, reads: Connection, at: At, instant: int) -> list[FeedRow]:
        rows = await latest(
            reads, self._platform.log, self._order, instant,
            known=at.position, scope=self._area.scope, limit=LOOKED_AT,
        )  # fmt: skip
        closed = set(closed_categories(self._platform.reference))
        hidden = await hidden_now(reads, [row.case_id for row in rows])
        shown = [r for r in rows if r.category not in closed and r.case_id not in hidden]
        return shown[:FEED_LENGTH]
