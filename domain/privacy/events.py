"""What happens to personal data: opened, held, erased. None of these holds any in the clear.

The office's own words (a reason) are sealed under a key of the office's file, so that they
outlive the erased subject and can be erased themselves.
"""

from typing import ClassVar

from domain.event import DomainEvent, Text


class SubjectErased(DomainEvent, frozen=True, kw_only=True):
    """个人信息清除: `keys` are the ids of the destroyed keys. What they sealed stays unreadable."""

    TOPIC = "subject.erased"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "office"}
    subject: str
    keys: tuple[str, ...]
    cause: str
    reason: Text | None = None


class LegalHoldPlaced(DomainEvent, frozen=True, kw_only=True):
    """依法留存: nothing of the subject may be erased while `hold` stands."""

    TOPIC = "subject.hold_placed"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "office"}
    subject: str
    hold: str
    reason: Text


class LegalHoldLifted(DomainEvent, frozen=True, kw_only=True):
    """解除留存."""

    TOPIC = "subject.hold_lifted"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "office"}
    subject: str
    hold: str
    reason: Text


class PersonalDataRead(DomainEvent, frozen=True, kw_only=True):
    """查阅个人信息: the reader is the actor; `fields` were opened, for `purpose`, none is told."""

    TOPIC = "access.personal_data_read"
    subject: str
    fields: tuple[str, ...]
    purpose: str
    request: str = ""


EVENTS: tuple[type[DomainEvent], ...] = (
    SubjectErased, LegalHoldPlaced, LegalHoldLifted, PersonalDataRead,
)  # fmt: skip
