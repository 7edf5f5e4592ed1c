"""Reported, verified, accepted, filed, classified, relocated."""

from msgspec.structs import replace

from domain.case import events as e
from domain.case.folds.clocks import STOPS, turned
from domain.case.state import CaseState
from domain.case.values import Status
from domain.event import By


def reported(_state: CaseState, event: e.CaseReported, by: By) -> CaseState:
    """The case begins."""
    return CaseState(
        status=Status.REPORTED, number=event.number, channel=event.channel,
        category=event.category, place=event.place, tier=event.tier, severity=event.severity,
        sensitive=event.sensitive, exercise=event.exercise, source=event.source,
        policy=event.policy, reporter=by.actor, reported_at=by.at, last_at=by.at,
        clocks=turned((), (), event.dues),
    )  # fmt: skip


def split_off(_state: CaseState, event: e.CaseSplitOff, by: By) -> CaseState:
    """A part begins, already filed."""
    return CaseState(
        status=Status.FILED, number=event.number, channel=event.channel,
        category=event.category, place=event.place, tier=event.tier, severity=event.severity,
        sensitive=event.sensitive, exercise=event.exercise, policy=event.policy,
        reported_at=event.reported_at, last_at=by.at, parent=event.parent, depth=event.depth,
        clocks=turned((), (), event.dues),
    )  # fmt: skip


def self_handled(state: CaseState, event: e.CaseSelfHandled, by: By) -> CaseState:
    """Mended on the spot."""
    return replace(
        state, status=Status.RESOLVED, self_handled=True, sampled=event.sampled,
        handlers=(*state.handlers, by.actor), handling_unit=by.unit,
        clocks=turned(state.clocks, STOPS[e.CaseSelfHandled], event.dues),
    )  # fmt: skip


def verification_requested(
    state: CaseState, event: e.CaseVerificationRequested, _by: By
) -> CaseState:
    """Somebody is on the way."""
    return replace(state, status=Status.VERIFYING, verifier=event.worker)


def verified(state: CaseState, event: e.CaseVerified, _by: By) -> CaseState:
    """Back to triage with a finding."""
    return replace(state, status=Status.REPORTED, verified=event.result, verifier=None)


def accepted(state: CaseState, event: e.CaseAccepted, _by: By) -> CaseState:
    """Accepted."""
    clocks = turned(state.clocks, STOPS[e.CaseAccepted], event.dues)
    return replace(state, status=Status.ACCEPTED, clocks=clocks)


def filed(state: CaseState, event: e.CaseFiled, _by: By) -> CaseState:
    """Filed under a pinned standard."""
    clocks = turned(state.clocks, STOPS[e.CaseFiled], event.dues)
    return replace(state, status=Status.FILED, standard=event.standard, clocks=clocks)


def declined(state: CaseState, _event: e.CaseDeclined | e.CaseFilingRefused, _by: By) -> CaseState:
    """Not accepted, or not filed."""
    return replace(state, status=Status.DECLINED, clocks=())


def cancelled(state: CaseState, _event: e.CaseCancelled, _by: By) -> CaseState:
    """Void."""
    return replace(state, status=Status.CANCELLED, clocks=())


def classified(state: CaseState, event: e.CaseClassified, _by: By) -> CaseState:
    """Another category."""
    return replace(state, category=event.category, sensitive=event.sensitive)


def relocated(state: CaseState, event: e.CaseRelocated, _by: By) -> CaseState:
    """Another place."""
    return replace(state, place=event.place)


def unchanged(state: CaseState, _event: object, _by: By) -> CaseState:
    """On record, and no rule looks at it."""
    return state
