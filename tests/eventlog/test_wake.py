"""The doorbell: at once when it is quiet, once for all that comes when it is busy."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from eventlog import wake
from eventlog.record import Position, Recorded
from eventlog.tail import Tail
from eventlog.wake import BUSY_RINGS, GATHER_S, POLL_S, Doorbell, follow

NOBODY = UUID(int=0)
PATIENCE_S = 20.0


def recorded(at: int) -> Recorded:
    return Recorded(Position(at), NOBODY, at, "case.noted", 1, at, NOBODY, 0, "a", b"{}", b"{}")


class Log:
    """A log in memory that counts how often it is read."""

    def __init__(self, bell: Doorbell) -> None:
        self.bell = bell
        self.events = 0
        self.reads = 0

    def add(self) -> None:
        self.events += 1
        self.bell.ring()

    async def read(self, after: Position, limit: int) -> tuple[list[Recorded], int]:
        self.reads += 1
        last = min(after + limit, self.events)
        return [recorded(at) for at in range(after + 1, last + 1)], self.bell.rings


async def next_page(pages: AsyncIterator[list[Recorded]]) -> list[int]:
    async with asyncio.timeout(PATIENCE_S):
        return [one.position for one in await anext(pages)]


async def test_a_quiet_bell_rings_at_once() -> None:
    bell = Doorbell()
    for number in range(1, BUSY_RINGS):
        bell.ring()
        assert bell.rings == number


async def test_a_busy_bell_rings_once_for_all_that_comes_in_a_while() -> None:
    bell, loop = Doorbell(), asyncio.get_running_loop()
    for _ in range(BUSY_RINGS):
        bell.ring()
    last = loop.time()
    for _ in range(50):
        bell.ring()
    assert bell.rings == BUSY_RINGS
    await bell.wait(BUSY_RINGS)
    assert bell.rings == BUSY_RINGS + 1
    assert loop.time() - last > GATHER_S / 2


async def test_the_head_is_read_once_a_ring() -> None:
    bell = Doorbell()
    log = Log(bell)
    pages = follow(log.read, bell, Position(0), 100)
    for at in range(1, 5):
        log.add()
        assert await next_page(pages) == [at]
    assert log.reads == 4


@pytest.fixture
def long_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sleeps through something is not there in time."""
    monkeypatch.setattr(wake, "POLL_S", 2 * PATIENCE_S)


@pytest.mark.usefixtures("long_sleep")
async def test_what_comes_while_a_page_is_worked_on_is_not_slept_through() -> None:
    bell = Doorbell()
    log = Log(bell)
    pages = follow(log.read, bell, Position(0), 100)
    log.add()
    assert await next_page(pages) == [1]
    log.add()  # rung before the follower comes back
    assert await next_page(pages) == [2]


@pytest.mark.usefixtures("long_sleep")
async def test_a_full_page_is_followed_by_the_next_without_a_ring() -> None:
    bell = Doorbell()
    log = Log(bell)
    log.events = 5
    pages = follow(log.read, bell, Position(0), 2)
    assert [await next_page(pages) for _ in range(3)] == [[1, 2], [3, 4], [5]]


async def test_after_a_quiet_second_all_are_let_go_at_once() -> None:
    bell, loop = Doorbell(), asyncio.get_running_loop()
    began, took = loop.time(), list[float]()

    async def waited() -> None:
        await bell.wait(bell.rings)
        took.append(loop.time() - began)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(waited())
        await asyncio.sleep(POLL_S / 4)
        for _ in range(3):
            tasks.create_task(waited())
    assert max(took) - min(took) < POLL_S / 4
    assert max(took) > POLL_S / 2


async def test_whoever_waits_again_while_others_still_go_is_not_forgotten() -> None:
    bell, loop = Doorbell(), asyncio.get_running_loop()
    ends = list[float]()

    async def waited(times: int) -> None:
        for _ in range(times):
            await bell.wait(bell.rings)
            ends.append(loop.time())

    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
        for times in (2, 2, 1):
            tasks.create_task(waited(times))
    assert len(ends) == 5
    assert max(ends) - min(ends) > POLL_S / 2


async def test_who_has_gone_leaves_nobody_without_an_end() -> None:
    bell = Doorbell()
    async with asyncio.TaskGroup() as tasks:
        gone = tasks.create_task(bell.wait(bell.rings))
        await asyncio.sleep(0)
        gone.cancel()
    async with asyncio.timeout(PATIENCE_S):
        await bell.wait(bell.rings)


async def test_a_quiet_second_costs_one_look_for_all_who_follow() -> None:
    bell, reads = Doorbell(), [0]

    async def read(_after: Position, _limit: int) -> list[Recorded]:
        reads[0] += 1
        await asyncio.sleep(0)
        return []

    async def followed(tail: Tail) -> None:
        async for _page in follow(tail.read, bell, Position(0), 10):
            raise AssertionError("there was nothing")

    async with asyncio.TaskGroup() as tasks:
        tail = Tail(read, bell)
        following = [tasks.create_task(followed(tail)) for _ in range(5)]
        await asyncio.sleep(1.5 * POLL_S)
        assert reads == [2]  # at the beginning, and after the second
        for one in following:
            one.cancel()
