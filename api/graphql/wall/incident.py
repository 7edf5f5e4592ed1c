"""What a wall may tell of a grid where life is in danger: the case, who has it, what is near.

Anybody sees a wall, so a case is told only where its category is open. A display that may
know the alarms of the place is told of internal ones too, a sensitive case never: it is
counted. Nobody is named; of the grid's workers there is only how many are posted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import strawberry

from api.graphql.as_of import Sighting
from api.graphql.place import Area, Grid, area_of, grid_of
from api.graphql.scalars import Instant, LogPosition
from api.graphql.wall.scene import closed_categories
from api.reference import Reference
from domain.access import Action, Allowed, decide
from domain.actor import Actor, within
from domain.case.values import Clock, Severity, Status
from domain.codes import parent_scope
from domain.directory.state import WorkerState
from domain.grid.state import GridState
from domain.words import Kind, word
from projections.case_board import queries as board
from projections.case_board.queries import Filter
from projections.case_board.row import BoardRow
from projections.case_timeline import queries as timeline
from projections.feed.queries import TOPICS

MOST_CASES: Final = 8
MOST_NEAR: Final = 12
LOOKED_AT: Final = 100
"""Of the newest open cases around, from which those that may be told are taken."""


@strawberry.type(description="A public step of a case.")
class IncidentStep:
    """Who did it is not told, only which department was given the case."""

    position: LogPosition = strawberry.field(description="Place of the event in the log.")
    at: Instant = strawberry.field(description="Effective time of the event.")
    topic: str = strawberry.field(description="What happened, such as case.dispatched.")
    department: str | None = strawberry.field(description="The department it was given to.")
    department_en: str | None = strawberry.field(description="The same in English.")


@strawberry.type(description="An open case in plain values, as a wall may tell it.")
class IncidentCase:
    """Instants are effective times; null where it has not happened or does not run."""

    number: str = strawberry.field(description="The number people know the case by.")
    category: str = strawberry.field(description="Category name in Chinese.")
    category_en: str = strawberry.field(description="Category name in English.")
    status: Status = strawberry.field(description="Where it stands.")
    status_title: str = strawberry.field(description="The same in Chinese.")
    status_title_en: str = strawberry.field(description="The same in English.")
    severity: Severity = strawberry.field(description="How bad it is.")
    overdue: bool = strawberry.field(description="Whether a binding clock has run out.")
    grid: str | None = strawberry.field(description="Grid code.")
    grid_name: str | None = strawberry.field(description="What the grid is called.")
    department: str | None = strawberry.field(description="Department that leads, in Chinese.")
    department_en: str | None = strawberry.field(description="The same in English.")
    reported_at: Instant | None = strawberry.field(description="When it was reported.")
    due_at: Instant | None = strawberry.field(description="When the running clock ends.")
    due_clock: Clock | None = strawberry.field(description="Which clock that is.")
    due_title: str | None = strawberry.field(description="The clock in Chinese.")
    due_title_en: str | None = strawberry.field(description="The clock in English.")
    steps: list[IncidentStep] = strawberry.field(description="Its steps, newest first.")


@strawberry.type(description="Grid workers that are posted to a place.")
class Posted:
    """How many; where each of them is just now nobody keeps."""

    kind: str = strawberry.field(description="full_time or part_time, or as appointed.")
    in_grid: int = strawberry.field(description="Posted to the grid itself.")
    around: int = strawberry.field(description="Posted to the area that the grid lies in.")


@strawberry.type(description="A grid in danger, as a wall may tell it.")
class WallIncident:
    """Everything of one snapshot of the read models."""

    position: LogPosition = strawberry.field(description="Position the values are as of.")
    grid: Grid = strawberry.field(description="The grid.")
    path: list[Area] = strawberry.field(description="The areas it lies in, the district first.")
    cases: list[IncidentCase] = strawberry.field(
        description="Its open cases of danger to life, the newest first."
    )
    withheld: int = strawberry.field(description="How many more there are that no wall may tell.")
    near: list[IncidentCase] = strawberry.field(
        description="Other open cases near by, those of the grid first; without steps."
    )
    posted: list[Posted] = strawberry.field(description="Grid workers posted there.")


async def incident(seen: Sighting, actor: Actor, grid: GridState) -> WallIncident:
    """Return what an actor's wall may tell of a grid, as of a moment."""
    reads, reference = seen.reads, seen.reference
    around = parent_scope(grid.scope)
    danger = Filter(scope=grid.scope, severity=Severity.LIFE_SAFETY.value, open=True)
    rows = await board.page(reads, danger, limit=MOST_CASES, at=seen.at)
    wider = Filter(scope=parent_scope(around) or around, open=True)
    others = await board.page(reads, wider, limit=LOOKED_AT, at=seen.at)
    tells = Tells(seen.platform.reference, knows=knows(actor, grid.scope))
    today = await _today(seen, [*rows, *others])
    known = {row.id for row in rows}
    told = [row for row in rows if tells(row) and tells(today[row.id])]
    near = [
        row
        for row in others
        if row.id not in known and tells.anybody(row) and tells.anybody(today[row.id])
    ]
    return WallIncident(
        position=LogPosition(seen.position),
        grid=grid_of(grid),
        path=[area_of(area, reference) for area in reference.path(around)],
        cases=[case_of(row, reference, await steps_of(seen, row)) for row in told],
        withheld=len(rows) - len(told),
        near=[case_of(row, reference, []) for row in _nearest(near, grid.code, around)[:MOST_NEAR]],
        posted=posted(await people_at(seen), grid),
    )


async def _today(seen: Sighting, rows: Sequence[BoardRow]) -> Mapping[UUID, BoardRow]:
    """Return cases as they are today, by which is judged who may be told of them then."""
    if seen.at is None:
        return {row.id: row for row in rows}
    return await board.many(seen.reads, [row.id for row in rows])


def knows(actor: Actor, scope: str) -> bool:
    """Tell whether somebody may know the alarms of a whole place."""
    return isinstance(decide(actor, Action.READ_ALARM, scope), Allowed)


class Tells:
    """Which cases may be told: of open categories, and to some also of internal ones."""

    def __init__(self, reference: Reference, *, knows: bool) -> None:
        self._knows = knows
        self._closed = frozenset(closed_categories(reference))
        self._reference = reference

    def __call__(self, row: BoardRow) -> bool:
        """Tell whether a case may be told to the one who asks."""
        if not self._knows or row.sensitive:
            return self.anybody(row)
        category = self._reference.category(row.category, row.scope)
        return category is not None and category.publicity != "sensitive"

    def anybody(self, row: BoardRow) -> bool:
        """Tell whether a case may be told to everybody."""
        return not row.sensitive and row.category not in self._closed


def _nearest(rows: Iterable[BoardRow], grid: str, around: str) -> list[BoardRow]:
    """Sort cases: those of the grid first, then of its area, each the newest first."""

    def nearness(row: BoardRow) -> tuple[bool, bool, int, UUID]:
        return row.grid != grid, not within(row.scope, around), -(row.reported_at or 0), row.id

    return sorted(rows, key=nearness)


async def steps_of(seen: Sighting, row: BoardRow) -> list[IncidentStep]:
    """Return the public steps of a case, newest first."""
    entries = await timeline.of_case(seen.reads, row.id, at=seen.at)
    steps = []
    for entry in reversed([one for one in entries if one.topic in TOPICS]):
        zh, en = _unit(seen.reference, getattr(entry.event(), "department", None))
        steps.append(
            IncidentStep(
                position=LogPosition(entry.position), at=Instant(entry.at), topic=entry.topic,
                department=zh, department_en=en,
            )
        )  # fmt: skip
    return steps


def _unit(reference: Reference, department: str | None) -> tuple[str | None, str | None]:
    found = reference.department(department) if department else None
    return (department, department) if found is None else (found.name, found.name_en or found.name)


def case_of(row: BoardRow, reference: Reference, steps: list[IncidentStep]) -> IncidentCase:
    """Return a case in plain values."""
    category = reference.category(row.category, row.scope)
    grid = reference.grid(row.grid) if row.grid else None
    department, department_en = _unit(reference, row.department)
    state = word(Kind.STATE, row.status)
    clock = word(Kind.CLOCK, row.due_clock) if row.due_clock else None
    return IncidentCase(
        number=row.number,
        category=row.category if category is None else category.name,
        category_en=row.category if category is None else category.name_en or category.name,
        status=Status(row.status), status_title=state.zh, status_title_en=state.en,
        severity=Severity(row.severity), overdue=row.overdue,
        grid=row.grid, grid_name=None if grid is None else grid.name,
        department=department, department_en=department_en,
        reported_at=None if row.reported_at is None else Instant(row.reported_at),
        due_at=None if row.due_at is None else Instant(row.due_at),
        due_clock=None if row.due_clock is None else Clock(row.due_clock),
        due_title=clock and clock.zh, due_title_en=clock and clock.en, steps=steps,
    )  # fmt: skip


async def people_at(seen: Sighting) -> Reference:
    """Return the district with its workers as of the moment: `reference` has today's."""
    return await seen.platform.earlier.all_at(seen.at)


def posted_workers(reference: Reference, grid: GridState, *, around: bool) -> list[WorkerState]:
    """Return the live workers posted to a grid, or to the grids of its area, by id."""
    grids = reference.grids_in(parent_scope(grid.scope)) if around else []
    codes = {one.code for one in grids} | {grid.code}
    found = (one for one in reference.workers.values() if one.live and one.grid in codes)
    return sorted(found, key=lambda one: one.worker)


def posted(reference: Reference, grid: GridState) -> list[Posted]:
    """Count the live workers posted to a grid and to the grids of its area, by their kind."""
    around = posted_workers(reference, grid, around=True)
    inside = Counter(one.kind for one in around if one.grid == grid.code)
    everybody = Counter(one.kind for one in around)
    return [
        Posted(kind=kind, in_grid=inside[kind], around=everybody[kind])
        for kind in sorted(everybody)
    ]
