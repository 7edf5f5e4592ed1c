"""Answer a command about a calendar with an event, or refuse it.

Codes: ROLE_NOT_ALLOWED, VERSION_PUBLISHED, YEARS_MALFORMED, HOURS_MALFORMED,
WEEKEND_MALFORMED, DATE_MALFORMED, UNKNOWN_TIMEZONE.
"""

from datetime import date
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from domain.actor import Role
from domain.calendar.commands import COMMANDS, PublishCalendar
from domain.calendar.events import EVENTS, CalendarPublished
from domain.calendar.evolve import calendar_of, evolve
from domain.calendar.facts import CalendarFacts
from domain.calendar.state import CalendarState, initial
from domain.decider import Decider
from domain.errors import Rejected
from domain.event import Command, DomainEvent

MAY_PUBLISH: Final = frozenset({Role.ADMINISTRATOR, Role.IMPORT})
YEARS: Final = (1970, 2200)
MINUTES_OF_DAY: Final = 24 * 60


def decide(state: CalendarState, command: Command, facts: CalendarFacts) -> list[DomainEvent]:
    """Return the publication; nothing when this very version is out. Raises Rejected."""
    assert isinstance(command, PublishCalendar)
    if facts.by.role not in MAY_PUBLISH:
        raise Rejected("ROLE_NOT_ALLOWED", role=facts.by.role)
    _well_formed(command)
    event = CalendarPublished(**msgspec.structs.asdict(command))
    for published in state.versions:
        if published.version == command.version:
            if published == calendar_of(event):
                return []
            raise Rejected("VERSION_PUBLISHED", version=command.version)
    return [event]


def _well_formed(command: PublishCalendar) -> None:
    first, last = command.first_year, command.last_year
    if not YEARS[0] <= first <= last <= YEARS[1]:
        raise Rejected("YEARS_MALFORMED", first_year=first, last_year=last)
    _hours(command.hours)
    if not set(command.weekend) < set(range(1, 8)):
        raise Rejected("WEEKEND_MALFORMED", weekend=list(command.weekend))
    _dates((*command.holidays, *command.workdays), first, last)
    _timezone(command.timezone)


def _hours(hours: tuple[tuple[int, int], ...]) -> None:
    minutes = [minute for pair in hours for minute in pair]
    in_order = all(one < next_one for one, next_one in pairwise(minutes))
    if not minutes or not in_order or minutes[0] < 0 or minutes[-1] > MINUTES_OF_DAY:
        raise Rejected("HOURS_MALFORMED", hours=[list(pair) for pair in hours])


def _dates(names: tuple[str, ...], first_year: int, last_year: int) -> None:
    for name in names:
        try:
            day = date.fromisoformat(name)
        except ValueError:
            raise Rejected("DATE_MALFORMED", date=name) from None
        if day.isoformat() != name or not first_year <= day.year <= last_year:
            raise Rejected("DATE_MALFORMED", date=name)


def _timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Rejected("UNKNOWN_TIMEZONE", timezone=name) from None


CALENDAR: Final = Decider("calendar", initial, decide, evolve, COMMANDS, EVENTS)
