"""Objects to JSON values: one generated function per type and selection.

Only what needs no waiting: attributes, and resolvers that answer at once. A value of the
class its field promises is taken as it is; any other goes through the type's own
serialisation, so the answer is the one the stock executor gives. What that refuses, and a
null where none may be, raises Uncovered.
"""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, Final

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
)

from api.graphql.plan import Uncovered
from api.graphql.plan.inputs import ABSENT, BACKREF, Getter, Values, literal
from api.graphql.plan.shelves import Shelves
from api.graphql.scalars import rfc3339

Fragments = Mapping[str, FragmentDefinitionNode]
Truths = Mapping[str, Any]
"""Variables that @skip and @include name, with their values: part of a plan's key."""
Build = Callable[[Any, Any], Any]
"""From an object and the run's surroundings to what goes into the JSON."""
PLAIN: Final = {
    "String": "{v}.__class__ is not str",
    "ID": "{v}.__class__ is not str",
    "Int": "{v}.__class__ is not int or not -2147483648 <= {v} <= 2147483647",
    "Boolean": "{v} is not True and {v} is not False",
    "Float": "{v}.__class__ is not float or not isfinite({v})",
}
"""By scalar: when a value is not simply taken."""


def included(directives: Sequence[DirectiveNode] | None, truths: Truths) -> bool:
    """Tell whether @skip and @include let a selection in. Raises Uncovered for others."""
    for one in directives or ():
        if one.name.value not in ("skip", "include"):
            raise Uncovered
        truth = _truth(one, truths)
        if truth is not (one.name.value == "include"):
            return False
    return True


def _truth(directive: DirectiveNode, truths: Truths) -> bool:
    arguments = directive.arguments
    assert arguments, "both directives have one argument, and the document is valid"
    value: Any = arguments[0].value
    truth = truths[value.name.value] if isinstance(value, VariableNode) else value.value
    if truth is not True and truth is not False:
        raise Uncovered
    return truth


def collected(
    kind: GraphQLObjectType,
    selections: Sequence[SelectionSetNode],
    schema: GraphQLSchema,
    fragments: Fragments,
    truths: Truths,
) -> dict[str, list[FieldNode]]:
    """Return the fields asked of an object by response key, fragments spread, in order."""
    found: dict[str, list[FieldNode]] = {}
    seen: set[str] = set()

    def applies(condition: Any) -> bool:
        if condition is None or condition.name.value == kind.name:
            return True
        named = schema.type_map[condition.name.value]
        return not isinstance(named, GraphQLObjectType) and schema.is_sub_type(named, kind)  # type: ignore[arg-type]

    def walk(chosen: SelectionSetNode) -> None:
        for one in chosen.selections:
            if not included(one.directives, truths):
                continue
            if isinstance(one, FieldNode):
                key = one.alias.value if one.alias else one.name.value
                found.setdefault(key, []).append(one)
            elif isinstance(one, InlineFragmentNode):
                if applies(one.type_condition):
                    walk(one.selection_set)
            elif isinstance(one, FragmentSpreadNode) and one.name.value not in seen:
                seen.add(one.name.value)
                fragment = fragments[one.name.value]
                if applies(fragment.type_condition):
                    walk(fragment.selection_set)

    for selection in selections:
        walk(selection)
    return found


class Outputs:
    """Generates the functions of one plan. Raises Uncovered for what it can't express."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Fragments, truths: Truths, shelves: Shelves
    ) -> None:
        self.schema = schema
        self.shelves = shelves
        self._fragments = fragments
        self._truths = truths
        self._names: dict[str, Any] = {
            "Uncovered": Uncovered, "isfinite": isfinite, "rfc3339": rfc3339, "listed": _listed,
            "given": given,
        }  # fmt: skip

    def collected(
        self, kind: GraphQLObjectType, selections: Sequence[SelectionSetNode]
    ) -> dict[str, list[FieldNode]]:
        """Return the fields asked of an object of this type."""
        return collected(kind, selections, self.schema, self._fragments, self._truths)

    def value(self, kind: Any, nodes: Sequence[FieldNode]) -> Build:
        """Return the function that completes a value of a type for these field nodes."""
        below = [one.selection_set for one in nodes if one.selection_set is not None]
        lines = ["def build(v, env):", *self._complete(kind, "v", below, 1), "    return v"]
        return self._made("build", lines)

    def _made(self, name: str, lines: list[str]) -> Build:
        space = self._names
        exec(compile("\n".join(lines), "<plan>", "exec"), space)  # noqa: S102 - our own text
        return space.pop(name)  # type: ignore[no-any-return]

    def _name(self, thing: Any) -> str:
        name = f"n{len(self._names)}"
        self._names[name] = thing
        return name

    def _complete(self, kind: Any, v: str, below: list[SelectionSetNode], depth: int) -> list[str]:
        """Return the lines that turn variable `v` from a resolver's value into JSON's."""
        pad = "    " * depth
        if isinstance(kind, GraphQLNonNull):
            guard = [f"{pad}if {v} is None: raise Uncovered"]
            return guard + self._present(kind.of_type, v, below, depth)
        inner = self._present(kind, v, below, depth + 1)
        return [f"{pad}if {v} is not None:", *inner] if inner else []

    def _present(self, kind: Any, v: str, below: list[SelectionSetNode], depth: int) -> list[str]:
        pad = "    " * depth
        if isinstance(kind, GraphQLList):
            item = self._name(self._item(kind.of_type, below))
            return [
                f"{pad}if {v}.__class__ is not list: {v} = listed({v})",
                f"{pad}{v} = [{item}(one, env) for one in {v}]",
            ]
        if isinstance(kind, GraphQLObjectType):
            return [f"{pad}{v} = {self._name(self._object(kind, below))}({v}, env)"]
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            return [
                f"{pad}{v} = {self._name(self._abstract(kind, below))}[{v}.__class__]({v}, env)"
            ]
        return [pad + self._leaf(kind, v)]

    def _leaf(self, kind: Any, v: str) -> str:
        if kind.name == "DateTime":
            return f"{v} = rfc3339({v})"
        if kind.name in ("Position", "UUID"):
            return f"{v} = str({v})"
        if isinstance(kind, GraphQLEnumType):
            return f"{v} = {self._name(_Names(kind))}[{v}]"
        serialised = f"{v} = {self._name(kind.coerce_output_value)}({v})"
        plain = PLAIN.get(kind.name)
        return serialised if plain is None else f"if {plain.format(v=v)}: {serialised}"

    def _item(self, kind: Any, below: list[SelectionSetNode]) -> Build:
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if isinstance(kind, GraphQLNonNull) and isinstance(inner, GraphQLObjectType):
            return self._object(inner, below)
        lines = ["def item(v, env):", *self._complete(kind, "v", below, 1), "    return v"]
        return self._made("item", lines)

    def _abstract(self, kind: Any, below: list[SelectionSetNode]) -> dict[type, Build]:
        return {
            one.extensions[BACKREF].origin: self._object(one, below)
            for one in self.schema.get_possible_types(kind)
        }

    def _object(self, kind: GraphQLObjectType, below: list[SelectionSetNode]) -> Build:
        lines, pairs = ["def obj(o, env):"], []
        for number, (key, nodes) in enumerate(self.collected(kind, below).items()):
            if nodes[0].name.value == "__typename":
                pairs.append(f"{key!r}: {kind.name!r}")
                continue
            lines += self._field(kind, nodes, f"v{number}")
            pairs.append(f"{key!r}: v{number}")
        lines.append(f"    return {{{', '.join(pairs)}}}")
        return self._made("obj", lines)

    def _field(self, kind: GraphQLObjectType, nodes: list[FieldNode], v: str) -> list[str]:
        field = kind.fields[nodes[0].name.value]
        known = field.extensions[BACKREF]
        if known.base_resolver is None:
            access = f"o.{known.python_name}"
        else:
            resolver = resolver_of(known)
            if resolver.is_async:
                raise Uncovered
            access = f"{self._name(resolver.call)}({self._given(resolver, field, nodes[0])})"
        below = [one.selection_set for one in nodes if one.selection_set is not None]
        return [f"    {v} = {access}", *self._complete(field.type, v, below, 1)]

    def _given(self, resolver: "Resolver", field: Any, node: FieldNode) -> str:
        parts = ["o"] if resolver.takes_self else []
        if resolver.info is not None:
            parts.append(f"{resolver.info}=env.info")
        getters = arguments(field, node)
        if getters:
            parts.append(f"**given({self._name(getters)}, env.values)")
        return ", ".join(parts)


class Resolver:
    """How a strawberry resolver is called without strawberry's wrapper."""

    __slots__ = ("call", "info", "is_async", "takes_self")

    def __init__(self, known: Any) -> None:
        base = known.base_resolver
        if known.extensions or known.permission_classes:
            raise Uncovered
        if base.root_parameter is not None or base.parent_parameter is not None:
            raise Uncovered
        self.call: Callable[..., Any] = base._unbound_wrapped_func
        self.is_async: bool = base.is_async
        self.takes_self: bool = base.self_parameter is not None
        self.info: str | None = base.info_parameter and base.info_parameter.name


def resolver_of(known: Any) -> Resolver:
    """Return how a field's resolver is called. Raises Uncovered."""
    return Resolver(known)


def arguments(field: Any, node: FieldNode) -> dict[str, Getter]:
    """Return what makes each given argument, by the resolver's own name for it.

    An argument that is not given has the resolver's default, which is where the schema's
    default comes from.
    """
    given = {one.name.value: one.value for one in node.arguments or ()}
    return {
        argument.extensions[BACKREF].python_name: literal(argument.type, given[name])
        for name, argument in field.args.items()
        if name in given
    }


def given(getters: Mapping[str, Getter], values: Values) -> dict[str, Any]:
    """Return the arguments of one call; what is absent is left to the resolver's default."""
    found = {name: get(values) for name, get in getters.items()}
    return {name: one for name, one in found.items() if one is not ABSENT}


class _Names(dict[Any, str]):
    """An enum's names by value, each found once by the type's own serialisation."""

    def __init__(self, kind: GraphQLEnumType) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, value: Any) -> str:
        name = self[value] = self._kind.coerce_output_value(value)
        return name


def _listed(value: Any) -> list[Any]:
    if isinstance(value, tuple):
        return list(value)
    raise Uncovered
