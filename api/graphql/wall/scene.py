"""The wall's scene from the read models, and what one change means to it."""

from collections.abc import Iterable
from typing import Final

from api.graphql.as_of import Sighting
from api.graphql.errors import BadInput
from api.graphql.figure import wall_figures
from api.graphql.load import area_load, department_load, grid_load, overview
from api.graphql.place import area_names, area_of
from api.graphql.scalars import Instant, LogPosition
from api.graphql.wall.types import FeedEntry, WallScene
from api.reference import Reference
from domain.actor import within
from domain.directory.state import AreaState, DepartmentState
from projections.area_load import queries as areas
from projections.department_load import queries as departments
from projections.feed import queries as feed
from projections.feed.queries import FeedRow
from projections.grid_load import queries as grids
from projections.port import TOLD

FEED_LENGTH: Final = 30
NOWHERE: Final = AreaState(code="", scope="", level="district", name="—", name_en="—")
"""What the wall shows of a cell that has no district yet."""


def shown_area(reference: Reference, scope: str | None) -> AreaState:
    """Return the area a wall shows: the named one, else the district. Raises BadInput."""
    if not scope:
        return reference.district or NOWHERE
    found = reference.area(scope)
    if found is None:
        raise BadInput(f"there is no area {scope}")
    return found


def closed_categories(reference: Reference) -> tuple[str, ...]:
    """Return the codes of categories whose cases a public screen must not name."""
    return tuple(
        sorted(
            {
                code
                for catalogue in reference.catalogues.values()
                for code, category in catalogue.categories.items()
                if category.publicity != "open"
            }
        )
    )


def entry_of(row: FeedRow, reference: Reference) -> FeedEntry:
    """Return a feed entry with names in place of codes."""
    category = reference.category(row.category)
    department = reference.department(row.department) if row.department else None
    area, area_en = area_names(reference, row.scope)
    return FeedEntry(
        position=LogPosition(row.position), at=Instant(row.at), topic=row.topic,
        number=row.number,
        category=category.name if category is not None else row.category,
        category_en=(category.name_en or category.name) if category is not None else row.category,
        area=area, area_en=area_en, grid=row.grid,
        department=department.name if department is not None else row.department,
        department_en=(department.name_en or department.name)
        if department is not None
        else row.department,
        severity=row.severity, overdue=row.overdue,
    )  # fmt: skip


def newest_first(rows: Iterable[FeedRow], reference: Reference) -> list[FeedEntry]:
    """Return what has happened as entries: all of it, because a wall under load tells sums."""
    latest = sorted(rows, key=lambda row: row.position, reverse=True)[:TOLD]
    return [entry_of(row, reference) for row in latest]


def serves(department: DepartmentState | None, area: AreaState) -> bool:
    """Tell whether a department works here: another city's in the same log does not."""
    if department is None:
        return False
    return within(area.scope, department.scope) or within(department.scope, area.scope)


async def scene(seen: Sighting, area: AreaState, *, with_figures: bool = True) -> WallScene:
    """Return the whole wall of an area as of a moment, in one snapshot of the read models.

    The named figures cost as much as all the rest: left out where nobody asks for them.
    """
    reads, reference, scope, at = seen.reads, seen.reference, area.scope, seen.at
    load = await areas.one(reads, scope, at=at)
    depth = scope.count(".") + 1
    hidden = closed_categories(seen.platform.reference) or None
    latest = await feed.latest(reads, scope, FEED_LENGTH, without=hidden, at=at)
    return WallScene(
        position=LogPosition(seen.position),
        server_time=Instant(seen.platform.clock()),
        at=Instant(seen.now),
        district=area_of(area, reference),
        overview=await overview(reads, scope, load, reference.timezone(scope), seen.now, at),
        grids=[grid_load(row, reference) for row in await grids.inside(reads, scope, at=at)],
        departments=[
            department_load(row, reference.departments, reference)
            for row in await departments.every(reads, at=at)
            if serves(reference.department(row.id), area)
        ],
        townships=[
            area_load(row, reference) for row in await areas.at_depth(reads, scope, depth, at=at)
        ],
        feed=[entry_of(row, reference) for row in latest],
        figures=await wall_figures(reads, scope, seen.now, at) if with_figures else [],
    )
