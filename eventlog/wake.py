"""The doorbell: tells the followers of one process that the log has grown.

One LISTEN connection per process, fanned out in memory. The bell carries nothing: who
hears it reads by position. It may be lost, so every wait ends after a second anyway;
a second is the worst delay, never a missed event.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from eventlog.connection import Connection
from eventlog.errors import LogUnavailable
from eventlog.record import Position, Recorded

CHANNEL: Final = "quanke_log"
POLL_S: Final = 1.0

Read = Callable[[Position, int], Awaitable[list[Recorded]]]


class Doorbell:
    """Wakes all who wait. `rings` is noted before reading, so no ring falls in between."""

    def __init__(self) -> None:
        self.rings = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake everybody."""
        self.rings += 1
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def wait(self, heard: int, timeout_s: float = POLL_S) -> None:
        """Return when the bell has rung since `heard`, or after the timeout."""
        if self.rings != heard:
            return
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            async with asyncio.timeout(timeout_s):
                await waiting
        except TimeoutError:
            return
        finally:
            self._waiting.discard(waiting)


async def listen(connect: Callable[[], Awaitable[Connection]], bell: Doorbell) -> None:
    """Ring the bell at every NOTIFY, for ever; a lost connection is made anew."""
    while True:
        try:
            await _listen_once(await connect(), bell)
        except Exception:  # asyncpg raises almost anything on a connection cut short
            await asyncio.sleep(POLL_S)


async def _listen_once(connection: Connection, bell: Doorbell) -> None:
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    try:
        await connection.add_listener(CHANNEL, lambda *_: bell.ring())
        bell.ring()
        await lost.wait()
    finally:
        connection.terminate()


async def follow(
    read: Read, bell: Doorbell, after: Position, limit: int
) -> AsyncIterator[list[Recorded]]:
    """Yield page after page for ever: the same loop catches up and lives.

    An outage of the database is waited out. Raises LogDamaged where `read` finds a hole.
    """
    while True:
        heard = bell.rings
        try:
            page = await read(after, limit)
        except LogUnavailable:
            await asyncio.sleep(POLL_S / 4)
            continue
        if not page:
            await bell.wait(heard)
            continue
        after = page[-1].position
        yield page
