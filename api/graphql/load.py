"""Loads: how many cases lie on a grid, an area, a department, and on the district."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import strawberry

from api.reference import Reference
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


@strawberry.type(description="Cases a department leads.")
class DepartmentLoad:
    """Absolute values; `id` is the department's own."""

    id: str = strawberry.field(description="Department id as commands and filters use it.")
    name: str = strawberry.field(description="Name in Chinese, or as the source has it.")
    name_en: str = strawberry.field(description="Name in English.")
    open: int = strawberry.field(description="Open cases it leads.")
    overdue: int = strawberry.field(description="Open ones past a binding deadline.")
    handled: int = strawberry.field(description="Cases it has handed in.")
    closing_rate_bp: int | None = strawberry.field(
        description="Closed per total in basis points; null when it never had a case."
    )


@strawberry.type(description="Cases in an area with all below it.")
class AreaLoad:
    """Absolute values."""

    code: str = strawberry.field(description="Administrative code.")
    scope: str = strawberry.field(description="Codes from the district down, each with a dot.")
    level: str = strawberry.field(description="district, township or community.")
    name: str = strawberry.field(description="Name in Chinese, or as the source has it.")
    name_en: str = strawberry.field(description="Name in English.")
    open: int = strawberry.field(description="Open cases.")
    overdue: int = strawberry.field(description="Open cases past a binding deadline.")
    closing_rate_bp: int | None = strawberry.field(
        description="Closed per total in basis points; null when there is no case."
    )


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


def grid_load(row: GridLoadRow) -> GridLoad:
    """Return a grid's load for the API."""
    return GridLoad(code=row.code, open=row.open, overdue=row.overdue, life_safety=row.life_safety)


def department_load(row: DepartmentLoadRow, known: Mapping[str, DepartmentState]) -> DepartmentLoad:
    """Return a department's load for the API; an unknown one is called by its id."""
    found = known.get(row.id)
    name = found.name if found is not None else row.id
    return DepartmentLoad(
        id=row.id, name=name, name_en=(found.name_en if found is not None else "") or name,
        open=row.open, overdue=row.overdue, handled=row.handled,
        closing_rate_bp=row.closing_rate_bp,
    )  # fmt: skip


def area_load(row: AreaLoadRow, reference: Reference) -> AreaLoad:
    """Return an area's load for the API; an unknown one is called by its scope."""
    found = reference.area(row.scope)
    name = found.name if found is not None else row.scope.split(".")[-2]
    return AreaLoad(
        code=found.code if found is not None else "", scope=row.scope,
        level=found.level if found is not None else "", name=name,
        name_en=(found.name_en if found is not None else "") or name,
        open=row.open, overdue=row.overdue, closing_rate_bp=row.closing_rate_bp,
    )  # fmt: skip


def local_day(instant: int, zone: str) -> tuple[int, int]:
    """Return [start, end) of the local day of an instant, microseconds UTC."""
    here = datetime.fromtimestamp(instant / 1_000_000, ZoneInfo(zone))
    start = here.replace(hour=0, minute=0, second=0, microsecond=0)
    end = start + timedelta(days=1)
    return int(start.timestamp()) * 1_000_000, int(end.timestamp()) * 1_000_000


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
