"""What the clock and the people at the desks want of an alarm."""

from typing import ClassVar

from domain.alarm.values import AlarmKind
from domain.event import Command, Microseconds


class RaiseAlarm(Command, frozen=True, kw_only=True):
    """告警 Raise an alarm about a case; sent by the platform itself."""

    NAME: ClassVar[str] = "alarm.raise"
    kind: AlarmKind
    case: str
    number: str
    category: str
    scope: str
    cause: int
    department: str | None = None


class ClearAlarm(Command, frozen=True, kw_only=True):
    """消除告警 Say that what was wrong is so no longer; sent by the platform itself."""

    NAME: ClassVar[str] = "alarm.clear"
    cause: int


class AcknowledgeAlarm(Command, frozen=True, kw_only=True):
    """确认告警 Acknowledge the alarm: its sound stops everywhere."""

    NAME: ClassVar[str] = "alarm.acknowledge"


class ShelveAlarm(Command, frozen=True, kw_only=True):
    """搁置告警 Lay the alarm aside, eight hours at most, for a coded reason."""

    NAME: ClassVar[str] = "alarm.shelve"
    reason: str
    until: Microseconds


class UnshelveAlarm(Command, frozen=True, kw_only=True):
    """取消搁置 Take the alarm up again before its time."""

    NAME: ClassVar[str] = "alarm.unshelve"


COMMANDS: tuple[type[Command], ...] = (
    RaiseAlarm,
    ClearAlarm,
    AcknowledgeAlarm,
    ShelveAlarm,
    UnshelveAlarm,
)
