"""One event into the facts of its case, by a table from event class to function.

Never refuses: what is in the log has happened. An event class without an entry here
changes nothing but version, position and time of the latest event.
"""

from collections.abc import Callable
from typing import Any, Final

from domain.case import events as ev
from domain.case.folds.clocks import STOPS
from domain.case.values import Clock, Due, Place, Point, Status, Tier
from domain.event import DomainEvent, Meta
from projections.case_facts.facts import CaseFacts, DueFact, Part

Fold = Callable[[CaseFacts, Any, Meta], None]
RESTARTS: Final = frozenset({ev.CaseResumed, ev.CaseUnmerged})
_ACKNOWLEDGE: Final = frozenset({Clock.ACKNOWLEDGE})
_TIERS: Final = {Tier.VILLAGE: 0, Tier.TOWNSHIP: 1, Tier.DISTRICT: 2}


def fold(facts: CaseFacts, event: DomainEvent, meta: Meta, version: int, position: int) -> None:
    """Change the facts by one event of the case's stream, in version order.

    A read model that skips an event folds on over the gap; the log itself has none.
    """
    assert version > facts.version, (facts.id, facts.version, version)
    facts.version = version
    facts.position = position
    facts.updated_at = meta.effective_at
    change = FOLDS.get(type(event))
    if change is not None:
        change(facts, event, meta)
    stops = STOPS.get(type(event))
    if stops is not None:
        _stop(facts, stops)
    dues = getattr(event, "dues", ())
    if dues and type(event) not in RESTARTS:
        _set_dues(facts, dues)


def _stop(facts: CaseFacts, stopped: frozenset[Clock]) -> None:
    facts.ticking = {clock: due for clock, due in facts.ticking.items() if clock not in stopped}


def _set_dues(facts: CaseFacts, dues: tuple[Due, ...]) -> None:
    changed = {str(due.clock): DueFact(due.limit, due.start, due.due) for due in dues}
    facts.dues = {**facts.dues, **changed}
    facts.ticking = {**facts.ticking, **changed}


def _run_again(facts: CaseFacts, dues: tuple[Due, ...]) -> None:
    """Set the clocks after a pause; one whose due did not move keeps what was said about it."""
    was = facts.ticking
    facts.ticking = {}
    for due in dues:
        before = was.get(due.clock)
        kept = before if before is not None and before.due == due.due else None
        fact = kept or DueFact(due.limit, due.start, due.due)
        facts.ticking[str(due.clock)] = fact
    facts.dues = {**facts.dues, **facts.ticking}


def _place(facts: CaseFacts, place: Place) -> None:
    facts.scope = place.scope
    facts.grid = place.grid
    facts.unlocated = place.unlocated
    plain = place.point if isinstance(place.point, Point) else None
    facts.lon = plain.lon if plain else None
    facts.lat = plain.lat if plain else None


def _tier(facts: CaseFacts, tier: Tier) -> None:
    facts.tier = str(tier)
    if _TIERS[tier] > _TIERS[Tier(facts.max_tier)]:
        facts.max_tier = str(tier)


def _begin(facts: CaseFacts, event: ev.CaseReported | ev.CaseSplitOff, meta: Meta) -> None:
    facts.number = event.number
    facts.channel = str(event.channel)
    facts.category = event.category
    facts.severity = str(event.severity)
    facts.sensitive = event.sensitive
    facts.exercise = event.exercise
    facts.basis = meta.basis
    facts.tier = facts.max_tier = str(event.tier)
    _place(facts, event.place)


def _reported(facts: CaseFacts, event: ev.CaseReported, meta: Meta) -> None:
    _begin(facts, event, meta)
    facts.status = Status.REPORTED
    facts.reported_at = meta.effective_at
    if event.source is not None:
        facts.source = event.source.source
        facts.source_id = event.source.source_id


def _split_off(facts: CaseFacts, event: ev.CaseSplitOff, meta: Meta) -> None:
    _begin(facts, event, meta)
    facts.status = Status.FILED
    facts.parent = event.parent
    facts.reported_at = event.reported_at or meta.effective_at
    facts.accepted_at = facts.filed_at = meta.effective_at


def _self_handled(facts: CaseFacts, event: ev.CaseSelfHandled, meta: Meta) -> None:
    facts.status = Status.RESOLVED
    facts.self_handled = True
    facts.sampled = event.sampled
    facts.handled_at = meta.effective_at


def _verification_requested(facts: CaseFacts, _: Any, meta: Meta) -> None:
    facts.status = Status.VERIFYING
    facts.verify_asked_at = meta.effective_at


def _verified(facts: CaseFacts, _: Any, meta: Meta) -> None:
    facts.status = Status.REPORTED
    facts.verified_at = meta.effective_at


def _accepted(facts: CaseFacts, _: Any, meta: Meta) -> None:
    facts.status = Status.ACCEPTED
    facts.accepted_at = meta.effective_at


def _declined(facts: CaseFacts, _: Any, meta: Meta) -> None:
    facts.status = Status.DECLINED
    facts.declined_at = facts.ended_at = meta.effective_at
    facts.ticking = {}


def _filed(facts: CaseFacts, _: Any, meta: Meta) -> None:
    facts.status = Status.FILED
    facts.filed_at = meta.effective_at


def _classified(facts: CaseFacts, event: ev.CaseClassified, _: Meta) -> None:
    facts.category = event.category
    facts.sensitive = event.sensitive


def _relocated(facts: CaseFacts, event: ev.CaseRelocated, _: Meta) -> None:
    _place(facts, event.place)


def _merged(facts: CaseFacts, event: ev.CaseMerged, meta: Meta) -> None:
    facts.status = Status.MERGED
    facts.merged_into = event.into
    facts.merged_at = facts.ended_at = meta.effective_at


def _unmerged(facts: CaseFacts, event: ev.CaseUnmerged, _: Meta) -> None:
    facts.status = event.status
    facts.merged_into = facts.merged_at = facts.ended_at = None
    if event.status != Status.SUSPENDED:
        _run_again(facts, event.dues)


def _absorbed(facts: CaseFacts, event: ev.CaseAbsorbed, _: Meta) -> None:
    facts.absorbed = (*facts.absorbed, event.other)


def _released(facts: CaseFacts, event: ev.CaseReleased, _: Meta) -> None:
    facts.absorbed = tuple(other for other in facts.absorbed if other != event.other)


def _split(facts: CaseFacts, event: ev.CaseSplit, _: Meta) -> None:
    facts.children = (*facts.children, *event.children)


def _dispatched(facts: CaseFacts, event: ev.CaseDispatched, meta: Meta) -> None:
    facts.status = Status.DISPATCHED
    facts.department = event.department
    facts.assignment = event.assignment
    facts.working = False
    facts.dispatches += 1
    if facts.dispatched_at is None:
        facts.dispatched_at = meta.effective_at


def _acknowledged(facts: CaseFacts, event: ev.CaseAcknowledged, meta: Meta) -> None:
    if not event.lead:
        return
    facts.status = Status.IN_PROGRESS
    facts.acknowledged_at = meta.effective_at
    _stop(facts, _ACKNOWLEDGE)


def _returned(facts: CaseFacts, _: Any, __: Meta) -> None:
    facts.returned += 1


def _return_upheld(facts: CaseFacts, event: ev.CaseReturnUpheld, _: Meta) -> None:
    if facts.assignment != event.assignment:
        facts.parts = tuple(p for p in facts.parts if p.assignment != event.assignment)
        return
    facts.status = Status.FILED
    facts.department = facts.assignment = None
    facts.first_upheld = facts.first_upheld or facts.dispatches == 1


def _assist_added(facts: CaseFacts, event: ev.CaseAssistAdded, _: Meta) -> None:
    facts.parts = (*facts.parts, Part(event.assignment, event.department))


def _assist_done(facts: CaseFacts, event: ev.CaseAssistDone, _: Meta) -> None:
    facts.parts = tuple(
        Part(part.assignment, part.department, True)
        if part.assignment == event.assignment
        else part
        for part in facts.parts
    )


def _progress(facts: CaseFacts, _: Any, __: Meta) -> None:
    facts.working = True


def _extension_requested(facts: CaseFacts, _: Any, __: Meta) -> None:
    facts.extension_asked = True


def _extension_granted(facts: CaseFacts, _: Any, __: Meta) -> None:
    facts.extension_asked = False
    facts.extensions += 1


def _extension_refused(facts: CaseFacts, _: Any, __: Meta) -> None:
    facts.extension_asked = False


def _suspended(facts: CaseFacts, event: ev.CaseSuspended, meta: Meta) -> None:
    facts.status = Status.SUSPENDED
    facts.suspended_at = meta.effective_at
    facts.review_at = event.review_at


def _resumed(facts: CaseFacts, event: ev.CaseResumed, meta: Meta) -> None:
    facts.status = Status.IN_PROGRESS
    _run_again(facts, event.dues)
    if facts.suspended_at is not None:
        facts.suspended_us += meta.effective_at - facts.suspended_at
    facts.suspended_at = facts.review_at = None


def _moved(facts: CaseFacts, event: ev.CaseEscalated | ev.CaseReturnedDown, _: Meta) -> None:
    _tier(facts, event.tier)


def _urged(facts: CaseFacts, _: Any, __: Meta) -> None:
    facts.urged += 1


def _expedited(facts: CaseFacts, event: ev.CaseExpedited, _: Meta) -> None:
    facts.severity = str(event.severity)


def _supervised(facts: CaseFacts, event: ev.CaseSupervisionOrdered, _: Meta) -> None:
    facts.supervised += 1
    facts.reply_due = event.reply_due


def _replied(facts: CaseFacts, _: Any, __: Meta) -> None:
    facts.reply_due = None


def _warned(facts: CaseFacts, event: ev.CaseDeadlineWarned, _: Meta) -> None:
    if event.assignment is None:
        _said(facts, event.clock, event.due, passed=False)


def _passed(facts: CaseFacts, event: ev.CaseDeadlinePassed, _: Meta) -> None:
    if event.assignment is None:
        _said(facts, event.clock, event.due, passed=True)


def _said(facts: CaseFacts, clock: str, due: int, *, passed: bool) -> None:
    was = facts.ticking.get(clock)
    if was is None or was.due != due:
        return
    said = DueFact(was.limit, was.start, was.due, was.warned or not passed, was.passed or passed)
    facts.ticking = {**facts.ticking, str(clock): said}


def _handled(facts: CaseFacts, _: Any, meta: Meta) -> None:
    facts.status = Status.RESOLVED
    facts.handled_at = meta.effective_at


def _check_requested(facts: CaseFacts, _: Any, __: Meta) -> None:
    facts.status = Status.CHECKING


def _check_passed(facts: CaseFacts, _: Any, meta: Meta) -> None:
    facts.status = Status.PASSED
    facts.checked_at = meta.effective_at


def _check_failed(facts: CaseFacts, _: Any, meta: Meta) -> None:
    facts.status = Status.REPORTED if facts.self_handled else Status.IN_PROGRESS
    facts.self_handled = False
    facts.handled_at = None
    facts.checked_at = meta.effective_at
    facts.failed_checks += 1


def _rework(facts: CaseFacts, event: ev.CaseReworkOrdered, _: Meta) -> None:
    facts.rework = event.round


def _closed(facts: CaseFacts, _: Any, meta: Meta) -> None:
    facts.status = Status.CLOSED
    facts.closed_at = facts.ended_at = meta.effective_at
    facts.suspended_at = facts.review_at = facts.reply_due = None
    facts.ticking = {}


def _force_closed(facts: CaseFacts, event: ev.CaseForceClosed, meta: Meta) -> None:
    _closed(facts, event, meta)
    facts.forced = True


def _feedback(facts: CaseFacts, event: ev.CaseFeedbackReceived, _: Meta) -> None:
    facts.contacted = event.contacted
    facts.solved = event.solved
    facts.satisfaction = event.satisfaction


def _reopened(facts: CaseFacts, _: Any, __: Meta) -> None:
    facts.status = Status.FILED
    facts.reopened += 1
    facts.department = facts.assignment = None
    facts.parts = ()
    facts.forced = facts.self_handled = False
    facts.dues = facts.ticking = {}
    facts.closed_at = facts.ended_at = facts.handled_at = facts.checked_at = None


def _cancelled(facts: CaseFacts, _: Any, meta: Meta) -> None:
    facts.status = Status.CANCELLED
    facts.ticking = {}
    facts.ended_at = meta.effective_at


def _target(facts: CaseFacts, event: ev.CaseTargetStated, _: Meta) -> None:
    start = facts.reported_at or 0
    stated = {"total": DueFact(limit="", start=start, due=event.due)}
    facts.dues = {**facts.dues, **stated}
    if facts.open:
        facts.ticking = {**facts.ticking, **stated}


def _stated(facts: CaseFacts, event: ev.CaseStatusStated, _: Meta) -> None:
    facts.stated = event.stated


def _flagged(facts: CaseFacts, event: ev.CaseFlagged, _: Meta) -> None:
    flag = f"{event.rule}:{event.field}"
    if flag not in facts.flags:
        facts.flags = tuple(sorted((*facts.flags, flag)))


def _corrected(facts: CaseFacts, event: ev.CaseCorrected, meta: Meta) -> None:
    facts.category = event.category or facts.category
    facts.department = event.department or facts.department
    if event.place is not None:
        _place(facts, event.place)
    if event.closed and facts.status != Status.CLOSED:
        _closed(facts, event, meta)
    elif event.closed is False and facts.status == Status.CLOSED:
        facts.status = Status.DISPATCHED if facts.department else Status.REPORTED
        facts.closed_at = facts.ended_at = None


FOLDS: Final[dict[type[DomainEvent], Fold]] = {
    ev.CaseReported: _reported,
    ev.CaseSplitOff: _split_off,
    ev.CaseSelfHandled: _self_handled,
    ev.CaseVerificationRequested: _verification_requested,
    ev.CaseVerified: _verified,
    ev.CaseAccepted: _accepted,
    ev.CaseDeclined: _declined,
    ev.CaseFiled: _filed,
    ev.CaseFilingRefused: _declined,
    ev.CaseClassified: _classified,
    ev.CaseRelocated: _relocated,
    ev.CaseMerged: _merged,
    ev.CaseUnmerged: _unmerged,
    ev.CaseAbsorbed: _absorbed,
    ev.CaseReleased: _released,
    ev.CaseSplit: _split,
    ev.CaseDispatched: _dispatched,
    ev.CaseRedispatched: _dispatched,
    ev.CaseAcknowledged: _acknowledged,
    ev.CaseReturned: _returned,
    ev.CaseReturnUpheld: _return_upheld,
    ev.CaseAssistAdded: _assist_added,
    ev.CaseAssistDone: _assist_done,
    ev.CaseProgressNoted: _progress,
    ev.CaseExtensionRequested: _extension_requested,
    ev.CaseExtensionGranted: _extension_granted,
    ev.CaseExtensionRefused: _extension_refused,
    ev.CaseSuspended: _suspended,
    ev.CaseResumed: _resumed,
    ev.CaseEscalated: _moved,
    ev.CaseReturnedDown: _moved,
    ev.CaseUrged: _urged,
    ev.CaseExpedited: _expedited,
    ev.CaseSupervisionOrdered: _supervised,
    ev.CaseSupervisionReplied: _replied,
    ev.CaseDeadlineWarned: _warned,
    ev.CaseDeadlinePassed: _passed,
    ev.CaseHandled: _handled,
    ev.CaseCheckRequested: _check_requested,
    ev.CaseCheckPassed: _check_passed,
    ev.CaseCheckFailed: _check_failed,
    ev.CaseReworkOrdered: _rework,
    ev.CaseClosed: _closed,
    ev.CaseForceClosed: _force_closed,
    ev.CaseFeedbackReceived: _feedback,
    ev.CaseReopened: _reopened,
    ev.CaseCancelled: _cancelled,
    ev.CaseTargetStated: _target,
    ev.CaseStatusStated: _stated,
    ev.CaseFlagged: _flagged,
    ev.CaseCorrected: _corrected,
}
