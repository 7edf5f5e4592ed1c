"""Dispatched, acknowledged, returned: the assignments of a case."""

from typing import Any

from msgspec.structs import replace

from domain.case import events as e
from domain.case.folds.clocks import STOPS, turned
from domain.case.state import Assignment, CaseState, Running
from domain.case.values import AssignmentStatus, Clock, Status
from domain.event import By


def change(state: CaseState, assignment: str, **fields: Any) -> tuple[Assignment, ...]:
    """Return the assignments with one of them changed."""
    changed = [
        replace(part, **fields) if part.id == assignment else part for part in state.assignments
    ]
    return tuple(changed)


def dispatched(state: CaseState, event: e.CaseDispatched, _by: By) -> CaseState:
    """A lead department has it."""
    lead = Assignment(id=event.assignment, department=event.department, lead=True)
    return replace(
        state, status=Status.DISPATCHED, dispatched=True,
        assignments=(*state.assignments, lead),
        clocks=turned(state.clocks, STOPS[e.CaseDispatched], event.dues),
    )  # fmt: skip


def redispatched(state: CaseState, event: e.CaseRedispatched, _by: By) -> CaseState:
    """Another lead department has it, and an extension asked by the old one is void."""
    lead = Assignment(id=event.assignment, department=event.department, lead=True)
    return replace(
        state, status=Status.DISPATCHED, extension_until=None,
        assignments=(*_lead_ended(state), lead),
        clocks=turned(state.clocks, STOPS[e.CaseRedispatched], event.dues),
    )  # fmt: skip


def _lead_ended(state: CaseState) -> tuple[Assignment, ...]:
    lead = state.lead
    if lead is None:
        return state.assignments
    return change(state, lead.id, status=AssignmentStatus.RETURNED)


def acknowledged(state: CaseState, event: e.CaseAcknowledged, by: By) -> CaseState:
    """The lead's acknowledgement moves the case; an assisting one only its own part."""
    parts = change(
        state, event.assignment, status=AssignmentStatus.ACKNOWLEDGED, acknowledged_at=by.at
    )
    if not event.lead:
        return replace(state, assignments=parts)
    return replace(
        state, status=Status.IN_PROGRESS, assignments=parts,
        clocks=turned(state.clocks, (Clock.ACKNOWLEDGE,), event.dues),
    )  # fmt: skip


def returned(state: CaseState, event: e.CaseReturned, _by: By) -> CaseState:
    """It waits for a ruling."""
    return replace(
        state, pending_return=event.assignment, returns=(*state.returns, event.department)
    )


def return_upheld(state: CaseState, event: e.CaseReturnUpheld, _by: By) -> CaseState:
    """To be dispatched anew."""
    return replace(
        state, status=Status.FILED, pending_return=None, extension_until=None,
        assignments=change(state, event.assignment, status=AssignmentStatus.RETURNED),
        clocks=turned(state.clocks, STOPS[e.CaseReturnUpheld], event.dues),
    )  # fmt: skip


def return_refused(state: CaseState, _event: e.CaseReturnRefused, _by: By) -> CaseState:
    """The department keeps it."""
    return replace(state, pending_return=None)


def joint_opened(state: CaseState, _event: e.CaseJointHandlingOpened, _by: By) -> CaseState:
    """Several departments work together."""
    return replace(state, joint=True)


def assist_added(state: CaseState, event: e.CaseAssistAdded, _by: By) -> CaseState:
    """One more department, with a clock of its own."""
    part = Assignment(
        id=event.assignment, department=event.department, lead=False,
        clock=Running(due=event.due) if event.due else None,
    )  # fmt: skip
    return replace(state, assignments=(*state.assignments, part))
