"""The deadline clock against cases worked out by hand with a wall calendar."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.calendar.calendar import WORKING, Calendar, DayKind, LimitKind
from domain.calendar.china import HOLIDAYS, WORKDAYS
from domain.calendar.clock import (
    ClockWarning,
    MalformedLimit,
    SpanKind,
    due_and_warn,
    due_at,
    elapsed,
    parse_limit,
    reckon,
    shifted,
    warn_at,
)
from tests.domain.case.world import CHINA, DAY, HOUR, MINUTE, at

NEW_YORK = ZoneInfo("America/New_York")
NEW_YORK_OFFICE = Calendar(
    id="nyc", version="1", timezone="America/New_York", first_year=2025, last_year=2026,
    hours=((9 * 60, 17 * 60),), holidays=frozenset({"2026-07-03"}),
)  # fmt: skip
NIGHT_SHIFT = Calendar(
    id="night", version="1", timezone="America/New_York", first_year=2025, last_year=2026,
    hours=((0, 6 * 60),), weekend=(),
)  # fmt: skip

HAND_MADE = [
    # urgent hours run through night and weekend
    ("2026-03-02 09:00", "2U", "2026-03-02 11:00"),
    ("2026-03-06 23:00", "2U", "2026-03-07 01:00"),
    ("2026-10-01 10:00", "24U", "2026-10-02 10:00"),
    # working hours: 08–12 and 14–18
    ("2026-03-02 09:00", "2H", "2026-03-02 11:00"),
    ("2026-03-02 09:00", "3H", "2026-03-02 12:00"),
    ("2026-03-02 09:00", "4H", "2026-03-02 15:00"),
    ("2026-03-02 13:00", "4H", "2026-03-02 18:00"),
    ("2026-03-02 17:00", "2H", "2026-03-03 09:00"),
    ("2026-03-02 17:59", "1H", "2026-03-03 08:59"),
    ("2026-03-02 18:00", "1H", "2026-03-03 09:00"),
    ("2026-03-02 05:00", "1H", "2026-03-02 09:00"),
    ("2026-03-06 17:00", "4H", "2026-03-09 11:00"),
    ("2026-03-07 12:00", "4H", "2026-03-09 12:00"),
    ("2026-03-02 08:00", "8H", "2026-03-02 18:00"),
    ("2026-03-02 08:00", "9H", "2026-03-03 09:00"),
    # the six make-up workdays of 2026
    ("2026-01-03 12:00", "1H", "2026-01-04 09:00"),
    ("2026-02-13 17:00", "2H", "2026-02-14 09:00"),
    ("2026-02-27 17:00", "2H", "2026-02-28 09:00"),
    ("2026-05-08 17:00", "2H", "2026-05-09 09:00"),
    ("2026-09-19 09:00", "1H", "2026-09-20 09:00"),
    ("2026-10-09 17:00", "2H", "2026-10-10 09:00"),
    # Spring Festival: from Saturday the 14th (a workday) over nine days off
    ("2026-02-14 17:00", "2H", "2026-02-24 09:00"),
    ("2026-02-14 10:00", "1W", "2026-02-24 10:00"),
    ("2026-02-13 10:00", "1W", "2026-02-14 10:00"),
    ("2026-02-13 10:00", "2W", "2026-02-24 10:00"),
    # working days: a day off counts nothing, a start on one waits for the next workday
    ("2026-03-02 10:00", "1W", "2026-03-03 10:00"),
    ("2026-03-06 10:00", "1W", "2026-03-09 10:00"),
    ("2026-03-07 10:00", "1W", "2026-03-09 23:59:60"),
    ("2026-03-08 23:00", "2W", "2026-03-10 23:59:60"),
    ("2026-04-03 16:00", "3W", "2026-04-09 16:00"),
    ("2026-09-30 15:00", "1W", "2026-10-08 15:00"),
    ("2026-09-24 10:00", "2W", "2026-09-29 10:00"),
    ("2025-01-26 09:00", "2W", "2025-02-05 09:00"),
    ("2024-02-04 09:00", "5W", "2024-02-09 09:00"),
    ("2024-02-09 09:00", "1W", "2024-02-18 09:00"),
    ("2025-10-11 10:00", "1W", "2025-10-13 10:00"),
    ("2024-10-12 10:00", "5W", "2024-10-18 10:00"),
    # calendar days ignore all of that
    ("2026-02-14 10:00", "7C", "2026-02-21 10:00"),
    ("2026-03-07 10:00", "1C", "2026-03-08 10:00"),
    ("2026-02-28 10:00", "1C", "2026-03-01 10:00"),
]


def when(text: str) -> int:
    """Read a local time; 23:59:60 is the midnight that ends the day."""
    if text.endswith("23:59:60"):
        return at(text.replace("23:59:60", "00:00")) + DAY
    return at(text)


@pytest.mark.parametrize(("start", "limit", "due"), HAND_MADE)
def test_by_hand(start: str, limit: str, due: str) -> None:
    assert due_at(when(start), limit, CHINA) == when(due)
    assert due_and_warn(when(start), limit, CHINA) == (
        when(due), warn_at(when(start), limit, CHINA),
    )  # fmt: skip
    reckoning = reckon(when(start), limit, CHINA)
    assert reckoning.due == when(due)
    assert sum(span.counted for span in reckoning.spans) == parse_limit(limit).amount
    kind, amount = parse_limit(limit)
    assert elapsed(when(start), when(due), kind, CHINA) == amount


def test_make_up_days_work_and_holidays_do_not() -> None:
    for name in WORKDAYS:
        assert CHINA.day_kind(date.fromisoformat(name)) is DayKind.MAKE_UP
    for name in HOLIDAYS:
        assert CHINA.day_kind(date.fromisoformat(name)) is DayKind.HOLIDAY
    assert CHINA.day_kind(date(2026, 2, 14)) is DayKind.MAKE_UP
    assert CHINA.day_kind(date(2026, 3, 7)) is DayKind.WEEKEND
    assert CHINA.day_kind(date(2026, 3, 6)) is DayKind.WORKDAY


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_years_have_as_many_workdays_as_published(year: int, days: int) -> None:
    first = date(year, 1, 1)
    every = (first + timedelta(offset) for offset in range((date(year + 1, 1, 1) - first).days))
    assert sum(CHINA.day_kind(day) in WORKING for day in every) == days


@pytest.mark.parametrize("limit", ["", "4", "H", "0H", "00H", "1000H", "4h", "4X", "-4H", "４H"])
def test_malformed_limits_are_said_to_be(limit: str) -> None:
    with pytest.raises(MalformedLimit):
        parse_limit(limit)


def test_limits_are_read() -> None:
    assert [parse_limit(limit).amount for limit in ("2U", "4H", "3W", "7C")] == [
        2 * HOUR, 4 * HOUR, 3 * DAY, 7 * DAY,
    ]  # fmt: skip
    assert parse_limit("999H").amount == 999 * HOUR


def test_the_spans_say_what_counted_and_why_not() -> None:
    found = [
        (span.start, span.end, span.kind.value, span.counted)
        for span in reckon(at("2026-02-13 11:00"), "7H", CHINA).spans
    ]
    assert found == [
        (at("2026-02-13 11:00"), at("2026-02-13 12:00"), "counted", HOUR),
        (at("2026-02-13 12:00"), at("2026-02-13 14:00"), "break", 0),
        (at("2026-02-13 14:00"), at("2026-02-13 18:00"), "counted", 4 * HOUR),
        (at("2026-02-13 18:00"), at("2026-02-14 08:00"), "night", 0),
        (at("2026-02-14 08:00"), at("2026-02-14 10:00"), "make_up", 2 * HOUR),
    ]
    over = reckon(at("2026-02-14 17:00"), "2H", CHINA).spans
    assert [(span.kind.value, span.counted) for span in over] == [
        ("make_up", HOUR), ("night", 0), ("holiday", 0), ("night", 0), ("counted", HOUR),
    ]  # fmt: skip
    days = reckon(at("2026-03-06 10:00"), "2W", CHINA).spans
    assert [(span.kind.value, span.counted) for span in days] == [
        ("counted", 14 * HOUR), ("weekend", 0), ("counted", DAY + 10 * HOUR),
    ]  # fmt: skip
    assert [span.kind for span in reckon(at("2026-02-14 10:00"), "7C", CHINA).spans] == [
        SpanKind.COUNTED
    ]


def test_pauses_are_spans_and_are_taken_out() -> None:
    start = at("2026-03-02 09:00")
    pauses = [(at("2026-03-02 10:00"), at("2026-03-02 15:00"))]
    reckoning = reckon(start, "4H", CHINA, pauses)
    assert reckoning.due == at("2026-03-02 18:00")
    assert reckoning.warn == at("2026-03-02 17:12")
    assert [(span.kind.value, span.counted) for span in reckoning.spans] == [
        ("counted", HOUR), ("pause", 0), ("counted", 3 * HOUR),
    ]  # fmt: skip
    assert due_at(start, "2U", CHINA, pauses) == at("2026-03-02 16:00")
    night = [(at("2026-03-02 18:00"), at("2026-03-03 08:00"))]
    assert due_at(start, "9H", CHINA, night) == due_at(start, "9H", CHINA)


def test_pauses_may_overlap_come_unordered_lie_before_or_after() -> None:
    start = at("2026-03-02 09:00")
    pauses = [
        (at("2026-03-02 11:00"), at("2026-03-02 12:00")),
        (at("2026-03-02 10:00"), at("2026-03-02 11:30")),
        (at("2026-03-01 10:00"), at("2026-03-01 11:30")),
        (at("2026-03-02 08:00"), at("2026-03-02 09:30")),
        (at("2026-03-09 08:00"), at("2026-03-09 09:30")),
        (at("2026-03-02 10:15"), at("2026-03-02 10:15")),
    ]
    assert due_at(start, "4U", CHINA, pauses) == at("2026-03-02 15:30")
    assert due_at(start, "2U", CHINA, [(start + 2 * HOUR, start + 9 * HOUR)]) == start + 2 * HOUR
    assert due_at(start, "2U", CHINA, [(start, start + HOUR)]) == start + 3 * HOUR
    assert due_at(start, "2U", CHINA, [(start - HOUR, start)]) == start + 2 * HOUR


def test_what_is_used_up_leaves_the_pauses_out() -> None:
    start, end = at("2026-03-02 09:00"), at("2026-03-03 09:00")
    pauses = [
        (at("2026-03-03 08:30"), at("2026-03-04 09:00")),
        (at("2026-03-03 09:00"), at("2026-03-03 10:00")),
        (at("2026-03-05 09:00"), at("2026-03-05 10:00")),
        (at("2026-03-02 10:00"), at("2026-03-02 11:00")),
        (at("2026-03-02 10:30"), at("2026-03-02 15:00")),
        (at("2026-03-02 08:00"), at("2026-03-02 09:30")),
    ]
    found = [elapsed(start, end, kind, CHINA, pauses) for kind in LimitKind]
    assert found == [18 * HOUR, 4 * HOUR, 18 * HOUR, 18 * HOUR]
    assert elapsed(start, end, LimitKind.WORKING_HOUR, CHINA) == 8 * HOUR
    assert elapsed(start, start, LimitKind.WORKING_HOUR, CHINA, pauses) == 0
    assert elapsed(start, end, LimitKind.WORKING_HOUR, CHINA, [(end, end + DAY)]) == 8 * HOUR


def test_what_is_used_up_past_the_table_is_counted_on() -> None:
    start = at("2026-03-02 09:00")
    due = due_at(start, "999W", CHINA, [(start, at("2043-03-02 09:00"))])
    assert elapsed(at("2043-03-02 09:00"), due, LimitKind.WORKING_DAY, CHINA) == 999 * DAY
    used = elapsed(start, due, LimitKind.WORKING_DAY, CHINA, [(start, at("2043-03-02 09:00"))])
    assert used == 999 * DAY


def test_a_pause_in_the_midst_of_a_span_cuts_it() -> None:
    start = at("2026-03-02 09:00")
    spans = reckon(
        start, "4U", CHINA, [(start + HOUR, start + 2 * HOUR), (start + 3 * HOUR, start + 4 * HOUR)]
    ).spans
    assert [(span.start - start, span.end - start, span.kind.value) for span in spans] == [
        (0, HOUR, "counted"), (HOUR, 2 * HOUR, "pause"), (2 * HOUR, 3 * HOUR, "counted"),
        (3 * HOUR, 4 * HOUR, "pause"), (4 * HOUR, 6 * HOUR, "counted"),
    ]  # fmt: skip


def test_shifting_keeps_what_was_left() -> None:
    due = at("2026-03-03 11:00")
    paused, resumed = at("2026-03-03 09:00"), at("2026-03-09 15:00")
    assert shifted(due, "8H", CHINA, paused, resumed) == at("2026-03-09 17:00")
    assert shifted(due, "8U", CHINA, paused, resumed) == at("2026-03-09 17:00")
    assert shifted(due, "1C", CHINA, paused, resumed) == at("2026-03-09 17:00")
    assert shifted(due, "8H", CHINA, due, resumed) == due
    assert shifted(due, "8H", CHINA, due + 1, resumed) == due
    assert shifted(due, "8H", CHINA, paused, paused) == due
    granted_at_night = at("2026-03-03 20:00")
    paused_at_night = at("2026-03-03 19:00")
    assert shifted(granted_at_night, "8H", CHINA, paused_at_night, resumed) == resumed
    assert shifted(granted_at_night, "8H", CHINA, paused_at_night, paused_at_night) == (
        granted_at_night
    )


def test_a_due_in_a_year_not_published_is_warned_about() -> None:
    warned = (ClockWarning.YEAR_NOT_PUBLISHED,)
    assert reckon(at("2026-12-31 17:00"), "2H", CHINA).warnings == warned
    assert reckon(at("2026-12-31 17:00"), "2H", CHINA).due == at("2027-01-01 09:00")
    assert reckon(at("2026-12-31 16:00"), "2H", CHINA).warnings == ()
    assert reckon(at("2026-12-31 17:00"), "2W", CHINA).warnings == warned
    assert reckon(at("2026-12-31 17:00"), "2U", CHINA).warnings == ()
    assert reckon(at("2026-12-31 17:00"), "30C", CHINA).warnings == ()
    assert reckon(at("2023-12-29 17:00"), "2H", CHINA).warnings == warned
    assert reckon(at("2024-01-02 17:00"), "2H", CHINA).warnings == ()


def test_times_far_outside_the_table_still_work() -> None:
    assert due_at(at("1999-03-01 09:00"), "2H", CHINA) == at("1999-03-01 11:00")
    assert due_at(at("2061-03-01 09:00"), "2H", CHINA) == at("2061-03-01 11:00")
    long_pause = [(at("2026-03-02 10:00"), at("2043-03-02 10:00"))]
    assert due_at(at("2026-03-02 09:00"), "2H", CHINA, long_pause) == at("2043-03-02 11:00")
    day, left = date(2026, 3, 2), 999
    while left:
        day += timedelta(1)
        left -= CHINA.day_kind(day) in WORKING
    assert due_at(at("2026-03-02 09:00"), "999W", CHINA) == at(f"{day} 09:00")
    assert CHINA.local_day(0) == 0
    assert CHINA.local_day(16 * HOUR - 1) == 0
    assert CHINA.local_day(16 * HOUR) == 1


def test_days_of_23_and_25_hours_are_days() -> None:
    spring = at("2026-03-07 12:00", NEW_YORK)
    assert due_at(spring, "1C", NEW_YORK_OFFICE) == at("2026-03-08 12:00", NEW_YORK)
    assert due_at(spring, "24U", NEW_YORK_OFFICE) == at("2026-03-08 13:00", NEW_YORK)
    autumn = at("2026-10-31 12:00", NEW_YORK)
    assert due_at(autumn, "1C", NEW_YORK_OFFICE) == at("2026-11-01 12:00", NEW_YORK)
    assert due_at(autumn, "24U", NEW_YORK_OFFICE) == at("2026-11-01 11:00", NEW_YORK)
    friday = at("2026-03-06 16:00", NEW_YORK)
    assert due_at(friday, "2H", NEW_YORK_OFFICE) == at("2026-03-09 10:00", NEW_YORK)
    assert due_at(at("2026-07-02 16:00", NEW_YORK), "2H", NEW_YORK_OFFICE) == at(
        "2026-07-06 10:00", NEW_YORK
    )


def test_a_missing_hour_is_not_worked_and_a_repeated_one_once() -> None:
    assert due_at(at("2026-03-08 00:00", NEW_YORK), "5H", NIGHT_SHIFT) == at(
        "2026-03-08 06:00", NEW_YORK
    )
    assert due_at(at("2026-03-08 00:00", NEW_YORK), "6H", NIGHT_SHIFT) == at(
        "2026-03-09 01:00", NEW_YORK
    )
    midnight = at("2026-11-01 00:00", NEW_YORK)
    assert due_at(midnight, "7H", NIGHT_SHIFT) == at("2026-11-01 06:00", NEW_YORK)
    assert due_at(midnight, "6H", NIGHT_SHIFT) == at("2026-11-01 05:00", NEW_YORK)


def test_a_due_in_a_missing_hour_is_the_leap_and_in_a_repeated_one_the_first() -> None:
    leap = at("2026-03-08 03:00", NEW_YORK)
    assert due_at(at("2026-03-07 02:30", NEW_YORK), "1C", NEW_YORK_OFFICE) == leap
    assert due_at(at("2026-03-07 03:00", NEW_YORK), "1C", NEW_YORK_OFFICE) == leap
    assert due_at(at("2026-03-07 03:01", NEW_YORK), "1C", NEW_YORK_OFFICE) == leap + MINUTE
    first = at("2026-11-01 01:30", NEW_YORK)
    assert due_at(at("2026-10-31 01:30", NEW_YORK), "1C", NEW_YORK_OFFICE) == first
    from_the_second = first + HOUR
    assert due_at(from_the_second, "1C", NEW_YORK_OFFICE) == at("2026-11-02 02:00", NEW_YORK)
