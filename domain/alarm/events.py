"""What happens to an alarm; each of its streams is one kind of alarm about one case."""

from domain.alarm.values import AlarmKind, Priority, ShelveReason
from domain.event import DomainEvent, Microseconds


class AlarmRaised(DomainEvent, frozen=True, kw_only=True):
    """告警. The `cycle`-th time for this case; `cause` is the position of the case's event."""

    TOPIC = "alarm.raised"
    kind: AlarmKind
    priority: Priority
    case: str
    number: str
    category: str
    scope: str
    cycle: int
    cause: int
    department: str | None = None


class AlarmAcknowledged(DomainEvent, frozen=True, kw_only=True):
    """确认告警 by whoever takes it in hand."""

    TOPIC = "alarm.acknowledged"
    cycle: int


class AlarmShelved(DomainEvent, frozen=True, kw_only=True):
    """搁置告警 until an instant, for a coded reason."""

    TOPIC = "alarm.shelved"
    cycle: int
    reason: ShelveReason
    until: Microseconds


class AlarmUnshelved(DomainEvent, frozen=True, kw_only=True):
    """取消搁置."""

    TOPIC = "alarm.unshelved"
    cycle: int


class AlarmCleared(DomainEvent, frozen=True, kw_only=True):
    """告警消除: what was wrong is so no longer; `cause` is the position that ended it."""

    TOPIC = "alarm.cleared"
    cycle: int
    cause: int


EVENTS: tuple[type[DomainEvent], ...] = (
    AlarmRaised,
    AlarmAcknowledged,
    AlarmShelved,
    AlarmUnshelved,
    AlarmCleared,
)
