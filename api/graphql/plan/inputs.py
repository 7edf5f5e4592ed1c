"""Raw JSON to what resolvers take: the same values that the stock coercion makes.

Compiled per input type, once. Only the plain cases: whatever is odd (a float for an Int,
one value for a list, an unknown field, a null that must not be) raises Uncovered, and the
stock coercion says in its own words what is wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from math import isfinite
from typing import Any, Final

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLString,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    is_required_input_field,
)
from graphql.utilities import value_from_ast_untyped
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition

from api.graphql.plan import Uncovered

Coerce = Callable[[Any], Any]
Values = Mapping[str, Any]
Getter = Callable[[Values], Any]
BACKREF: Final = GraphQLCoreConverter.DEFINITION_BACKREF
ABSENT: Final = object()
"""Not given at all, which is not the same as null."""
INT32: Final = range(-(1 << 31), 1 << 31)


@cache
def coercer(kind: Any) -> Coerce:
    """Return what turns raw JSON into a value of an input type. Raises Uncovered."""
    if isinstance(kind, GraphQLNonNull):
        return _required(coercer(kind.of_type))
    if isinstance(kind, GraphQLList):
        return _several(coercer(kind.of_type))
    if isinstance(kind, GraphQLInputObjectType):
        return _object(kind)
    if isinstance(kind, GraphQLEnumType):
        return _enum(kind)
    return _SCALARS.get(kind.name) or _custom(kind)


def literal(kind: Any, node: ValueNode) -> Getter:
    """Return what makes a value of an input type from a literal, which may hold variables."""
    if isinstance(node, VariableNode):
        return _variable(node.name.value, isinstance(kind, GraphQLNonNull))
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(node, ListValueNode) and isinstance(inner, GraphQLList):
        items = [literal(inner.of_type, one) for one in node.values]
        return lambda values: [_or_null(item(values)) for item in items]
    if isinstance(node, ObjectValueNode) and isinstance(inner, GraphQLInputObjectType):
        fields = {one.name.value: one.value for one in node.fields}
        getters = {name: literal(inner.fields[name].type, one) for name, one in fields.items()}
        make = _maker(inner)
        return lambda values: make({name: get(values) for name, get in getters.items()})
    coerce, raw = coercer(kind), value_from_ast_untyped(node)
    return lambda _values: coerce(raw)


def _or_null(value: Any) -> Any:
    return None if value is ABSENT else value


def _variable(name: str, required: bool) -> Getter:
    def given(values: Values) -> Any:
        value = values.get(name, ABSENT)
        if required and (value is None or value is ABSENT):
            raise Uncovered
        return value

    return given


def _required(inner: Coerce) -> Coerce:
    def required(value: Any) -> Any:
        if value is None:
            raise Uncovered
        return inner(value)

    return required


def _several(item: Coerce) -> Coerce:
    def several(value: Any) -> Any:
        if value is None:
            return None
        if value.__class__ is not list:
            raise Uncovered
        return [item(one) for one in value]

    return several


def _object(kind: GraphQLInputObjectType) -> Coerce:
    make = _maker(kind)
    inner: dict[str, Coerce] = {}  # filled at the first use: input types may be recursive

    def coerced(value: Any) -> Any:
        if value is None:
            return None
        if value.__class__ is not dict:
            raise Uncovered
        if not inner:
            inner.update({name: coercer(field.type) for name, field in kind.fields.items()})
        try:
            return make({name: inner[name](one) for name, one in value.items()})
        except KeyError:
            raise Uncovered from None

    return coerced


def _maker(kind: GraphQLInputObjectType) -> Coerce:
    """Return what builds strawberry's input from coerced values by GraphQL name."""
    definition: StrawberryObjectDefinition = kind.extensions[BACKREF]
    if definition.from_input is not None:
        raise Uncovered
    names = {name: field.extensions[BACKREF].python_name for name, field in kind.fields.items()}
    required = frozenset(
        name for name, field in kind.fields.items() if is_required_input_field(field)
    )
    implicit = {
        field.python_name: None
        for field in definition.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    }
    made, one_of = _made(definition.origin), definition.is_one_of

    def make(values: dict[str, Any]) -> Any:
        if ABSENT in values.values():
            values = {name: one for name, one in values.items() if one is not ABSENT}
        if not required <= values.keys():
            raise Uncovered
        if one_of and (len(values) != 1 or None in values.values()):
            raise Uncovered
        stated = implicit.copy()
        for name, one in values.items():
            stated[names[name]] = one
        return made(stated)

    return make


def _made(origin: type) -> Callable[[dict[str, Any]], Any]:
    """Return what makes a dataclass from its stated fields.

    Those left out are found on the class, where a dataclass keeps its plain defaults: its
    constructor would copy each. Where a constructor does more than that, it is asked.
    """
    copies = all(one.init and one.default_factory is MISSING for one in fields(origin)) and not (
        hasattr(origin, "__post_init__") or hasattr(origin, "__slots__")
    )
    if not copies:
        return lambda stated: origin(**stated)
    required = frozenset(one.name for one in fields(origin) if one.default is MISSING)

    def made(stated: dict[str, Any]) -> Any:
        if not required <= stated.keys():
            raise Uncovered
        one: Any = object.__new__(origin)
        one.__dict__.update(stated)
        return one

    return made


def _enum(kind: GraphQLEnumType) -> Coerce:
    known = {name: kind.parse_value(name) for name in kind.values}

    def named(value: Any) -> Any:
        if value is None:
            return None
        try:
            return known[value]
        except (KeyError, TypeError):
            raise Uncovered from None

    return named


def _custom(kind: GraphQLScalarType) -> Coerce:
    def parsed(value: Any) -> Any:
        if value is None:
            return None
        try:
            return kind.coerce_input_value(value)
        except Exception:  # the stock coercion says it in its own words
            raise Uncovered from None

    return parsed


def _text(value: Any) -> Any:
    if value is None or value.__class__ is str:
        return value
    raise Uncovered


def _id(value: Any) -> Any:
    if value is None or value.__class__ is str:
        return value
    if value.__class__ is int:
        return str(value)
    raise Uncovered


def _whole(value: Any) -> Any:
    if value is None or (value.__class__ is int and value in INT32):
        return value
    raise Uncovered


def _number(value: Any) -> Any:
    if value is None or (value.__class__ is float and isfinite(value)):
        return value
    if value.__class__ is int and value in INT32:
        return float(value)
    raise Uncovered


def _truth(value: Any) -> Any:
    if value is None or value is True or value is False:
        return value
    raise Uncovered


_SCALARS: Final[dict[str, Coerce]] = {
    GraphQLString.name: _text,
    GraphQLID.name: _id,
    GraphQLInt.name: _whole,
    GraphQLFloat.name: _number,
    GraphQLBoolean.name: _truth,
}
