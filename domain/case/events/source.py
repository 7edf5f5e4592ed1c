"""What a source states of a case that came from it, as it states it."""

from typing import ClassVar

from domain.case.events.triage import WHAT_AND_WHERE
from domain.case.values import Place
from domain.event import DomainEvent, Microseconds, Text


class CaseTargetStated(DomainEvent, frozen=True, kw_only=True):
    """A source's own target, as the due of its total clock."""

    TOPIC = "case.target_stated"
    due: Microseconds


class CaseStatusStated(DomainEvent, frozen=True, kw_only=True):
    """A source's own status word, kept as it was said."""

    TOPIC = "case.status_stated"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    stated: str
    note: Text | None = None


class CaseNoteStated(DomainEvent, frozen=True, kw_only=True):
    """A dated note of a source: opened, activity, follow_on, closed."""

    TOPIC = "case.note_stated"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    kind: str
    note: Text | None = None


class CaseFlagged(DomainEvent, frozen=True, kw_only=True):
    """存疑: imported as stated, and this rule says the field can't be right."""

    TOPIC = "case.flagged"
    rule: str
    field: str


class CaseCorrected(DomainEvent, frozen=True, kw_only=True):
    """更正: a source changed its row; what follows states the new values."""

    TOPIC = "case.corrected"
    PERSONAL: ClassVar[dict[str, str]] = WHAT_AND_WHERE
    digest: str
    fields: tuple[str, ...]
    category: str | None = None
    place: Place | None = None
    description: Text | None = None
    department: str | None = None
    closed: bool | None = None
    sensitive: bool = False


EVENTS: tuple[type[DomainEvent], ...] = tuple(
    value
    for value in list(globals().values())
    if isinstance(value, type) and issubclass(value, DomainEvent) and value is not DomainEvent
)
