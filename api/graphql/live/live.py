"""The running groups of this process, and how a subscriber finds its own.

The key of a group: document, variables but for `after`, and the visible scope. Three
hundred walls of one district are one group; two departments' boards are two.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import orjson
import structlog
from graphql import FieldNode, VariableNode
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from api.graphql.context import Context
from api.graphql.engine import Engine, Operation
from api.graphql.errors import Unavailable
from api.graphql.executor import Executor
from api.graphql.limits import root_fields
from api.graphql.live.cursor import decode_cursor
from api.graphql.live.group import Group, Member
from api.graphql.live.source import Stream

Key = tuple[str, str | None, bytes, str]
MAX_GROUPS: Final = 1_000
LOG: Final = structlog.get_logger("quanke.live")


class Live:
    """All groups. `run` owns their tasks and must be running for anybody to join."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._groups: dict[Key, Group] = {}
        self._tasks: asyncio.TaskGroup | None = None

    @property
    def groups(self) -> int:
        """How many groups run."""
        return len(self._groups)

    @property
    def members(self) -> int:
        """How many members they have."""
        return sum(len(group.members) for group in self._groups.values())

    async def run(self) -> None:
        """Run groups until cancelled: a child of the process's task group."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            await asyncio.Event().wait()

    async def join(
        self,
        text: str,
        operation: Operation,
        variables: Mapping[str, Any],
        context: Context,
        member: Member,
    ) -> Group:
        """Let a member join its group. Raises ApiError, GraphQLError."""
        context.shared = True  # others of the same sight get the answer: it opens no sealed word
        executor = self._executor(operation, variables, context)
        node = root_fields(operation.document, operation.node)[0]
        stream = self._stream(executor, node)
        after = decode_cursor(stream.after) if stream.after is not None else None
        key = self._key(text, operation, variables, node, stream)
        group = self._groups.get(key) or self._begin(key, Group(executor, stream, context))
        await group.join(member, after)
        return group

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

    def _stream(self, executor: Executor, node: FieldNode) -> Stream:
        root = self._engine.schema.subscription_type
        assert root is not None
        field = root.fields[node.name.value]
        assert field.subscribe is not None
        given = get_argument_values(field, node, executor.variable_values)
        path = Path(None, node.name.value, root.name)
        info = executor.build_resolve_info(field, [node], root, path)
        stream = field.subscribe(None, info, **given)
        assert isinstance(stream, Stream), stream
        return stream

    def _key(
        self,
        text: str,
        operation: Operation,
        variables: Mapping[str, Any],
        node: FieldNode,
        stream: Stream,
    ) -> Key:
        resume = {
            argument.value.name.value
            for argument in node.arguments or ()
            if argument.name.value == "after" and isinstance(argument.value, VariableNode)
        }
        rest = {name: value for name, value in variables.items() if name not in resume}
        canonical = orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)
        return text, operation.name, canonical, stream.source.scope_key

    def _begin(self, key: Key, group: Group) -> Group:
        if self._tasks is None:
            raise Unavailable("subscriptions are not open yet")
        if len(self._groups) >= MAX_GROUPS:
            raise Unavailable("too many different subscriptions")
        self._groups[key] = group
        self._tasks.create_task(self._guard(key, group))
        return group

    async def _guard(self, key: Key, group: Group) -> None:
        """Run a group; a bug in one ends that group, not the process."""
        try:
            await group.run()
        except Exception:
            LOG.exception("group ended", fields=key[3])
        finally:
            del self._groups[key]
            group.end("the subscription ended; subscribe again")
