"""Which alarms there are, how pressing each is, and why one may be shelved.

Only what asks for a timely action by a person is an alarm: a new report is none. Three
priorities after ISA-18.2 and EEMUA 191; the great majority must be of the lowest.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class AlarmKind(StrEnum):
    """What is wrong."""

    LIFE_SAFETY = "life_safety"
    URGENT_LATE = "urgent_late"
    WAITING = "waiting"


class Priority(StrEnum):
    """How pressing it is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ShelveReason(StrEnum):
    """Why an alarm is laid aside for a while."""

    BEING_HANDLED = "being_handled"
    WAITING_FOR_OTHERS = "waiting_for_others"
    KNOWN_FAULT = "known_fault"
    UNDER_EXERCISE = "under_exercise"


PRIORITIES: Final[Mapping[AlarmKind, Priority]] = {
    AlarmKind.LIFE_SAFETY: Priority.HIGH,
    AlarmKind.URGENT_LATE: Priority.MEDIUM,
    AlarmKind.WAITING: Priority.LOW,
}
LONGEST_SHELF_HOURS: Final = 8
