"""Reported, triaged, filed, placed, merged, split: how a case begins."""

from typing import Any

from domain.case import events as ev
from domain.case.values import Place, Point, Status
from domain.event import Meta
from projections.case_facts.clocks import run_again, stood_still
from projections.case_facts.facts import CaseFacts


def place(facts: CaseFacts, place: Place) -> None:
    """Place the case; a sealed point stays in the log."""
    facts.scope = place.scope
    facts.grid = place.grid
    facts.unlocated = place.unlocated
    plain = place.point if isinstance(place.point, Point) else None
    facts.lon = plain.lon if plain else None
    facts.lat = plain.lat if plain else None


def _begin(facts: CaseFacts, event: ev.CaseReported | ev.CaseSplitOff, meta: Meta) -> None:
    facts.number = event.number
    facts.channel = str(event.channel)
    facts.category = event.category
    facts.severity = str(event.severity)
    facts.sensitive = event.sensitive
    facts.exercise = event.exercise
    facts.basis = meta.basis
    facts.tier = facts.max_tier = str(event.tier)
    place(facts, event.place)


def reported(facts: CaseFacts, event: ev.CaseReported, meta: Meta) -> None:
    """Begin."""
    _begin(facts, event, meta)
    facts.status = Status.REPORTED
    facts.reported_at = meta.effective_at
    if event.source is not None:
        facts.source = event.source.source
        facts.source_id = event.source.source_id


def split_off(facts: CaseFacts, event: ev.CaseSplitOff, meta: Meta) -> None:
    """Begin as a part of another case, already filed."""
    _begin(facts, event, meta)
    facts.status = Status.FILED
    facts.parent = event.parent
    facts.reported_at = event.reported_at or meta.effective_at
    facts.accepted_at = facts.filed_at = meta.effective_at


def self_handled(facts: CaseFacts, event: ev.CaseSelfHandled, meta: Meta) -> None:
    """Mended on the spot."""
    facts.status = Status.RESOLVED
    facts.self_handled = True
    facts.sampled = event.sampled
    facts.handled_at = meta.effective_at


def verification_requested(facts: CaseFacts, _: Any, meta: Meta) -> None:
    """Somebody is on the way."""
    facts.status = Status.VERIFYING
    facts.verify_asked_at = meta.effective_at


def verified(facts: CaseFacts, _: Any, meta: Meta) -> None:
    """Back to triage with a finding."""
    facts.status = Status.REPORTED
    facts.verified_at = meta.effective_at


def accepted(facts: CaseFacts, _: Any, meta: Meta) -> None:
    """Accepted."""
    facts.status = Status.ACCEPTED
    facts.accepted_at = meta.effective_at


def declined(facts: CaseFacts, _: Any, meta: Meta) -> None:
    """Not accepted, or not filed."""
    facts.status = Status.DECLINED
    facts.declined_at = facts.ended_at = meta.effective_at
    facts.ticking = {}


def filed(facts: CaseFacts, _: Any, meta: Meta) -> None:
    """Filed."""
    facts.status = Status.FILED
    facts.filed_at = meta.effective_at


def classified(facts: CaseFacts, event: ev.CaseClassified, _: Meta) -> None:
    """Another category."""
    facts.category = event.category
    facts.sensitive = event.sensitive


def relocated(facts: CaseFacts, event: ev.CaseRelocated, _: Meta) -> None:
    """Another place."""
    place(facts, event.place)


def cancelled(facts: CaseFacts, _: Any, meta: Meta) -> None:
    """Void."""
    facts.status = Status.CANCELLED
    facts.ticking = {}
    facts.ended_at = meta.effective_at


def merged(facts: CaseFacts, event: ev.CaseMerged, meta: Meta) -> None:
    """Goes on inside another case."""
    facts.status = Status.MERGED
    facts.merged_into = event.into
    facts.merged_at = facts.ended_at = meta.effective_at


def unmerged(facts: CaseFacts, event: ev.CaseUnmerged, meta: Meta) -> None:
    """Goes its own way again."""
    stood_still(facts, facts.merged_at, meta)
    facts.status = event.status
    facts.merged_into = facts.merged_at = facts.ended_at = None
    if event.status != Status.SUSPENDED:
        run_again(facts, event.dues)


def absorbed(facts: CaseFacts, event: ev.CaseAbsorbed, _: Meta) -> None:
    """Carries another case along."""
    facts.absorbed = (*facts.absorbed, event.other)


def released(facts: CaseFacts, event: ev.CaseReleased, _: Meta) -> None:
    """Carries it no more."""
    facts.absorbed = tuple(other for other in facts.absorbed if other != event.other)


def split_up(facts: CaseFacts, event: ev.CaseSplit, _: Meta) -> None:
    """Has parts now."""
    facts.children = (*facts.children, *event.children)


def stated(facts: CaseFacts, event: ev.CaseStatusStated, _: Meta) -> None:
    """Keep a source's own status word."""
    facts.stated = event.stated


def flagged(facts: CaseFacts, event: ev.CaseFlagged, _: Meta) -> None:
    """Keep a doubt, once."""
    flag = f"{event.rule}:{event.field}"
    if flag not in facts.flags:
        facts.flags = tuple(sorted((*facts.flags, flag)))
