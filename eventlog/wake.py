"""The doorbell: tells the followers of one process that the log has grown.

One LISTEN connection per process, fanned out in memory. The bell carries nothing: who
hears it reads by position. It may be lost, so all are woken after a quiet second anyway;
a second is the worst delay, never a missed event. All at once, by one timer: they look at the
log together (`tail.py`), and none begins and cancels a timer for every ring.

While the log is busy the bell rings a few times a second less often, for all at once: every
ring costs each follower a wake and the database a read, whether one event has come or fifty.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from eventlog.connection import Connection
from eventlog.errors import LogUnavailable
from eventlog.record import Position, Recorded

CHANNEL: Final = "quanke_log"
POLL_S: Final = 1.0
BUSY_RINGS: Final = 8
BUSY_S: Final = 0.12
"""So many rings within so long, some seventy a second, and the log is busy."""
GATHER_S: Final = 0.06
"""Of a busy log, what comes within so long is told with one ring."""

Read = Callable[[Position, int], Awaitable[tuple[list[Recorded], int]]]
"""A page, and the rings that had been heard before it was read."""


class Doorbell:
    """Wakes all who wait. `rings` is noted before reading, so no ring falls in between."""

    def __init__(self) -> None:
        self.rings = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self._lately: deque[float] = deque([float("-inf")] * BUSY_RINGS, BUSY_RINGS)
        self._rung_at = float("-inf")
        self._gathering = False
        self._quiet: asyncio.TimerHandle | None = None
        """Ends the wait of all who wait; there while anybody does."""

    def ring(self) -> None:
        """Wake everybody: now, or in a moment with all else that comes meanwhile."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        busy = now - self._lately[0] < BUSY_S
        self._lately.append(now)
        if self._gathering:
            return
        wait_s = self._rung_at + GATHER_S - now
        if busy and wait_s > 0:
            self._gathering = True
            loop.call_later(wait_s, self._wake)
        else:
            self._wake()

    def _wake(self) -> None:
        self._gathering = False
        self._rung_at = asyncio.get_running_loop().time()
        self.rings += 1
        self._let_go()

    def _after_quiet(self) -> None:
        self._quiet = None
        self._let_go()

    def _let_go(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def wait(self, heard: int) -> None:
        """Return when the bell has rung since `heard`, or after at most a second of quiet."""
        if self.rings != heard:
            return
        loop = asyncio.get_running_loop()
        waiting = loop.create_future()
        self._waiting.add(waiting)
        if self._quiet is None:
            self._quiet = loop.call_later(POLL_S, self._after_quiet)
        try:
            await waiting
        finally:
            self._waiting.discard(waiting)
            if not self._waiting and self._quiet is not None:
                self._quiet.cancel()
                self._quiet = None


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

    A page that is not full was all there was: nothing is asked for before the next ring. An
    outage of the database is waited out. Raises LogDamaged where `read` finds a hole.
    """
    while True:
        try:
            page, heard = await read(after, limit)
        except LogUnavailable:
            await asyncio.sleep(POLL_S / 4)
            continue
        if page:
            after = page[-1].position
            yield page
        if len(page) < limit:
            await bell.wait(heard)
