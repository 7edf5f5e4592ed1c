"""What was asked before leads to the same group, without being resolved anew.

After a restart thousands come back at once with the same question and the same sight, and
differ only in the cursor they go on after. The first of them is resolved: its variables are
coerced, its arguments read, its source made. Here is remembered which group that led to, for
as long as the reference stays as it is: a new area may make another group of the same words.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

import orjson
from graphql import (
    FieldNode,
    NullValueNode,
    OperationDefinitionNode,
    StringValueNode,
    VariableNode,
)

from api.graphql.case.sight import sight_key
from api.graphql.context import Context

KEPT: Final = 4_096
Shape = tuple[str, str | None, bytes, str, str, str | None, str, int]


class AskedBefore:
    """Questions with the keys of the groups that answered them."""

    def __init__(self) -> None:
        self._keys: OrderedDict[Shape, Any] = OrderedDict()

    def get(self, shape: Shape) -> Any:
        """Return the key of a group, None for what is asked for the first time."""
        return self._keys.get(shape)

    def remember(self, shape: Shape, key: Any) -> None:
        """Note where a question led; the oldest is forgotten."""
        self._keys[shape] = key
        if len(self._keys) > KEPT:
            self._keys.popitem(last=False)


def shape_of(
    text: str,
    name: str | None,
    node: FieldNode,
    variables: Mapping[str, Any],
    context: Context,
) -> Shape:
    """Return what decides which group is meant: everything but the cursor."""
    actor, reference = context.actor, context.platform.reference
    return (
        text, name, canonical(node, variables), actor.role, actor.scope, actor.unit,
        sight_key(actor), reference.generation,
    )  # fmt: skip


def canonical(node: FieldNode, variables: Mapping[str, Any]) -> bytes:
    """Return the variables but for those that are only the cursor, always written alike."""
    resume = {
        argument.value.name.value
        for argument in node.arguments or ()
        if argument.name.value == "after" and isinstance(argument.value, VariableNode)
    }
    rest = {name: value for name, value in variables.items() if name not in resume}
    return orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)


def plain_after(
    operation: OperationDefinitionNode, node: FieldNode, variables: Mapping[str, Any]
) -> tuple[bool, str | None]:
    """Return whether the cursor can be read without coercing anything, and the cursor."""
    for argument in node.arguments or ():
        if argument.name.value != "after":
            continue
        value = argument.value
        if isinstance(value, StringValueNode | NullValueNode):
            return True, getattr(value, "value", None)
        if not isinstance(value, VariableNode):
            return False, None
        name = value.name.value
        if name not in variables:
            return not _has_default(operation, name), None
        given = variables[name]
        return given is None or isinstance(given, str), given
    return True, None


def _has_default(operation: OperationDefinitionNode, name: str) -> bool:
    return any(
        one.default_value is not None and one.variable.name.value == name
        for one in operation.variable_definitions or ()
    )
