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

    def __init__(self, socket: WebSocket, halted: Callable[[], None]) -> None:
        self._socket = socket
        self._halted = halted
        self._frames: Any = (socket.scope.get("extensions") or {}).get(FRAMES)
        if self._frames is not None:
            self._frames.watch(halted)
        self._waiting: deque[Message] = deque()
        self._waiting_bytes = 0
        self._more = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._closing: Closing | None = None
        self._sending: asyncio.Timeout | None = None

    @property
    def unsent(self) -> int:
        """Bytes the kernel has not taken yet, as far as they can be seen from here."""
        seen: int = 0 if self._frames is None else self._frames.unsent
        return seen + self._waiting_bytes

    @property
    def clogged(self) -> bool:
        """Whether 64 KB are unsent."""
        if self._frames is None:
            return self._waiting_bytes > UNSENT_BYTES
        clogged: bool = self._frames.clogged
        return clogged

    async def drained(self) -> None:
        """Return once little is unsent."""
        if self._frames is None:
            await self._drained.wait()
        else:
            await self._frames.drained()

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
        if self._closing is not None:
            return
        if self._frames is None:
            self._queue((before, payload, after))
        else:
            self._frames.write(before, payload, after)

    def straight(self, before: bytes) -> Straight | None:
        """Return how messages may be written straight to the connection, if they may."""
        if self._frames is None or self._closing is not None:
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
        self._closing = self._closing or Closing(code, reason)
        self._halted()
        self._more.set()
        if self._sending is not None:
            self._sending.reschedule(0)

    async def run(self) -> None:
        """Send what is queued, for ever. Raises Closing when told to close."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting and self._closing is None:
                message = self._waiting.popleft()
                self._waiting_bytes -= len(message[1])
                await self._send(message)
            self._drained.set()
            if self._closing is not None:
                raise self._closing

    def _queue(self, message: Message) -> None:
        self._waiting.append(message)
        self._waiting_bytes += len(message[1])
        self._more.set()
        if self.clogged:
            self._drained.clear()

    async def _send(self, message: Message) -> None:
        try:
            async with asyncio.timeout(STALLED_S) as self._sending:
                await self._socket.send_text(b"".join(message).decode())
        except TimeoutError:
            raise self._closing or Closing(SLOW, "slow consumer") from None
        finally:
            self._sending = None


async def close(socket: WebSocket, closing: Closing) -> None:
    """Close a connection, at most a second long."""
    with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
        async with asyncio.timeout(1.0):
            await socket.close(closing.code, closing.reason)
