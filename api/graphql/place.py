"""Where things are and who they are called: areas, grids, departments, categories.

Names come from the district in memory, so that no list needs a join.
"""

from typing import Final

import strawberry

from api.graphql.context import Info
from api.graphql.history.difference import DESCRIPTION as DIFF
from api.graphql.history.difference import (
    From,
    StateDiff,
    To,
    department_load_of,
    grid_load_of,
    may_count,
    state_diff,
)
from api.graphql.history.fields import DESCRIPTION, After, First, history_field
from api.graphql.history.pages import (
    area_subject,
    category_subject,
    department_subject,
    grid_subject,
    page_of_history,
    staff_only,
    worker_subject,
)
from api.graphql.history.types import HistoryConnection
from api.graphql.ids import encode_id
from api.graphql.node import Node
from api.reference import Reference
from domain.access import Action, Allowed, decide
from domain.catalogue.state import Category as CategoryState
from domain.codes import parent_scope
from domain.directory.state import AreaState, DepartmentState, WorkerState
from domain.grid.state import GridState

OWN_NAME: Final = frozenset({"worker"})
"""Whose words an administrator may open in a worker's history."""


@strawberry.type(description="A point on the ground, WGS 84.")
class GeoPoint:
    """Degrees."""

    lon: float = strawberry.field(description="Longitude in degrees.")
    lat: float = strawberry.field(description="Latitude in degrees.")


@strawberry.type(description="辖区 An area above the grids: district, township or community.")
class Area(Node):
    """An area with its names."""

    code: str = strawberry.field(description="Administrative code.")
    scope: str = strawberry.field(description="Codes from the district down, each with a dot.")
    level: str = strawberry.field(description="district, township or community.")
    name: str = strawberry.field(description="Name in Chinese, or as the source has it.")
    name_en: str = strawberry.field(description="Name in English.")
    live: bool = strawberry.field(description="Whether it still exists.")
    schematic: bool = strawberry.field(description="Whether its grids are drawn, not surveyed.")
    timezone: str = strawberry.field(description="IANA name of its time zone.")

    history: HistoryConnection = history_field(lambda one: area_subject(one.code))


@strawberry.type(description="网格 A grid, the smallest area.")
class Grid(Node):
    """A grid; its border is in /geo.json."""

    code: str = strawberry.field(description="Grid code; never used again after retirement.")
    scope: str = strawberry.field(description="Codes from the district down, each with a dot.")
    name: str = strawberry.field(description="Name in Chinese, or as the source has it.")
    name_en: str = strawberry.field(description="Name in English.")
    kind: str = strawberry.field(description="base, special or temporary.")
    live: bool = strawberry.field(description="Whether it still exists.")
    schematic: bool = strawberry.field(description="Whether its border is drawn, not surveyed.")
    successors: list[str] = strawberry.field(description="Codes that took its ground over.")

    history: HistoryConnection = history_field(lambda one: grid_subject(one.code))

    @strawberry.field(description=DIFF)
    async def diff(self, info: Info, from_: From, to: To = None) -> StateDiff:
        """Return what differs between two moments."""
        context = info.context
        staff_only(context)
        load = grid_load_of(self.code, self.scope) if may_count(context, self.scope) else None
        return await state_diff(context, grid_subject(self.code), from_, to, load)


@strawberry.type(description="部门 A department.")
class Department(Node):
    """A department; `key` is what commands and filters call it."""

    key: str = strawberry.field(description="Department id as commands and filters use it.")
    name: str = strawberry.field(description="Name in Chinese, or as the source has it.")
    name_en: str = strawberry.field(description="Name in English.")
    scope: str = strawberry.field(description="Where it serves.")
    kind: str = strawberry.field(description="government, utility or community.")
    on_duty: bool = strawberry.field(description="Whether it takes dispatches now.")
    competence: list[str] | None = strawberry.field(
        description="Category codes it may be given, null for all; a star ends a prefix."
    )
    live: bool = strawberry.field(description="Whether it still exists.")

    history: HistoryConnection = history_field(lambda one: department_subject(one.key))

    @strawberry.field(description=DIFF)
    async def diff(self, info: Info, from_: From, to: To = None) -> StateDiff:
        """Return what differs between two moments."""
        context = info.context
        staff_only(context)
        load = department_load_of(self.key) if may_count(context, self.scope) else None
        return await state_diff(context, department_subject(self.key), from_, to, load)


@strawberry.type(description="事件类别 A category of case.")
class Category(Node):
    """A category as the catalogue has it now."""

    owner: str = strawberry.field(description="Code of the area whose policy it is.")
    code: str = strawberry.field(description="Category code.")
    name: str = strawberry.field(description="Name in Chinese, or as the source has it.")
    name_en: str = strawberry.field(description="Name in English.")
    lead: str = strawberry.field(description="Department that leads when no rule says otherwise.")
    limit: str = strawberry.field(description="Limit of the handling clock, such as 4H.")
    tier: str = strawberry.field(description="V, T or D: village, township or district handles.")
    publicity: str = strawberry.field(description="open, internal or sensitive.")
    severity: str = strawberry.field(description="Severity it starts with.")
    confidence: str = strawberry.field(description="How well the limit is attested.")
    live: bool = strawberry.field(description="Whether it may still be reported.")

    history: HistoryConnection = history_field(lambda one: category_subject(one.owner, one.code))


@strawberry.type(description="网格员 A grid worker; the name is sealed and not shown.")
class Worker(Node):
    """Where a worker serves."""

    key: str = strawberry.field(description="Account of the worker, as commands use it.")
    kind: str = strawberry.field(description="full_time or part_time.")
    scope: str = strawberry.field(description="Where the worker serves.")
    grid: str | None = strawberry.field(description="The grid the worker is posted to.")

    @strawberry.field(description=DESCRIPTION)
    async def history(
        self, info: Info, first: First = 20, after: After = None
    ) -> HistoryConnection:
        """Return a page; the name is opened for administrators of the worker's area."""
        context = info.context
        staff_only(context)
        answer = decide(context.actor, Action.ADMINISTER, self.scope)
        may = isinstance(answer, Allowed) and not context.shared
        subject = worker_subject(self.key, OWN_NAME if may else frozenset())
        return await page_of_history(context, subject, first, after)


def worker_of(state: WorkerState) -> Worker:
    """Return a worker for the API."""
    return Worker(
        id=strawberry.ID(encode_id("Worker", state.worker)),
        key=state.worker, kind=state.kind, scope=state.scope, grid=state.grid,
    )  # fmt: skip


def area_of(state: AreaState, reference: Reference) -> Area:
    """Return an area for the API."""
    return Area(
        id=strawberry.ID(encode_id("Area", state.scope)),
        code=state.code, scope=state.scope, level=state.level, name=state.name,
        name_en=state.name_en or state.name, live=state.live,
        schematic=is_schematic(reference, state.scope),
        timezone=reference.timezone(state.scope),
    )  # fmt: skip


def is_schematic(reference: Reference, scope: str) -> bool:
    """Tell whether a scope's grids are drawn rather than surveyed: by its first drawn one."""
    return next(
        (
            one.schematic
            for one in reference.grids.values()
            if one.live and one.scope.startswith(scope)
        ),
        False,
    )


def nearest_area(reference: Reference, scope: str) -> Area | None:
    """Return the smallest known area that holds a scope."""
    while scope:
        found = reference.area(scope)
        if found is not None:
            return area_of(found, reference)
        scope = parent_scope(scope)
    return None


def area_names(reference: Reference, scope: str) -> tuple[str, str]:
    """Return the names of the smallest known area that holds a scope, zh and en."""
    while scope:
        found = reference.area(scope)
        if found is not None:
            return found.name, found.name_en or found.name
        scope = parent_scope(scope)
    return "", ""


def grid_of(state: GridState) -> Grid:
    """Return a grid for the API."""
    return Grid(
        id=strawberry.ID(encode_id("Grid", state.code)),
        code=state.code, scope=state.scope, name=state.name, name_en=state.name_en or state.name,
        kind=state.kind, live=state.live, schematic=state.schematic,
        successors=list(state.successors),
    )  # fmt: skip


def department_of(state: DepartmentState) -> Department:
    """Return a department for the API."""
    return Department(
        id=strawberry.ID(encode_id("Department", state.department)),
        key=state.department, name=state.name, name_en=state.name_en or state.name,
        scope=state.scope, kind=state.kind, on_duty=state.on_duty,
        competence=None if state.competence is None else list(state.competence), live=state.live,
    )  # fmt: skip


def known_department(reference: Reference, key: str | None) -> Department | None:
    """Return a department by its id, None for none."""
    found = reference.department(key) if key is not None else None
    return None if found is None else department_of(found)


def category_of(state: CategoryState) -> Category:
    """Return a category for the API."""
    return Category(
        id=strawberry.ID(encode_id("Category", f"{state.owner}/{state.code}")),
        owner=state.owner, code=state.code, name=state.name, name_en=state.name_en or state.name,
        lead=state.lead, limit=state.limit, tier=state.tier, publicity=state.publicity,
        severity=state.severity, confidence=state.confidence, live=state.live,
    )  # fmt: skip
