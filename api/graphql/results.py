"""Answers kept for as long as nothing they were read from has moved.

The key: document, operation, variables, what the caller may see, the position of the read
models, their view, the reference's generation and the local day. A new event makes a new
key, so nothing has to be thrown out on purpose; a claim of staleness can't arise, only a
miss. Only operations whose every field is named here as a function of those things are
kept: a field nobody has thought about is not.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from hashlib import blake2b
from typing import Any, Final

import msgspec
import orjson
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationType,
    SelectionSetNode,
    get_named_type,
)

from api.graphql.case.sight import sight_key
from api.graphql.context import Context
from api.graphql.documents import Operation
from api.graphql.load import local_day
from api.graphql.plan.inputs import BACKREF

KEPT: Final = 4_096
KEPT_BYTES: Final = 64 << 20
LARGEST: Final = 4 << 20
ROOTS: Final = frozenset(
    {
        "cases", "case", "caseTimeline", "areas", "grids", "gridAt", "departments", "categories",
        "gridLoad", "areaLoad", "departmentLoad", "overview", "stageFunnel", "deadlines",
    }
)  # fmt: skip
"""Root fields that tell the same to all who see the same, as of one position."""
RESOLVED: Final[Mapping[str, frozenset[str]]] = {
    "Case": frozenset(
        {
            "category", "categoryCode", "grid", "area", "point", "department", "departments",
            "mergedInto", "parent", "children", "timeline",
        }
    ),
    "GridLoad": frozenset({"grid"}),
    "DepartmentLoad": frozenset({"department"}),
    "AreaLoad": frozenset({"area"}),
}  # fmt: skip
"""Fields with a resolver of their own that depend on nothing else."""


class Answer(msgspec.Struct, frozen=True):
    """An answer's JSON up to its extensions, the position it is as of, and what it cost.

    `code` is that of the first error of an answer without data; `key` the one it may be kept under,
    which one with errors has not.
    """

    body: bytes
    position: int | None
    spent: int
    code: str | None = None
    key: "Key | None" = None

    @property
    def etag(self) -> bytes | None:
        """Return the entity tag of an answer that may be kept; worked out for who asks for it."""
        return None if self.key is None else tag(self.key)

    def whole(self, cost: bytes | None = None) -> bytes:
        """Return all of it, with the fields of its extensions: position and cost."""
        told = [b'"position":"%d"' % self.position] if self.position is not None else []
        if cost:
            told.append(cost)
        if not told:
            return self.body + b"}"
        return b"".join((self.body, b',"extensions":{', b",".join(told), b"}}"))


Key = tuple[object, ...]


class Results:
    """The kept answers of this process; who asks while one is made waits for it."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._kept: OrderedDict[Key, Answer] = OrderedDict()
        self._bytes = 0
        self._making: dict[Key, asyncio.Future[Answer | None] | None] = {}
        """By what is being made: whom those who wait for it look at, once there are any."""
        self._keepable: dict[tuple[str, str | None], bool] = {}
        self.hits = 0

    def key(self, operation: Operation, raw: Mapping[str, Any], context: Context) -> Key | None:
        """Return under which key an answer may be kept, None for one that may not."""
        if operation.kind is not OperationType.QUERY or not self._may_keep(operation):
            return None
        platform = context.platform
        applied = platform.applied()
        if not applied:  # the projections have not begun: nobody knows where they stand
            return None
        reference, actor = platform.reference, context.actor
        zone = reference.timezone(actor.scope)
        return (
            operation.document_id, operation.name, orjson.dumps(raw, option=orjson.OPT_SORT_KEYS),
            actor.role, actor.scope, sight_key(actor), applied, platform.hub.view,
            reference.generation, local_day(platform.clock(), zone)[0],
        )  # fmt: skip

    async def get(self, key: Key, make: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the kept answer, or make it, once for all who ask meanwhile."""
        found = self._kept.get(key)
        if found is not None:
            self.hits += 1
            self._kept.move_to_end(key)
            return found
        if key in self._making:
            shared = await asyncio.shield(self._awaited(key))
            return await make() if shared is None else shared
        self._making[key], answer = None, None
        try:
            answer = await make()
        finally:
            waiting = self._making.pop(key)
            if waiting is not None:
                waiting.set_result(answer)
        if answer.key is not None:
            self._keep(key, answer)
        return answer

    def _awaited(self, key: Key) -> "asyncio.Future[Answer | None]":
        waiting = self._making[key]
        if waiting is None:
            waiting = self._making[key] = asyncio.get_running_loop().create_future()
        return waiting

    def _keep(self, key: Key, answer: Answer) -> None:
        if len(answer.body) > LARGEST:
            return
        self._kept[key] = answer
        self._bytes += len(answer.body)
        while len(self._kept) > KEPT or self._bytes > KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped.body)

    def _may_keep(self, operation: Operation) -> bool:
        known = (operation.document_id, operation.name)
        found = self._keepable.get(known)
        if found is None:
            if len(self._keepable) > KEPT:
                self._keepable.clear()
            found = self._keepable[known] = self._is_pure(operation)
        return found

    def _is_pure(self, operation: Operation) -> bool:
        fragments = {
            one.name.value: one
            for one in operation.document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        query = self._schema.query_type
        return all(field in ROOTS or field == "__typename" for field in operation.fields) and all(
            _is_plain(self._schema, query, one, fragments) for one in [operation.node.selection_set]
        )


def tag(key: Key) -> bytes:
    """Return the entity tag of what lies under a key."""
    said = "|".join(one.hex() if isinstance(one, bytes) else str(one) for one in key)
    return b'W/"' + blake2b(said.encode(), digest_size=16).hexdigest().encode() + b'"'


def _is_plain(
    schema: GraphQLSchema,
    kind: Any,
    chosen: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
) -> bool:
    for one in chosen.selections:
        if isinstance(one, FieldNode):
            if not _is_plain_field(schema, kind, one, fragments):
                return False
            continue
        spread: Any = fragments[one.name.value] if isinstance(one, FragmentSpreadNode) else one
        condition = spread.type_condition
        narrowed = schema.type_map[condition.name.value] if condition else kind
        if not _is_plain(schema, narrowed, spread.selection_set, fragments):
            return False
    return True


def _is_plain_field(
    schema: GraphQLSchema,
    kind: Any,
    node: FieldNode,
    fragments: Mapping[str, FragmentDefinitionNode],
) -> bool:
    name = node.name.value
    if name.startswith("__"):
        return name == "__typename"
    field = kind.fields[name]
    own = kind is not schema.query_type and field.extensions[BACKREF].base_resolver is not None
    if own and name not in RESOLVED.get(kind.name, ()):
        return False
    if node.selection_set is None:
        return True
    return _is_plain(schema, get_named_type(field.type), node.selection_set, fragments)
