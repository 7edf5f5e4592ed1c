"""One write an answer: what is written within one turn of the loop leaves together.

The server writes a response's head and its body apart, which wakes the reader twice. Nothing
waits: it leaves at the turn's end, and before anything else that is asked of the transport.
"""

import asyncio
from typing import Any


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
        """Write what waits now, unless who asked has gone: that would be an error."""
        if self._waiting:
            data = b"".join(self._waiting)
            self._waiting.clear()
            if not self.inner.is_closing():
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
