"""Queries about the district: areas, grids, departments, loads, funnel, deadlines, policy."""

from typing import Any, Final
from uuid import UUID

import strawberry

from api.graphql.case.types import case_id
from api.graphql.context import Context, Info
from api.graphql.errors import Forbidden
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
from projections.reading import at_position
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
    context: Context, asked: dict[str, Any], first: int, after: str | None
) -> DeadlineConnection:
    """Return a page of the deadlines the actor sees."""
    size, unit = page_size(first), visible_unit(context.actor)
    if unit is not None:
        asked["department"], asked["scope"] = unit, ""
    elif visible_range(context.actor) == NOWHERE:
        raise Forbidden("deadlines are for those who work on cases")
    start = decode_cursor(DEADLINES, after)
    begin = (start[0], UUID(start[1]), start[2]) if start is not None else None
    async with at_position(context.platform.pool) as (reads, found):
        context.has_read(found.position)
        rows = await deadlines.page(reads, **asked, after=begin, limit=size + 1)
    edges = [
        DeadlineEdge(
            cursor=encode_cursor(DEADLINES, (row.due, str(row.case_id), row.clock)),
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


def page_of_grids(context: Context, scope: str, first: int, after: str | None) -> GridConnection:
    """Return a page of live grids, by code."""
    size, start = page_size(first), decode_cursor(GRIDS, after)
    found = sorted(context.platform.reference.grids_under(scope), key=lambda grid: grid.code)
    rest = [grid for grid in found if start is None or grid.code > start[0]]
    edges = [
        GridEdge(cursor=encode_cursor(GRIDS, (grid.code,)), node=grid_of(grid))
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
    def areas(self, info: Info, scope: str | None = None) -> list[Area]:
        """Return live areas."""
        reference = info.context.platform.reference
        found = reference.children(scope or "")
        return [area_of(one, reference) for one in found]

    @strawberry.field(description="Live grids inside a scope, by code.")
    def grids(
        self, info: Info, first: int, after: str | None = None, scope: str | None = None
    ) -> GridConnection:
        """Return a page of grids."""
        return page_of_grids(info.context, scope or "", first, after)

    @strawberry.field(description="The live grid at a point; null outside all grids.")
    def grid_at(self, info: Info, lon: float, lat: float) -> Grid | None:
        """Return the grid; degrees, WGS 84."""
        micro = round(lon * DEGREE), round(lat * DEGREE)
        found = info.context.platform.reference.grid_at(*micro)
        return None if found is None else grid_of(found)

    @strawberry.field(description="Departments, open ones only unless all are asked for.")
    def departments(self, info: Info, all: bool = False) -> list[Department]:
        """Return departments by id."""
        known = info.context.platform.reference.departments
        return [department_of(known[key]) for key in sorted(known) if all or known[key].live]

    @strawberry.field(description="Categories that may be reported in a scope.")
    def categories(self, info: Info, scope: str | None = None) -> list[Category]:
        """Return live categories by code."""
        reference = info.context.platform.reference
        district = reference.district
        place = scope or (district.scope if district is not None else "")
        found = reference.categories(place)
        return [category_of(found[code]) for code in sorted(found)]

    @strawberry.field(description="Grid workers who serve inside a scope, your own without one.")
    def workers(self, info: Info, scope: str | None = None) -> list[Worker]:
        """Return live workers by id."""
        place = seen_scope(info.context, scope)
        known = info.context.platform.reference.workers
        return [
            worker_of(known[key])
            for key in sorted(known)
            if known[key].live and within(known[key].scope, place)
        ]

    @strawberry.field(description="How many cases lie on each grid; grids without are left out.")
    async def grid_load(self, info: Info, scope: str | None = None) -> list[GridLoad]:
        """Return the grids' loads."""
        context = info.context
        async with at_position(context.platform.pool) as (reads, found):
            context.has_read(found.position)
            rows = await grids.inside(reads, seen_scope(context, scope))
        return [grid_load(row) for row in rows]

    @strawberry.field(description="How many cases lie on each area inside a scope.")
    async def area_load(
        self, info: Info, scope: str | None = None, depth: int | None = None
    ) -> list[AreaLoad]:
        """Return the areas' loads; `depth` is 1 for districts, 2 townships, 3 communities."""
        context = info.context
        place = seen_scope(context, scope)
        async with at_position(context.platform.pool) as (reads, found):
            context.has_read(found.position)
            rows = await areas.at_depth(reads, place, depth or place.count(".") + 1)
        return [area_load(row, context.platform.reference) for row in rows]

    @strawberry.field(description="How many cases each department leads.")
    async def department_load(self, info: Info) -> list[DepartmentLoad]:
        """Return the departments' loads."""
        context = info.context
        async with at_position(context.platform.pool) as (reads, found):
            context.has_read(found.position)
            rows = await departments.every(reads)
        known = context.platform.reference.departments
        return [department_load(row, known) for row in rows]

    @strawberry.field(description="A scope in a handful of numbers.")
    async def overview(self, info: Info, scope: str | None = None) -> Overview:
        """Return the overview."""
        context = info.context
        place = seen_scope(context, scope)
        async with at_position(context.platform.pool) as (reads, found):
            context.has_read(found.position)
            return await read_overview(context.platform, reads, place or whole(context))

    @strawberry.field(description="How many cases of a scope stand in each state.")
    async def stage_funnel(self, info: Info, scope: str | None = None) -> list[Stage]:
        """Return the funnel."""
        context = info.context
        place = seen_scope(context, scope)
        async with at_position(context.platform.pool) as (reads, found):
            context.has_read(found.position)
            rows = await funnel.of_scope(reads, place or whole(context))
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
    ) -> DeadlineConnection:
        """Return a page of deadlines."""
        asked = {
            "scope": seen_scope(info.context, scope),
            "clock": None if clock is None else clock.value,
            "department": department,
            "passed": passed,
            "due_before": due_before,
        }
        return await page_of_deadlines(info.context, asked, first, after)
