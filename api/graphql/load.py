"""Loads: how many cases lie on a grid, an area, a department, and on the district."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import strawberry

from api.graphql.context import Info
from api.graphql.errors import Forbidden
from api.graphql.place import Area, Department, Grid, area_of, department_of, grid_of
from api.reference import Reference
from domain.access import GRANTS, Action
from domain.directory.state import DepartmentState
from projections.area_load.queries import AreaLoadRow
from projections.as_of import At
from projections.case_board import queries as board
from projections.department_load.queries import DepartmentLoadRow
from projections.grid_load.queries import GridLoadRow
from projections.port import Reads


@strawberry.type(description="Cases on a grid.")
class GridLoad:
    """Absolute values; a grid without cases is not listed."""

    code: str = strawberry.field(description="Grid code.")
    open: int = strawberry.field(description="Open cases.")
    overdue: int = strawberry.field(description="Open cases past a binding deadline.")
    life_safety: int = strawberry.field(description="Open cases that endanger life.")
    then: strawberry.Private[Reference | None] = None

    @strawberry.field(description="The grid itself; null when it is not known.")
    def grid(self, info: Info) -> Grid | None:
        """Return the grid as it was at the moment of the load."""
        found = _district(self.then, info).grid(self.code)
        return None if found is None else grid_of(found)


@strawberry.type(description="Cases a department leads.")
class DepartmentLoad:
    """Absolute values; `id` is the department's own."""

    id: str = strawberry.field(description="Department id as commands and filters use it.")
    name: str = strawberry.field(description="Name in Chinese, or as the source has it.")
    name_en: str = strawberry.field(description="Name in English.")
    open: int = strawberry.field(description="Open cases it leads.")
    overdue: int = strawberry.field(description="Open ones past a binding deadline.")
    handled: int = strawberry.field(description="Cases it has handed in.")
    total: int = strawberry.field(description="All cases it leads, or led last.")
    closing_rate_bp: int | None = strawberry.field(
        description="Closed per total in basis points; null for one without a case."
    )
    then: strawberry.Private[Reference | None] = None

    @strawberry.field(description="The department itself; null when it is not known.")
    def department(self, info: Info) -> Department | None:
        """Return the department as it was at the moment of the load."""
        found = _district(self.then, info).department(self.id)
        return None if found is None else department_of(found)


@strawberry.type(description="Cases in an area with all below it.")
class AreaLoad:
    """Absolute values."""

    code: str = strawberry.field(description="Administrative code.")
    scope: str = strawberry.field(description="Codes from the district down, each with a dot.")
    level: str = strawberry.field(description="district, township, community or grid.")
    name: str = strawberry.field(description="Name in Chinese, or as the source has it.")
    name_en: str = strawberry.field(description="Name in English.")
    open: int = strawberry.field(description="Open cases.")
    overdue: int = strawberry.field(description="Open cases past a binding deadline.")
    closing_rate_bp: int | None = strawberry.field(
        description="Closed per total in basis points; null when there is no case."
    )
    then: strawberry.Private[Reference | None] = None

    @strawberry.field(description="The area itself; null when it is not known.")
    def area(self, info: Info) -> Area | None:
        """Return the area as it was at the moment of the load."""
        district = _district(self.then, info)
        found = district.area(self.scope)
        return None if found is None else area_of(found, district)


@strawberry.type(description="The state of a scope in a handful of numbers.")
class Overview:
    """Today is the local day of the district."""

    open: int = strawberry.field(description="Open cases.")
    reported_today: int = strawberry.field(description="Cases reported today, local time.")
    closed_today: int = strawberry.field(description="Cases closed today, local time.")
    overdue: int = strawberry.field(description="Open cases past a binding deadline.")
    life_safety: int = strawberry.field(description="Open cases that endanger life.")
    total: int = strawberry.field(description="All cases.")
    closed: int = strawberry.field(description="Closed cases.")
    closing_rate_bp: int | None = strawberry.field(
        description="Closed per total in basis points; null when there is no case."
    )
    accept_p50_s: int | None = strawberry.field(
        name="acceptP50S",
        description="Median seconds from report to acceptance, of cases accepted today.",
    )


def grid_load(row: GridLoadRow, then: Reference | None = None) -> GridLoad:
    """Return a grid's load for the API; `then` is the district of a moment of the past."""
    return GridLoad(
        code=row.code, open=row.open, overdue=row.overdue, life_safety=row.life_safety, then=then
    )


def department_load(
    row: DepartmentLoadRow,
    known: Mapping[str, DepartmentState],
    then: Reference | None = None,
) -> DepartmentLoad:
    """Return a department's load for the API; an unknown one is called by its id."""
    name, name_en = department_names(known, row.id)
    return DepartmentLoad(
        id=row.id, name=name, name_en=name_en, open=row.open, overdue=row.overdue,
        handled=row.handled, total=row.total, closing_rate_bp=row.closing_rate_bp, then=then,
    )  # fmt: skip


def department_names(known: Mapping[str, DepartmentState], key: str) -> tuple[str, str]:
    """Return the names of a department, zh and en; an unknown one is called by its id."""
    found = known.get(key)
    name = found.name if found is not None else key
    return name, (found.name_en if found is not None else "") or name


def area_load(row: AreaLoadRow, reference: Reference) -> AreaLoad:
    """Return an area's load for the API; an unknown one is called by its scope."""
    code, level, name, name_en = area_words(reference, row.scope)
    return AreaLoad(
        code=code, scope=row.scope, level=level, name=name, name_en=name_en,
        open=row.open, overdue=row.overdue, closing_rate_bp=row.closing_rate_bp, then=reference,
    )  # fmt: skip


def area_words(reference: Reference, scope: str) -> tuple[str, str, str, str]:
    """Return code, level and names of the area or grid of a scope; else its last part."""
    found = reference.area(scope)
    if found is not None:
        return found.code, found.level, found.name, found.name_en or found.name
    grid = reference.grid_by_scope(scope)
    if grid is not None:
        return grid.code, "grid", grid.name, grid.name
    name = scope.split(".")[-2]
    return "", "", name, name


def _district(then: Reference | None, info: Info) -> Reference:
    """Return the district of a load. Raises Forbidden for who may not know the reference."""
    if info.context.actor.role not in GRANTS[Action.READ_REFERENCE]:
        raise Forbidden("what the district is made of is not for the public")
    return info.context.platform.reference if then is None else then


def local_day(instant: int, zone: str) -> tuple[int, int]:
    """Return [start, end) of the local day of an instant, microseconds UTC."""
    known = _LATEST.get(zone, (0, 0))
    if known[0] <= instant < known[1]:
        return known
    here = datetime.fromtimestamp(instant / 1_000_000, ZoneInfo(zone))
    start = here.replace(hour=0, minute=0, second=0, microsecond=0)
    end = start + timedelta(days=1)
    found = int(start.timestamp()) * 1_000_000, int(end.timestamp()) * 1_000_000
    _LATEST[zone] = found
    return found


_LATEST: Final[dict[str, tuple[int, int]]] = {}
"""The day asked for last, by zone: nearly every question is about today."""


NO_AREA = AreaLoadRow(scope="", depth=0, open=0, overdue=0, life_safety=0, closed=0, total=0)


async def overview(
    reads: Reads,
    scope: str,
    load: AreaLoadRow | None,
    zone: str,
    now: int,
    at: At | None = None,
) -> Overview:
    """Return the overview of a scope whose area load has been read, as of a moment."""
    row = load or NO_AREA
    day = local_day(now, zone)
    reported, closed = await board.today(reads, scope, *day, at=at)
    median = await board.accept_median_s(reads, scope, *day, at=at)
    return Overview(
        open=row.open, reported_today=reported, closed_today=closed, overdue=row.overdue,
        life_safety=row.life_safety, total=row.total, closed=row.closed,
        closing_rate_bp=row.closing_rate_bp, accept_p50_s=median,
    )  # fmt: skip
