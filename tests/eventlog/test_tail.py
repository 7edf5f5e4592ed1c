"""The shared tail: one read for all who stand at the head, the same pages as the log's own."""

import asyncio
from uuid import UUID

from eventlog.record import Position, Recorded
from eventlog.tail import Tail

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


def positions(page: list[Recorded]) -> list[int]:
    return [one.position for one in page]


async def test_who_waits_at_the_head_shares_one_read() -> None:
    log = Log(5)
    tail = Tail(log.read)
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
    tail = Tail(log.read)
    assert positions(await tail.read(Position(0), 10)) == [1, 2]
    assert await tail.read(Position(2), 10) == []
    assert log.reads == 2


async def test_who_is_far_behind_reads_alone_and_leaves_the_window() -> None:
    log = Log(100)
    tail = Tail(log.read, kept=10)
    await tail.read(Position(90), 10)
    assert positions(await tail.read(Position(0), 3)) == [1, 2, 3]
    assert positions(await tail.read(Position(95), 10)) == [96, 97, 98, 99, 100]
    assert log.reads == 2


async def test_a_window_has_no_hole() -> None:
    log = Log(20)
    tail = Tail(log.read)
    await tail.read(Position(0), 5)
    log.events = 40
    assert positions(await tail.read(Position(30), 5)) == [31, 32, 33, 34, 35]
    assert positions(await tail.read(Position(4), 3)) == [5, 6, 7]
