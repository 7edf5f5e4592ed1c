"""HTTP with one write an answer: head and body leave together.

The server writes a response's head and its body apart, which wakes the reader twice. Here
what is written within one turn of the loop is joined. Nothing waits: it leaves at the
turn's end, and before anything else that is asked of the transport.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Joining:
    """A transport that keeps what is written until the end of the loop's turn."""

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self.inner = transport
        self._loop = loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Write at the end of this turn."""
        if not self._waiting:
            self._loop.call_soon(self.flush)
        self._waiting.append(data)

    def flush(self) -> None:
        """Write what waits now."""
        if self._waiting:
            data = b"".join(self._waiting)
            self._waiting.clear()
            self.inner.write(data)

    def __getattr__(self, name: str) -> Any:
        self.flush()
        return getattr(self.inner, name)

    def is_closing(self) -> bool:
        """Tell whether the transport is closing; asked often, and needs no flush."""
        return bool(self.inner.is_closing())

    def pause_reading(self) -> None:
        """Stop reading."""
        self.inner.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        self.inner.resume_reading()


class JoinedProtocol(HttpToolsProtocol):
    """The server's own protocol over a joining transport."""

    def connection_made(self, transport: Any) -> None:
        """Begin, over the joining transport."""
        super().connection_made(Joining(transport, self.loop))  # type: ignore[arg-type]

    def handle_websocket_upgrade(self) -> None:
        """Hand the bare transport on: a WebSocket has its own way to write."""
        if isinstance(self.transport, Joining):
            self.transport.flush()
            self.transport = self.transport.inner
        super().handle_websocket_upgrade()
