"""The progress bar: silent while things are quick, and ended when they end."""

import io

import pytest

from api.cli import progress
from api.cli.progress import Progress, bar


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(progress, "time", moved)
    return moved


def test_quick_work_shows_nothing(clock: Clock) -> None:
    out = io.StringIO()
    shown = Progress("folding", out)
    shown(1, 2)
    clock.now += 1.9
    shown(2, 2)
    shown.close()
    assert out.getvalue() == ""


def test_long_work_is_shown_and_ends_itself_once(clock: Clock) -> None:
    out = io.StringIO()
    shown = Progress("folding", out)
    clock.now += 60
    shown(0, 2_000)
    clock.now += 10
    shown(1_000, 2_000)
    clock.now += 2.5
    shown(2_000, 2_000)
    shown.close()
    assert out.getvalue().splitlines() == [
        f"folding {bar(1, 2)} 1,000 of 2,000",
        "folding: done in 12.5 s",
    ]
