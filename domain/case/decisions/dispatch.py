"""Dispatch, acknowledge, return: who has the case."""

from uuid import uuid5

from domain.case import commands as c
from domain.case import events as e
from domain.case.decisions.clocks import set_clocks
from domain.case.facts import CaseFacts
from domain.case.state import Assignment, CaseState
from domain.case.values import Clock, Explanation
from domain.event import DomainEvent


def assignment_id(state: CaseState, facts: CaseFacts) -> str:
    """Return the next assignment's id: the case and a running number, as a name."""
    return str(uuid5(facts.case, f"assignment:{len(state.assignments) + 1}"))


def _explained(department: str | None, reason: str, facts: CaseFacts) -> Explanation:
    if department is None or not reason:
        return facts.explanation or Explanation(words=reason or None)
    return Explanation(words=reason)


def dispatch(state: CaseState, command: c.DispatchCase, facts: CaseFacts) -> list[DomainEvent]:
    """The acknowledgement and the handling clocks start together."""
    assert facts.department
    return [
        e.CaseDispatched(
            assignment=assignment_id(state, facts), department=facts.department.id,
            explanation=_explained(command.department, command.reason, facts),
            policy=facts.policy, dues=set_clocks(facts, Clock.ACKNOWLEDGE, Clock.HANDLE),
        )
    ]  # fmt: skip


def redispatch(state: CaseState, command: c.RedispatchCase, facts: CaseFacts) -> list[DomainEvent]:
    """The new department gets clocks of its own."""
    lead = state.lead
    assert facts.department
    assert lead
    return [
        e.CaseRedispatched(
            assignment=assignment_id(state, facts), department=facts.department.id,
            was=lead.department, policy=facts.policy,
            explanation=_explained(command.department, command.reason, facts),
            dues=set_clocks(facts, Clock.ACKNOWLEDGE, Clock.HANDLE),
        )
    ]  # fmt: skip


def _own(state: CaseState, facts: CaseFacts) -> Assignment:
    part = state.assignment_of(facts.by.unit)
    assert part
    return part


def acknowledge(state: CaseState, _c: c.AcknowledgeCase, facts: CaseFacts) -> list[DomainEvent]:
    """For the own part, leading or assisting."""
    part = _own(state, facts)
    return [e.CaseAcknowledged(assignment=part.id, department=part.department, lead=part.lead)]


def return_(state: CaseState, command: c.ReturnCase, facts: CaseFacts) -> list[DomainEvent]:
    """It waits for a ruling, and the clock runs on."""
    part = _own(state, facts)
    return [
        e.CaseReturned(
            assignment=part.id, department=part.department, reason=command.reason,
            note=command.note,
        )
    ]  # fmt: skip


def uphold(state: CaseState, _command: c.UpholdReturn, facts: CaseFacts) -> list[DomainEvent]:
    """The department's clocks stop, the dispatch clock starts anew."""
    lead = state.lead
    assert lead
    return [
        e.CaseReturnUpheld(
            assignment=lead.id, department=lead.department,
            dues=set_clocks(facts, Clock.DISPATCH),
        )
    ]  # fmt: skip


def refuse(state: CaseState, command: c.RefuseReturn, _facts: CaseFacts) -> list[DomainEvent]:
    """The department keeps it."""
    lead = state.lead
    assert lead
    return [e.CaseReturnRefused(assignment=lead.id, department=lead.department, note=command.note)]


def open_joint(_s: CaseState, command: c.OpenJointHandling, _f: CaseFacts) -> list[DomainEvent]:
    """Big things mobilise the whole network."""
    return [e.CaseJointHandlingOpened(reason=command.reason)]


def add_assist(state: CaseState, command: c.AddAssist, facts: CaseFacts) -> list[DomainEvent]:
    """An assisting department has its own handling clock."""
    assert facts.department
    dues = set_clocks(facts, Clock.HANDLE)
    return [
        e.CaseAssistAdded(
            assignment=assignment_id(state, facts), department=facts.department.id,
            explanation=_explained(command.department, command.reason, facts),
            due=dues[0] if dues else None,
        )
    ]  # fmt: skip
