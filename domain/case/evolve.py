"""The fold: one event into the state. Never refuses: what is in the log has happened."""

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import force_setattr, replace

from domain.case import events as e
from domain.case.folds import checking, clocks, dispatch, handling, links, source, triage
from domain.case.state import CaseState
from domain.event import By, DomainEvent

Fold = Callable[[CaseState, Any, By], CaseState]

FOLDS: Final[dict[type[DomainEvent], Fold]] = {
    e.CaseReported: triage.reported,
    e.CaseSelfHandled: triage.self_handled,
    e.CaseVerificationRequested: triage.verification_requested,
    e.CaseVerified: triage.verified,
    e.CaseAccepted: triage.accepted,
    e.CaseDeclined: triage.declined,
    e.CaseFiled: triage.filed,
    e.CaseFilingRefused: triage.declined,
    e.CaseClassified: triage.classified,
    e.CaseRelocated: triage.relocated,
    e.CaseContactSealed: triage.unchanged,
    e.CaseDuplicateSuggested: links.suggested,
    e.CaseMerged: links.merged,
    e.CaseAbsorbed: links.absorbed,
    e.CaseUnmerged: links.unmerged,
    e.CaseReleased: links.released,
    e.CaseSplit: links.split,
    e.CaseSplitOff: triage.split_off,
    e.CaseDispatched: dispatch.dispatched,
    e.CaseRedispatched: dispatch.redispatched,
    e.CaseAcknowledged: dispatch.acknowledged,
    e.CaseReturned: dispatch.returned,
    e.CaseReturnUpheld: dispatch.return_upheld,
    e.CaseReturnRefused: dispatch.return_refused,
    e.CaseJointHandlingOpened: dispatch.joint_opened,
    e.CaseAssistAdded: dispatch.assist_added,
    e.CaseProgressNoted: handling.progress_noted,
    e.CaseEvidenceAttached: triage.unchanged,
    e.CaseAssistDone: handling.assist_done,
    e.CaseExtensionRequested: handling.extension_requested,
    e.CaseExtensionGranted: handling.extension_granted,
    e.CaseExtensionRefused: handling.extension_refused,
    e.CaseSuspended: handling.suspended,
    e.CaseResumed: handling.case_resumed,
    e.CaseEscalated: handling.tier_changed,
    e.CaseReturnedDown: handling.tier_changed,
    e.CaseUrged: triage.unchanged,
    e.CaseExpedited: handling.expedited,
    e.CaseSupervisionOrdered: handling.supervision_ordered,
    e.CaseSupervisionReplied: handling.supervision_replied,
    e.CaseDeadlineWarned: clocks.warned,
    e.CaseDeadlinePassed: clocks.passed,
    e.CaseHandled: handling.handled,
    e.CaseCheckRequested: checking.check_requested,
    e.CaseCheckPassed: checking.check_passed,
    e.CaseCheckFailed: checking.check_failed,
    e.CaseReworkOrdered: checking.rework_ordered,
    e.CaseClosed: checking.closed,
    e.CaseForceClosed: checking.force_closed,
    e.CaseFollowUpSent: checking.follow_up_sent,
    e.CaseFeedbackReceived: checking.feedback_received,
    e.CaseReopened: checking.reopened,
    e.CaseCancelled: triage.cancelled,
    e.CaseAppealFiled: checking.appeal_filed,
    e.CaseAppealDecided: checking.appeal_decided,
    e.CaseTargetStated: source.target_stated,
    e.CaseStatusStated: triage.unchanged,
    e.CaseNoteStated: triage.unchanged,
    e.CaseFlagged: triage.unchanged,
    e.CaseCorrected: source.corrected,
}


def evolve(state: CaseState, event: DomainEvent, by: By) -> CaseState:
    """Return the state after the event; `by.at` is the event's effective time."""
    after = FOLDS[type(event)](state, event, by)
    if after.last_at == by.at:
        return after
    if after is state:
        return replace(after, last_at=by.at)
    force_setattr(after, "last_at", by.at)  # nobody else has it yet: a copy less an event
    return after
