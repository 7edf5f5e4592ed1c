"""The deadline clock: when is a limit used up, and span by span, why.

A pure function of start, limit, calendar version and pauses. Four kinds of limit:
`2U` urgent hours (every hour counts), `4H` working hours, `3W` working days (a
workday counts from midnight to midnight, so 10:00 is due at 10:00), `7C` calendar
days. Days are counted on the wall clock: a day of 23 or 25 hours is one day.

`due_at` is the hot path; `reckon` gives the same instant with its arithmetic.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from domain.calendar.calendar import MINUTE, WORKING, Calendar, DayKind, Days, LimitKind, Line
from domain.calendar.zone import DAY
from domain.event import Microseconds

HOUR: Final = 60 * MINUTE
WARN_NUMERATOR, WARN_DENOMINATOR = 4, 5
"""A warning comes when 80 % of the limit is used up."""
_UNIT: Final = {
    LimitKind.URGENT_HOUR: HOUR,
    LimitKind.WORKING_HOUR: HOUR,
    LimitKind.WORKING_DAY: DAY,
    LimitKind.CALENDAR_DAY: DAY,
}
_FIRST_DAY = date(1970, 1, 1)

Pause = tuple[Microseconds, Microseconds]


class MalformedLimit(ValueError):
    """The limit is not 1 to 999 followed by U, H, W or C."""


class Limit(NamedTuple):
    """A parsed limit: how it is counted and how much, in microseconds of that count."""

    kind: LimitKind
    amount: int


class SpanKind(StrEnum):
    """Why a stretch of time counts, or does not."""

    COUNTED = "counted"
    MAKE_UP = "make_up"
    NIGHT = "night"
    BREAK = "break"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSE = "pause"


class ClockWarning(StrEnum):
    """What makes a reckoning doubtful."""

    YEAR_NOT_PUBLISHED = "YEAR_NOT_PUBLISHED"


class Span(NamedTuple):
    """A stretch [start, end): why it counts or not, and how much of the limit it used."""

    start: Microseconds
    end: Microseconds
    kind: SpanKind
    counted: int


class Reckoning(msgspec.Struct, frozen=True, kw_only=True):
    """A due instant with its arithmetic: spans are gapless and their counts sum to the limit."""

    due: Microseconds
    warn: Microseconds
    spans: tuple[Span, ...]
    warnings: tuple[ClockWarning, ...] = ()


@lru_cache(maxsize=512)
def parse_limit(limit: str) -> Limit:
    """Read a limit such as `4H`. Raises MalformedLimit."""
    number, unit = limit[:-1], limit[-1:]
    if unit not in {"U", "H", "W", "C"} or not number.isascii() or not number.isdigit():
        raise MalformedLimit(limit)
    if len(number) > 3 or int(number) == 0:
        raise MalformedLimit(limit)
    kind = LimitKind(unit)
    return Limit(kind, int(number) * _UNIT[kind])


def due_at(
    start: Microseconds, limit: str, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Microseconds:
    """Return when the limit is used up, pauses taken out."""
    kind, amount = parse_limit(limit)
    return _instant(start, kind, amount, calendar, pauses)


def warn_at(
    start: Microseconds, limit: str, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Microseconds:
    """Return when 80 % of the limit is used up."""
    kind, amount = parse_limit(limit)
    part = amount * WARN_NUMERATOR // WARN_DENOMINATOR
    return _instant(start, kind, part, calendar, pauses)


def due_and_warn(
    start: Microseconds, limit: str, calendar: Calendar
) -> tuple[Microseconds, Microseconds]:
    """Return `due_at` and `warn_at` of a clock that starts now, in one go."""
    kind, amount = parse_limit(limit)
    line = calendar.days_from(start).lines[kind]
    begun = line.counted(start)
    part = amount * WARN_NUMERATOR // WARN_DENOMINATOR
    return line.instant(begun + amount), line.instant(begun + part)


def shifted(
    due: Microseconds, limit: str, calendar: Calendar, paused_at: Microseconds, resumed_at: int
) -> Microseconds:
    """Return where a due instant lies after a pause: what was left then is left now."""
    if due <= paused_at:
        return due
    line = calendar.days_from(paused_at).lines[parse_limit(limit).kind]
    left = line.counted(due) - line.counted(paused_at)
    return max(due, resumed_at, line.instant(line.counted(resumed_at) + left))


def elapsed(
    start: Microseconds,
    end: Microseconds,
    kind: LimitKind,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
) -> Microseconds:
    """Return how much of a limit of this kind is used up from start to end, pauses taken out."""
    days = calendar.days_from(start)
    line = (days if end < days.last else calendar.days_widely(start)).lines[kind]
    used = line.counted(end) - line.counted(start)
    for begin, until in _in_order(pauses, start) if pauses else ():
        if begin >= end:
            break
        used -= line.counted(min(until, end)) - line.counted(begin)
    return used


def _instant(
    start: int, kind: LimitKind, amount: int, calendar: Calendar, pauses: Sequence[Pause]
) -> int:
    try:
        return _along(calendar.days_from(start).lines[kind], start, amount, pauses)
    except IndexError:
        return _along(calendar.days_widely(start).lines[kind], start, amount, pauses)


def _along(line: Line, start: int, amount: int, pauses: Sequence[Pause]) -> int:
    target = line.counted(start) + amount
    due = line.instant(target)
    for begin, end in _in_order(pauses, start) if pauses else ():
        if begin >= due:
            break
        target += line.counted(end) - line.counted(begin)
        due = line.instant(target)
    return due


def _in_order(pauses: Sequence[Pause], start: int) -> list[Pause]:
    """Return the pauses after `start`, sorted, overlaps joined."""
    joined: list[Pause] = []
    for begin, end in sorted((max(begin, start), end) for begin, end in pauses if end > start):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > begin:
            joined.append((begin, end))
    return joined


def reckon(
    start: Microseconds, limit: str, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Reckoning:
    """Return the due instant with every span from the start, counted or why not."""
    due = due_at(start, limit, calendar, pauses)
    return Reckoning(
        due=due,
        warn=warn_at(start, limit, calendar, pauses),
        spans=lay_out(start, due, limit, calendar, pauses),
        warnings=doubts(limit, calendar, start, due),
    )


def lay_out(
    start: Microseconds,
    end: Microseconds,
    limit: str,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
) -> tuple[Span, ...]:
    """Return the spans from start to any end, as this limit counts them: gapless, in order."""
    kind, _ = parse_limit(limit)
    days = calendar.days_from(start)
    line = days.lines[kind]
    spans: list[Span] = []
    for begin, until, why in _cut(_pieces(days, kind, start, end), _in_order(pauses, start)):
        counts = why in (SpanKind.COUNTED, SpanKind.MAKE_UP)
        span = Span(begin, until, why, line.counted(until) - line.counted(begin) if counts else 0)
        if spans and spans[-1].kind is why:
            last = spans.pop()
            span = Span(last.start, until, why, last.counted + span.counted)
        spans.append(span)
    return tuple(spans)


def doubts(
    limit: str, calendar: Calendar, start: Microseconds, due: Microseconds
) -> tuple[ClockWarning, ...]:
    """Return what makes a reckoning from start to due doubtful."""
    kind, _ = parse_limit(limit)
    if kind in (LimitKind.URGENT_HOUR, LimitKind.CALENDAR_DAY):
        return ()
    if calendar.publishes(start) and calendar.publishes(due):
        return ()
    return (ClockWarning.YEAR_NOT_PUBLISHED,)


Piece = tuple[int, int, SpanKind]


def _pieces(days: Days, kind: LimitKind, start: int, due: int) -> Iterator[Piece]:
    """Yield [start, due) cut where the reason changes, pauses left aside."""
    if kind in (LimitKind.URGENT_HOUR, LimitKind.CALENDAR_DAY):
        yield start, due, SpanKind.COUNTED
        return
    first, last = days.walls.wall(start) // DAY, days.walls.wall(due) // DAY
    for number in range(first, last + 1):
        for begin, end, why in _day_pieces(days, kind, number):
            low, high = max(begin, start), min(end, due)
            if low < high:
                yield low, high, why


def _day_pieces(days: Days, kind: LimitKind, number: int) -> Iterator[Piece]:
    instant = days.walls.instant
    wall = number * DAY
    day = days.calendar.day_kind(_FIRST_DAY + timedelta(days=number))
    begin, end = instant(wall), instant(wall + DAY)
    if day not in WORKING:
        yield begin, end, SpanKind(day.value)
        return
    why = SpanKind.MAKE_UP if day is DayKind.MAKE_UP else SpanKind.COUNTED
    if kind is LimitKind.WORKING_DAY:
        yield begin, end, why
        return
    for index, (opens, closes) in enumerate(days.calendar.hours):
        opened, closed = instant(wall + opens * MINUTE), instant(wall + closes * MINUTE)
        yield begin, opened, SpanKind.BREAK if index else SpanKind.NIGHT
        yield opened, closed, why
        begin = closed
    yield begin, end, SpanKind.NIGHT


def _cut(pieces: Iterator[Piece], pauses: list[Pause]) -> Iterator[Piece]:
    """Yield the pieces with the pauses laid over them."""
    for begin, end, why in pieces:
        here = begin
        for low, high in pauses:
            if high <= here or low >= end:
                continue
            if low > here:
                yield here, low, why
            yield max(low, here), min(high, end), SpanKind.PAUSE
            here = min(high, end)
        if here < end:
            yield here, end, why
