"""Check, close and what comes after: follow-up, feedback, reopening, appeal."""

from typing import Any, Final

from domain.actor import Role
from domain.calendar.zone import DAY
from domain.case.commands import CancelCase, CloseCase, DecideAppeal, RequestCheck
from domain.case.facts import CaseFacts
from domain.case.refusals import RefusalCode
from domain.case.state import CaseState
from domain.case.values import Status
from domain.errors import Rejected

FOLLOW_UP_DAYS: Final = 14
REOPEN_DAYS: Final = 30


def named_checker_is_another(
    state: CaseState, command: RequestCheck, _facts: CaseFacts
) -> Rejected | None:
    """Nobody is sent to check own work."""
    if command.checker in state.handlers:
        return Rejected(RefusalCode.CHECKER_HANDLED_IT, checker=command.checker)
    return None


def checker_is_independent(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """Neither who handled it checks it, nor anyone of a unit that handled it."""
    if facts.by.actor in state.handlers:
        return Rejected(RefusalCode.CHECKER_HANDLED_IT, checker=facts.by.actor)
    unit = facts.by.unit
    units = {part.department for part in state.assignments} | {state.handling_unit}
    if unit is not None and unit in units:
        return Rejected(RefusalCode.CHECKER_OF_HANDLING_UNIT, unit=unit)
    return None


def checker_was_asked(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """Where a checker was named, that one answers."""
    if state.checker is None or facts.by.actor == state.checker:
        return None
    return Rejected(RefusalCode.NOT_THE_ONE_ASKED, asked=state.checker)


def check_passed_or_spared(
    state: CaseState, _command: CloseCase, _facts: CaseFacts
) -> Rejected | None:
    """A check has passed, or it was self-handled and not drawn for one."""
    if state.status is Status.PASSED or (state.self_handled and not state.sampled):
        return None
    return Rejected(RefusalCode.CHECK_NOT_PASSED, status=state.status)


def never_dispatched(state: CaseState, _command: CancelCase, _facts: CaseFacts) -> Rejected | None:
    """What was once dispatched is not void."""
    return Rejected(RefusalCode.ALREADY_DISPATCHED) if state.dispatched else None


def no_follow_up_yet(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """The reporter is asked once."""
    if state.follow_up_until is None:
        return None
    return Rejected(RefusalCode.FOLLOW_UP_SENT, until=state.follow_up_until)


def follow_up_in_time(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """Within 14 days of closing."""
    return _within_days(state, facts, FOLLOW_UP_DAYS, RefusalCode.FOLLOW_UP_TOO_LATE)


def follow_up_sent(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """The reporter was asked."""
    if state.follow_up_until is not None:
        return None
    return Rejected(RefusalCode.NO_FOLLOW_UP_SENT)


def feedback_in_time(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """Before the follow-up's end."""
    assert state.follow_up_until is not None
    if facts.by.at <= state.follow_up_until:
        return None
    return Rejected(RefusalCode.FEEDBACK_TOO_LATE, until=state.follow_up_until)


def feedback_not_given(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """Rated once."""
    return None if state.unhappy is None else Rejected(RefusalCode.FEEDBACK_GIVEN)


def rater_did_not_handle(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """Never taken down by staff who handled it."""
    unit = facts.by.unit
    if facts.by.actor in state.handlers or (unit is not None and unit == state.handling_unit):
        return Rejected(RefusalCode.FEEDBACK_BY_HANDLER, actor=facts.by.actor, unit=unit)
    return None


def reopen_in_time(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """Within 30 days of closing; later it is a new case."""
    return _within_days(state, facts, REOPEN_DAYS, RefusalCode.REOPEN_TOO_LATE)


def _within_days(
    state: CaseState, facts: CaseFacts, days: int, code: RefusalCode
) -> Rejected | None:
    assert state.closed_at is not None
    until = state.closed_at + days * DAY
    if facts.by.at <= until:
        return None
    return Rejected(code, until=until, now=facts.by.at)


def resident_is_unhappy(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """A resident reopens by an unhappy rating."""
    if facts.by.role != Role.RESIDENT or state.unhappy:
        return None
    return Rejected(RefusalCode.FEEDBACK_NOT_UNHAPPY, unhappy=state.unhappy)


def appeal_open(state: CaseState, command: DecideAppeal, _facts: CaseFacts) -> Rejected | None:
    """The appeal was filed and not decided."""
    if command.appeal in state.appeals:
        return None
    return Rejected(RefusalCode.NO_SUCH_APPEAL, appeal=command.appeal)


def evaluator_did_not_appeal(
    state: CaseState, _command: DecideAppeal, facts: CaseFacts
) -> Rejected | None:
    """Nobody decides an own appeal."""
    if facts.by.actor in state.appellants:
        return Rejected(RefusalCode.EVALUATOR_APPEALED)
    return None
