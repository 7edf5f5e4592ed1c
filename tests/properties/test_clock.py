"""What holds of every deadline, whatever the start, the limit, the calendar and the pauses."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar.calendar import WORKING, Calendar
from domain.calendar.clock import SpanKind, due_at, elapsed, parse_limit, reckon, shifted, warn_at
from tests.domain.calendar.test_clock import NEW_YORK_OFFICE, NIGHT_SHIFT
from tests.domain.case.world import CHINA, DAY, HOUR, MINUTE, at

LORD_HOWE = Calendar(
    id="lhi", version="1", timezone="Australia/Lord_Howe", first_year=2025, last_year=2026,
    hours=((1 * 60, 3 * 60), (22 * 60, 24 * 60)), weekend=(5,),
)  # fmt: skip
CALENDARS = st.sampled_from([CHINA, NEW_YORK_OFFICE, NIGHT_SHIFT, LORD_HOWE])
FIRST, LAST = at("2025-01-01 00:00"), at("2027-03-01 00:00")
INSTANTS = st.integers(FIRST, LAST)
LIMITS = st.builds("{}{}".format, st.integers(1, 60), st.sampled_from("UHWC"))
PAUSES = st.lists(
    st.tuples(INSTANTS, st.integers(0, 40 * DAY)).map(lambda pause: (pause[0], sum(pause))),
    max_size=4,
)
NEAR = st.lists(st.tuples(st.integers(-5 * DAY, 30 * DAY), st.integers(0, 9 * DAY)), max_size=4)


@settings(deadline=None)
@given(CALENDARS, LIMITS, INSTANTS, st.integers(0, 3 * DAY), PAUSES)
def test_a_later_start_is_never_due_earlier(
    calendar: Calendar, limit: str, start: int, later: int, pauses: list[tuple[int, int]]
) -> None:
    assert due_at(start, limit, calendar) <= due_at(start + later, limit, calendar)
    assert due_at(start, limit, calendar, pauses) <= due_at(start + later, limit, calendar, pauses)


@settings(deadline=None)
@given(CALENDARS, LIMITS, INSTANTS, NEAR)
def test_the_spans_are_gapless_and_sum_to_the_limit(
    calendar: Calendar, limit: str, start: int, near: list[tuple[int, int]]
) -> None:
    pauses = [(start + offset, start + offset + length) for offset, length in near]
    found = reckon(start, limit, calendar, pauses)
    assert found.due == due_at(start, limit, calendar, pauses)
    kind, amount = parse_limit(limit)
    assert elapsed(start, found.due, kind, calendar, pauses) == amount
    assert found.warn == warn_at(start, limit, calendar, pauses)
    assert start < found.warn <= found.due
    assert (found.spans[0].start, found.spans[-1].end) == (start, found.due)
    assert all(one.end == other.start for one, other in pairwise(found.spans))
    assert all(one.kind is not other.kind for one, other in pairwise(found.spans))
    assert all(span.start < span.end for span in found.spans)
    assert sum(span.counted for span in found.spans) == parse_limit(limit).amount
    counting = {SpanKind.COUNTED, SpanKind.MAKE_UP}
    assert all(span.counted == 0 for span in found.spans if span.kind not in counting)
    paused = [span for span in found.spans if span.kind is SpanKind.PAUSE]
    assert all(any(a <= span.start and span.end <= b for a, b in joined(pauses)) for span in paused)


def joined(pauses: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping pauses as one, worked out the slow way."""
    whole: list[tuple[int, int]] = []
    for begin, end in sorted(pauses):
        if whole and begin <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((begin, end))
    return whole


@settings(deadline=None)
@given(CALENDARS, LIMITS, INSTANTS, NEAR)
def test_a_pause_never_makes_it_due_earlier(
    calendar: Calendar, limit: str, start: int, near: list[tuple[int, int]]
) -> None:
    plain = due_at(start, limit, calendar)
    pauses = [(start + offset, start + offset + length) for offset, length in near]
    paused = due_at(start, limit, calendar, pauses)
    assert paused >= plain
    if all(begin >= plain or end <= start for begin, end in pauses):
        assert paused == plain
    assert due_at(start, limit, calendar, [*pauses, *pauses]) == paused


@settings(deadline=None)
@given(CALENDARS, LIMITS, INSTANTS, st.integers(0, 30 * DAY), st.integers(0, 60 * DAY))
def test_shifting_at_the_resumption_equals_reckoning_with_the_pause(
    calendar: Calendar, limit: str, start: int, offset: int, length: int
) -> None:
    pause = (start + offset, start + offset + length)
    due = due_at(start, limit, calendar)
    assert shifted(due, limit, calendar, *pause) == max(
        due_at(start, limit, calendar, [pause]), pause[1] if due > pause[0] else due
    )


def by_the_minute(start: int, limit: str) -> int:
    """Count China's minutes one by one: slow, and too simple to be wrong."""
    kind, amount = parse_limit(limit)
    zone, instant = ZoneInfo("Asia/Shanghai"), start
    while amount > 0:
        local = datetime.fromtimestamp(instant / 1e6, UTC).astimezone(zone)
        minute = local.hour * 60 + local.minute
        works = CHINA.day_kind(local.date()) in WORKING
        open_now = any(opens <= minute < closes for opens, closes in CHINA.hours)
        if kind.value in "UC" or (works and (kind.value == "W" or open_now)):
            amount -= MINUTE
        instant += MINUTE
    return instant


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 3 * 365 * 24 * 60 - 40_000),
    st.builds("{}{}".format, st.integers(1, 3), st.sampled_from("UHWC")),
)
def test_the_same_as_counting_minutes(minutes: int, limit: str) -> None:
    start = at("2024-01-01 00:00") + minutes * MINUTE
    assert due_at(start, limit, CHINA) == by_the_minute(start, limit)


@settings(deadline=None)
@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_local_days_are_dates(day: date) -> None:
    noon = at(f"{day} 12:00")
    assert date(1970, 1, 1) + timedelta(CHINA.local_day(noon)) == day
    assert CHINA.local_day(noon - 12 * HOUR) == CHINA.local_day(noon + 12 * HOUR - 1)
