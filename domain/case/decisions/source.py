"""What a source states, put on record as it was said: no step is invented.

A second statement of the same thing changes nothing and gives no event.
"""

from domain.case import commands as c
from domain.case import events as e
from domain.case.decisions.dispatch import assignment_id
from domain.case.facts import CaseFacts
from domain.case.state import CaseState
from domain.case.values import OPEN, Explanation, Status
from domain.event import DomainEvent

STATED = Explanation(rule="source", reason="来源所载", reason_en="as the source states")


def report(_state: CaseState, command: c.StateReport, facts: CaseFacts) -> list[DomainEvent]:
    """Tier and clocks are ours, and a source states none."""
    category = facts.category
    return [
        e.CaseReported(
            number=command.number, channel=command.channel, category=command.category,
            place=command.place, description=command.description, source=command.source,
            sensitive=category.sensitive if category else False, policy=facts.policy,
        )
    ]  # fmt: skip


def assignment(state: CaseState, command: c.StateAssignment, facts: CaseFacts) -> list[DomainEvent]:
    """A first department, another one, or for a case that has ended a correction."""
    lead = state.lead
    if lead and lead.department == command.department:
        return []
    if state.status not in OPEN:
        assert state.source
        return [
            e.CaseCorrected(
                digest=state.source.digest, fields=("department",),
                department=command.department,
            )
        ]  # fmt: skip
    new = assignment_id(state, facts)
    if lead is None:
        return [e.CaseDispatched(assignment=new, department=command.department, explanation=STATED)]
    return [
        e.CaseRedispatched(
            assignment=new, department=command.department, was=lead.department,
            explanation=STATED,
        )
    ]  # fmt: skip


def target(_state: CaseState, command: c.StateTarget, _facts: CaseFacts) -> list[DomainEvent]:
    """The source's own promise."""
    return [e.CaseTargetStated(due=command.due)]


def status(_state: CaseState, command: c.StateStatus, _facts: CaseFacts) -> list[DomainEvent]:
    """In the source's own word."""
    return [e.CaseStatusStated(stated=command.stated, note=command.note)]


def note(_state: CaseState, command: c.StateNote, _facts: CaseFacts) -> list[DomainEvent]:
    """A dated note."""
    return [e.CaseNoteStated(kind=command.kind, note=command.note)]


def close(state: CaseState, command: c.StateClose, _facts: CaseFacts) -> list[DomainEvent]:
    """Closed, whenever the source says so; nobody is said to have checked."""
    if state.status is Status.CLOSED:
        return []
    return [e.CaseClosed(sampled=False, stated=command.stated)]


def correct(state: CaseState, command: c.StateCorrection, facts: CaseFacts) -> list[DomainEvent]:
    """The fields that changed, with their new values; once sensitive, always."""
    now = facts.category is not None and facts.category.sensitive
    return [
        e.CaseCorrected(
            digest=command.digest, fields=command.fields, category=command.category,
            place=command.place, description=command.description,
            department=command.department, closed=command.closed,
            sensitive=state.sensitive or now,
        )
    ]  # fmt: skip


def flag(_state: CaseState, command: c.FlagCase, _facts: CaseFacts) -> list[DomainEvent]:
    """Imported as stated, and doubted."""
    return [e.CaseFlagged(rule=command.rule, field=command.field)]
