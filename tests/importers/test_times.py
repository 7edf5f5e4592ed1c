"""Both date forms, zones, and the hours that a clock shows twice or never."""

from zoneinfo import ZoneInfo

import pytest

from api.importers.times import AMBIGUOUS, NONEXISTENT, Instant, read_time

NEW_YORK = ZoneInfo("America/New_York")
JUNE = 1_433_132_880_000_000


@pytest.mark.parametrize(
    "text",
    [
        "06/01/2015 12:28:00 AM", "06/01/2015 12:28 AM", "6/1/2015 0:28", "06/01/2015 00:28:00",
        "2015-06-01T00:28:00", "2015-06-01 00:28:00", "2015-06-01T00:28:00.000",
        "2015-06-01 00:28", "2015-06-01T04:28:00Z", "2015-06-01T00:28:00-04:00",
        "2015-06-01 04:28:00+00", "2015-06-01T12:28:00.000000+0800",
    ],
)  # fmt: skip
def test_one_instant_in_every_form(text: str) -> None:
    assert read_time(text, NEW_YORK) == Instant(JUNE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "13/45/2015 01:00:00 AM",
        "2015-02-30",
        "06/01/2015 13:28:00 PM",
        "1433132880",
    ],
)
def test_what_is_no_time(text: str) -> None:
    assert read_time(text, NEW_YORK) is None


def test_an_hour_shown_twice_is_the_first_of_them() -> None:
    first = read_time("2015-11-01T01:30:00-04:00", None)
    assert first is not None
    assert read_time("11/01/2015 01:30:00 AM", NEW_YORK) == Instant(first.at, AMBIGUOUS)


def test_an_hour_never_shown_is_taken_at_the_offset_before_it() -> None:
    before = read_time("2015-03-08T02:30:00-05:00", None)
    assert before is not None
    assert read_time("03/08/2015 02:30:00 AM", NEW_YORK) == Instant(before.at, NONEXISTENT)


def test_microseconds_and_day_alone() -> None:
    assert read_time("2015-06-01T00:28:00.123456", NEW_YORK) == Instant(JUNE + 123_456)
    assert read_time("2015-06-01", NEW_YORK) == Instant(JUNE - 28 * 60 * 1_000_000)


def test_a_local_time_without_a_zone_is_not_guessed() -> None:
    assert read_time("2015-06-01T00:28:00", None) is None
