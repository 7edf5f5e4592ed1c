"""Progress, extension, suspension, tiers, urgency, supervision; handled."""

from msgspec.structs import replace

from domain.case import events as e
from domain.case.folds.clocks import STOPS, reset_assists, resumed, turned
from domain.case.folds.dispatch import change
from domain.case.state import CaseState
from domain.case.values import AssignmentStatus, Status
from domain.event import By


def progress_noted(state: CaseState, event: e.CaseProgressNoted, _by: By) -> CaseState:
    """The part is being worked on."""
    parts = change(state, event.assignment, status=AssignmentStatus.WORKING)
    return replace(state, assignments=parts)


def assist_done(state: CaseState, event: e.CaseAssistDone, _by: By) -> CaseState:
    """An assisting part ends, its clock with it."""
    parts = change(state, event.assignment, status=AssignmentStatus.DONE, clock=None)
    return replace(state, assignments=parts)


def extension_requested(state: CaseState, event: e.CaseExtensionRequested, _by: By) -> CaseState:
    """Asked."""
    return replace(state, extension_until=event.until)


def extension_granted(state: CaseState, event: e.CaseExtensionGranted, _by: By) -> CaseState:
    """Given: the due instants move."""
    return replace(
        state, extension_until=None, extensions=state.extensions + 1,
        clocks=turned(state.clocks, (), event.dues),
    )  # fmt: skip


def extension_refused(state: CaseState, _event: e.CaseExtensionRefused, _by: By) -> CaseState:
    """Not given."""
    return replace(state, extension_until=None)


def suspended(state: CaseState, event: e.CaseSuspended, by: By) -> CaseState:
    """The clocks stand."""
    return replace(state, status=Status.SUSPENDED, review_at=event.review_at, paused_at=by.at)


def case_resumed(state: CaseState, event: e.CaseResumed, by: By) -> CaseState:
    """The clocks run again."""
    assert state.paused_at is not None
    running = replace(
        state, status=Status.IN_PROGRESS, review_at=None, paused_at=None,
        pauses=(*state.pauses, (state.paused_at, by.at)),
        clocks=resumed(state.clocks, event.dues),
    )  # fmt: skip
    return reset_assists(running, event.assists)


def tier_changed(
    state: CaseState, event: e.CaseEscalated | e.CaseReturnedDown, _by: By
) -> CaseState:
    """Another tier has it."""
    return replace(state, tier=event.tier)


def expedited(state: CaseState, event: e.CaseExpedited, _by: By) -> CaseState:
    """More urgent, and where said, due sooner."""
    return replace(state, severity=event.severity, clocks=turned(state.clocks, (), event.dues))


def supervision_ordered(state: CaseState, event: e.CaseSupervisionOrdered, _by: By) -> CaseState:
    """An answer is due."""
    return replace(state, supervised_until=event.reply_due)


def supervision_replied(state: CaseState, _event: e.CaseSupervisionReplied, _by: By) -> CaseState:
    """Answered."""
    return replace(state, supervised_until=None)


def handled(state: CaseState, event: e.CaseHandled, by: By) -> CaseState:
    """The lead's part is done; a request for more time has no object any more."""
    return replace(
        state, status=Status.RESOLVED, extension_until=None,
        handlers=(*state.handlers, by.actor), handling_unit=event.department,
        assignments=change(state, event.assignment, status=AssignmentStatus.DONE),
        clocks=turned(state.clocks, STOPS[e.CaseHandled], event.dues),
    )  # fmt: skip
