"""Report, verify, accept, file, classify, relocate: what may come in, and as what."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from domain.actor import Role
from domain.case.commands import (
    ClassifyCase,
    ReportCase,
    ReportVerification,
    RequestVerification,
)
from domain.case.facts import CaseFacts, GridFact
from domain.case.reasons import DeclineReason, Finding
from domain.case.refusals import RefusalCode
from domain.case.state import CaseState
from domain.case.values import Channel, Evidence, Place, Tier
from domain.errors import Rejected

CHANNELS: Final[dict[str, frozenset[Channel]]] = {
    Role.GRID_WORKER: frozenset({Channel.GRID_WORKER, Channel.SENSOR}),
    Role.RESIDENT: frozenset({Channel.RESIDENT}),
    Role.ACCEPTOR: frozenset({Channel.HOTLINE, Channel.RESIDENT, Channel.SENSOR}),
    Role.HANDLER: frozenset({Channel.DEPARTMENT}),
    Role.DUTY_LEADER: frozenset({Channel.LEADER, Channel.SENSOR}),
    Role.DISTRICT_LEADER: frozenset({Channel.LEADER}),
    Role.INTEGRATOR: frozenset({Channel.SENSOR, Channel.HOTLINE, Channel.RESIDENT}),
}
"""Through which channels a role may say that a case came in."""
LAYMEN: Final = frozenset({Role.RESIDENT, Role.INTEGRATOR})
"""Who may not set a severity of their own: the category's counts."""

Guard = Callable[[CaseState, Any, CaseFacts], Rejected | None]


def category_known(_state: CaseState, command: Any, facts: CaseFacts) -> Rejected | None:
    """The category exists and is live here."""
    if facts.category:
        return None
    return Rejected(RefusalCode.UNKNOWN_CATEGORY, category=command.category)


def category_differs(state: CaseState, command: ClassifyCase, _f: CaseFacts) -> Rejected | None:
    """Classifying changes something."""
    if command.category != state.category:
        return None
    return Rejected(RefusalCode.SAME_CATEGORY, category=command.category)


def place_resolved(_state: CaseState, command: Any, facts: CaseFacts) -> Rejected | None:
    """The place lies in a live grid, or is said to be unlocated in a named area."""
    return not_placed(command.place, facts.grid)


def not_placed(place: Place, grid: GridFact | None) -> Rejected | None:
    """Refuse a place whose grid is not live, and one that names neither grid nor area."""
    if grid and grid.live:
        return None
    if place.unlocated and place.scope and place.grid is None:
        return None
    return Rejected(RefusalCode.PLACE_NOT_IN_A_LIVE_GRID, grid=place.grid, scope=place.scope)


def channel_fits(_state: CaseState, command: ReportCase, facts: CaseFacts) -> Rejected | None:
    """The channel is one the actor stands for."""
    allowed = CHANNELS[facts.by.role]
    if command.channel in allowed:
        return None
    return Rejected(RefusalCode.CHANNEL_NOT_YOURS, channel=command.channel, allowed=sorted(allowed))


def severity_fits(_state: CaseState, command: ReportCase, facts: CaseFacts) -> Rejected | None:
    """Laymen leave the severity to the category."""
    if command.severity is None or facts.by.role not in LAYMEN:
        return None
    return Rejected(RefusalCode.SEVERITY_NOT_YOURS, severity=command.severity)


def village_tier(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """Only small things are mended on the spot."""
    if state.tier is Tier.VILLAGE:
        return None
    return Rejected(RefusalCode.NOT_VILLAGE_TIER, tier=state.tier)


def before_evidence(_state: CaseState, command: Any, _facts: CaseFacts) -> Rejected | None:
    """A picture from before is given."""
    return _evidence(command.evidence, "before", RefusalCode.BEFORE_EVIDENCE_MISSING)


def after_evidence(_state: CaseState, command: Any, _facts: CaseFacts) -> Rejected | None:
    """A picture from after is given."""
    return _evidence(command.evidence, "after", RefusalCode.AFTER_EVIDENCE_MISSING)


def _evidence(evidence: tuple[Evidence, ...], kind: str, code: RefusalCode) -> Rejected | None:
    if any(one.kind == kind for one in evidence):
        return None
    return Rejected(code, given=len(evidence))


def some_evidence(_state: CaseState, command: Any, _facts: CaseFacts) -> Rejected | None:
    """At least one file is given."""
    return None if command.evidence else Rejected(RefusalCode.EVIDENCE_MISSING)


def self_handling_untried(state: CaseState, _c: Any, _facts: CaseFacts) -> Rejected | None:
    """A self-handling that failed its check is not tried a second time."""
    if state.self_handling_failed:
        return Rejected(RefusalCode.SELF_HANDLING_FAILED_BEFORE)
    return None


def verifier_is_another(
    state: CaseState, command: RequestVerification, _facts: CaseFacts
) -> Rejected | None:
    """Nobody verifies an own report."""
    if command.worker != state.reporter:
        return None
    return Rejected(RefusalCode.VERIFIER_REPORTED_IT, worker=command.worker)


def verifier_was_asked(
    state: CaseState, _command: ReportVerification, facts: CaseFacts
) -> Rejected | None:
    """The worker who was sent answers."""
    if facts.by.actor == state.verifier:
        return None
    return Rejected(RefusalCode.NOT_THE_ONE_ASKED, asked=state.verifier)


def not_found_absent(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """What a verification did not find is not accepted."""
    if state.verified == Finding.ABSENT:
        return Rejected(RefusalCode.VERIFIED_ABSENT)
    return None


def absence_verified(state: CaseState, command: Any, _facts: CaseFacts) -> Rejected | None:
    """Declining for absence needs a verification that found nothing."""
    if command.reason == DeclineReason.ABSENT and state.verified != Finding.ABSENT:
        return Rejected(RefusalCode.NOT_VERIFIED_ABSENT, verified=state.verified)
    return None


def standard_known(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The category has a filing standard to pin."""
    if facts.standard:
        return None
    return Rejected(RefusalCode.NO_FILING_STANDARD, category=state.category)


@dataclass(frozen=True, slots=True)
class Coded:
    """The guard that a field is one of the coded words; screens offer them from here."""

    field: str
    words: type[StrEnum]
    code: RefusalCode

    def __call__(self, _state: CaseState, command: Any, _facts: CaseFacts) -> Rejected | None:
        """Refuse any other word."""
        value = getattr(command, self.field)
        if value in frozenset(self.words):
            return None
        return Rejected(self.code, field=self.field, value=value, allowed=sorted(self.words))

    @property
    def __name__(self) -> str:
        return f"{self.field}_is_a_{self.words.__name__}"


def coded(field: str, words: type[StrEnum], code: RefusalCode) -> Guard:
    """Return the guard that a field is one of the coded words."""
    return Coded(field, words, code)


def text(field: str) -> Guard:
    """Return the guard that a text is not blank."""

    def field_is_given(_state: CaseState, command: Any, _facts: CaseFacts) -> Rejected | None:
        if getattr(command, field).strip():
            return None
        return Rejected(RefusalCode.TEXT_MISSING, field=field)

    field_is_given.__name__ = f"{field}_is_given"
    return field_is_given
