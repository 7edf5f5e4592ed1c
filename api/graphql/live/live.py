"""The running groups of this process, and how a subscriber finds its own.

The key of a group: document, variables but for `after`, and the visible scope. Three
hundred walls of one district are one group; two departments' boards are two.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

import structlog
from graphql import FieldNode
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from api.graphql.context import Context
from api.graphql.engine import Engine, Operation
from api.graphql.errors import BadInput, Unavailable
from api.graphql.executor import Executor
from api.graphql.limits import root_fields
from api.graphql.live.alone import FIELDS, Alone, Seats, tell
from api.graphql.live.asked_before import AskedBefore, canonical, plain_after, shape_of
from api.graphql.live.cursor import decode_cursor
from api.graphql.live.follower import Follower
from api.graphql.live.group import PATIENCE_S, Group
from api.graphql.live.guests import Guests
from api.graphql.live.source import Pulse, Stream
from api.platform import Platform

Key = tuple[str, str | None, bytes, str]
MAX_GROUPS: Final = 1_000
PROJECTING_S: Final = 600.0
LOG: Final = structlog.get_logger("quanke.live")


class Live:
    """All groups. `run` owns their tasks and must be running for anybody to join."""

    def __init__(self, engine: Engine, platform: Platform) -> None:
        self._engine = engine
        self._platform = platform
        self._pulse = Pulse(platform)
        self._opened = asyncio.Event()
        self.guests = Guests(platform.tokens, limited=platform.budget is not None)
        self._groups: dict[Key, Group] = {}
        self._asked_before = AskedBefore()
        self._tasks: asyncio.TaskGroup | None = None
        self.seats = Seats()

    @property
    def groups(self) -> int:
        """How many groups run."""
        return len(self._groups)

    @property
    def members(self) -> int:
        """How many members they have."""
        return sum(len(group.members) for group in self._groups.values())

    @property
    def lagging(self) -> int:
        """How many of those who joined wait for their connection to drain."""
        return sum(len(group.lagging) for group in self._groups.values())

    @property
    def connections(self) -> int:
        """How many connections are followed over, on whichever door."""
        return len(self.guests)

    async def depart(self) -> None:
        """Let every connection go, each with its own time to come back."""
        await self.guests.depart()

    async def run(self) -> None:
        """Run groups and ask about guests until cancelled: a child of the process's task group.

        Opens once the hub follows the read models: a group begun before would be told at
        once to take another snapshot.
        """
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            await self._platform.reached(0, PROJECTING_S)
            self._opened.set()
            await self.guests.ask_again()

    async def join(
        self,
        text: str,
        operation: Operation,
        variables: Mapping[str, Any],
        context: Context,
        follower: Follower,
        after: str | None = None,
    ) -> None:
        """Let a follower join its group, after a cursor or the document's own `after`.

        Raises ApiError, GraphQLError.
        """
        await self._open()
        if operation.fields[0] in FIELDS:
            raise BadInput(f"{operation.fields[0]} is told over a WebSocket only")
        context.shared = True  # others of the same sight get the answer: it opens no sealed word
        node = root_fields(operation.document, operation.node)[0]
        shape = shape_of(text, operation.name, node, variables, context)
        group = self._groups.get(self._asked_before.get(shape))
        plain, given = plain_after(operation.node, node, variables)
        if group is None or not plain:
            key, given = self._first(text, operation, variables, context, node)
            self._asked_before.remember(shape, key)
            group = self._groups[key]
        given = after or given
        await follower.join(group, decode_cursor(given) if given else None)

    def _first(
        self,
        text: str,
        operation: Operation,
        variables: Mapping[str, Any],
        context: Context,
        node: FieldNode,
    ) -> tuple[Key, str | None]:
        """Resolve a subscription; return its group's key, begun if need be, and its `after`."""
        executor = self._executor(operation, variables, context)
        stream = self._resolved(executor, node)
        assert isinstance(stream, Stream), stream
        key = text, operation.name, canonical(node, variables), stream.source.scope_key
        if key not in self._groups:
            self._begin(key, Group(executor, stream, context, self._pulse.standing))
        return key, stream.after

    async def _open(self) -> None:
        if not self._opened.is_set():
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await self._opened.wait()
            except TimeoutError:
                raise Unavailable("subscriptions are not open yet") from None
        if self.guests.leaving:
            raise Unavailable("the platform is stopping; come back in a moment")

    def _executor(
        self, operation: Operation, variables: Mapping[str, Any], context: Context
    ) -> Executor:
        built: Any = Executor.build(
            self._engine.schema,
            operation.document,
            context_value=context,
            raw_variable_values=dict(variables),
            operation_name=operation.name,
        )
        if isinstance(built, list):
            raise built[0]
        assert isinstance(built, Executor)
        return built

    def alone(
        self, operation: Operation, variables: Mapping[str, Any], context: Context
    ) -> AsyncGenerator[bytes, None] | None:
        """Return the encoded messages of a subscription for one receiver; None for others.

        Raises ApiError, GraphQLError; its iteration raises Unavailable.
        """
        if operation.fields[0] not in FIELDS:
            return None
        context.shared = True
        executor = self._executor(operation, variables, context)
        stream = self._resolved(executor, root_fields(operation.document, operation.node)[0])
        assert isinstance(stream, Alone), stream
        return tell(executor, stream, context, self.seats)

    def _resolved(self, executor: Executor, node: FieldNode) -> Any:
        root = self._engine.schema.subscription_type
        assert root is not None
        field = root.fields[node.name.value]
        assert field.subscribe is not None
        given = get_argument_values(field, node, executor.variable_values)
        path = Path(None, node.name.value, root.name)
        info = executor.build_resolve_info(field, [node], root, path)
        return field.subscribe(None, info, **given)

    def _begin(self, key: Key, group: Group) -> None:
        assert self._tasks is not None
        if len(self._groups) >= MAX_GROUPS:
            raise Unavailable("too many different subscriptions")
        self._groups[key] = group
        self._tasks.create_task(self._guard(key, group))

    async def _guard(self, key: Key, group: Group) -> None:
        """Run a group; a bug in one ends that group, not the process."""
        try:
            await group.run()
        except Exception:
            LOG.exception("group ended", fields=key[3])
        finally:
            del self._groups[key]
            group.end("the subscription ended; subscribe again")
