"""Dispatch, acknowledge, return and its ruling, assisting departments."""

from typing import Any, Final

from domain.actor import Role, within
from domain.calendar.clock import HOUR
from domain.case.commands import RedispatchCase
from domain.case.facts import CaseFacts
from domain.case.refusals import RefusalCode
from domain.case.state import CaseState
from domain.case.values import AssignmentStatus, Tier
from domain.errors import Rejected

RETURN_HOURS: Final = 4
"""How long after its acknowledgement a department may still return a dispatch."""
RETURNS_PER_UNIT: Final = 2
RULED_BY_DISPATCHER: Final = 1
"""Returns of a case that a dispatcher may rule on; the next is the duty leader's."""
DEEPEST_SCOPE: Final = {Tier.DISTRICT: 1, Tier.TOWNSHIP: 2, Tier.VILLAGE: 4}
"""How many area codes a dispatcher's scope may have to dispatch in a tier."""


def tier_is_yours(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """A dispatcher of the tier, or of one above it."""
    depth = facts.by.scope.count(".")
    if depth <= DEEPEST_SCOPE[state.tier]:
        return None
    return Rejected(RefusalCode.TIER_ABOVE_YOURS, tier=state.tier, yours=facts.by.scope)


def department_known(_state: CaseState, command: Any, facts: CaseFacts) -> Rejected | None:
    """The department exists and is open; without one, the rules have found one."""
    if facts.department and facts.department.open:
        return None
    return Rejected(RefusalCode.UNKNOWN_DEPARTMENT, department=command.department)


def department_on_duty(_state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The department takes dispatches now."""
    assert facts.department
    if facts.department.on_duty:
        return None
    return Rejected(RefusalCode.DEPARTMENT_OFF_DUTY, department=facts.department.id)


def department_competent(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The category is among the department's duties."""
    assert facts.department
    if facts.department.competent:
        return None
    return Rejected(
        RefusalCode.DEPARTMENT_NOT_COMPETENT,
        department=facts.department.id,
        category=state.category,
    )


def department_serves(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The department serves the place of the case."""
    assert facts.department
    if within(state.place.scope, facts.department.scope):
        return None
    return Rejected(
        RefusalCode.DEPARTMENT_SERVES_ELSEWHERE,
        department=facts.department.id,
        serves=facts.department.scope,
        scope=state.place.scope,
    )


def another_department(
    state: CaseState, command: RedispatchCase, _facts: CaseFacts
) -> Rejected | None:
    """Redispatching changes the lead."""
    lead = state.lead
    if lead is None or lead.department != command.department:
        return None
    return Rejected(RefusalCode.SAME_DEPARTMENT, department=command.department)


def department_free(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """A department has one part of a case at a time."""
    assert facts.department
    if state.assignment_of(facts.department.id) is None:
        return None
    return Rejected(RefusalCode.ALREADY_ASSIGNED, department=facts.department.id)


def part_offered(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The own part is still to be acknowledged."""
    part = state.assignment_of(facts.by.unit)
    assert part
    if part.status is AssignmentStatus.OFFERED:
        return None
    return Rejected(RefusalCode.ALREADY_ACKNOWLEDGED, assignment=part.id)


def part_in_hand(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The own part is acknowledged and not done."""
    part = state.assignment_of(facts.by.unit)
    assert part
    if part.status is AssignmentStatus.OFFERED:
        return Rejected(RefusalCode.NOT_ACKNOWLEDGED, assignment=part.id)
    if part.status is AssignmentStatus.DONE:
        return Rejected(RefusalCode.PART_ALREADY_DONE, assignment=part.id)
    return None


def no_return_pending(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """No return waits for its ruling."""
    if state.pending_return is None:
        return None
    return Rejected(RefusalCode.RETURN_PENDING, assignment=state.pending_return)


def return_pending(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """A return waits for its ruling."""
    return None if state.pending_return else Rejected(RefusalCode.NO_RETURN_PENDING)


def returns_left(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """A department returns a case twice at most."""
    used = state.returns.count(facts.by.unit or "")
    if used < RETURNS_PER_UNIT:
        return None
    return Rejected(RefusalCode.RETURNS_USED_UP, used=used, most=RETURNS_PER_UNIT)


def return_in_time(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """Before the acknowledgement, or within some hours after it."""
    lead = state.lead
    assert lead
    if lead.acknowledged_at is None:
        return None
    until = lead.acknowledged_at + RETURN_HOURS * HOUR
    if facts.by.at <= until:
        return None
    return Rejected(RefusalCode.RETURN_TOO_LATE, until=until, now=facts.by.at)


def ruling_is_yours(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The second return of a case goes to the duty leader."""
    if facts.by.role != Role.DISPATCHER or len(state.returns) <= RULED_BY_DISPATCHER:
        return None
    return Rejected(RefusalCode.DUTY_LEADER_MUST_RULE, returns=len(state.returns))


def joint_not_open(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """Joint handling is opened once."""
    return Rejected(RefusalCode.JOINT_HANDLING_OPEN) if state.joint else None
