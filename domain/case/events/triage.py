"""From a report to a case on file: reported, verified, accepted, filed, placed."""

from typing import ClassVar

from domain.case.values import Channel, Due, Evidence, Place, Severity, Source, Tier
from domain.event import DomainEvent, Text

WHAT_AND_WHERE = {"description": "case", "place.address": "case", "place.point": "case?"}
"""The exact point is sealed only where the category is sensitive."""


class CaseReported(DomainEvent, frozen=True, kw_only=True):
    """事件上报. `number` is for people; `contact` belongs to whoever gave it."""

    TOPIC = "case.reported"
    PERSONAL: ClassVar[dict[str, str]] = {**WHAT_AND_WHERE, "contact": "contact"}
    number: str
    channel: Channel
    category: str
    place: Place
    tier: Tier = Tier.VILLAGE
    severity: Severity = Severity.NORMAL
    sensitive: bool = False
    description: Text | None = None
    contact: Text | None = None
    evidence: tuple[Evidence, ...] = ()
    exercise: bool = False
    source: Source | None = None
    policy: str = ""
    dues: tuple[Due, ...] = ()


class CaseSelfHandled(DomainEvent, frozen=True, kw_only=True):
    """自行处置: the grid worker mended it on the spot; `sampled` ones go to a check."""

    TOPIC = "case.self_handled"
    PERSONAL: ClassVar[dict[str, str]] = {"conclusion": "case"}
    conclusion: Text
    evidence: tuple[Evidence, ...]
    sampled: bool
    dues: tuple[Due, ...] = ()


class CaseVerificationRequested(DomainEvent, frozen=True, kw_only=True):
    """下发核实."""

    TOPIC = "case.verification_requested"
    worker: str


class CaseVerified(DomainEvent, frozen=True, kw_only=True):
    """核实反馈: `result` is exists, absent or unable."""

    TOPIC = "case.verified"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    result: str
    note: Text | None = None
    evidence: tuple[Evidence, ...] = ()


class CaseAccepted(DomainEvent, frozen=True, kw_only=True):
    """受理."""

    TOPIC = "case.accepted"
    dues: tuple[Due, ...] = ()


class CaseDeclined(DomainEvent, frozen=True, kw_only=True):
    """不予受理, with a coded reason and the words for the reporter."""

    TOPIC = "case.declined"
    PERSONAL: ClassVar[dict[str, str]] = {"reply": "case"}
    reason: str
    reply: Text


class CaseFiled(DomainEvent, frozen=True, kw_only=True):
    """立案 under a pinned filing standard."""

    TOPIC = "case.filed"
    standard: str
    automatic: bool = False
    dues: tuple[Due, ...] = ()


class CaseFilingRefused(DomainEvent, frozen=True, kw_only=True):
    """不予立案."""

    TOPIC = "case.filing_refused"
    PERSONAL: ClassVar[dict[str, str]] = {"reply": "case"}
    reason: str
    reply: Text


class CaseClassified(DomainEvent, frozen=True, kw_only=True):
    """改类: the old value is kept beside the new."""

    TOPIC = "case.classified"
    category: str
    was: str
    sensitive: bool = False


class CaseRelocated(DomainEvent, frozen=True, kw_only=True):
    """更正位置."""

    TOPIC = "case.relocated"
    PERSONAL: ClassVar[dict[str, str]] = {"place.address": "case", "place.point": "case?"}
    place: Place
    was_scope: str
    sensitive: bool = False


class CaseContactSealed(DomainEvent, frozen=True, kw_only=True):
    """联系方式加密: a contact was added, readable only with its own key."""

    TOPIC = "case.contact_sealed"
    PERSONAL: ClassVar[dict[str, str]] = {"contact": "contact"}
    contact: Text


class CaseDuplicateSuggested(DomainEvent, frozen=True, kw_only=True):
    """疑似重复: near in place and time, same category."""

    TOPIC = "case.duplicate_suggested"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "case"}
    other: str
    distance_m: int
    reason: Text = ""


EVENTS: tuple[type[DomainEvent], ...] = tuple(
    value
    for value in list(globals().values())
    if isinstance(value, type) and issubclass(value, DomainEvent) and value is not DomainEvent
)
