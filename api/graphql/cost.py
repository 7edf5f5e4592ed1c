"""What an operation costs, told before it runs and again from what it gave.

Counted as Shopify counts: a leaf is free, an object costs 1, a list its size times what
one of its things costs, a mutation 10, and a field that opens sealed words or figures what
it says in `WEIGHTS`. The size of a page is its `first`; of another list, what `SIZES` says.
Objects are counted rather than depth, because they are what takes time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
)

MUTATION: Final = 10
WEIGHTS: Final[Mapping[str, int]] = {
    "text": 5, "contact": 5, "attachments": 5, "figures": 50, "similarCases": 50, "wall": 100,
    "logDensity": 50, "wallDay": 200, "wallIncident": 50, "wallCalm": 50, "wallPosted": 20,
    "wallSteps": 50, "totalCount": 10, "readModels": 10, "history": 5,
}  # fmt: skip
"""Fields that take more than the objects they give."""
SIZES: Final[Mapping[str, int]] = {
    "gridLoad": 100, "areaLoad": 30, "departmentLoad": 30, "departments": 30, "categories": 100,
    "areas": 15, "workers": 100, "commandForms": 50,
}  # fmt: skip
"""About how long a list without `first` is; 5 for those not named."""
LISTED: Final = 5
COUNTS_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Size:
    """How many things a field may give: a number, or the variable that says it."""

    number: int
    variable: str | None = None

    def of(self, raw: Mapping[str, Any]) -> int:
        """Return the number for these variables."""
        said = raw.get(self.variable, self.number) if self.variable else self.number
        if isinstance(said, list):
            return len(said)
        return max(said, 1) if isinstance(said, int) else self.number


@dataclass(frozen=True, slots=True)
class Part:
    """One field that gives objects: what each costs, and what lies below it."""

    key: str
    weight: int
    size: Size | None
    parts: tuple["Part", ...]

    def asked(self, raw: Mapping[str, Any]) -> int:
        """Return what the field costs at most."""
        one = self.weight + sum(part.asked(raw) for part in self.parts)
        return one if self.size is None else one * self.size.of(raw)

    @property
    def flat(self) -> int | None:
        """What one object costs when nothing below it is a list, else None."""
        total = self.weight
        for part in self.parts:
            below = None if part.size is not None else part.flat
            if below is None:
                return None
            total += below
        return total

    def spent(self, value: Any) -> int:
        """Return what the field cost, by what it gave."""
        if value is None or isinstance(value, orjson.Fragment):
            return 0  # the rows of a Fragment are counted where it is made
        if isinstance(value, list):
            flat = self.flat
            return len(value) * flat if flat is not None else sum(map(self._one, value))
        return self._one(value)

    def _one(self, value: Any) -> int:
        if not isinstance(value, dict):
            return self.weight
        return self.weight + sum(part.spent(value.get(part.key)) for part in self.parts)


class Cost:
    """The cost of one operation."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode
    ) -> None:
        self._fragments = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        self._base = MUTATION if node.operation is OperationType.MUTATION else 0
        root = schema.get_root_type(node.operation)
        self._schema = schema
        self._parts = self._below(root, node.selection_set, None)
        self._variables = tuple(sorted(_sizes(self._parts)))
        self._known: dict[tuple[Any, ...], int] = {}

    def asked(self, raw: Mapping[str, Any]) -> int:
        """Return what the operation costs at most with these raw variables; at least 1."""
        key = tuple(_hashable(raw.get(name)) for name in self._variables)
        found = self._known.get(key)
        if found is None:
            found = max(1, self._base + sum(part.asked(raw) for part in self._parts))
            if len(self._known) < COUNTS_KEPT:
                self._known[key] = found
        return found

    def spent(self, data: Mapping[str, Any] | None) -> int:
        """Return what the operation cost, by what it gave; at least 1."""
        spent = self._base
        if data:
            for part in self._parts:
                spent += part.spent(data.get(part.key))
        return max(1, spent)

    def _below(self, kind: Any, chosen: SelectionSetNode, page: Size | None) -> tuple[Part, ...]:
        parts: list[Part] = []
        for one in chosen.selections:
            if isinstance(one, FieldNode):
                part = self._field(kind, one, page)
                if part is not None:
                    parts.append(part)
            elif isinstance(one, InlineFragmentNode):
                parts += self._spread(kind, one.type_condition, one.selection_set, page)
            elif isinstance(one, FragmentSpreadNode):
                fragment = self._fragments[one.name.value]
                parts += self._spread(kind, fragment.type_condition, fragment.selection_set, page)
        return tuple(parts)

    def _spread(
        self, kind: Any, condition: Any, chosen: SelectionSetNode, page: Size | None
    ) -> Sequence[Part]:
        narrowed = self._schema.type_map[condition.name.value] if condition else kind
        return self._below(narrowed, chosen, page)

    def _field(self, kind: Any, node: FieldNode, page: Size | None) -> Part | None:
        name = node.name.value
        key = node.alias.value if node.alias else name
        field = getattr(kind, "fields", {}).get(name)
        if field is None:  # __typename and introspection, which has its own depth limit
            return None
        weight = WEIGHTS.get(name, 0)
        named = get_named_type(field.type)
        if is_leaf_type(named):
            return Part(key, weight, None, ()) if weight else None
        asked = _page(field, node)
        chosen = node.selection_set
        assert chosen is not None
        if "inputs" in field.args:  # a bulk form: every item is a mutation
            return Part(key, MUTATION, asked, self._below(named, chosen, Size(1)))
        below = self._below(named, chosen, asked)
        size = (page or asked or Size(SIZES.get(name, LISTED))) if _is_list(field.type) else None
        return Part(key, max(1, weight), size, below)


def _is_list(kind: Any) -> bool:
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    return isinstance(inner, GraphQLList)


def _page(field: Any, node: FieldNode) -> Size | None:
    """Return the size that `first`, or a list of ids or inputs, asks for."""
    for name in ("first", "ids", "inputs"):
        if name not in field.args:
            continue
        given = next((one.value for one in node.arguments or () if one.name.value == name), None)
        if isinstance(given, VariableNode):
            return Size(100, given.name.value)
        if isinstance(given, IntValueNode):
            return Size(max(1, int(given.value)))
        return Size(len(given.values) if isinstance(given, ListValueNode) else 100)
    return None


def _sizes(parts: Sequence[Part]) -> set[str]:
    found = {part.size.variable for part in parts if part.size and part.size.variable}
    for part in parts:
        found |= _sizes(part.parts)
    return found


def _hashable(value: Any) -> Any:
    return len(value) if isinstance(value, list) else value if isinstance(value, int) else None
