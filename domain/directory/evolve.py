"""Fold the events of areas, departments and workers; never refuses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from domain.directory.events import (
    AreaNamed,
    AreaRetired,
    CompetenceSet,
    DepartmentClosed,
    DepartmentOpened,
    DepartmentRenamed,
    DutySet,
    WorkerAppointed,
    WorkerDismissed,
    WorkerPosted,
)
from domain.directory.state import AreaState, DepartmentState, WorkerState
from domain.event import By, DomainEvent


def evolve_area(state: AreaState, event: DomainEvent, _by: By) -> AreaState:
    """Return the area after one event."""
    match event:
        case AreaNamed():
            return AreaState(
                code=event.code, scope=event.scope, level=event.level, name=event.name,
                name_en=event.name_en, parent=event.parent,
                administered_by=event.administered_by, source=event.source,
                named=True, live=True,
            )  # fmt: skip
        case AreaRetired():
            return replace(state, live=False)
        case _:
            return state


def evolve_department(state: DepartmentState, event: DomainEvent, _by: By) -> DepartmentState:
    """Return the department after one event."""
    step = _DEPARTMENT.get(type(event))
    return step(state, event) if step else state


def evolve_worker(state: WorkerState, event: DomainEvent, _by: By) -> WorkerState:
    """Return the worker after one event."""
    match event:
        case WorkerAppointed():
            return WorkerState(
                worker=event.worker, kind=event.kind, scope=event.scope, appointed=True, live=True
            )
        case WorkerPosted():
            return replace(state, grid=event.grid, scope=event.scope)
        case WorkerDismissed():
            return replace(state, live=False, grid=None)
        case _:
            return state


def _opened(_state: DepartmentState, event: DepartmentOpened) -> DepartmentState:
    return DepartmentState(
        department=event.department, name=event.name, name_en=event.name_en,
        scope=event.scope, kind=event.kind, source=event.source, opened=True, live=True,
    )  # fmt: skip


def _renamed(state: DepartmentState, event: DepartmentRenamed) -> DepartmentState:
    return replace(state, name=event.name, name_en=event.name_en)


def _closed(state: DepartmentState, _event: DepartmentClosed) -> DepartmentState:
    return replace(state, live=False, on_duty=False)


def _duty(state: DepartmentState, event: DutySet) -> DepartmentState:
    return replace(state, on_duty=event.on_duty)


def _competence(state: DepartmentState, event: CompetenceSet) -> DepartmentState:
    return replace(state, competence=event.categories)


_DEPARTMENT: Final[dict[type[DomainEvent], Callable[[DepartmentState, Any], DepartmentState]]] = {
    DepartmentOpened: _opened,
    DepartmentRenamed: _renamed,
    DepartmentClosed: _closed,
    DutySet: _duty,
    CompetenceSet: _competence,
}
