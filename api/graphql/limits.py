"""What one document may ask: depth, aliases, directives, root fields, tokens.

One walk over the parsed document, fragments counted once each, so that a document of
fragments that spread fragments can't cost more than its own length.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
)

MAX_BODY: Final = 256 * 1024
MAX_TOKENS: Final = 2_000
MAX_DEPTH: Final = 12
MAX_ALIASES: Final = 30
MAX_DIRECTIVES: Final = 30
MAX_ROOT_FIELDS: Final = 10
MAX_FIELDS: Final = 2_000
MAX_LIKE: Final = 10_000
"""Fields of one name, times themselves, over all names: validation compares each with each, which
took 0.8 s of the one loop for 5 KB of text. Our screens have 500 at most, introspection 700."""
WRAPPED: Final = "ofType"
"""The one step of an introspection that goes deeper without asking for more: the usual
question of every tool unwraps a type nine times."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a selection weighs, its fragments spread."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: "Weight") -> "Weight":
        """Return the weight of two selections on one level."""
        return Weight(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
        )


@dataclass(slots=True)
class _Walk:
    fragments: dict[str, FragmentDefinitionNode]
    known: dict[str, Weight] = field(default_factory=dict)
    names: Counter[str] = field(default_factory=Counter)
    """How often each response name stands in the text."""

    def of(self, selection_set: SelectionSetNode | None) -> Weight:
        total = Weight()
        for selection in selection_set.selections if selection_set else ():
            total = total.beside(self._one(selection))
        return total

    def _one(self, node: object) -> Weight:
        if isinstance(node, FieldNode):
            self.names[(node.alias or node.name).value] += 1
            below = self.of(node.selection_set)
            step = int(node.name.value != WRAPPED)
            own = Weight(
                below.depth + step, 1, int(node.alias is not None), len(node.directives or ())
            )
            return own.beside(Weight(0, below.fields, below.aliases, below.directives))
        if isinstance(node, InlineFragmentNode):
            return self.of(node.selection_set).beside(Weight(directives=len(node.directives or ())))
        assert isinstance(node, FragmentSpreadNode)
        return self._fragment(node.name.value).beside(Weight(directives=len(node.directives or ())))

    def _fragment(self, name: str) -> Weight:
        if name not in self.known:
            self.known[name] = Weight()  # a cycle weighs nothing here; validation refuses it
            fragment = self.fragments.get(name)
            self.known[name] = self.of(fragment.selection_set) if fragment else Weight()
        return self.known[name]


def root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> list[FieldNode]:
    """Return the fields an operation asks of its root type, fragments spread."""
    fragments = _fragments(document)
    found: list[FieldNode] = []
    waiting: list[SelectionSetNode] = [operation.selection_set]
    seen: set[str] = set()
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FieldNode):
                found.append(node)
            elif isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                if node.name.value in fragments:
                    waiting.append(fragments[node.name.value].selection_set)
    return found


def check_limits(document: DocumentNode) -> list[GraphQLError]:
    """Return what a document asks too much of; empty when it is within all limits."""
    walk = _Walk(_fragments(document))
    errors: list[GraphQLError] = []
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            roots = len(root_fields(document, definition))
            errors += _excess(walk.of(definition.selection_set), roots, definition)
    like = sum(count * count for count in walk.names.values())
    return errors + _beyond((("fields of the same name, squared", like, MAX_LIKE),), document)


def _excess(weight: Weight, roots: int, node: OperationDefinitionNode) -> list[GraphQLError]:
    limits = (
        ("depth", weight.depth, MAX_DEPTH),
        ("fields", weight.fields, MAX_FIELDS),
        ("aliases", weight.aliases, MAX_ALIASES),
        ("directives", weight.directives, MAX_DIRECTIVES),
        ("root fields", roots, MAX_ROOT_FIELDS),
    )
    return _beyond(limits, node)


def _beyond(limits: Iterable[tuple[str, int, int]], node: Node) -> list[GraphQLError]:
    return [
        GraphQLError(
            f"{name}: {count} asked, {limit} allowed", node, extensions={"code": "LIMIT_EXCEEDED"}
        )
        for name, count, limit in limits
        if count > limit
    ]


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
