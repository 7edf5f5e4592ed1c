"""What a department does until it is done."""

from typing import ClassVar

from domain.case.values import Due, Evidence
from domain.event import DomainEvent, Text


class CaseProgressNoted(DomainEvent, frozen=True, kw_only=True):
    """过程反馈; the first one makes the assignment `working`."""

    TOPIC = "case.progress_noted"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    assignment: str
    note: Text


class CaseEvidenceAttached(DomainEvent, frozen=True, kw_only=True):
    """附件: by content hash."""

    TOPIC = "case.evidence_attached"
    evidence: tuple[Evidence, ...]


class CaseAssistDone(DomainEvent, frozen=True, kw_only=True):
    """协办完成."""

    TOPIC = "case.assist_done"
    PERSONAL: ClassVar[dict[str, str]] = {"conclusion": "case"}
    assignment: str
    department: str
    conclusion: Text


class CaseHandled(DomainEvent, frozen=True, kw_only=True):
    """处置反馈 by the lead department: done, with evidence, waiting for the check."""

    TOPIC = "case.handled"
    PERSONAL: ClassVar[dict[str, str]] = {"conclusion": "case"}
    assignment: str
    department: str
    conclusion: Text
    evidence: tuple[Evidence, ...]
    dues: tuple[Due, ...] = ()


EVENTS: tuple[type[DomainEvent], ...] = tuple(
    value
    for value in list(globals().values())
    if isinstance(value, type) and issubclass(value, DomainEvent) and value is not DomainEvent
)
