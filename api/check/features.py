"""What a document is written with and its answer holds, so that a run can say what it has shown.

A thousand plain documents show nothing of fragments. So each fast way has to be taken by documents
with each way to write, and by more than one actor; and of answers with errors and with nulls
there have to be enough: a plan that meets an error leaves the answer to the executor, so which
way was meant is told by what was asked.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    InlineFragmentNode,
    Node,
    Visitor,
    visit,
)

from api.graphql.plan.direct import ROOTS

FRAGMENTS, ALIASES, ERRORS, NULLS = "fragments", "aliases", "errors", "nulls"
WRITTEN: Final = (FRAGMENTS, ALIASES, "@skip", "@include")
ANSWERED: Final = (ERRORS, NULLS)
BESIDE: Final = {"allowed": "sql case.allowed", "timeline": "sql case.timeline"}
"""Fields of a case that the compiled root answers beside its row: ways of their own."""
ACTORS: Final = 2


@dataclass
class Shown:
    """How often each way was taken with each feature, and by whom."""

    by_way: Counter[tuple[str, str]] = field(default_factory=Counter)
    actors: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    answered: Counter[str] = field(default_factory=Counter)

    def note(
        self, asked: "Asked", taken: Collection[str], actor: str, answer: Mapping[str, Any]
    ) -> None:
        """Take note of one answer and of the fast ways that gave it."""
        for way in taken:
            self.actors[way].add(actor)
            self.by_way.update((way, feature) for feature in asked.features)
        if taken and has_null(answer.get("data")):
            self.answered[NULLS] += 1
        if "errors" in answer and asked.fields & set(ROOTS):
            self.answered[ERRORS] += 1

    def shortcomings(self, ways: Sequence[str], by_way: int, answered: int) -> list[str]:
        """Return what was shown too seldom; empty for enough of everything.

        A run so short that none of a feature is asked for need not have two actors either.
        """
        said = [
            f"the way {way!r} was taken {self.by_way[way, feature]} times with {feature},"
            f" not {by_way}"
            for way in ways for feature in WRITTEN if self.by_way[way, feature] < by_way
        ]  # fmt: skip
        said += [
            f"the way {way!r} was taken by {len(self.actors[way])} actors, not {ACTORS}"
            for way in ways if by_way and len(self.actors[way]) < ACTORS
        ]  # fmt: skip
        return said + [
            f"{self.answered[feature]} answers of fast ways had {feature}, not {answered}"
            for feature in ANSWERED if self.answered[feature] < answered
        ]  # fmt: skip

    def told(self, ways: Sequence[str]) -> str:
        """Return how often the way that had it least was taken with each feature."""
        least = (min((self.by_way[way, feature], way) for way in ways) for feature in WRITTEN)
        parts = [
            f"{feature} {count} ({way})"
            for feature, (count, way) in zip(WRITTEN, least, strict=True)
        ]
        return ", ".join([
            *parts, *(f"{feature} {self.answered[feature]} in all" for feature in ANSWERED),
        ])  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The fields of a document and the ways in which it is written."""

    fields: frozenset[str]
    features: frozenset[str]

    def ways(self, written: Collection[str]) -> Iterator[str]:
        """Yield the ways of these roots, which the database has written by itself."""
        for root in written:
            yield f"sql {root}"
        if "case" in written:
            yield from (way for name, way in BESIDE.items() if name in self.fields)


class _Looking(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.fields: set[str] = set()
        self.features: set[str] = set()

    def enter(self, node: Node, *_: Any) -> None:
        if isinstance(node, FieldNode):
            self.fields.add(node.name.value)
            if node.alias is not None:
                self.features.add(ALIASES)
        elif isinstance(node, FragmentDefinitionNode | InlineFragmentNode):
            self.features.add(FRAGMENTS)
        elif isinstance(node, DirectiveNode):
            self.features.add(f"@{node.name.value}")


def asked(document: DocumentNode) -> Asked:
    """Return what a document asks for and how it is written."""
    looking = _Looking()
    visit(document, looking)
    return Asked(frozenset(looking.fields), frozenset(looking.features))


def has_null(data: Any) -> bool:
    """Tell whether there is a null somewhere."""
    if isinstance(data, Mapping):
        return any(map(has_null, data.values()))
    if isinstance(data, list | tuple):
        return any(map(has_null, data))
    return data is None
