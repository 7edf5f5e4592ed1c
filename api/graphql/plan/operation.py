"""One operation compiled: coerce its variables, call its root resolvers, build its data."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import strawberry
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    type_from_ast,
)
from graphql.pyutils import Path

from api.graphql.context import Context
from api.graphql.plan import Uncovered
from api.graphql.plan.columns import Nodes
from api.graphql.plan.direct import Direct, written_by
from api.graphql.plan.inputs import ABSENT, BACKREF, Coerce, Getter, coercer, literal
from api.graphql.plan.outputs import (
    Build,
    Outputs,
    Resolver,
    Truths,
    arguments,
    given,
    resolver_of,
)
from api.graphql.plan.shelves import Shelves

Running = Coroutine[Any, Any, dict[str, Any]]
PLANS_KEPT: Final = 16
"""Of one operation: one for each way its @skip and @include may turn out."""


@dataclass(slots=True)
class RawInfo:
    """As much of graphql-core's resolve info as our resolvers look at."""

    context: Context
    field_nodes: list[FieldNode]
    field_name: str
    fragments: Mapping[str, FragmentDefinitionNode]
    variable_values: dict[str, Any]
    operation: OperationDefinitionNode
    path: Path
    root_value: None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What fields below the root may look at."""

    info: Any
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Root:
    """One root field: how to call it and how to build its value."""

    key: str
    nodes: list[FieldNode]
    field: Any
    resolver: Resolver
    arguments: Mapping[str, Getter]
    build: Build | None
    parent: str
    direct: Direct | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the operation."""

    name: str
    coerce: Coerce
    default: Getter | None
    required: bool


class Variables:
    """The variables an operation declares."""

    def __init__(self, schema: GraphQLSchema, node: OperationDefinitionNode) -> None:
        self._declared: list[Variable] = []
        for one in node.variable_definitions or ():
            kind: Any = type_from_ast(schema, one.type)
            default = None if one.default_value is None else literal(kind, one.default_value)
            required = str(kind).endswith("!") and default is None
            name = one.variable.name.value
            self._declared.append(Variable(name, coercer(kind), default, required))

    def coerced(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the variables' values; absent ones are left out. Raises Uncovered."""
        values: dict[str, Any] = {}
        for one in self._declared:
            value = raw.get(one.name, ABSENT)
            if value is not ABSENT:
                values[one.name] = one.coerce(value)
            elif one.default is not None:
                values[one.name] = one.default({})
            elif one.required:
                raise Uncovered
        return values


class Plans:
    """The plans of one operation, by the truth of what @skip and @include ask."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        node: OperationDefinitionNode,
        shelves: Shelves,
    ) -> None:
        self._schema = schema
        self._shelves = shelves
        self._node = node
        self._fragments = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        self._asked = tuple(sorted(_conditions(document)))
        self._variables: Variables | None = None
        self._plans: dict[tuple[Any, ...], Plan | None] = {}
        self._hopeless = node.operation is OperationType.SUBSCRIPTION

    def run(self, raw: Mapping[str, Any], context: Context) -> Running:
        """Begin to make the operation's data. Raises Uncovered before anything has been done.

        A query may also raise what a resolver raised: it can be asked again. A mutation
        leaves what came of its roots in `context.done` for the stock executor to show.
        """
        if self._hopeless:
            raise Uncovered
        if self._variables is None:
            self._variables = self._made_variables()
        values = self._variables.coerced(raw)
        truths = tuple(values.get(name) for name in self._asked)
        if truths not in self._plans:
            if len(self._plans) >= PLANS_KEPT:
                raise Uncovered
            self._plans[truths] = self._planned(dict(zip(self._asked, truths, strict=True)))
        plan = self._plans[truths]
        if plan is None:
            raise Uncovered
        return plan.run(values, context)

    def _made_variables(self) -> Variables:
        try:
            return Variables(self._schema, self._node)
        except Uncovered:
            self._hopeless = True
            raise

    def _planned(self, truths: Truths) -> "Plan | None":
        try:
            outputs = Outputs(self._schema, self._fragments, truths, self._shelves)
            return Plan(outputs, self._node, self._fragments)
        except Uncovered:
            return None


class Plan:
    """One way through an operation."""

    def __init__(
        self,
        outputs: Outputs,
        node: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> None:
        self._node = node
        self._fragments = fragments
        self._serial = node.operation is OperationType.MUTATION
        parent = outputs.schema.get_root_type(node.operation)
        assert parent is not None
        asked = outputs.collected(parent, [node.selection_set])
        self._constants = {
            key: parent.name for key, nodes in asked.items() if nodes[0].name.value == "__typename"
        }
        self._order = tuple(asked)
        self._roots = [
            _root(outputs, parent, key, nodes)
            for key, nodes in asked.items()
            if key not in self._constants
        ]
        self._only = self._roots[0] if len(self._roots) == 1 and not self._constants else None

    def run(self, values: dict[str, Any], context: Context) -> Running:
        """Begin to make the data."""
        if self._only is not None:
            return self._one(self._only, values, context)
        return self._all(values, context)

    async def _one(self, root: Root, values: dict[str, Any], context: Context) -> dict[str, Any]:
        one = given(root.arguments, values)
        return {root.key: await self._resolved(root, one, values, context)}

    async def _all(self, values: dict[str, Any], context: Context) -> dict[str, Any]:
        # Every argument first: what is odd about one must show before anything is done.
        given_all = [given(root.arguments, values) for root in self._roots]
        found: dict[str, Any] = dict(self._constants)
        if self._serial or len(self._roots) < 2:
            for root, one in zip(self._roots, given_all, strict=True):
                found[root.key] = await self._resolved(root, one, values, context)
        else:
            async with asyncio.TaskGroup() as tasks:
                running = {
                    root.key: tasks.create_task(self._resolved(root, one, values, context))
                    for root, one in zip(self._roots, given_all, strict=True)
                }
            found |= {key: task.result() for key, task in running.items()}
        return found if len(found) < 2 else {key: found[key] for key in self._order}

    async def _resolved(
        self, root: Root, arguments: dict[str, Any], values: dict[str, Any], context: Context
    ) -> Any:
        if root.direct is not None:
            try:
                answer = await root.direct.answer(context, arguments, values)
            except Uncovered:
                pass  # nothing has been done but to look
            else:
                context.written = (*context.written, root.nodes[0].name.value)
                return answer
        build = root.build
        if build is None:
            raise Uncovered
        raw = RawInfo(
            context, root.nodes, root.nodes[0].name.value, self._fragments, values, self._node,
            Path(None, root.key, root.parent),
        )  # fmt: skip
        info: Any = strawberry.Info(raw, root.field)  # type: ignore[arg-type]
        resolver = root.resolver
        if resolver.info is not None:
            arguments[resolver.info] = info
        try:
            made = (
                resolver.call(None, **arguments)
                if resolver.takes_self
                else resolver.call(**arguments)
            )
            value = await made if resolver.is_async else made
        except Exception as error:
            if self._serial:
                context.done[root.key] = error
            raise
        if self._serial:
            context.done[root.key] = value
        return build(value, Surroundings(info, values))


def _root(
    outputs: Outputs, parent: GraphQLObjectType, key: str, nodes: Sequence[FieldNode]
) -> Root:
    name = nodes[0].name.value
    if name.startswith("__"):
        raise Uncovered
    field = parent.fields[name]
    known = field.extensions[BACKREF]
    if known.base_resolver is None:
        raise Uncovered
    build, direct = _built(outputs, field, nodes), written_by(outputs, name, field.type, nodes)
    if build is None and direct is None:
        raise Uncovered
    return Root(
        key, list(nodes), known, resolver_of(known), arguments(field, nodes[0]), build,
        parent.name, direct,
    )  # fmt: skip


def _built(outputs: Outputs, field: Any, nodes: Nodes) -> Build | None:
    """Return what builds a root's value; None where only the database could write it."""
    try:
        return outputs.value(field.type, nodes)
    except Uncovered:
        return None


def _conditions(document: DocumentNode) -> set[str]:
    """Return the variables that @skip and @include name anywhere in a document."""
    found: set[str] = set()

    def walk(chosen: SelectionSetNode) -> None:
        for one in chosen.selections:
            for directive in one.directives or ():
                for argument in directive.arguments or ():
                    if isinstance(argument.value, VariableNode):
                        found.add(argument.value.name.value)
            below = getattr(one, "selection_set", None)
            if below is not None:
                walk(below)

    for definition in document.definitions:
        chosen = getattr(definition, "selection_set", None)
        if chosen is not None:
            walk(chosen)
    return found
