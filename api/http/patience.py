"""How long a request may take to arrive, and how long its head may be.

A connection that sends a byte now and then, or headers without an end, costs memory and a
place for as long as it is let. The head has ten seconds from the first moment and 64 KB; a
body may be large and its sender slow, so it has fifteen seconds of silence and five minutes
in all.
"""

import asyncio
from collections.abc import Callable
from typing import Final

HEAD_S: Final = 10.0
SILENT_S: Final = 15.0
BODY_S: Final = 300.0
MAX_HEAD: Final = 64 * 1024
END: Final = b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout" + END
TOO_LONG: Final = b"HTTP/1.1 431 Request Header Fields Too Large" + END


class Patience:
    """Watches one connection. Requests that come in one piece cost it nothing."""

    __slots__ = ("_body_ends", "_give_up", "_head_bytes", "_loop", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, give_up: Callable[[], None]) -> None:
        self._loop = loop
        self._give_up = give_up
        self._head_bytes = 0
        self._body_ends = 0.0
        self._timer: asyncio.TimerHandle | None = loop.call_later(HEAD_S, give_up)

    def head(self, size: int) -> bool:
        """Note bytes of a head that has not ended; False when there are too many."""
        self._head_bytes += size
        if self._timer is None:
            self._timer = self._loop.call_later(HEAD_S, self._give_up)
        return self._head_bytes <= MAX_HEAD

    def body(self) -> None:
        """Note that some of a body has come, or that it is we who keep it waiting."""
        now = self._loop.time()
        self._body_ends = self._body_ends or now + BODY_S
        self._stop()
        self._timer = self._loop.call_at(min(now + SILENT_S, self._body_ends), self._give_up)

    def whole(self) -> None:
        """Note that there is nothing to wait for."""
        self._head_bytes, self._body_ends = 0, 0.0
        self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
