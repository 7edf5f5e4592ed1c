"""Commands and events with nothing special about them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

from eventlog.port import EventLog
from eventlog.record import Appended, NewEvent, Position, Recorded, Write

ACTOR = "acc-7f3a"
META = b'{"effective_at":1760000000000000,"occurred_at":1760000000000000,"role":"grid_worker"}'


def event(topic: str = "case.reported", number: int = 0, schema: int = 1) -> NewEvent:
    """Return an event; its number is in its state."""
    return NewEvent(topic, schema, b'{"n":%d}' % number, META)


def write(stream: UUID, expected: int, *numbers: int) -> Write:
    """Return a write of numbered events."""
    return Write(stream, expected, tuple(event(number=number) for number in numbers))


async def put(log: EventLog, stream: UUID, expected: int = 0, count: int = 1) -> Appended:
    """Append `count` events to one stream under a new command id."""
    return await log.append(uuid4(), ACTOR, [write(stream, expected, *range(count))])


async def everything(log: EventLog) -> list[Recorded]:
    """Return the whole of a small log."""
    return await log.read_all(Position(0), 10_000)


async def take(pages: AsyncIterator[list[Recorded]], count: int) -> list[Recorded]:
    """Collect pages until there are `count` events, within 30 s."""
    got: list[Recorded] = []
    async with asyncio.timeout(30):
        async for page in pages:
            assert page
            got += page
            if len(got) >= count:
                break
    return got


async def until(true: Callable[[], Awaitable[object]], within_s: float = 30) -> None:
    """Wait until a condition holds, at most `within_s`."""
    give_up = time.monotonic() + within_s
    while not await true():
        assert time.monotonic() < give_up, "it never came true"
        await asyncio.sleep(0.005)


def holds(true: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    """Return a plain condition as one that can be awaited."""

    async def ask() -> bool:
        return true()

    return ask
