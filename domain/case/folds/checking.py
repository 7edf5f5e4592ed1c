"""Checked, closed, reopened; follow-up, feedback, appeal."""

from msgspec.structs import replace

from domain.case import events as e
from domain.case.folds.clocks import STOPS, turned
from domain.case.folds.dispatch import change
from domain.case.reasons import Satisfaction
from domain.case.state import Assignment, CaseState
from domain.case.values import AssignmentStatus, Status
from domain.event import By


def check_requested(state: CaseState, event: e.CaseCheckRequested, _by: By) -> CaseState:
    """Somebody checks."""
    return replace(state, status=Status.CHECKING, checker=event.checker)


def check_passed(state: CaseState, _event: e.CaseCheckPassed, _by: By) -> CaseState:
    """Waits to be closed."""
    clocks = turned(state.clocks, STOPS[e.CaseCheckPassed], ())
    return replace(state, status=Status.PASSED, checker=None, clocks=clocks)


def check_failed(state: CaseState, event: e.CaseCheckFailed, _by: By) -> CaseState:
    """Self-handled work goes back to triage, a department's back to its hands."""
    clocks = turned(state.clocks, STOPS[e.CaseCheckFailed], event.dues)
    if state.self_handled:
        return replace(
            state, status=Status.REPORTED, checker=None, self_handled=False,
            self_handling_failed=True, clocks=clocks,
        )  # fmt: skip
    lead = state.lead
    parts = change(state, lead.id, status=AssignmentStatus.WORKING) if lead else state.assignments
    return replace(state, status=Status.IN_PROGRESS, checker=None, assignments=parts, clocks=clocks)


def rework_ordered(state: CaseState, event: e.CaseReworkOrdered, _by: By) -> CaseState:
    """Once more, with a new handling clock."""
    return replace(state, rework=event.round, clocks=turned(state.clocks, (), event.dues))


def closed(state: CaseState, _event: e.CaseClosed, by: By) -> CaseState:
    """Done."""
    return _ended(state, by, forced=False)


def force_closed(state: CaseState, _event: e.CaseForceClosed, by: By) -> CaseState:
    """Done by order."""
    return _ended(state, by, forced=True)


def _ended(state: CaseState, by: By, *, forced: bool) -> CaseState:
    return replace(
        state, status=Status.CLOSED, closed_at=by.at, forced=forced, clocks=(),
        assignments=tuple([_clockless(part) for part in state.assignments]),
        checker=None, pending_return=None, extension_until=None, review_at=None,
        supervised_until=None, paused_at=None,
    )  # fmt: skip


def _clockless(part: Assignment) -> Assignment:
    return replace(part, clock=None) if part.clock else part


def follow_up_sent(state: CaseState, event: e.CaseFollowUpSent, _by: By) -> CaseState:
    """The reporter is asked."""
    return replace(state, follow_up_until=event.until)


def feedback_received(state: CaseState, event: e.CaseFeedbackReceived, _by: By) -> CaseState:
    """Unhappy is whoever was reached and is unsatisfied, or says it is not solved."""
    unhappy = event.satisfaction == Satisfaction.UNSATISFIED or not event.solved
    return replace(state, unhappy=unhappy and event.contacted)


def reopened(state: CaseState, event: e.CaseReopened, _by: By) -> CaseState:
    """Filed again, without a department, and to be rated anew."""
    ended = tuple(
        replace(part, status=AssignmentStatus.RETURNED, clock=None) for part in state.assignments
    )
    return replace(
        state, status=Status.FILED, closed_at=None, forced=False, assignments=ended,
        follow_up_until=None, unhappy=None, self_handled=False, sampled=False, joint=False,
        clocks=turned((), (), event.dues),
    )  # fmt: skip


def appeal_filed(state: CaseState, event: e.CaseAppealFiled, by: By) -> CaseState:
    """Waits for the evaluator."""
    return replace(
        state, appeals=(*state.appeals, event.appeal), appellants=(*state.appellants, by.actor)
    )


def appeal_decided(state: CaseState, event: e.CaseAppealDecided, _by: By) -> CaseState:
    """Decided."""
    return replace(state, appeals=tuple(one for one in state.appeals if one != event.appeal))
