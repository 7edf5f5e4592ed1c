"""Dispatched, worked on, extended, suspended, moved between tiers."""

from typing import Any, Final

from domain.case import events as ev
from domain.case.values import Clock, Status, Tier
from domain.event import Meta
from projections.case_facts.clocks import run_again, stood_still, stop
from projections.case_facts.facts import CaseFacts, Part

_ACKNOWLEDGE: Final = frozenset({Clock.ACKNOWLEDGE})
_ITS_OWN: Final = frozenset({Clock.ACKNOWLEDGE, Clock.HANDLE})
"""The clocks of the department that leads."""
_TIERS: Final = {Tier.VILLAGE: 0, Tier.TOWNSHIP: 1, Tier.DISTRICT: 2}


def _tier(facts: CaseFacts, tier: Tier) -> None:
    facts.tier = str(tier)
    if _TIERS[tier] > _TIERS[Tier(facts.max_tier)]:
        facts.max_tier = str(tier)


def dispatched(facts: CaseFacts, event: ev.CaseDispatched, meta: Meta) -> None:
    """A department leads."""
    facts.status = Status.DISPATCHED
    facts.department = event.department
    facts.assignment = event.assignment
    facts.working = False
    facts.dispatches += 1
    if facts.dispatched_at is None:
        facts.dispatched_at = meta.effective_at


def acknowledged(facts: CaseFacts, event: ev.CaseAcknowledged, meta: Meta) -> None:
    """The lead has seen it; an assisting department changes nothing here."""
    if not event.lead:
        return
    facts.status = Status.IN_PROGRESS
    facts.acknowledged_at = meta.effective_at
    stop(facts, _ACKNOWLEDGE)


def returned(facts: CaseFacts, _: Any, __: Meta) -> None:
    """Waits for a ruling."""
    facts.returned += 1


def return_upheld(facts: CaseFacts, event: ev.CaseReturnUpheld, _: Meta) -> None:
    """To be dispatched anew; what the department had to do by when is void."""
    if facts.assignment != event.assignment:
        facts.parts = tuple(p for p in facts.parts if p.assignment != event.assignment)
        return
    facts.status = Status.FILED
    facts.department = facts.assignment = None
    facts.first_upheld = facts.first_upheld or facts.dispatches == 1
    facts.dues = {clock: due for clock, due in facts.dues.items() if clock not in _ITS_OWN}


def assist_added(facts: CaseFacts, event: ev.CaseAssistAdded, _: Meta) -> None:
    """One more department."""
    facts.parts = (*facts.parts, Part(event.assignment, event.department))


def assist_done(facts: CaseFacts, event: ev.CaseAssistDone, _: Meta) -> None:
    """Its part is done."""
    facts.parts = tuple(
        Part(part.assignment, part.department, True)
        if part.assignment == event.assignment
        else part
        for part in facts.parts
    )


def progress(facts: CaseFacts, _: Any, __: Meta) -> None:
    """Being worked on."""
    facts.working = True


def extension_requested(facts: CaseFacts, _: Any, __: Meta) -> None:
    """More time is asked for."""
    facts.extension_asked = True


def extension_granted(facts: CaseFacts, _: Any, __: Meta) -> None:
    """More time is given."""
    facts.extension_asked = False
    facts.extensions += 1


def extension_refused(facts: CaseFacts, _: Any, __: Meta) -> None:
    """More time is not given."""
    facts.extension_asked = False


def suspended(facts: CaseFacts, event: ev.CaseSuspended, meta: Meta) -> None:
    """The clocks stand."""
    facts.status = Status.SUSPENDED
    facts.suspended_at = meta.effective_at
    facts.review_at = event.review_at


def resumed(facts: CaseFacts, event: ev.CaseResumed, meta: Meta) -> None:
    """The clocks run again."""
    facts.status = Status.IN_PROGRESS
    run_again(facts, event.dues)
    stood_still(facts, facts.suspended_at, meta)
    if facts.suspended_at is not None:
        facts.suspended_us += meta.effective_at - facts.suspended_at
    facts.suspended_at = facts.review_at = None


def moved(facts: CaseFacts, event: ev.CaseEscalated | ev.CaseReturnedDown, _: Meta) -> None:
    """Another tier has it."""
    _tier(facts, event.tier)


def urged(facts: CaseFacts, _: Any, __: Meta) -> None:
    """Urged."""
    facts.urged += 1


def expedited(facts: CaseFacts, event: ev.CaseExpedited, _: Meta) -> None:
    """More urgent."""
    facts.severity = str(event.severity)


def supervised(facts: CaseFacts, event: ev.CaseSupervisionOrdered, _: Meta) -> None:
    """An answer is due."""
    facts.supervised += 1
    facts.reply_due = event.reply_due


def replied(facts: CaseFacts, _: Any, __: Meta) -> None:
    """Answered."""
    facts.reply_due = None
