"""The WebSocket door: graphql-transport-ws, one reader and one writer per connection.

The writer alone sends, from a bounded queue. Who does not read for ten seconds, or
lets more than a megabyte pile up, is closed with 4413 and comes back with its cursor;
nobody else notices.
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from graphql import GraphQLError, OperationType
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.auth.tokens import ANONYMOUS, Identity, InvalidToken
from api.graphql.context import Context
from api.graphql.engine import Engine, InvalidDocument, Operation, refusal
from api.graphql.errors import ApiError, formatted
from api.graphql.limits import MAX_BODY
from api.graphql.live.group import Group
from api.graphql.live.live import Live
from api.platform import Platform

PROTOCOL: Final = "graphql-transport-ws"
INIT_S: Final = 5.0
STALLED_S: Final = 10.0
QUEUE_BYTES: Final = 1 << 20
MAX_OPERATIONS: Final = 100
MAX_ANONYMOUS: Final = 10


class Closing(Exception):
    """The connection has to be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Door:
    """Accepts connections."""

    def __init__(self, engine: Engine, live: Live, platform: Platform) -> None:
        self.engine = engine
        self.live = live
        self.platform = platform

    async def __call__(self, socket: WebSocket) -> None:
        """Serve one connection until it ends."""
        if PROTOCOL not in socket.scope.get("subprotocols", ()):
            await socket.close(4406, "speak graphql-transport-ws")
            return
        if not _same_origin(socket):
            await socket.close(4403, "Forbidden")
            return
        await socket.accept(PROTOCOL)
        await Connection(self, socket).serve()


def _same_origin(socket: WebSocket) -> bool:
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")


class Connection:
    """One socket: its identity, its operations, and what waits to be sent."""

    def __init__(self, door: Door, socket: WebSocket) -> None:
        self._door = door
        self._socket = socket
        self._identity: Identity = ANONYMOUS
        self._ready = False
        self._operations: dict[str, _Operation] = {}
        self._waiting: deque[str] = deque()
        self._waiting_bytes = 0
        self._more = asyncio.Event()
        self._closing: Closing | None = None

    async def serve(self) -> None:
        """Read and write until one side ends; then let every group go."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._write())
                await self._read(tasks)
                raise _Ended
        except* (Closing, _Ended, WebSocketDisconnect) as ended:
            closing = ended.subgroup(Closing)
            if closing is not None:
                await self._close(_first(closing))
        finally:
            for operation in self._operations.values():
                operation.leave()

    def send(self, text: str) -> None:
        """Queue one frame; never waits."""
        self._waiting.append(text)
        self._waiting_bytes += len(text)
        if self._waiting_bytes > QUEUE_BYTES and len(self._waiting) > 1:
            self.shut(4413, "slow consumer: reconnect with after")
        self._more.set()

    def shut(self, code: int, reason: str) -> None:
        """Have the connection closed by its writer."""
        self._closing = self._closing or Closing(code, reason)
        self._more.set()

    def forget(self, operation: str) -> None:
        """Free an operation's id."""
        self._operations.pop(operation, None)

    async def _write(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting and self._closing is None:
                text = self._waiting.popleft()
                self._waiting_bytes -= len(text)
                await self._send(text)
            if self._closing is not None:
                raise self._closing

    async def _send(self, text: str) -> None:
        try:
            async with asyncio.timeout(STALLED_S):
                await self._socket.send_text(text)
        except TimeoutError:
            raise Closing(4413, "slow consumer: reconnect with after") from None

    async def _close(self, closing: Closing) -> None:
        with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
            async with asyncio.timeout(1.0):
                await self._socket.close(closing.code, closing.reason)

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        try:
            async with asyncio.timeout(INIT_S):
                await self._init(await self._receive())
        except TimeoutError:
            raise Closing(4408, "Connection initialisation timeout") from None
        expires = self._identity.expires_at
        lifetime = None if expires is None else max(0.0, expires - time.time())
        try:
            async with asyncio.timeout(lifetime):
                while True:
                    self._handle(await self._receive(), tasks)
        except TimeoutError:
            raise Closing(4401, "the token has expired") from None

    async def _receive(self) -> dict[str, Any]:
        try:
            text = await self._socket.receive_text()
            message = orjson.loads(text) if len(text) <= MAX_BODY else None
        except (KeyError, orjson.JSONDecodeError):
            message = None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Closing(4400, "a message is a JSON object with a type")
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
                self._identity = self._door.platform.tokens.read(str(token))
        except InvalidToken:
            raise Closing(4403, "Forbidden") from None
        self._ready = True
        self.send('{"type":"connection_ack"}')

    def _handle_ping(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "ping":
            self.send('{"type":"pong"}')

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
            self.send(_frame("error", name, orjson.dumps([error]).decode()))
            return
        operation = _Operation(self, self._door, name, Context(self._door.platform, self._identity))
        self._operations[name] = operation
        operation.task = tasks.create_task(operation.run(payload))  # type: ignore[arg-type]


class _Operation:
    """One operation of a connection; a member of a group when it is a subscription."""

    def __init__(self, connection: Connection, door: Door, name: str, context: Context) -> None:
        self._connection = connection
        self._door = door
        self._context = context
        self._quoted = orjson.dumps(name).decode()
        self._name = name
        self._prefix = f'{{"id":{self._quoted},"type":"next","payload":'
        self._group: Group | None = None
        self.task: asyncio.Task[None] | None = None

    def push(self, text: str) -> None:
        """Take one encoded response."""
        self._connection.send(f"{self._prefix}{text}}}")

    def drop(self, reason: str) -> None:
        """End: nothing more will come."""
        self._connection.shut(1012, reason)

    def leave(self) -> None:
        """Let go of the group; a running query is not waited for."""
        if self._group is not None:
            self._group.leave(self)
        if self.task is not None:
            self.task.cancel()

    async def run(self, payload: Mapping[str, Any]) -> None:
        """Execute, or join the group that does."""
        try:
            text, variables = payload["query"], payload.get("variables") or {}
            operation = self._door.engine.prepare(text, payload.get("operationName"))
            if operation.kind is OperationType.SUBSCRIPTION:
                await self._follow(text, operation, variables)
            else:
                answer = await self._door.engine.run(operation, variables, self._context)
                self.push(orjson.dumps(answer).decode())
                self._end("complete", None)
        except InvalidDocument as invalid:
            self._end("error", formatted(invalid.errors, self._context.request_id))
        except ApiError as error:
            self._end("error", self._formatted(GraphQLError(str(error), original_error=error)))
        except GraphQLError as error:
            self._end("error", self._formatted(error))

    async def _follow(self, text: str, operation: Operation, variables: Mapping[str, Any]) -> None:
        refused = refusal(operation, self._context)
        if refused is not None:
            self._end("error", refused["errors"])
            return
        self._group = await self._door.live.join(text, operation, variables, self._context, self)

    def _formatted(self, error: GraphQLError) -> Any:
        return formatted([error], self._context.request_id)

    def _end(self, kind: str, payload: Any) -> None:
        encoded = None if payload is None else orjson.dumps(payload).decode()
        self._connection.forget(self._name)
        self._connection.send(_frame(kind, self._name, encoded))


class _Ended(Exception):
    """The reader is done."""


def _frame(kind: str, name: str, payload: str | None) -> str:
    rest = "" if payload is None else f',"payload":{payload}'
    return f'{{"id":{orjson.dumps(name).decode()},"type":"{kind}"{rest}}}'


def _well_formed(payload: Any) -> bool:
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )


def _first(group: BaseExceptionGroup[Closing]) -> Closing:
    found: Any = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, Closing)
    return found
