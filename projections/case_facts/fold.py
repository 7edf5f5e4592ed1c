"""One event into the facts of its case, by a table from event class to function.

Never refuses: what is in the log has happened. An event class without an entry here
changes nothing but version, position and time of the latest event.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, cast

from domain.case import events as ev
from domain.case.folds.clocks import STOPS
from domain.case.values import Clock
from domain.event import DomainEvent, Meta
from projections.case_facts import clocks, ending, opening, working
from projections.case_facts.facts import CaseFacts

Fold = Callable[[CaseFacts, Any, Meta], None]
RESTARTS: Final = frozenset({ev.CaseResumed, ev.CaseUnmerged})
"""These set all clocks anew; their dues are not added to what runs."""


def fold(
    facts: CaseFacts, event: DomainEvent | None, meta: Meta, version: int, position: int
) -> None:
    """Change the facts by one event of the case's stream, in version order.

    A read model that skips an event folds on over the gap; the log itself has none.
    Raises ValueError for an event that could not be decoded.
    """
    assert version > facts.version, (facts.id, facts.version, version)
    facts.version = version
    facts.position = position
    facts.updated_at = meta.effective_at
    change(facts, event, meta)


def change(facts: CaseFacts, event: DomainEvent | None, meta: Meta) -> None:
    """Change the facts by what an event says; where it lies is left to whoever folds several."""
    changes, stops, sets = _PLANS.get(type(event), _NOTHING)
    if changes is not None:
        changes(facts, event, meta)
    if sets and (dues := cast(Any, event).dues):
        clocks.turn(facts, stops, dues)
    elif stops:
        clocks.stop(facts, stops)


def _undecoded(_: CaseFacts, __: Any, ___: Meta) -> None:
    raise ValueError("it can't be decoded")


FOLDS: Final[dict[type[DomainEvent], Fold]] = {
    ev.CaseReported: opening.reported,
    ev.CaseSplitOff: opening.split_off,
    ev.CaseSelfHandled: opening.self_handled,
    ev.CaseVerificationRequested: opening.verification_requested,
    ev.CaseVerified: opening.verified,
    ev.CaseAccepted: opening.accepted,
    ev.CaseDeclined: opening.declined,
    ev.CaseFiled: opening.filed,
    ev.CaseFilingRefused: opening.declined,
    ev.CaseClassified: opening.classified,
    ev.CaseRelocated: opening.relocated,
    ev.CaseMerged: opening.merged,
    ev.CaseUnmerged: opening.unmerged,
    ev.CaseAbsorbed: opening.absorbed,
    ev.CaseReleased: opening.released,
    ev.CaseSplit: opening.split_up,
    ev.CaseDispatched: working.dispatched,
    ev.CaseRedispatched: working.dispatched,
    ev.CaseAcknowledged: working.acknowledged,
    ev.CaseReturned: working.returned,
    ev.CaseReturnUpheld: working.return_upheld,
    ev.CaseAssistAdded: working.assist_added,
    ev.CaseAssistDone: working.assist_done,
    ev.CaseProgressNoted: working.progress,
    ev.CaseExtensionRequested: working.extension_requested,
    ev.CaseExtensionGranted: working.extension_granted,
    ev.CaseExtensionRefused: working.extension_refused,
    ev.CaseSuspended: working.suspended,
    ev.CaseResumed: working.resumed,
    ev.CaseEscalated: working.moved,
    ev.CaseReturnedDown: working.moved,
    ev.CaseUrged: working.urged,
    ev.CaseExpedited: working.expedited,
    ev.CaseSupervisionOrdered: working.supervised,
    ev.CaseSupervisionReplied: working.replied,
    ev.CaseDeadlineWarned: clocks.warned,
    ev.CaseDeadlinePassed: clocks.passed,
    ev.CaseHandled: ending.handled,
    ev.CaseCheckRequested: ending.check_requested,
    ev.CaseCheckPassed: ending.check_passed,
    ev.CaseCheckFailed: ending.check_failed,
    ev.CaseReworkOrdered: ending.rework,
    ev.CaseClosed: ending.closed,
    ev.CaseForceClosed: ending.force_closed,
    ev.CaseFeedbackReceived: ending.feedback,
    ev.CaseReopened: ending.reopened,
    ev.CaseCancelled: opening.cancelled,
    ev.CaseTargetStated: clocks.target,
    ev.CaseStatusStated: opening.stated,
    ev.CaseFlagged: opening.flagged,
    ev.CaseCorrected: ending.corrected,
}


class _Plan(NamedTuple):
    """What an event class does to the facts: looked up once an event."""

    changes: Fold | None = None
    stops: frozenset[Clock] = frozenset()
    sets: bool = False


_NOTHING: Final = _Plan()
_PLANS: Final[dict[type[DomainEvent] | type[None], _Plan]] = {
    event: _Plan(
        FOLDS.get(event),
        STOPS.get(event, frozenset()),
        "dues" in event.__struct_fields__ and event not in RESTARTS,
    )
    for event in ev.EVENTS
} | {type(None): _Plan(_undecoded)}
