"""Company is waited for while it comes, in a process that has much to do."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from eventlog import patience
from eventlog.beside import beside

LONG_S = 60.0
"""A moment so long that only company, or its absence, can end it in time."""
DEADLINE_S = 20.0
LOOKS = patience.LONG_TURNS + 2
"""Before each long turn, at the first look and at the next."""


@asynccontextmanager
async def much_to_do() -> AsyncIterator[None]:
    """Make every turn of the loop a long one."""

    async def spin() -> None:
        while True:
            until = time.monotonic() + 5 * patience.SHORT_TURN_S
            while time.monotonic() < until:
                pass
            await asyncio.sleep(0)

    async with beside(spin()), asyncio.timeout(DEADLINE_S):
        yield


async def test_nobody_is_waited_for_who_does_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "AT_MOST_S", LONG_S)
    looks: list[int] = []

    def alone() -> int:
        looks.append(1)
        return 1

    async with much_to_do():
        await patience.while_busy(alone)
    assert len(looks) == LOOKS


async def test_who_comes_is_waited_for_until_they_are_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "AT_MOST_S", LONG_S)
    come = iter(range(2 * LOOKS))

    async with much_to_do():
        await patience.while_busy(lambda: next(come, None))
    assert next(come, None) is None


async def test_enough_are_not_kept_waiting() -> None:
    asked: list[None] = [None, None]
    await patience.while_busy(asked.pop)
    assert len(asked) == 1
