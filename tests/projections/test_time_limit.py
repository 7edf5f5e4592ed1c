"""A limit that many share: each has its own time, and only who is late is stopped."""

import asyncio

import pytest

from projections.time_limit import TimeLimit

LONG_S = 60.0


async def test_who_is_late_is_told_so_and_goes_on() -> None:
    limit, never = TimeLimit(0.02), asyncio.Event()
    for _ in range(3):  # the timer begins again after a queue that ran empty
        with pytest.raises(TimeoutError), limit.begun():
            await never.wait()
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_only_the_late_ones_are_stopped() -> None:
    limit, never, ended = TimeLimit(0.05), asyncio.Event(), []

    async def waiting(name: int, *, quick: bool) -> None:
        try:
            with limit.begun():
                await (asyncio.sleep(0) if quick else never.wait())
        except TimeoutError:
            ended.append(name)

    async with asyncio.timeout(LONG_S), asyncio.TaskGroup() as tasks:
        for name in range(9):
            tasks.create_task(waiting(name, quick=name % 3 == 0))
    assert ended == [1, 2, 4, 5, 7, 8]


async def test_a_cancelled_block_is_cancelled_and_not_late() -> None:
    limit, inside = TimeLimit(LONG_S), asyncio.Event()

    async def waiting() -> None:
        with limit.begun():
            inside.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(waiting())
        await inside.wait()
        task.cancel()
    assert task.cancelled()


async def test_the_inner_of_two_limits_stops_its_block_alone() -> None:
    outer, inner = TimeLimit(LONG_S), TimeLimit(0.02)
    with outer.begun():
        with pytest.raises(TimeoutError), inner.begun():
            await asyncio.Event().wait()
        await asyncio.sleep(0)
