"""The writing side of one WebSocket connection.

Where the server offers prepared frames, a message goes straight into the transport: no
queue, no task woken, the payload shared by all receivers. Anywhere else one writer sends
from a queue that holds references, never copies. Either way nothing is added while more
than 64 KB are unsent; whoever has more to say waits until it has drained.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from api.graphql.live.follower import STALLED_S, UNSENT_BYTES
from api.graphql.live.framing import Straight
from api.graphql.measured import OPERATIONS

FRAMES: Final = "quanke.frames"
"""The scope extension of `api/http/frames.py`."""
SLOW: Final = 4413
Message = tuple[bytes, bytes, bytes]


class Closing(Exception):
    """The connection has to be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Outbox:
    """What one connection has to send."""

    __slots__ = ("_frames", "_halted", "_hurry", "closing", "queue")

    def __init__(
        self, socket: WebSocket, halted: Callable[[], None], hurry: Callable[[], None]
    ) -> None:
        """`halted` ends straight writing; `hurry` has who reads look at `closing`."""
        self._halted = halted
        self._hurry = hurry
        self.closing: Closing | None = None
        self._frames: Any = (socket.scope.get("extensions") or {}).get(FRAMES)
        self.queue: Queue | None = None
        if self._frames is None:
            self.queue = Queue(self, socket)
        else:
            self._frames.watch(halted)

    @property
    def unsent(self) -> int:
        """Bytes the kernel has not taken yet, as far as they can be seen from here."""
        unsent: int = self._way.unsent
        return unsent

    @property
    def clogged(self) -> bool:
        """Whether 64 KB are unsent."""
        clogged: bool = self._way.clogged
        return clogged

    @property
    def _way(self) -> Any:
        return self._frames if self.queue is None else self.queue

    async def drained(self) -> None:
        """Return once little is unsent."""
        await self._way.drained()

    async def room(self) -> None:
        """Wait until something may be added. Raises Closing when nothing moves."""
        while self.clogged:
            unsent = self.unsent
            try:
                async with asyncio.timeout(STALLED_S):
                    await self.drained()
            except TimeoutError:
                if self.unsent >= unsent:
                    raise Closing(SLOW, "slow consumer") from None

    def write(self, payload: bytes, before: bytes = b"", after: bytes = b"") -> None:
        """Send one text message, given in three parts; never waits."""
        if self.closing is None:
            self._way.write(before, payload, after)

    def straight(self, before: bytes) -> Straight | None:
        """Return how messages may be written straight to the connection, if they may."""
        if self._frames is None or self.closing is not None:
            return None
        straight: Straight | None = self._frames.straight(before)
        return straight

    def offer(self, payload: bytes, before: bytes, after: bytes) -> bool:
        """Send one message in three parts, or say False while clogged."""
        if self.clogged:
            return False
        self.write(payload, before, after)
        return True

    def close(self, code: int, reason: str) -> None:
        """Have the connection closed; what is unsent is not waited for."""
        self.closing = self.closing or Closing(code, reason)
        self._halted()
        self._hurry()
        if self.queue is not None:
            self.queue.end()


class Queue:
    """Messages for a server without prepared frames, and the one writer that sends them."""

    def __init__(self, outbox: Outbox, socket: WebSocket) -> None:
        self._outbox = outbox
        self._socket = socket
        self._waiting: deque[Message] = deque()
        self._more = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._sending: asyncio.Timeout | None = None
        self.unsent = 0

    @property
    def clogged(self) -> bool:
        """Whether 64 KB wait."""
        return self.unsent > UNSENT_BYTES

    async def drained(self) -> None:
        """Return once nothing waits."""
        await self._drained.wait()

    def write(self, before: bytes, payload: bytes, after: bytes) -> None:
        """Add one message: references, no copy."""
        self._waiting.append((before, payload, after))
        self.unsent += len(payload)
        self._more.set()
        if self.clogged:
            self._drained.clear()

    def end(self) -> None:
        """Send no more."""
        self._more.set()
        if self._sending is not None:
            self._sending.reschedule(0)

    async def run(self) -> None:
        """Send what is queued, for ever. Raises Closing when told to close."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting and self._outbox.closing is None:
                message = self._waiting.popleft()
                self.unsent -= len(message[1])
                await self._send(message)
            self._drained.set()
            if self._outbox.closing is not None:
                raise self._outbox.closing

    async def _send(self, message: Message) -> None:
        try:
            async with asyncio.timeout(STALLED_S) as self._sending:
                await self._socket.send_text(b"".join(message).decode())
        except TimeoutError:
            raise self._outbox.closing or Closing(SLOW, "slow consumer") from None
        finally:
            self._sending = None


async def close(socket: WebSocket, closing: Closing) -> None:
    """Close a connection, at most a second long."""
    OPERATIONS.closed[closing.code] += 1
    with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
        async with asyncio.timeout(1.0):
            await socket.close(closing.code, closing.reason)
