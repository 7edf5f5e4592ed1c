"""What happens to an alert: raised by a device, confirmed or dismissed by a person."""

from domain.event import DomainEvent


class AlertRaised(DomainEvent, frozen=True, kw_only=True):
    """设备报警: `alert` is the device's own number of it, `certainty` how sure it is, 0 to 100."""

    TOPIC = "alert.raised"
    alert: str
    device: str
    category: str
    scope: str
    grid: str
    certainty: int | None = None


class AlertConfirmed(DomainEvent, frozen=True, kw_only=True):
    """报警属实: a person saw it; a case of this category follows."""

    TOPIC = "alert.confirmed"
    alert: str
    device: str
    category: str


class AlertDismissed(DomainEvent, frozen=True, kw_only=True):
    """报警排除: false_alarm, duplicate, handled or drill."""

    TOPIC = "alert.dismissed"
    alert: str
    device: str
    reason: str


EVENTS: tuple[type[DomainEvent], ...] = (AlertRaised, AlertConfirmed, AlertDismissed)
