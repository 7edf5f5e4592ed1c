"""Generated documents made meaningful: values that exist, and every way to write the same.

hypothesis-graphql draws the shape and knows nothing of the district. Here arguments get
ids, numbers and scopes that are there (most of the time), some become variables, and
selections are aliased, doubled, skipped, included and moved into fragments.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from graphql import (
    REMOVE,
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NamedTypeNode,
    NameNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    parse_type,
    visit,
)
from graphql.utilities import value_from_ast_untyped

Pools = Mapping[str, Sequence[Any]]
"""By argument or input field: values to choose from; None leaves it out."""
ALIASED: Final = 0.12
DIRECTED: Final = 0.2
LEFT_IN: Final = 0.88
"""Share of the directives that leave their field in: of what is taken out nothing is compared."""
MOVED: Final = 0.12
DOUBLED: Final = 0.05
SPLIT: Final = 0.15
OPENING: Final = frozenset({"text", "contact", "attachments"})
"""Fields whose reading is itself an event: asking them would move what is compared."""
VARIED: Final = 0.4


@dataclass
class Made:
    """A document with the values of its variables."""

    document: DocumentNode
    variables: dict[str, Any]


@dataclass
class _Writer(Visitor):
    """Rewrites one operation."""

    rng: Random
    pools: Pools
    types: TypeInfo
    variables: dict[str, Any] = field(default_factory=dict)
    declared: list[VariableDefinitionNode] = field(default_factory=list)
    fragments: list[FragmentDefinitionNode] = field(default_factory=list)
    names: int = 0
    varied: float = VARIED

    def __post_init__(self) -> None:
        super().__init__()

    def name(self, kind: str) -> NameNode:
        self.names += 1
        return NameNode(value=f"{kind}{self.names}")

    def leave_argument(self, node: ArgumentNode, *_: Any) -> Any:
        known = self.types.get_argument()
        if known is None or node.name.value == "if":
            return None
        kind: Any = get_named_type(known.type)
        name = "asOf" if kind.name == "AsOf" else node.name.value
        drawn = value_from_ast_untyped(node.value)
        raw = self._pooled(name, drawn)
        if isinstance(raw, dict) and not isinstance(kind, GraphQLInputObjectType):
            raw = drawn  # another argument of that name: the place of a sum is a scope
        if raw is None and not str(known.type).endswith("!"):
            return REMOVE
        if self.rng.random() < self.varied:
            variable = self.name("v")
            self.variables[variable.value] = raw
            self._declare(variable, str(known.type))
            return ArgumentNode(name=node.name, value=VariableNode(name=variable))
        made = name in self.pools or isinstance(raw, dict)
        value = _literal(raw, known.type) if made else node.value
        return ArgumentNode(name=node.name, value=value)

    def leave_field(self, node: FieldNode, *_: Any) -> FieldNode:
        if node.name.value in OPENING:
            return FieldNode(alias=self.name("a"), name=NameNode(value="__typename"))
        alias, directives = node.alias, list(node.directives or ())
        if self.rng.random() < ALIASED:
            alias = self.name("a")
        if self.rng.random() < DIRECTED:
            directives.append(self._directive())
        return FieldNode(
            alias=alias, name=node.name, arguments=node.arguments, directives=tuple(directives),
            selection_set=node.selection_set,
        )  # fmt: skip

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode:
        kind = self.types.get_parent_type()
        chosen: list[SelectionNode] = []
        for one in node.selections:
            leaf = isinstance(one, FieldNode) and one.selection_set is None and not one.arguments
            if leaf and self.rng.random() < DOUBLED:
                chosen.append(one)
            rest: SelectionNode = one
            if _splits(one) and self.rng.random() < SPLIT:
                chosen.append(_part(one, 0))
                rest = _part(one, 1)
            if isinstance(kind, GraphQLObjectType) and self.rng.random() < MOVED:
                rest = self._moved(kind, rest)
            chosen.append(rest)
        return SelectionSetNode(selections=tuple(chosen))

    def _moved(self, kind: GraphQLObjectType, one: SelectionNode) -> SelectionNode:
        chosen = SelectionSetNode(selections=(one,))
        condition = NamedTypeNode(name=NameNode(value=kind.name))
        way = self.rng.randrange(3)
        if way == 0:
            return InlineFragmentNode(type_condition=None, directives=(), selection_set=chosen)
        if way == 1:
            directives = (self._directive(),) if self.rng.random() < MOVED else ()
            return InlineFragmentNode(
                type_condition=condition, directives=directives, selection_set=chosen
            )
        name = self.name("F")
        self.fragments.append(
            FragmentDefinitionNode(
                name=name, type_condition=condition, directives=(), selection_set=chosen
            )
        )
        return FragmentSpreadNode(name=name, directives=())

    def _directive(self) -> DirectiveNode:
        name = self.rng.choice(("skip", "include"))
        truth = (self.rng.random() < LEFT_IN) is (name == "include")
        value: Any = BooleanValueNode(value=truth)
        if self.varied and self.rng.random() < 0.5:
            variable = self.name("t")
            self.variables[variable.value] = truth
            self._declare(variable, "Boolean!")
            value = VariableNode(name=variable)
        argument = ArgumentNode(name=NameNode(value="if"), value=value)
        return DirectiveNode(name=NameNode(value=name), arguments=(argument,))

    def _declare(self, name: NameNode, kind: str) -> None:
        self.declared.append(
            VariableDefinitionNode(
                variable=VariableNode(name=name), type=parse_type(kind), directives=()
            )
        )

    def _pooled(self, name: str, raw: Any) -> Any:
        if name in self.pools:
            return self.rng.choice(self.pools[name])
        if isinstance(raw, dict):
            inside = {key: self._pooled(key, one) for key, one in raw.items()}
            return {key: one for key, one in inside.items() if one is not None}
        return raw


def _splits(one: SelectionNode) -> bool:
    below = one.selection_set if isinstance(one, FieldNode) else None
    return below is not None and len(below.selections) > 1


def _part(one: Any, which: int) -> Any:
    """Return a field with the first of its selections, or with the rest: asked twice, merged."""
    chosen = one.selection_set.selections
    part = chosen[1:] if which else chosen[:1]
    return FieldNode(
        alias=one.alias, name=one.name, arguments=one.arguments, directives=one.directives,
        selection_set=SelectionSetNode(selections=tuple(part)),
    )  # fmt: skip


def _literal(raw: Any, kind: Any) -> Any:
    """Return raw JSON as a literal of an input type."""
    named = get_named_type(kind)
    if isinstance(raw, list):
        return ListValueNode(values=tuple(_literal(one, named) for one in raw))
    if isinstance(raw, dict):
        fields = [
            ObjectFieldNode(name=NameNode(value=key), value=_literal(one, named.fields[key].type))
            for key, one in raw.items()
        ]
        return ObjectValueNode(fields=tuple(fields))
    if isinstance(raw, str):
        enum = isinstance(named, GraphQLEnumType)
        return EnumValueNode(value=raw) if enum else StringValueNode(value=raw)
    if isinstance(raw, bool):
        return BooleanValueNode(value=raw)
    return (
        FloatValueNode(value=str(raw)) if isinstance(raw, float) else IntValueNode(value=str(raw))
    )


def decorated(
    document: DocumentNode,
    schema: GraphQLSchema,
    pools: Pools,
    rng: Random,
    varied: float = VARIED,
) -> Made:
    """Return a document with values that exist, written in one of its many ways.

    `varied` is the share of arguments and conditions that become variables.
    """
    types = TypeInfo(schema)
    writer = _Writer(rng, pools, types, varied=varied)
    made: DocumentNode = visit(document, TypeInfoVisitor(types, writer))
    definitions: list[Any] = []
    for one in made.definitions:
        assert isinstance(one, OperationDefinitionNode)
        definitions.append(
            OperationDefinitionNode(
                operation=one.operation, name=one.name, directives=one.directives,
                variable_definitions=tuple(writer.declared), selection_set=one.selection_set,
            )
        )  # fmt: skip
    document = DocumentNode(definitions=tuple(definitions + writer.fragments))
    return Made(document, writer.variables)
