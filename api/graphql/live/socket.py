"""The WebSocket door: graphql-transport-ws, and no older protocol.

One reader per connection; `outbox.py` writes. Who does not read is first passed over and
brought up to date later; after ten seconds without a byte taken it is closed with 4413
and comes back with its cursor. Nobody else notices.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.auth.proof import InvalidProof
from api.auth.tokens import ANONYMOUS, Identity, InvalidToken
from api.graphql.context import Context
from api.graphql.engine import Engine
from api.graphql.errors import TooMuch
from api.graphql.limits import MAX_BODY
from api.graphql.live.alone import A_CONNECTION, Seats
from api.graphql.live.guests import Guest
from api.graphql.live.live import Live
from api.graphql.live.operation import SocketOperation, frame
from api.graphql.live.outbox import Closing, Outbox, close
from api.http.address import address_of
from api.http.caller import shown
from api.platform import Platform
from api.text import nul_in

PROTOCOL: Final = "graphql-transport-ws"
INIT_S: Final = 5.0
MAX_OPERATIONS: Final = 100
MAX_ANONYMOUS: Final = 10
RESTART: Final = 1012
CROWDED: Final = 4420
"""Too many connections of one client: a code of our own."""


class Door:
    """Accepts connections."""

    def __init__(self, engine: Engine, live: Live, platform: Platform) -> None:
        self.engine = engine
        self.live = live
        self.platform = platform

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection until it ends."""
        socket = WebSocket(scope, receive, send)
        if PROTOCOL not in socket.scope.get("subprotocols", ()):
            await socket.close(4406, "speak graphql-transport-ws")
            return
        if not _same_origin(socket):
            await socket.close(4403, "another site's page")
            return
        await socket.accept(PROTOCOL)
        connection = Connection(self, socket)
        with self.live.guests.hosting(connection.guest):
            await connection.serve()


def _same_origin(socket: WebSocket) -> bool:
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")


class Connection:
    """One socket: its identity, its operations, and what waits to be sent."""

    __slots__ = (
        "_door", "_identity", "_operations", "_reading", "_socket", "guest", "outbox", "seats",
    )  # fmt: skip

    def __init__(self, door: Door, socket: WebSocket) -> None:
        self._door = door
        self._socket = socket
        self._identity: Identity = ANONYMOUS
        self._operations: dict[str, SocketOperation] = {}
        self._reading: asyncio.Timeout | None = None
        self.outbox = Outbox(socket, self._halted, self._hurry)
        self.guest = Guest(
            self.depart, expel=self.expel, subscriptions=lambda: len(self._operations)
        )
        self.seats = Seats(A_CONNECTION)

    async def serve(self) -> None:
        """Read and write until one side ends; then let every group go."""
        try:
            async with asyncio.TaskGroup() as tasks:
                if self.outbox.queue is not None:
                    tasks.create_task(self.outbox.queue.run())
                await self._read(tasks)
                raise _Ended
        except* (Closing, _Ended, WebSocketDisconnect) as ended:
            closing = ended.subgroup(Closing)
            if closing is not None:
                await close(self._socket, _first(closing))
        finally:
            for operation in self._operations.values():
                operation.leave()

    def expel(self, reason: str) -> None:
        """Close because the token or key no longer lets its bearer in."""
        self.outbox.close(4403, reason)

    def depart(self, retry_ms: int) -> None:
        """Close because the platform stops; come back after so many milliseconds."""
        self.outbox.close(RESTART, f"restarting; retry in {retry_ms} ms")

    def _halted(self) -> None:
        for operation in self._operations.values():
            operation.halted()

    def _hurry(self) -> None:
        """Read no more: the connection has to be closed."""
        if self._reading is not None and not self._reading.expired():
            self._reading.reschedule(0)

    def forget(self, operation: str) -> None:
        """Free an operation's id."""
        self._operations.pop(operation, None)

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        if self.outbox.closing is not None:  # sent away before anything was read
            raise self.outbox.closing
        try:
            async with asyncio.timeout(INIT_S) as self._reading:
                await self._init(await self._receive())
        except TimeoutError:
            late = Closing(4408, "Connection initialisation timeout")
            raise self.outbox.closing or late from None
        expires = self._identity.expires_at
        lifetime = None if expires is None else max(0.0, expires - time.time())
        try:
            async with asyncio.timeout(lifetime) as self._reading:
                while True:
                    self._handle(await self._receive(), tasks)
                    await self.outbox.room()  # who does not read is not read from either
        except TimeoutError:
            raise self.outbox.closing or Closing(4401, "the token has expired") from None
        finally:
            self._reading = None

    async def _receive(self) -> dict[str, Any]:
        try:
            text = await self._socket.receive_text()
            raw = text.encode() if len(text) <= MAX_BODY else b"null"
            message = None if nul_in(raw) else orjson.loads(raw)
        except (KeyError, orjson.JSONDecodeError):
            message = None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Closing(4400, "a message is a JSON object with a type, without U+0000")
        return message

    async def _init(self, message: Mapping[str, Any]) -> None:
        while message["type"] in ("ping", "pong"):
            self._handle_ping(message)
            message = await self._receive()
        if message["type"] != "connection_init":
            raise Closing(4401, "Unauthorized")
        payload = message.get("payload") or {}
        token = payload.get("token") if isinstance(payload, dict) else None
        try:
            if token is not None:
                self._identity = self._who(str(token), payload.get("proof"))
                self.guest.token = str(token)
        except InvalidProof as error:
            raise Closing(4403, error.code) from None
        except InvalidToken:
            raise Closing(4403, "Forbidden") from None
        self._enter()
        self.outbox.write(b'{"type":"connection_ack"}')

    def _who(self, token: str, proof: Any) -> Identity:
        tokens = self._door.platform.tokens
        if proof is None:
            return tokens.read(token)
        return tokens.proved(token, shown(self._socket.scope, "GET", str(proof)))

    def _enter(self) -> None:
        try:
            self._door.live.guests.entered(self.guest, self._context())
        except TooMuch as error:
            raise Closing(CROWDED, str(error)) from None

    def _context(self) -> Context:
        address = address_of(self._socket.scope)
        return Context(self._door.platform, self._identity, address=address)

    def _handle_ping(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "ping":
            self.outbox.write(b'{"type":"pong"}')

    def _handle(self, message: Mapping[str, Any], tasks: asyncio.TaskGroup) -> None:
        match message["type"]:
            case "ping" | "pong":
                self._handle_ping(message)
            case "connection_init":
                raise Closing(4429, "Too many initialisation requests")
            case "subscribe":
                self._subscribe(message, tasks)
            case "complete":
                operation = self._operations.pop(str(message.get("id")), None)
                if operation is not None:
                    operation.leave()
            case _:
                raise Closing(4400, "unknown message type")

    def _subscribe(self, message: Mapping[str, Any], tasks: asyncio.TaskGroup) -> None:
        name, payload = message.get("id"), message.get("payload")
        if not isinstance(name, str) or not name or not _well_formed(payload):
            raise Closing(4400, "a subscribe message has an id and a payload with a query")
        if name in self._operations:
            raise Closing(4409, f"Subscriber for {name[:80]} already exists")
        allowed = MAX_ANONYMOUS if self._identity is ANONYMOUS else MAX_OPERATIONS
        if len(self._operations) >= allowed:
            error = {"message": "too many operations", "extensions": {"code": "LIMIT_EXCEEDED"}}
            self.outbox.write(frame("error", name, [error]))
            return
        door = self._door
        operation = SocketOperation(self, door.engine, door.live, name, self._context())
        self._operations[name] = operation
        operation.task = tasks.create_task(operation.run(payload, tasks))  # type: ignore[arg-type]


class _Ended(Exception):
    """The reader is done."""


def _well_formed(payload: Any) -> bool:
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query", payload.get("documentId")), str)
        and isinstance(payload.get("documentId"), str | None)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )


def _first(group: BaseExceptionGroup[Closing]) -> Closing:
    found: Any = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, Closing)
    return found
