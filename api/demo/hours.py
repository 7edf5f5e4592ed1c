"""When simulated people are at work: desks, offices, crews, and those on call.

China has no summer time, so local time is a fixed eight hours ahead.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from api.demo.chance import DAY, HOUR
from domain.calendar.china import HOLIDAYS, WORKDAYS

AHEAD: Final = 8 * HOUR
_EPOCH: Final = date(1970, 1, 1)
_HOLIDAYS: Final = frozenset(HOLIDAYS)
_WORKDAYS: Final = frozenset(WORKDAYS)


@dataclass(frozen=True, slots=True)
class Shift:
    """Open from `opens` to `closes`, microseconds of the local day."""

    opens: int
    closes: int
    every_day: bool = True

    def next(self, at: int) -> int:
        """Return the first instant from `at` on at which the shift is on."""
        day, time = divmod(at + AHEAD, DAY)
        if time < self.closes and self._on(day):
            return at if time >= self.opens else day * DAY + self.opens - AHEAD
        day += 1
        while not self._on(day):
            day += 1
        return day * DAY + self.opens - AHEAD

    def _on(self, day: int) -> bool:
        return self.every_day or is_workday(day)


@cache
def is_workday(day: int) -> bool:
    """Tell whether a local day (since 1970-01-01) is a workday in China."""
    when = _EPOCH + timedelta(days=day)
    name = when.isoformat()
    return name in _WORKDAYS or (when.isoweekday() < 6 and name not in _HOLIDAYS)


DESK: Final = Shift(7 * HOUR, 22 * HOUR)
OFFICE: Final = Shift(8 * HOUR, 18 * HOUR, every_day=False)
CREW: Final = Shift(6 * HOUR, 19 * HOUR)
ON_CALL: Final = Shift(0, DAY)
