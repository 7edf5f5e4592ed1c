"""Time: extended, suspended, escalated, urged, supervised, warned, run out."""

from typing import ClassVar

from domain.case.values import AssistDue, Clock, Due, Severity, Tier
from domain.event import DomainEvent, Microseconds, Text


class CaseExtensionRequested(DomainEvent, frozen=True, kw_only=True):
    """申请延期 to `until`."""

    TOPIC = "case.extension_requested"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    reason: str
    until: Microseconds
    note: Text | None = None


class CaseExtensionGranted(DomainEvent, frozen=True, kw_only=True):
    """准予延期."""

    TOPIC = "case.extension_granted"
    dues: tuple[Due, ...]


class CaseExtensionRefused(DomainEvent, frozen=True, kw_only=True):
    """不准延期."""

    TOPIC = "case.extension_refused"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    note: Text | None = None


class CaseSuspended(DomainEvent, frozen=True, kw_only=True):
    """挂账: the clocks stop until the review date."""

    TOPIC = "case.suspended"
    reason: str
    review_at: Microseconds


class CaseResumed(DomainEvent, frozen=True, kw_only=True):
    """恢复: the clocks run again, the pause is taken out."""

    TOPIC = "case.resumed"
    automatic: bool = False
    dues: tuple[Due, ...] = ()
    assists: tuple[AssistDue, ...] = ()


class CaseEscalated(DomainEvent, frozen=True, kw_only=True):
    """升级: one tier up; life safety may jump."""

    TOPIC = "case.escalated"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "case"}
    tier: Tier
    was: Tier
    reason: Text
    automatic: bool = False


class CaseReturnedDown(DomainEvent, frozen=True, kw_only=True):
    """下沉: one tier down."""

    TOPIC = "case.returned_down"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "case"}
    tier: Tier
    was: Tier
    reason: Text


class CaseUrged(DomainEvent, frozen=True, kw_only=True):
    """催办."""

    TOPIC = "case.urged"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    note: Text | None = None


class CaseExpedited(DomainEvent, frozen=True, kw_only=True):
    """加急: severity raised, dues shortened."""

    TOPIC = "case.expedited"
    severity: Severity
    dues: tuple[Due, ...] = ()


class CaseSupervisionOrdered(DomainEvent, frozen=True, kw_only=True):
    """督办, with the date by which the unit must answer."""

    TOPIC = "case.supervision_ordered"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "case"}
    reason: Text
    reply_due: Microseconds
    automatic: bool = False


class CaseSupervisionReplied(DomainEvent, frozen=True, kw_only=True):
    """督办回复."""

    TOPIC = "case.supervision_replied"
    PERSONAL: ClassVar[dict[str, str]] = {"reply": "case"}
    reply: Text


class CaseDeadlineWarned(DomainEvent, frozen=True, kw_only=True):
    """预警: once per clock and due instant, never back-dated; `assignment` for an assist's own."""

    TOPIC = "case.deadline_warned"
    clock: Clock
    due: Microseconds
    assignment: str | None = None


class CaseDeadlinePassed(DomainEvent, frozen=True, kw_only=True):
    """超期: once per clock and due instant, never back-dated; `assignment` for an assist's own."""

    TOPIC = "case.deadline_passed"
    clock: Clock
    due: Microseconds
    assignment: str | None = None


EVENTS: tuple[type[DomainEvent], ...] = tuple(
    value
    for value in list(globals().values())
    if isinstance(value, type) and issubclass(value, DomainEvent) and value is not DomainEvent
)
