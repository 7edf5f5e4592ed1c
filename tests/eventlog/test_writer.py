"""What joins a batch: a busy process waits a moment for what it is about to bring, a lone one not.

Over a connection that only counts, so that nothing but the writer's own waiting is seen.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from eventlog.ids import ordered_id
from eventlog.record import Appended, NewEvent, Write
from eventlog.writer import Writer

EVENT = NewEvent("case.noted", 1, b"{}", b"{}")


class Counting:
    """Says yes to every batch, a moment later, and keeps how many commands each had."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.inside = self.most_inside = 0

    def is_closed(self) -> bool:
        return False

    def terminate(self) -> None:
        pass

    async def fetchrow(self, _query: str, *parameters: Any) -> tuple[int, int]:
        head = sum(self.batches)
        self.batches.append(len(parameters[0]))
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        await asyncio.sleep(0.001)
        self.inside -= 1
        return head, 1


@asynccontextmanager
async def writing() -> AsyncIterator[tuple[Writer, Counting]]:
    counting = Counting()

    async def connect() -> Any:
        return counting

    writer = Writer(connect, 1_000, 5.0)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        running = group.create_task(writer.run())
        yield writer, counting
        running.cancel()


def put(writer: Writer, stream: UUID | None = None) -> asyncio.Future[Appended]:
    write = Write(stream or ordered_id(), 0, (EVENT,))
    return writer.submit(ordered_id(), "acct:a", [write], [])


async def test_who_comes_alone_is_written_alone_and_at_once() -> None:
    async with writing() as (writer, counting):
        for position in range(1, 6):
            assert (await put(writer)).first == position
    assert counting.batches == [1] * 5


async def test_a_busy_process_brings_several_into_one_batch() -> None:
    async with writing() as (writer, counting):
        answers = []
        for _ in range(12):
            answers.append(put(writer))
            until = time.monotonic() + 0.0005
            while time.monotonic() < until:
                pass  # what else there is to do in a turn of the loop
            await asyncio.sleep(0)
        firsts = [(await answer).first for answer in answers]
    assert firsts == list(range(1, 13))
    assert len(counting.batches) <= 6
    assert sum(counting.batches) == 12


async def test_what_comes_together_is_not_waited_for() -> None:
    async with writing() as (writer, counting):
        answers = [put(writer) for _ in range(30)]
        assert [(await answer).first for answer in answers] == list(range(1, 31))
    assert counting.batches == [30]


async def test_two_batches_overlap_where_there_is_enough_for_both() -> None:
    async with writing() as (writer, counting):
        for answer in [put(writer) for _ in range(200)]:
            await answer
    assert counting.batches == [100, 100]
    assert counting.most_inside == 2
