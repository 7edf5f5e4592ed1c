"""What a rule about alarms needs to know beside the alarm itself."""

from dataclasses import dataclass

from domain.event import By


@dataclass(frozen=True, slots=True)
class AlarmFacts:
    """Who asks, and when."""

    by: By
