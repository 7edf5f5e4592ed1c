"""A published working calendar, and its days laid out as lines of counted time.

A line is built once per calendar and range of years, so that a deadline is a couple
of binary searches. Days outside the published years follow the weekend rule alone,
and whoever reckons with them is warned (`clock.py`).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Final

from domain.calendar.zone import DAY, SECOND, WallLine, midnight

MINUTE: Final = 60 * SECOND
MARGIN_YEARS: Final = 6
LIMIT_YEARS: Final = 4
"""A table serves starts up to four years before its end; longer counts take a wide one."""
WIDEST_YEARS: Final = 30
_FIRST_DAY = date(1970, 1, 1)


class DayKind(StrEnum):
    """What a date is to a working calendar."""

    WORKDAY = "workday"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


WORKING: Final = frozenset({DayKind.WORKDAY, DayKind.MAKE_UP})


class LimitKind(StrEnum):
    """The four ways of counting time."""

    URGENT_HOUR = "U"
    WORKING_HOUR = "H"
    WORKING_DAY = "W"
    CALENDAR_DAY = "C"


@dataclass(frozen=True)
class Calendar:
    """One published version. `hours` are minutes of the day in pairs, `weekend` ISO weekdays."""

    id: str
    version: str
    timezone: str
    first_year: int
    last_year: int
    hours: tuple[tuple[int, int], ...]
    weekend: tuple[int, ...] = (6, 7)
    holidays: frozenset[str] = frozenset()
    workdays: frozenset[str] = frozenset()
    source: str = ""

    @cached_property
    def name(self) -> str:
        """Return what a due calls its calendar: id@version."""
        return f"{self.id}@{self.version}"

    @cached_property
    def days(self) -> "Days":
        """Return the table of the published years and some around them."""
        return Days(self, self.first_year - 1, self.last_year + MARGIN_YEARS)

    def days_from(self, instant: int) -> "Days":
        """Return a table in which the instant and the years after it lie."""
        days = self.days
        if days.first <= instant < days.last:
            return days
        return self.days_widely(instant)

    def days_widely(self, instant: int) -> "Days":
        """Return a table of thirty years from the instant's, slow to make the first time."""
        return _days_around(self, 1970 + instant // (366 * DAY))

    def day_kind(self, day: date) -> DayKind:
        """Tell what a local date is; make-up workdays before holidays before weekends."""
        name = day.isoformat()
        if name in self.workdays:
            return DayKind.MAKE_UP
        if name in self.holidays:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if day.isoweekday() in self.weekend else DayKind.WORKDAY

    def local_day(self, instant: int) -> int:
        """Return the local date of an instant as days since 1970-01-01."""
        return self.days_from(instant).walls.wall(instant) // DAY

    def publishes(self, instant: int) -> bool:
        """Tell whether the instant lies in the years the calendar was published for."""
        year = (_FIRST_DAY + timedelta(days=self.local_day(instant))).year
        return self.first_year <= year <= self.last_year


class Line:
    """Counted time as a line: how much of it has passed at an instant, and back.

    `segments` are the counted stretches in order, on the wall line when `walls` is
    given, else in UTC; None counts everything.
    """

    __slots__ = ("before", "ends", "reached", "starts", "walls")

    def __init__(self, segments: Iterator[tuple[int, int]] | None, walls: WallLine | None) -> None:
        self.walls = walls
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.before: list[int] = []
        self.reached: list[int] = []
        total = 0
        for start, end in segments or ():
            self.starts.append(start)
            self.ends.append(end)
            self.before.append(total)
            total += end - start
            self.reached.append(total)

    def counted(self, instant: int) -> int:
        """Return the counted time before an instant, from the start of the line."""
        place = self.walls.wall(instant) if self.walls else instant
        if not self.starts:
            return place
        index = bisect_right(self.starts, place) - 1
        if index < 0:
            return 0
        return self.before[index] + min(place, self.ends[index]) - self.starts[index]

    def instant(self, counted: int) -> int:
        """Return the first instant by which so much has been counted.

        Raises IndexError past the end of the line.
        """
        place = counted
        if self.starts:
            index = bisect_left(self.reached, counted)
            place = self.starts[index] + counted - self.before[index]
        return self.walls.instant(place) if self.walls else place


class Days:
    """The days of a range of years, and the four lines of counted time over them."""

    def __init__(self, calendar: Calendar, first_year: int, last_year: int) -> None:
        self.calendar = calendar
        self.first = midnight(first_year)
        self.last = midnight(last_year - LIMIT_YEARS)
        self.walls = WallLine(calendar.timezone, self.first - 2 * DAY, midnight(last_year + 1))
        self._range = (midnight(first_year) // DAY - 1, midnight(last_year + 1) // DAY)
        self.lines: dict[LimitKind, Line] = {
            LimitKind.URGENT_HOUR: Line(None, None),
            LimitKind.WORKING_HOUR: Line(self._working_spans(), None),
            LimitKind.WORKING_DAY: Line(self._working_days(), self.walls),
            LimitKind.CALENDAR_DAY: Line(None, self.walls),
        }

    def _workday_walls(self) -> Iterator[int]:
        for day in range(*self._range):
            if self.calendar.day_kind(_FIRST_DAY + timedelta(days=day)) in WORKING:
                yield day * DAY

    def _working_days(self) -> Iterator[tuple[int, int]]:
        return ((wall, wall + DAY) for wall in self._workday_walls())

    def _working_spans(self) -> Iterator[tuple[int, int]]:
        for wall in self._workday_walls():
            for start, end in self.calendar.hours:
                span = self._span(wall + start * MINUTE, wall + end * MINUTE)
                if span[1] > span[0]:
                    yield span

    def _span(self, start: int, end: int) -> tuple[int, int]:
        return self.walls.instant(start), self.walls.instant(end)


@lru_cache(maxsize=32)
def _days_around(calendar: Calendar, year: int) -> Days:
    return Days(calendar, year - 1, year + WIDEST_YEARS)
