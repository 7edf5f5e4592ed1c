"""How an actor must stand to a case: the scope part of every row of the table."""

from typing import Any
from uuid import UUID

from domain.actor import within
from domain.case.facts import CaseFacts
from domain.case.refusals import RefusalCode
from domain.case.state import CaseState
from domain.case.values import Place
from domain.errors import Rejected


def anyone(_state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """Hold always: residents may report anywhere, the clock ticks everywhere."""
    return None


def reports_in_scope(_state: CaseState, command: Any, facts: CaseFacts) -> Rejected | None:
    """The reported place lies in the actor's scope, or nobody can tell where it is."""
    place: Place = command.place
    scope = facts.grid.scope if facts.grid else place.scope
    nowhere = place.unlocated and facts.grid is None
    if nowhere or within(scope, facts.by.scope):
        return None
    return Rejected(RefusalCode.OUT_OF_SCOPE, scope=scope, yours=facts.by.scope)


def in_scope(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The actor's scope contains the case's."""
    if within(state.place.scope, facts.by.scope):
        return None
    return Rejected(RefusalCode.OUT_OF_SCOPE, scope=state.place.scope, yours=facts.by.scope)


def own_case(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The actor reported it."""
    if facts.by.actor == state.reporter:
        return None
    return Rejected(RefusalCode.NOT_YOUR_CASE)


def rater_of(case: UUID) -> str:
    """Return the account under which the bearer of a case's rating link acts."""
    return f"rater:{case}"


def own_case_or_link(state: CaseState, command: Any, facts: CaseFacts) -> Rejected | None:
    """The actor reported it, or holds the link that rates this one case."""
    if facts.by.actor == rater_of(facts.case):
        return None
    return own_case(state, command, facts)


def assigned_unit(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The actor's department has an open part, leading or assisting."""
    if state.assignment_of(facts.by.unit):
        return None
    return Rejected(RefusalCode.NOT_YOUR_UNIT, unit=facts.by.unit)


def lead_unit(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The actor's department leads."""
    lead = state.lead
    if lead and lead.department == facts.by.unit:
        return None
    return Rejected(
        RefusalCode.NOT_LEAD_UNIT, unit=facts.by.unit, lead=lead.department if lead else None
    )


def assisting_unit(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The actor's department assists."""
    assignment = state.assignment_of(facts.by.unit)
    if assignment and not assignment.lead:
        return None
    return Rejected(RefusalCode.NOT_ASSISTING_UNIT, unit=facts.by.unit)


def once_assigned_unit(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The actor's department has, or had, a part: whoever is scored may appeal.

    A grid is scored for the cases that lie in it: its workers appeal `in_scope`.
    """
    if any(part.department == facts.by.unit for part in state.assignments):
        return None
    return Rejected(RefusalCode.NOT_YOUR_UNIT, unit=facts.by.unit)


def from_source(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """The case came from a source: nothing is stated about cases reported here."""
    if state.source:
        return None
    return Rejected(RefusalCode.NOT_FROM_SOURCE)
