"""Which department has it: dispatched, acknowledged, returned, helped."""

from typing import ClassVar

from domain.case.values import Due, Explanation
from domain.event import DomainEvent, Text


class CaseDispatched(DomainEvent, frozen=True, kw_only=True):
    """派遣: the lead department, why it, and by when."""

    TOPIC = "case.dispatched"
    PERSONAL: ClassVar[dict[str, str]] = {"explanation.words": "case"}
    assignment: str
    department: str
    explanation: Explanation
    policy: str = ""
    dues: tuple[Due, ...] = ()


class CaseRedispatched(DomainEvent, frozen=True, kw_only=True):
    """改派: another lead department instead."""

    TOPIC = "case.redispatched"
    PERSONAL: ClassVar[dict[str, str]] = {"explanation.words": "case"}
    assignment: str
    department: str
    was: str
    explanation: Explanation
    policy: str = ""
    dues: tuple[Due, ...] = ()


class CaseAcknowledged(DomainEvent, frozen=True, kw_only=True):
    """签收 by the lead or an assisting department."""

    TOPIC = "case.acknowledged"
    assignment: str
    department: str
    lead: bool = True
    dues: tuple[Due, ...] = ()


class CaseReturned(DomainEvent, frozen=True, kw_only=True):
    """退单, with a coded reason, waiting for a ruling."""

    TOPIC = "case.returned"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    assignment: str
    department: str
    reason: str
    note: Text | None = None


class CaseReturnUpheld(DomainEvent, frozen=True, kw_only=True):
    """准予退单: back to be dispatched anew."""

    TOPIC = "case.return_upheld"
    assignment: str
    department: str
    dues: tuple[Due, ...] = ()


class CaseReturnRefused(DomainEvent, frozen=True, kw_only=True):
    """不准退单: the department keeps it, and the clock has run on."""

    TOPIC = "case.return_refused"
    PERSONAL: ClassVar[dict[str, str]] = {"note": "case"}
    assignment: str
    department: str
    note: Text | None = None


class CaseJointHandlingOpened(DomainEvent, frozen=True, kw_only=True):
    """会办: big things mobilise the whole network."""

    TOPIC = "case.joint_handling_opened"
    PERSONAL: ClassVar[dict[str, str]] = {"reason": "case"}
    reason: Text


class CaseAssistAdded(DomainEvent, frozen=True, kw_only=True):
    """加派协办: an assisting department with a clock of its own."""

    TOPIC = "case.assist_added"
    PERSONAL: ClassVar[dict[str, str]] = {"explanation.words": "case"}
    assignment: str
    department: str
    explanation: Explanation
    due: Due | None = None


EVENTS: tuple[type[DomainEvent], ...] = tuple(
    value
    for value in list(globals().values())
    if isinstance(value, type) and issubclass(value, DomainEvent) and value is not DomainEvent
)
