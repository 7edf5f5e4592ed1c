"""What a rule about calendars needs to know beside the calendar's own versions."""

from dataclasses import dataclass

from domain.event import By


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """Who publishes."""

    by: By
