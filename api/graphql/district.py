"""Queries about the district: areas, grids, departments, loads, funnel, deadlines, policy."""

from typing import Any, Final
from uuid import UUID

import strawberry

from api.graphql.as_of import AskedAsOf, AsOf, Sighting, all_at, reference_at, sighting
from api.graphql.case.sight import case_sight, place_sight
from api.graphql.case.types import case_id
from api.graphql.context import Context, Info
from api.graphql.deadline.types import Reckoning, reckoning_with
from api.graphql.errors import Forbidden
from api.graphql.ids import case_key
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
from api.graphql.paging import PageInfo, decode_cursor, encode_cursor, page_info, page_size
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
from api.graphql.scalars import Instant
from api.graphql.scope import seen_scope, whole
from domain.access import NOWHERE, visible_range, visible_unit
from domain.actor import within
from domain.case.values import Clock
from projections.area_load import queries as areas
from projections.deadline_list import queries as deadlines
from projections.deadline_list.queries import DeadlineRow
from projections.department_load import queries as departments
from projections.grid_load import queries as grids
from projections.sight import EVERYTHING
from projections.stage_funnel import queries as funnel

DEADLINES: Final = "deadlines"
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


@strawberry.type(description="A running clock of an open case.")
class Deadline:
    """Instants in effective time."""

    case: strawberry.ID = strawberry.field(description="The case.")
    number: str = strawberry.field(description="The number people know it by.")
    clock: str = strawberry.field(description="Which stage.")
    limit: str = strawberry.field(description="The limit, such as 4H.")
    start: Instant = strawberry.field(description="When the clock was started.")
    due: Instant = strawberry.field(description="When it ends.")
    warned: bool = strawberry.field(description="Whether a warning was recorded.")
    passed: bool = strawberry.field(description="Whether its passing was recorded.")
    category_code: str = strawberry.field(description="Category code.")
    scope: str = strawberry.field(description="Where the case is.")
    department: str | None = strawberry.field(description="Lead department id.")
    severity: str = strawberry.field(description="How bad it is.")
    status: str = strawberry.field(description="Where the case stands.")

    @strawberry.field(description="Its arithmetic, span by span.")
    async def reckoning(self, info: Info) -> Reckoning | None:
        """Return what set this due instant, also where another has taken its place since."""
        return await reckoning_with(info.context, case_key(self.case), self.clock, self.due)


@strawberry.type(description="A deadline with its place in a list.")
class DeadlineEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Place in this list.")
    node: Deadline = strawberry.field(description="The deadline.")


@strawberry.type(description="A page of deadlines, the earliest first.")
class DeadlineConnection:
    """Relay's connection, forward only."""

    edges: list[DeadlineEdge] = strawberry.field(description="The deadlines with their cursors.")
    nodes: list[Deadline] = strawberry.field(description="The deadlines.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")


def deadline_of(row: DeadlineRow) -> Deadline:
    """Return a deadline for the API."""
    return Deadline(
        case=case_id(row.case_id), number=row.number, clock=row.clock, limit=row.limit_text,
        start=Instant(row.start), due=Instant(row.due), warned=row.warned, passed=row.passed,
        category_code=row.category, scope=row.scope, department=row.department,
        severity=row.severity, status=row.status,
    )  # fmt: skip


async def page_of_deadlines(
    context: Context, asked: dict[str, Any], first: int, after: str | None, as_of: AsOf | None
) -> DeadlineConnection:
    """Return a page of the deadlines the actor sees, as of a moment."""
    size, unit = page_size(first), visible_unit(context.actor)
    if unit is not None:
        asked["department"], asked["scope"] = unit, ""
    elif visible_range(context.actor) == NOWHERE:
        raise Forbidden("deadlines are for those who work on cases")
    sight = case_sight(context.actor)
    async with sighting(context, sight, as_of, after) as seen:
        kind = seen.cursor(DEADLINES)
        start = decode_cursor(kind, after)
        begin = (start[0], UUID(start[1]), start[2]) if start is not None else None
        rows = await deadlines.page(
            seen.reads, **asked, after=begin, limit=size + 1, at=seen.at, sight=sight
        )
    edges = [
        DeadlineEdge(
            cursor=encode_cursor(kind, (row.due, str(row.case_id), row.clock)),
            node=deadline_of(row),
        )
        for row in rows[:size]
    ]
    cursors = [edge.cursor for edge in edges]
    return DeadlineConnection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=page_info(cursors, len(rows) > size, after),
    )


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
    cursors = [edge.cursor for edge in edges]
    return GridConnection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=page_info(cursors, len(rest) > size, after),
    )


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

    @strawberry.field(description="Running clocks, the next to end first.")
    async def deadlines(
        self,
        info: Info,
        first: int,
        after: str | None = None,
        scope: str | None = None,
        clock: Clock | None = None,
        department: str | None = None,
        passed: bool | None = None,
        due_before: Instant | None = None,
        as_of: AskedAsOf = None,
    ) -> DeadlineConnection:
        """Return a page of deadlines."""
        asked = {
            "scope": seen_scope(info.context, scope),
            "clock": None if clock is None else clock.value,
            "department": department,
            "passed": passed,
            "due_before": due_before,
        }
        return await page_of_deadlines(info.context, asked, first, after, as_of)
