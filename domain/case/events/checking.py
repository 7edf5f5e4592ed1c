"""Checked, closed, felt about, opened again, appealed."""

from typing import ClassVar

from domain.case.values import Due, Evidence
from domain.event import DomainEvent, Microseconds, Text


class CaseCheckRequested(DomainEvent, frozen=True, kw_only=True):
    """下发核查."""

    TOPIC = "case.check_requested"
    checker: str | None = None


class CaseCheckPassed(DomainEvent, frozen=True, kw_only=True):
    """核查通过."""

    TOPIC = "case.check_passed"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    note: Text | None = None
    evidence: tuple[Evidence, ...] = ()


class CaseCheckFailed(DomainEvent, frozen=True, kw_only=True):
    """核查不通过: to rework, or back to triage when it was self-handled (`dues`)."""

    TOPIC = "case.check_failed"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    note: Text
    evidence: tuple[Evidence, ...] = ()
    dues: tuple[Due, ...] = ()


class CaseReworkOrdered(DomainEvent, frozen=True, kw_only=True):
    """返工, the `round`-th time."""

    TOPIC = "case.rework_ordered"
    round: int
    dues: tuple[Due, ...] = ()


class CaseClosed(DomainEvent, frozen=True, kw_only=True):
    """结案. `stated` is what a source said when it closed the case."""

    TOPIC = "case.closed"
    PERSONAL: ClassVar[dict[str, str]] = {"stated": "case"}
    sampled: bool = True
    stated: Text | None = None


class CaseForceClosed(DomainEvent, frozen=True, kw_only=True):
    """强制结案: never counted as on time."""

    TOPIC = "case.force_closed"
    reason: str


class CaseFollowUpSent(DomainEvent, frozen=True, kw_only=True):
    """发出回访."""

    TOPIC = "case.follow_up_sent"
    until: Microseconds


class CaseFeedbackReceived(DomainEvent, frozen=True, kw_only=True):
    """回访评价: contacted, solved, and satisfied, basically or unsatisfied."""

    TOPIC = "case.feedback_received"
    PERSONAL: ClassVar[dict[str, str]] = {"comment": "case"}
    contacted: bool
    solved: bool
    satisfaction: str
    comment: Text | None = None


class CaseReopened(DomainEvent, frozen=True, kw_only=True):
    """重开: back to filed, to be dispatched anew."""

    TOPIC = "case.reopened"
    reason: str
    dues: tuple[Due, ...] = ()


class CaseCancelled(DomainEvent, frozen=True, kw_only=True):
    """作废, before dispatch only."""

    TOPIC = "case.cancelled"
    reason: str


class CaseAppealFiled(DomainEvent, frozen=True, kw_only=True):
    """申诉: about the score, never about the facts."""

    TOPIC = "case.appeal_filed"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    appeal: str
    figure: str
    note: Text | None = None


class CaseAppealDecided(DomainEvent, frozen=True, kw_only=True):
    """申诉裁定."""

    TOPIC = "case.appeal_decided"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "case"}
    appeal: str
    upheld: bool
    reason: Text


EVENTS: tuple[type[DomainEvent], ...] = tuple(
    value
    for value in list(globals().values())
    if isinstance(value, type) and issubclass(value, DomainEvent) and value is not DomainEvent
)
