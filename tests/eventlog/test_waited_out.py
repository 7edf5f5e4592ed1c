"""What works in the background waits for its database, however long it is away."""

import time

import asyncpg
import pytest

from eventlog import connection
from eventlog.connection import patiently, waited_out
from eventlog.errors import LogUnavailable

SHORT_S = 0.02


class Pool:
    """Open, or at its end."""

    def __init__(self, closing: bool = False) -> None:
        self.closing = closing

    def is_closing(self) -> bool:
        return self.closing


class Away:
    """A unit whose database is away for so long."""

    def __init__(self, seconds: float, error: Exception | None = None) -> None:
        self._back = time.monotonic() + seconds
        self._error = error or ConnectionRefusedError(111, "refused")
        self.tries = 0

    async def __call__(self) -> str:
        self.tries += 1
        if time.monotonic() < self._back:
            raise self._error
        return "done"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE_S", SHORT_S)


@pytest.mark.parametrize("closing", [False, True])
async def test_it_is_done_once_the_database_is_back(closing: bool) -> None:
    away = Away(10 * SHORT_S)
    assert await waited_out(Pool(closing), away) == "done"
    assert away.tries > 1


async def test_a_question_of_somebody_who_waits_is_given_up() -> None:
    with pytest.raises(LogUnavailable):
        await patiently(Pool(), Away(60.0))


async def test_a_full_disk_is_waited_out() -> None:
    full = Away(5 * SHORT_S, asyncpg.DiskFullError("no space left on device"))
    assert await waited_out(Pool(), full) == "done"
    assert full.tries > 1


async def test_a_bug_is_not_waited_out() -> None:
    with pytest.raises(LogUnavailable):
        await waited_out(Pool(), Away(60.0, KeyError("a bug")))
