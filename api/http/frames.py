"""Uvicorn's WebSocket protocol with one thing more: write a text frame at once.

The ordinary way of a message, `await send(...)`, wakes a task and passes three layers for
each of a thousand receivers of the same bytes. `Frames` puts header and payload into the
transport directly. It is offered to the application as the scope's extension
`quanke.frames` and used only while the connection is open and negotiated no WebSocket
extension; every other server, and the tests' own, gets along without it.

It leans on four attributes of uvicorn's class (`conn`, `transport`, `writable`,
`close_sent`); a test writes frames through it and reads them with another library.
"""

from asyncio.transports import BaseTransport
from collections.abc import Callable
from typing import Any, Final, Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

EXTENSION: Final = "quanke.frames"
HIGH_WATER: Final = 64 * 1024
HEADERS_KEPT: Final = 4_096
TEXT: Final = 0x81
"""FIN, opcode 1."""


class Encoded(Protocol):
    """A message whose bytes many receivers share."""

    @property
    def body(self) -> bytes:
        """The payload."""
        ...


class Frames:
    """The writing side of one open connection."""

    def __init__(self, protocol: "FrameProtocol") -> None:
        self._protocol = protocol

    @property
    def unsent(self) -> int:
        """Bytes the kernel has not taken yet."""
        return self._protocol.transport.get_write_buffer_size()

    @property
    def clogged(self) -> bool:
        """Whether more than 64 KB are unsent."""
        return not self._protocol.writable.is_set()

    async def drained(self) -> None:
        """Return once a quarter of that is left, or the connection is gone."""
        await self._protocol.writable.wait()

    def offering(self, before: bytes, after: bytes) -> Callable[[Encoded], bool]:
        """Return what writes a message between two parts as one frame; False while clogged.

        One function without layers: it runs for every message and member.
        """
        protocol, conn = self._protocol, self._protocol.conn
        is_set, write = protocol.writable.is_set, protocol.transport.write
        around, slow = len(before) + len(after), self.write

        def offer(message: Encoded) -> bool:
            if not is_set():
                return False
            payload = message.body
            length = around + len(payload)
            if length > HIGH_WATER:
                slow(before, payload, after)
            elif conn.state is State.OPEN and not protocol.close_sent and not protocol.disconnected:
                header = _HEADERS.get(length) or _header(length)
                write(b"".join((header, before, payload, after)))
            return True

        return offer

    def write(self, before: bytes, payload: bytes, after: bytes) -> None:
        """Write one text frame, clogged or not; nothing once the connection closes."""
        protocol = self._protocol
        if protocol.close_sent or protocol.disconnected or protocol.conn.state is not State.OPEN:
            return
        length = len(before) + len(payload) + len(after)
        header = _HEADERS.get(length) or _header(length)
        if length > HIGH_WATER:  # a snapshot is not copied for each receiver
            protocol.transport.writelines((header + before, payload, after))
        else:
            protocol.transport.write(b"".join((header, before, payload, after)))


_HEADERS: Final[dict[int, bytes]] = {}
"""Headers of the lengths that occur: few, because all members get the same payload."""


def _header(length: int) -> bytes:
    if len(_HEADERS) > HEADERS_KEPT:
        _HEADERS.clear()
    found = _HEADERS[length] = frame_header(length)
    return found


def frame_header(length: int) -> bytes:
    """Return the header of an unmasked text frame (RFC 6455, 5.2)."""
    if length < 126:
        return bytes((TEXT, length))
    if length < 1 << 16:
        return bytes((TEXT, 126)) + length.to_bytes(2, "big")
    return bytes((TEXT, 127)) + length.to_bytes(8, "big")


class FrameProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's protocol; its scope carries `Frames`."""

    def connection_made(self, transport: BaseTransport) -> None:
        """Set where writing pauses: a connection that lags is found out early."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)

    def handle_connect(self, event: Request) -> None:
        """Offer the frames to the application, which begins after this returns."""
        super().handle_connect(event)
        scope: Any = getattr(self, "scope", None)
        if scope is not None and not self.conn.extensions:
            scope["extensions"][EXTENSION] = Frames(self)
