"""Uvicorn's WebSocket protocol with one thing more: write a text frame at once.

The ordinary way of a message, `await send(...)`, wakes a task and passes three layers for
each of a thousand receivers of the same bytes. `Frames` puts header and payload into the
transport directly. It is offered to the application as the scope's extension
`quanke.frames` and used only while the connection is open and negotiated no WebSocket
extension; every other server, and the tests' own, gets along without it.

A receiver that keeps up is written to without a look at its connection (`framing.py`), so
the connection itself says when that has to end: when too much is unsent, and when it closes.

It leans on four attributes of uvicorn's class (`conn`, `transport`, `writable`,
`close_sent`) and on the methods by which it closes; a test writes frames through it and
reads them with another library.
"""

from asyncio.transports import BaseTransport
from collections.abc import Callable
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import State

from api.graphql.live.framing import THROUGH, Straight, header

EXTENSION: Final = "quanke.frames"
HIGH_WATER: Final = 64 * 1024


class Frames:
    """The writing side of one open connection."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: "FrameProtocol") -> None:
        self._protocol = protocol

    def watch(self, halted: Callable[[], None]) -> None:
        """Have `halted` called at once whenever straight writing has to end."""
        self._protocol.halted = halted

    def straight(self, before: bytes) -> Straight | None:
        """Return how to write straight to this connection; None while it may not be."""
        protocol = self._protocol
        if self.clogged or protocol.close_sent or protocol.disconnected:
            return None
        if protocol.conn.state is not State.OPEN:
            return None
        transport = protocol.transport
        return protocol.descriptor, transport.get_write_buffer_size, transport.write, before

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

    def write(self, before: bytes, payload: bytes, after: bytes) -> None:
        """Write one text frame, clogged or not; nothing once the connection closes."""
        protocol = self._protocol
        if protocol.close_sent or protocol.disconnected or protocol.conn.state is not State.OPEN:
            return
        length = len(before) + len(payload) + len(after)
        if length > HIGH_WATER:  # a snapshot is not copied for each receiver
            protocol.transport.writelines((header(length) + before, payload, after))
        else:
            protocol.transport.write(b"".join((header(length), before, payload, after)))


def _is_text(parts: list[bytes]) -> bool:
    try:
        b"".join(parts).decode()
    except UnicodeDecodeError:
        return False
    return True


def _nobody() -> None:
    """Nobody writes straight to this connection."""


def _descriptor(transport: BaseTransport) -> int:
    """Return what the kernel calls a connection, THROUGH where its bytes are not plain."""
    wire = transport.get_extra_info("socket")
    if wire is None or transport.get_extra_info("sslcontext") is not None:
        return THROUGH
    return int(wire.fileno())


class FrameProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's protocol; its scope carries `Frames`.

    `descriptor` is written to only between `straight` and `halted`. A transport closes it
    after `connection_lost`, so that its number can't be another connection's by then.
    """

    halted: Callable[[], None] = staticmethod(_nobody)
    descriptor = THROUGH

    def connection_made(self, transport: BaseTransport) -> None:
        """Set where writing pauses: a connection that lags is found out early."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)
        self.descriptor = _descriptor(transport)

    def handle_connect(self, event: Request) -> None:
        """Offer the frames to the application, which begins after this returns."""
        super().handle_connect(event)
        scope: Any = getattr(self, "scope", None)
        if scope is not None and not self.conn.extensions:
            scope["extensions"][EXTENSION] = Frames(self)

    def pause_writing(self) -> None:
        """Say that too much is unsent."""
        super().pause_writing()
        self.halted()

    def send_receive_event_to_app(self) -> None:
        """Pass a message on; text that is none closes the connection, and is no error of ours."""
        text = self.curr_msg_data_type == "text" and not self.close_sent
        if text and not _is_text(self.frames):
            self.frames = []
            self.conn.send_close(1007)
            self.handle_parser_exception()
        else:
            super().send_receive_event_to_app()

    def handle_close(self, event: Frame) -> None:
        """Close because the other side does."""
        self.halted()
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        """Close because the other side has broken the protocol."""
        self.halted()
        super().handle_parser_exception()

    def keepalive_timeout(self) -> None:
        """Close because the other side does not answer."""
        self.halted()
        super().keepalive_timeout()

    def shutdown(self) -> None:
        """Close because the server ends."""
        self.halted()
        super().shutdown()

    async def send(self, message: Any) -> None:
        """Send; before a close, straight writing ends."""
        if message["type"] == "websocket.close":
            self.halted()
        await super().send(message)
        if message["type"] == "websocket.accept":
            self._forget_handshake()

    def _forget_handshake(self) -> None:
        """Let go of request and response: the connection may stay for days."""
        self.request: Any = None
        self.response: Any = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nobody is there."""
        self.halted()
        super().connection_lost(exc)
        self.halted = _nobody
