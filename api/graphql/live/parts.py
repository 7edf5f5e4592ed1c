"""The smaller live views: overview, grid load, department load, each of one scope."""

from collections.abc import Sequence

import strawberry

from api.graphql.as_of import Sighting, present
from api.graphql.live.cursor import Cursor
from api.graphql.live.source import Kind, Taken, at
from api.graphql.load import (
    DepartmentLoad,
    GridLoad,
    Overview,
    department_load,
    grid_load,
    overview,
)
from api.graphql.scalars import LogPosition
from api.graphql.wall.source import Changed
from api.graphql.wall.today import KeptToday
from api.platform import Platform
from projections.area_load import queries as areas
from projections.delta import Change
from projections.department_load import queries as departments
from projections.grid_load import queries as grids
from projections.reading import at_position
from projections.sight import Sight


@strawberry.type(description="The overview at one position.")
class OverviewSnapshot:
    """The first message, and the one after a Resync."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the values are as of.")
    overview: Overview = strawberry.field(description="The scope in a handful of numbers.")


@strawberry.type(description="The overview after a change.")
class OverviewDelta:
    """Applies when `position` is greater than the last one seen."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the values are as of.")
    overview: Overview = strawberry.field(description="The scope in a handful of numbers.")


@strawberry.type(description="All grids with cases at one position.")
class GridLoadSnapshot:
    """The first message, and the one after a Resync."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the values are as of.")
    grids: list[GridLoad] = strawberry.field(description="Grids that ever had a case.")


@strawberry.type(description="Grids that changed: new absolute values.")
class GridLoadDelta:
    """Applies when `position` is greater than the last one seen."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the values are as of.")
    grids: list[GridLoad] = strawberry.field(description="Grids that changed.")


@strawberry.type(description="All departments with cases at one position.")
class DepartmentLoadSnapshot:
    """The first message, and the one after a Resync."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the values are as of.")
    departments: list[DepartmentLoad] = strawberry.field(description="Departments with cases.")


@strawberry.type(description="Departments that changed: new absolute values.")
class DepartmentLoadDelta:
    """Applies when `position` is greater than the last one seen."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(description="Position the values are as of.")
    departments: list[DepartmentLoad] = strawberry.field(
        description="Departments that changed; drop one whose closingRateBp is null: no case left."
    )


async def read_overview(seen: Sighting, scope: str) -> Overview:
    """Return the overview of a scope."""
    load = await areas.one(seen.reads, scope, at=seen.at)
    zone = seen.reference.timezone(scope)
    return await overview(seen.reads, scope, load, zone, seen.now, seen.at)


class _Part:
    """What the three have in common: a platform, a scope, one snapshot of the read models."""

    interval_s = 0.05

    def __init__(self, platform: Platform, scope: str) -> None:
        self._platform = platform
        self._scope = scope
        self.scope_key = f"{type(self).__name__} {scope}"


class OverviewSource(_Part):
    """The overview of one scope."""

    def __init__(self, platform: Platform, scope: str) -> None:
        super().__init__(platform, scope)
        self._kept = KeptToday(platform, scope)

    async def snapshot(self) -> Taken:
        """Return the overview."""
        day, ends = self._kept.forget()  # a read model may have been built anew
        sight = Sight(scope=self._scope)
        async with at_position(self._platform.reads, sight) as (reads, found):
            value = await read_overview(present(self._platform, reads, found), self._scope)
        cursor = at(self._platform, found, day)
        payload = OverviewSnapshot(
            cursor=cursor.encode(), position=LogPosition(cursor.position), overview=value
        )
        return Taken(Kind.SNAPSHOT, cursor, payload, ends)

    async def delta(self, changes: Sequence[Change], cursor: Cursor) -> object | None:
        """Return the overview when a case inside the scope has changed."""
        await self._kept.go_on(changes)
        load = Changed(changes, self._scope).areas.get(self._scope)
        if load is None:
            return None
        return OverviewDelta(
            cursor=cursor.encode(),
            position=LogPosition(cursor.position),
            overview=self._kept.overview(load),
        )


class GridLoadSource(_Part):
    """The grids inside one scope."""

    async def snapshot(self) -> Taken:
        """Return all grids with cases."""
        sight = Sight(scope=self._scope)
        async with at_position(self._platform.reads, sight) as (reads, found):
            rows = await grids.inside(reads, self._scope)
        cursor = at(self._platform, found)
        payload = GridLoadSnapshot(
            cursor=cursor.encode(),
            position=LogPosition(cursor.position),
            grids=[grid_load(row) for row in rows],
        )
        return Taken(Kind.SNAPSHOT, cursor, payload)

    async def delta(self, changes: Sequence[Change], cursor: Cursor) -> object | None:
        """Return the grids that changed."""
        rows = Changed(changes, self._scope).grids
        if not rows:
            return None
        return GridLoadDelta(
            cursor=cursor.encode(),
            position=LogPosition(cursor.position),
            grids=[grid_load(row) for row in rows.values()],
        )


class DepartmentLoadSource(_Part):
    """All departments of the cell."""

    async def snapshot(self) -> Taken:
        """Return all departments with cases."""
        sight = Sight(scope=self._scope)
        async with at_position(self._platform.reads, sight) as (reads, found):
            rows = await departments.every(reads)
        cursor = at(self._platform, found)
        known = self._platform.reference.departments
        payload = DepartmentLoadSnapshot(
            cursor=cursor.encode(),
            position=LogPosition(cursor.position),
            departments=[department_load(row, known) for row in rows],
        )
        return Taken(Kind.SNAPSHOT, cursor, payload)

    async def delta(self, changes: Sequence[Change], cursor: Cursor) -> object | None:
        """Return the departments that changed."""
        rows = Changed(changes, self._scope).departments
        if not rows:
            return None
        known = self._platform.reference.departments
        return DepartmentLoadDelta(
            cursor=cursor.encode(),
            position=LogPosition(cursor.position),
            departments=[department_load(row, known) for row in rows.values()],
        )
