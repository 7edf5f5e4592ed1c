"""Fold the published versions; never refuses."""

from functools import lru_cache

from domain.calendar.calendar import Calendar
from domain.calendar.events import CalendarPublished
from domain.calendar.state import CalendarState
from domain.event import By, DomainEvent


def evolve(state: CalendarState, event: DomainEvent, _by: By) -> CalendarState:
    """Return the calendar after one event."""
    if not isinstance(event, CalendarPublished):
        return state
    return CalendarState((*state.versions, calendar_of(event)))


@lru_cache(maxsize=64)
def calendar_of(event: CalendarPublished) -> Calendar:
    """Return the calendar that an event publishes, with its day tables kept."""
    return Calendar(
        id=event.calendar, version=event.version, timezone=event.timezone,
        first_year=event.first_year, last_year=event.last_year, hours=event.hours,
        weekend=event.weekend, holidays=frozenset(event.holidays),
        workdays=frozenset(event.workdays), source=event.source,
    )  # fmt: skip
