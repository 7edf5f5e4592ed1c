"""Answer a command about an area, a department or a worker with events, or refuse it."""

from collections.abc import Callable
from typing import Any, Final

from domain.decider import Decider
from domain.directory import guards
from domain.directory.commands import (
    AREA_COMMANDS,
    DEPARTMENT_COMMANDS,
    WORKER_COMMANDS,
    AppointWorker,
    CloseDepartment,
    DismissWorker,
    NameArea,
    OpenDepartment,
    PostWorker,
    RenameDepartment,
    RetireArea,
    SetCompetence,
    SetDuty,
)
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
from domain.directory.evolve import evolve_area, evolve_department, evolve_worker
from domain.directory.facts import AreaFacts, DepartmentFacts, WorkerFacts
from domain.directory.state import (
    AreaState,
    DepartmentState,
    WorkerState,
    no_area,
    no_department,
    no_worker,
)
from domain.errors import Rejected
from domain.event import Command, DomainEvent


def decide_area(state: AreaState, command: Command, facts: AreaFacts) -> list[DomainEvent]:
    """Return the events of a command about an area; none when nothing changes."""
    if isinstance(command, NameArea):
        return _name_area(state, command, facts)
    assert isinstance(command, RetireArea)
    guards.known(state.named, state.live, command.code)
    guards.allowed(facts.by, state.scope)
    guards.reasoned(command.reason)
    if facts.holds:
        raise Rejected("AREA_NOT_EMPTY", area=state.code, holds=facts.holds)
    return [AreaRetired(code=state.code, reason=command.reason)]


def decide_department(
    state: DepartmentState, command: Command, facts: DepartmentFacts
) -> list[DomainEvent]:
    """Return the events of a command about a department; none when nothing changes."""
    if isinstance(command, OpenDepartment):
        return _open_department(state, command, facts)
    guards.known(state.opened, state.live, state.department)
    return _DEPARTMENT[type(command)](state, command, facts)


def decide_worker(state: WorkerState, command: Command, facts: WorkerFacts) -> list[DomainEvent]:
    """Return the events of a command about a worker; none when nothing changes."""
    if isinstance(command, AppointWorker):
        return _appoint(state, command, facts)
    guards.known(state.appointed, state.live, state.worker)
    guards.allowed(facts.by, state.scope)
    if isinstance(command, PostWorker):
        return _post(state, command, facts)
    assert isinstance(command, DismissWorker)
    guards.reasoned(command.reason)
    return [WorkerDismissed(worker=state.worker, reason=command.reason)]


def _name_area(state: AreaState, command: NameArea, facts: AreaFacts) -> list[DomainEvent]:
    guards.allowed(facts.by, command.scope)
    guards.named(command.name)
    guards.area_code_fits(command.code, command.scope, command.level)
    if state.named:
        guards.known(True, state.live, state.code)
        if (command.scope, command.level) != (state.scope, state.level):
            raise Rejected("AREA_MAY_NOT_MOVE", area=state.code, scope=state.scope)
    else:
        guards.level_above(command.level, command.scope, facts.parent_level)
        if facts.scope_taken:
            raise Rejected("SCOPE_TAKEN", scope=command.scope)
    event = AreaNamed(
        code=command.code, scope=command.scope, level=command.level, name=command.name,
        name_en=command.name_en, parent=command.parent,
        administered_by=command.administered_by, source=command.source,
    )  # fmt: skip
    return [] if evolve_area(state, event, facts.by) == state else [event]


def _open_department(
    state: DepartmentState, command: OpenDepartment, facts: DepartmentFacts
) -> list[DomainEvent]:
    guards.allowed(facts.by, command.scope)
    if state.opened:
        raise Rejected("DEPARTMENT_ID_USED", department=state.department)
    guards.slug(command.department)
    guards.named(command.name)
    if command.kind not in guards.DEPARTMENT_KINDS:
        raise Rejected("DEPARTMENT_KIND_UNKNOWN", kind=command.kind)
    if not facts.area_known:
        raise Rejected("AREA_UNKNOWN", scope=command.scope)
    return [
        DepartmentOpened(
            department=command.department, name=command.name, name_en=command.name_en,
            scope=command.scope, kind=command.kind, source=command.source,
        )
    ]  # fmt: skip


def _rename(
    state: DepartmentState, command: RenameDepartment, facts: DepartmentFacts
) -> list[DomainEvent]:
    guards.allowed(facts.by, state.scope)
    guards.named(command.name)
    if (command.name, command.name_en) == (state.name, state.name_en):
        return []
    return [
        DepartmentRenamed(department=state.department, name=command.name, name_en=command.name_en)
    ]


def _close(
    state: DepartmentState, command: CloseDepartment, facts: DepartmentFacts
) -> list[DomainEvent]:
    guards.allowed(facts.by, state.scope)
    guards.reasoned(command.reason)
    if facts.ruled_by:
        raise Rejected("DEPARTMENT_STILL_ROUTED", department=state.department, rules=facts.ruled_by)
    return [DepartmentClosed(department=state.department, reason=command.reason)]


def _set_duty(
    state: DepartmentState, command: SetDuty, facts: DepartmentFacts
) -> list[DomainEvent]:
    guards.allowed(facts.by, state.scope, guards.MAY_SET_DUTY)
    if command.on_duty == state.on_duty:
        return []
    return [DutySet(department=state.department, on_duty=command.on_duty)]


def _set_competence(
    state: DepartmentState, command: SetCompetence, facts: DepartmentFacts
) -> list[DomainEvent]:
    guards.allowed(facts.by, state.scope)
    for pattern in command.categories:
        if pattern != "*":
            guards.slug(pattern.removesuffix("*"))
    if command.categories == state.competence:
        return []
    return [CompetenceSet(department=state.department, categories=command.categories)]


def _appoint(state: WorkerState, command: AppointWorker, facts: WorkerFacts) -> list[DomainEvent]:
    guards.allowed(facts.by, command.scope)
    if state.appointed:
        raise Rejected("WORKER_ID_USED", worker=state.worker)
    guards.slug(command.worker)
    if command.kind not in guards.WORKER_KINDS:
        raise Rejected("WORKER_KIND_UNKNOWN", kind=command.kind)
    if not facts.area_known:
        raise Rejected("AREA_UNKNOWN", scope=command.scope)
    return [
        WorkerAppointed(
            worker=command.worker, kind=command.kind, scope=command.scope, name=command.name
        )
    ]


def _post(state: WorkerState, command: PostWorker, facts: WorkerFacts) -> list[DomainEvent]:
    if facts.grid_scope is None:
        raise Rejected("GRID_UNKNOWN", grid=command.grid)
    guards.allowed(facts.by, facts.grid_scope)
    if command.grid == state.grid:
        return []
    return [WorkerPosted(worker=state.worker, grid=command.grid, scope=facts.grid_scope)]


_DEPARTMENT: Final[
    dict[type[Command], Callable[[DepartmentState, Any, DepartmentFacts], list[DomainEvent]]]
] = {
    RenameDepartment: _rename,
    CloseDepartment: _close,
    SetDuty: _set_duty,
    SetCompetence: _set_competence,
}

AREA: Final = Decider(
    "area", no_area, decide_area, evolve_area, AREA_COMMANDS, (AreaNamed, AreaRetired)
)
DEPARTMENT: Final = Decider(
    "department", no_department, decide_department, evolve_department, DEPARTMENT_COMMANDS,
    (DepartmentOpened, DepartmentRenamed, DepartmentClosed, DutySet, CompetenceSet),
)  # fmt: skip
WORKER: Final = Decider(
    "worker", no_worker, decide_worker, evolve_worker, WORKER_COMMANDS,
    (WorkerAppointed, WorkerPosted, WorkerDismissed),
)  # fmt: skip
