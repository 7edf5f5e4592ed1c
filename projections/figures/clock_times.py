"""Durations in the clock's own unit: worked out when asked for, span by span.

The fold keeps only milestones, pauses and how each stage's clock counts. Calendars are
read from the log, each under the name that its dues quote, so a version published later
changes no figure. Counting is the deadline clock's own (`domain/calendar/clock.py`).
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from domain.calendar.calendar import MINUTE, Calendar, LimitKind
from domain.calendar.clock import elapsed
from domain.calendar.events import CalendarPublished
from domain.calendar.evolve import calendar_of
from domain.calendar.zone import DAY
from domain.streams import calendar_stream
from projections.decoding import seen_of
from projections.figures.definitions import Duration
from projections.figures.measure import STAGES
from projections.history import History
from projections.port import Connection

MINUTES: Final = ("min", MINUTE)
MILLIDAYS: Final = ("d/1000", DAY // 1_000)
UNITS: Final[dict[LimitKind, tuple[str, int]]] = {
    LimitKind.URGENT_HOUR: MINUTES,
    LimitKind.WORKING_HOUR: MINUTES,
    LimitKind.WORKING_DAY: MILLIDAYS,
    LimitKind.CALENDAR_DAY: MILLIDAYS,
}
"""What each kind of limit is told in: its name and its length in microseconds."""

Numbered = Sequence[tuple[int, Duration]]
Key = tuple[str, str]
"""The area or department, and the name of the duration, code@version."""


class ClockTime(msgspec.Struct, frozen=True, kw_only=True):
    """Median and p90 of the cases whose clock counts in one way.

    In `unit`: counted minutes, or thousandths of a counted day; rounded down.
    """

    kind: str
    unit: str
    n: int
    p50: int
    p90: int


async def clock_times(
    connection: Connection, sql: str, arguments: Sequence[Any], spans: Numbered
) -> dict[Key, tuple[ClockTime, ...]]:
    """Return the clock times of each key and duration, by kind: U, H, W, C.

    Left out are cases whose clock had no limit, or one by a calendar that is not in the log.
    """
    wanted = " or ".join(_counted(span) for _, span in spans)
    text = sql.replace(":columns", _columns(spans)).replace(":wanted", wanted)
    rows = await connection.fetch(text, *arguments)
    names = {row[f"c{index}"][2:] for row in rows for index, _ in spans if row[f"c{index}"]}
    calendars = await calendars_of(connection, names)
    return await asyncio.to_thread(_worked_out, rows, spans, calendars)


def _clock(span: Duration) -> str:
    assert span.clock is not None, span.name
    return f"clocks[{STAGES.index(span.clock) + 1}]"


def _counted(span: Duration) -> str:
    return f"({span.cases} and {_clock(span)} is not null)"


def _columns(spans: Numbered) -> str:
    return ",\n       ".join(
        f"{span.start} as s{index}, {span.end} as e{index},"
        f" case when {_counted(span)} then {_clock(span)} end as c{index}"
        for index, span in spans
    )


async def calendars_of(connection: Connection, names: Iterable[str]) -> dict[str, Calendar]:
    """Return the calendars that dues quote, by name; those not in the log are left out."""
    streams = {calendar_stream(name.partition("@")[0]) for name in names}
    if not streams:
        return {}
    told = [seen_of(one).event for one in await History(connection).read_streams(sorted(streams))]
    calendars = [calendar_of(event) for event in told if isinstance(event, CalendarPublished)]
    return {calendar.name: calendar for calendar in calendars}


def _worked_out(
    rows: Sequence[Any], spans: Numbered, calendars: dict[str, Calendar]
) -> dict[Key, tuple[ClockTime, ...]]:
    counts: dict[tuple[Key, LimitKind], list[int]] = defaultdict(list)
    for index, span in spans:
        start, end, clock = f"s{index}", f"e{index}", f"c{index}"
        for row in rows:
            calendar = calendars.get(row[clock][2:]) if row[clock] else None
            if calendar is not None:
                kind = LimitKind(row[clock][0])
                used = elapsed(row[start], row[end], kind, calendar, row["pauses"])
                counts[(row["key"], span.name), kind].append(used)
    found: dict[Key, tuple[ClockTime, ...]] = {}
    for kind in LimitKind:
        for key in (key for key, one in counts if one is kind):
            found[key] = (*found.get(key, ()), _clock_time(kind, sorted(counts[key, kind])))
    return found


def _clock_time(kind: LimitKind, used: Sequence[int]) -> ClockTime:
    unit, length = UNITS[kind]
    return ClockTime(
        kind=kind.value, unit=unit, n=len(used),
        p50=_quantile(used, 5) // length, p90=_quantile(used, 9) // length,
    )  # fmt: skip


def _quantile(used: Sequence[int], tenths: int) -> int:
    """Return the first value that so many tenths are not above, as percentile_disc does."""
    return used[(len(used) * tenths + 9) // 10 - 1]
