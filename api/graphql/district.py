"""Queries about the district: areas, grids, departments, workers, loads, funnel."""

from typing import Final

import strawberry

from api.graphql.as_of import AskedAsOf, Sighting, all_at, reference_at, sighting
from api.graphql.case.sight import place_sight
from api.graphql.context import Info
from api.graphql.live.parts import read_overview
from api.graphql.load import (
    AreaLoad,
    DepartmentLoad,
    GridLoad,
    Overview,
    area_load,
    department_load,
    grid_load,
)
from api.graphql.paging import PageInfo, connected, decode_cursor, encode_cursor, page_size
from api.graphql.place import (
    Area,
    Category,
    Department,
    Grid,
    Worker,
    area_of,
    category_of,
    department_of,
    grid_of,
    worker_of,
)
from api.graphql.scope import seen_scope, whole
from domain.actor import within
from projections.area_load import queries as areas
from projections.department_load import queries as departments
from projections.grid_load import queries as grids
from projections.sight import EVERYTHING
from projections.stage_funnel import queries as funnel

GRIDS: Final = "grids"
DEGREE: Final = 1_000_000


@strawberry.type(description="A grid with its place in a list.")
class GridEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Place in this list.")
    node: Grid = strawberry.field(description="The grid.")


@strawberry.type(description="A page of grids, by code.")
class GridConnection:
    """Relay's connection, forward only."""

    edges: list[GridEdge] = strawberry.field(description="The grids with their cursors.")
    nodes: list[Grid] = strawberry.field(description="The grids.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")


@strawberry.type(description="How many cases stand in one state.")
class Stage:
    """One step of the funnel."""

    status: str = strawberry.field(description="The state.")
    cases: int = strawberry.field(description="Cases in it now.")


def page_of_grids(seen: Sighting, scope: str, first: int, after: str | None) -> GridConnection:
    """Return a page of live grids, by code."""
    kind = seen.cursor(GRIDS)
    size, start = page_size(first), decode_cursor(kind, after)
    found = sorted(seen.reference.grids_under(scope), key=lambda grid: grid.code)
    rest = [grid for grid in found if start is None or grid.code > start[0]]
    edges = [
        GridEdge(cursor=encode_cursor(kind, (grid.code,)), node=grid_of(grid))
        for grid in rest[:size]
    ]
    return connected(GridConnection, edges, len(rest) > size, after)


@strawberry.type
class DistrictQueries:
    """Root fields about the district."""

    @strawberry.field(description="Areas one level below a scope, or the districts.")
    async def areas(
        self, info: Info, scope: str | None = None, as_of: AskedAsOf = None
    ) -> list[Area]:
        """Return live areas."""
        reference = await reference_at(info.context, as_of)
        found = reference.children(scope or "")
        return [area_of(one, reference) for one in found]

    @strawberry.field(description="Live grids inside a scope, by code.")
    async def grids(
        self,
        info: Info,
        first: int,
        after: str | None = None,
        scope: str | None = None,
        as_of: AskedAsOf = None,
    ) -> GridConnection:
        """Return a page of grids."""
        async with sighting(info.context, EVERYTHING, as_of, after) as seen:
            return page_of_grids(seen, scope or "", first, after)

    @strawberry.field(description="The live grid at a point; null outside all grids.")
    async def grid_at(
        self, info: Info, lon: float, lat: float, as_of: AskedAsOf = None
    ) -> Grid | None:
        """Return the grid; degrees, WGS 84."""
        micro = round(lon * DEGREE), round(lat * DEGREE)
        found = (await reference_at(info.context, as_of)).grid_at(*micro)
        return None if found is None else grid_of(found)

    @strawberry.field(description="Departments, open ones only unless all are asked for.")
    async def departments(
        self, info: Info, all: bool = False, as_of: AskedAsOf = None
    ) -> list[Department]:
        """Return departments by id."""
        known = (await reference_at(info.context, as_of)).departments
        return [department_of(known[key]) for key in sorted(known) if all or known[key].live]

    @strawberry.field(description="Categories that may be reported in a scope.")
    async def categories(
        self, info: Info, scope: str | None = None, as_of: AskedAsOf = None
    ) -> list[Category]:
        """Return live categories by code."""
        reference = await reference_at(info.context, as_of)
        district = reference.district
        place = scope or (district.scope if district is not None else "")
        found = reference.categories(place)
        return [category_of(found[code]) for code in sorted(found)]

    @strawberry.field(description="Grid workers who serve inside a scope, your own without one.")
    async def workers(
        self, info: Info, scope: str | None = None, as_of: AskedAsOf = None
    ) -> list[Worker]:
        """Return live workers by id."""
        place = seen_scope(info.context, scope)
        known = (await all_at(info.context, as_of))[0].workers
        return [
            worker_of(known[key])
            for key in sorted(known)
            if known[key].live and within(known[key].scope, place)
        ]

    @strawberry.field(description="How many cases lie on each grid; grids without are left out.")
    async def grid_load(
        self, info: Info, scope: str | None = None, as_of: AskedAsOf = None
    ) -> list[GridLoad]:
        """Return the grids' loads."""
        place = seen_scope(info.context, scope)
        async with sighting(info.context, place_sight(info.context.actor), as_of) as seen:
            rows = await grids.inside(seen.reads, place, at=seen.at)
        return [grid_load(row, seen.reference) for row in rows]

    @strawberry.field(description="How many cases lie on each area inside a scope.")
    async def area_load(
        self,
        info: Info,
        scope: str | None = None,
        depth: int | None = None,
        as_of: AskedAsOf = None,
    ) -> list[AreaLoad]:
        """Return the areas' loads; `depth` is 1 for districts, 2 townships, 3 communities."""
        place = seen_scope(info.context, scope)
        async with sighting(info.context, place_sight(info.context.actor), as_of) as seen:
            below = depth or place.count(".") + 1
            rows = await areas.at_depth(seen.reads, place, below, at=seen.at)
        return [area_load(row, seen.reference) for row in rows]

    @strawberry.field(description="How many cases each department leads.")
    async def department_load(self, info: Info, as_of: AskedAsOf = None) -> list[DepartmentLoad]:
        """Return the departments' loads."""
        async with sighting(info.context, EVERYTHING, as_of) as seen:
            rows = await departments.every(seen.reads, at=seen.at)
        district = seen.reference
        return [department_load(row, district.departments, district) for row in rows]

    @strawberry.field(description="A scope in a handful of numbers.")
    async def overview(
        self, info: Info, scope: str | None = None, as_of: AskedAsOf = None
    ) -> Overview:
        """Return the overview."""
        place = seen_scope(info.context, scope)
        async with sighting(info.context, place_sight(info.context.actor), as_of) as seen:
            return await read_overview(seen, place or whole(seen.reference))

    @strawberry.field(description="How many cases of a scope stand in each state.")
    async def stage_funnel(
        self, info: Info, scope: str | None = None, as_of: AskedAsOf = None
    ) -> list[Stage]:
        """Return the funnel."""
        place = seen_scope(info.context, scope)
        async with sighting(info.context, place_sight(info.context.actor), as_of) as seen:
            rows = await funnel.of_scope(seen.reads, place or whole(seen.reference), at=seen.at)
        return [Stage(status=row.status, cases=row.cases) for row in rows]
