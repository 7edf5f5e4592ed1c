"""The collector stands still for a large page, and never for good."""

import gc

import pytest

from eventlog.collector import LARGE, collector_paused


@pytest.mark.parametrize(("events", "runs"), [(LARGE - 1, True), (LARGE, False)])
def test_it_pauses_for_a_large_page(events: int, runs: bool) -> None:
    with collector_paused(events):
        assert gc.isenabled() is runs
    assert gc.isenabled()


def test_a_pause_ends_with_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), collector_paused(LARGE):
        1 / 0  # noqa: B018
    assert gc.isenabled()


def test_a_pause_within_a_pause_does_not_end_it() -> None:
    with collector_paused(LARGE):
        with collector_paused(LARGE):
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
