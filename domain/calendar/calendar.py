"""A published working calendar, and its days laid out as a table of UTC instants.

The table is built once per calendar and range of years, so that a deadline is a
couple of binary searches. Days outside the published years follow the weekend rule
alone, and whoever reckons with them is warned.
"""

from dataclasses import dataclass


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
