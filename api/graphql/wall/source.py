"""The wall as a subscription's source: at most twenty deltas a second, each of absolute values."""

from collections.abc import Sequence

from api.graphql.as_of import present
from api.graphql.live.cursor import Cursor
from api.graphql.live.source import Kind, Taken, at
from api.graphql.load import NO_AREA, Overview, area_load, department_load, grid_load
from api.graphql.scalars import LogPosition
from api.graphql.wall.scene import closed_categories, newest_first, scene, serves
from api.graphql.wall.today import KeptToday
from api.graphql.wall.types import WallDelta, WallSnapshot
from api.platform import Platform
from domain.directory.state import AreaState
from projections.area_load import queries as areas
from projections.area_load.queries import AreaLoadRow
from projections.delta import Change
from projections.department_load.queries import DepartmentLoadRow
from projections.feed.queries import FeedRow
from projections.grid_load.queries import GridLoadRow
from projections.reading import at_position
from projections.sight import Sight


class WallSource:
    """One area's wall. Everybody sees the same, so the visible scope is the area."""

    interval_s = 0.05

    def __init__(self, platform: Platform, area: AreaState) -> None:
        self._platform = platform
        self._area = area
        self.scope_key = f"wall {area.scope}"
        self._kept = KeptToday(platform, area.scope)

    async def snapshot(self) -> Taken:
        """Return the whole wall, read in one snapshot of the read models."""
        day, ends = self._kept.forget()  # a read model may have been built anew
        sight = Sight(scope=self._area.scope)
        async with at_position(self._platform.reads, sight) as (reads, found):
            taken = await scene(present(self._platform, reads, found), self._area)
        cursor = at(self._platform, found, day)
        payload = WallSnapshot(
            cursor=cursor.encode(), position=LogPosition(found.position), scene=taken
        )
        return Taken(Kind.SNAPSHOT, cursor, payload, ends)

    async def delta(self, changes: Sequence[Change], cursor: Cursor) -> object | None:
        """Return the rows that changed inside the area, and its overview."""
        reference, scope = self._platform.reference, self._area.scope
        changed = Changed(changes, scope)
        await self._count(changes)
        if not changed.anything:
            return None
        hidden = set(closed_categories(reference))
        below = scope.count(".") + 1
        return WallDelta(
            cursor=cursor.encode(),
            position=LogPosition(cursor.position),
            overview=await self._overview(changed),
            grids=[grid_load(row) for row in changed.grids.values()],
            departments=[
                department_load(row, reference.departments)
                for row in changed.departments.values()
                if serves(reference.department(row.id), self._area)
            ],
            townships=[
                area_load(row, reference)
                for row in changed.areas.values()
                if row.depth == below
            ],
            feed=newest_first(
                (row for row in changed.feed.values() if row.category not in hidden), reference
            ),
        )  # fmt: skip

    async def _count(self, changes: Sequence[Change]) -> None:
        await self._kept.go_on(changes)

    async def _overview(self, changed: "Changed") -> Overview:
        """Return the overview: its counts from the change itself, today's as they were kept."""
        scope = self._area.scope
        load = changed.areas.get(scope) or await areas.one(self._platform.pool, scope)
        return self._kept.overview(load or NO_AREA)


class Changed:
    """The latest row of everything that some changes touched inside a scope."""

    def __init__(self, changes: Sequence[Change], scope: str) -> None:
        self.grids: dict[str, GridLoadRow] = {}
        self.departments: dict[str, DepartmentLoadRow] = {}
        self.areas: dict[str, AreaLoadRow] = {}
        self.feed: dict[str, FeedRow] = {}
        for change in changes:
            for delta in change.deltas:
                self._take(delta.key, delta.row, scope)

    @property
    def anything(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.grids or self.departments or self.areas or self.feed)

    def _take(self, key: str, row: object, scope: str) -> None:
        match row:
            case GridLoadRow() if row.scope.startswith(scope):
                self.grids[key] = row
            case AreaLoadRow() if row.scope.startswith(scope):
                self.areas[key] = row
            case FeedRow() if row.scope.startswith(scope):
                self.feed[key] = row
            case DepartmentLoadRow():
                self.departments[key] = row
            case _:
                return
