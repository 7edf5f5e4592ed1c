"""One operation of a WebSocket connection; a member of a group when it is a subscription."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, Protocol

import orjson
from graphql import GraphQLError, OperationType

from api.graphql.access import registered_only
from api.graphql.charging import charge, charge_text
from api.graphql.context import Context
from api.graphql.engine import Engine, InvalidDocument, Operation, refusal
from api.graphql.errors import ApiError, formatted
from api.graphql.live.alone import Seats
from api.graphql.live.cursor import Cursor
from api.graphql.live.follower import Follower
from api.graphql.live.framing import AFTER, Straight
from api.graphql.live.group import Kept
from api.graphql.live.guests import Guest
from api.graphql.live.live import Live
from api.graphql.live.outbox import SLOW, Outbox
from api.measured import DENIED


class Line(Protocol):
    """What an operation needs of the connection that it runs on."""

    outbox: Outbox
    guest: Guest
    seats: Seats

    def forget(self, operation: str, /) -> None:
        """Free an operation's id."""
        ...


def prepare(engine: Engine, payload: Mapping[str, Any], context: Context) -> Operation:
    """Return the operation that a subscribe message asks for. Raises InvalidDocument, ApiError."""
    limited = context.platform.registered_only and registered_only(context.actor)
    if not limited:
        charge_text(payload.get("query"), engine.documents, context)
    operation = engine.prepare(
        payload.get("query"), payload.get("operationName"), payload.get("documentId"),
        registered_only=limited,
    )  # fmt: skip
    charge(operation, payload.get("variables") or {}, context)
    return operation


class SocketOperation:
    """Runs one `subscribe` message, and is the wire of its subscription."""

    __slots__ = (
        "_before", "_context", "_engine", "_follower", "_line", "_live", "_name", "_outbox", "task",
    )  # fmt: skip

    def __init__(self, line: Line, engine: Engine, live: Live, name: str, context: Context) -> None:
        self._line = line
        self._outbox = line.outbox
        self._engine = engine
        self._live = live
        self._context = context
        self._name = name
        self._before = b'{"id":' + orjson.dumps(name) + b',"type":"next","payload":'
        self._follower: Follower | None = None
        self.task: asyncio.Task[None] | None = None

    @property
    def unsent(self) -> int:
        """Bytes of the connection that the kernel has not taken yet."""
        return self._outbox.unsent

    def offer(self, kept: Kept) -> bool:
        """Send one message of the group; False while too much is unsent."""
        return self._outbox.offer(kept.body, self._before, AFTER)

    def straight(self) -> Straight | None:
        """Return how the group may write by itself, if it may."""
        return self._outbox.straight(self._before)

    def halted(self) -> None:
        """Have the group write no more by itself."""
        if self._follower is not None:
            self._follower.halted()

    async def drained(self) -> None:
        """Return once little is unsent."""
        await self._outbox.drained()

    def stalled(self, reached: Cursor | None) -> None:
        """Close; the reason says where to go on."""
        where = "" if reached is None else f"; resume after {reached.encode()}"
        self._outbox.close(SLOW, f"slow consumer{where}")

    def drop(self, reason: str) -> None:
        """Close: the group has ended."""
        self._outbox.close(1012, reason)

    def leave(self) -> None:
        """Let go of the group; a running query is not waited for."""
        if self._follower is not None:
            self._follower.leave()
        if self.task is not None:
            self.task.cancel()

    async def run(self, payload: Mapping[str, Any], tasks: asyncio.TaskGroup) -> None:
        """Execute, or join the group that does."""
        try:
            variables = payload.get("variables") or {}
            operation = prepare(self._engine, payload, self._context)
            if operation.kind is OperationType.SUBSCRIPTION:
                await self._follow(operation, variables, tasks)
            else:
                answer = await self._engine.run(operation, variables, self._context)
                self._outbox.write(orjson.dumps(answer), self._before, AFTER)
                self._end("complete", None)
        except InvalidDocument as invalid:
            self._end("error", formatted(invalid.errors, self._context.request_id))
        except ApiError as error:
            self._end("error", self._formatted(GraphQLError(str(error), original_error=error)))
        except GraphQLError as error:
            self._end("error", self._formatted(error))
        finally:
            self.task = None

    async def _follow(
        self,
        operation: Operation,
        variables: Mapping[str, Any],
        tasks: asyncio.TaskGroup,
    ) -> None:
        refused = refusal(operation, self._context)
        if refused is not None:
            DENIED.labels(operation.kind.value).inc()
            self._end("error", refused["errors"])
            return
        bodies = self._live.alone(operation, variables, self._context)
        if bodies is not None:
            await self._tell(bodies)
            return
        self._live.guests.subscribing(self._line.guest)
        self._follower = Follower(self, tasks)
        document = operation.document_id
        await self._live.join(document, operation, variables, self._context, self._follower)

    async def _tell(self, bodies: AsyncGenerator[bytes, None]) -> None:
        """Send what is told to this receiver alone, each message once there is room for it."""
        with self._line.seats.taking(self._context):
            async with aclosing(bodies):
                async for body in bodies:
                    self._outbox.write(body, self._before, AFTER)
                    await self._outbox.room()
        self._end("complete", None)

    def _formatted(self, error: GraphQLError) -> Any:
        return formatted([error], self._context.request_id)

    def _end(self, kind: str, payload: Any) -> None:
        self._line.forget(self._name)
        self._outbox.write(frame(kind, self._name, payload))


def frame(kind: str, name: str, payload: Any) -> bytes:
    """Return one message of the protocol about an operation."""
    message = {"id": name, "type": kind}
    return orjson.dumps(message if payload is None else {**message, "payload": payload})
