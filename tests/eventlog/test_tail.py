"""The shared tail: one read for all who stand at the head, the same pages as the log's own."""

import asyncio
from uuid import UUID

from eventlog.record import Position, Recorded
from eventlog.tail import UNKNOWN, Tail
from eventlog.wake import Doorbell

NOBODY = UUID(int=0)


class Log:
    """A log in memory that counts how often it is read."""

    def __init__(self, events: int) -> None:
        self.events = events
        self.reads = 0

    async def read(self, after: Position, limit: int) -> list[Recorded]:
        self.reads += 1
        await asyncio.sleep(0)
        return [recorded(at) for at in range(after + 1, min(after + limit, self.events) + 1)]


def recorded(at: int) -> Recorded:
    return Recorded(Position(at), NOBODY, at, "case.noted", 1, at, NOBODY, 0, "a", b"{}", b"{}")


def positions(found: tuple[list[Recorded], int]) -> list[int]:
    return [one.position for one in found[0]]


async def test_who_waits_at_the_head_shares_one_read() -> None:
    log = Log(5)
    tail = Tail(log.read, Doorbell())
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(tail.read(Position(0), 100)) for _ in range(4)]
    assert [positions(one.result()) for one in running] == [[1, 2, 3, 4, 5]] * 4
    assert log.reads == 1
    log.events = 7
    assert positions(await tail.read(Position(5), 100)) == [6, 7]
    assert positions(await tail.read(Position(3), 2)) == [4, 5]
    assert log.reads == 2


async def test_at_the_head_there_is_nothing_and_it_is_asked_for() -> None:
    log = Log(2)
    tail = Tail(log.read, Doorbell())
    assert positions(await tail.read(Position(0), 10)) == [1, 2]
    assert positions(await tail.read(Position(2), 10)) == []
    assert log.reads == 2


async def test_who_is_far_behind_reads_alone_and_leaves_the_window() -> None:
    log = Log(100)
    tail = Tail(log.read, Doorbell(), kept=10)
    await tail.read(Position(90), 10)
    assert positions(await tail.read(Position(0), 3)) == [1, 2, 3]
    assert positions(await tail.read(Position(95), 10)) == [96, 97, 98, 99, 100]
    assert log.reads == 2


async def test_a_window_has_no_hole() -> None:
    log = Log(20)
    tail = Tail(log.read, Doorbell())
    await tail.read(Position(0), 5)
    log.events = 40
    assert positions(await tail.read(Position(30), 5)) == [31, 32, 33, 34, 35]
    assert positions(await tail.read(Position(4), 3)) == [5, 6, 7]


async def test_what_comes_from_memory_brings_the_rings_before_it_was_read() -> None:
    log, bell = Log(3), Doorbell()
    tail = Tail(log.read, bell)
    assert (await tail.read(Position(0), 10))[1] == 0
    log.events = 4
    bell.ring()
    found = await tail.read(Position(1), 10)
    assert (positions(found), found[1]) == ([2, 3], 0)  # the fourth has rung since
    found = await tail.read(Position(3), 10)
    assert (positions(found), found[1]) == ([4], 1)


async def test_after_a_full_page_nobody_knows_what_there_is() -> None:
    log = Log(5)
    tail = Tail(log.read, Doorbell())
    await tail.read(Position(0), 2)
    found = await tail.read(Position(1), 10)
    assert (positions(found), found[1]) == ([2], UNKNOWN)


async def test_an_empty_look_further_on_says_nothing_of_what_lies_between() -> None:
    log, bell = Log(3), Doorbell()
    tail = Tail(log.read, bell)
    await tail.read(Position(0), 10)
    log.events = 5
    bell.ring()
    assert positions(await tail.read(Position(5), 10)) == []
    assert (await tail.read(Position(2), 10))[1] == 0


async def test_a_read_that_fails_is_tried_again_by_who_waited_for_it() -> None:
    log, failing = Log(2), [True]

    async def read(after: Position, limit: int) -> list[Recorded]:
        found = await log.read(after, limit)
        if failing and failing.pop():
            raise ConnectionError
        return found

    tail, failed = Tail(read, Doorbell()), list[Exception]()

    async def first() -> None:
        try:
            await tail.read(Position(0), 10)
        except ConnectionError as error:
            failed.append(error)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(first())
        others = [tasks.create_task(tail.read(Position(0), 10)) for _ in range(2)]
    assert len(failed) == 1
    assert [positions(one.result()) for one in others] == [[1, 2]] * 2
    assert log.reads == 2


async def test_who_reads_for_all_may_be_cancelled() -> None:
    log = Log(2)
    tail = Tail(log.read, Doorbell())
    async with asyncio.TaskGroup() as tasks:
        first, *others = [tasks.create_task(tail.read(Position(0), 10)) for _ in range(3)]
        await asyncio.sleep(0)
        first.cancel()
    assert [positions(one.result()) for one in others] == [[1, 2]] * 2


async def test_nothing_new_is_said_to_all_who_asked_together_with_the_rings_before_it() -> None:
    log, bell = Log(0), Doorbell()
    tail = Tail(log.read, bell)
    async with asyncio.TaskGroup() as tasks:
        asking = [tasks.create_task(tail.read(Position(0), 10)) for _ in range(3)]
        await asyncio.sleep(0)
        bell.ring()  # while it is read: whoever is told nothing must not sleep through it
    assert [one.result() for one in asking] == [([], 0)] * 3
    assert log.reads == 1
