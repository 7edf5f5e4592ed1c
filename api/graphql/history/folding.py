"""A stream told event by event, with the state before and after each one.

The same `evolve` as the rules use. A case's state is told with what its read models add to
it: the instants of its stages, its counts, and its latest words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from typing import Any, Final, NamedTuple
from uuid import UUID

from api.dispatch.envelope import by_of
from domain.case.decide import CASE
from domain.decider import Decider
from domain.event import DomainEvent, Meta
from domain.topics import decode, decode_meta
from eventlog.record import Recorded
from projections.case_facts.facts import CaseFacts
from projections.case_facts.fold import fold

LEFT_OUT: Final = frozenset({"last_at"})
"""Fields of a case's state that every event changes."""
FACTS: Final = (
    "max_tier", "verified_at", "accepted_at", "declined_at", "filed_at", "dispatched_at",
    "acknowledged_at", "handled_at", "checked_at", "ended_at", "returned", "failed_checks",
    "reopened", "urged", "supervised", "contacted", "solved", "satisfaction", "stated", "flags",
)  # fmt: skip
"""What a case's facts know beyond its state."""
WORDS: Final = ("description", "conclusion", "contact")
"""Words of a case that stay until others are said; its address is part of its place."""


class Told(NamedTuple):
    """One event with its envelope, and the state around it."""

    recorded: Recorded
    meta: Meta
    event: DomainEvent
    before: Any
    after: Any


class Teller:
    """Folds one stream."""

    def __init__(self, decider: Decider[Any, Any]) -> None:
        self._decider = decider
        self.state: Any = decider.initial()

    def tell(self, one: Recorded, meta: Meta, event: DomainEvent) -> None:
        """Take one event in."""
        self.state = self._decider.evolve(self.state, event, by_of(one, meta))


class PlainTeller(Teller):
    """Folds a stream whose state holds more than is for telling: `shown` says what is told."""

    def __init__(
        self, decider: Decider[Any, Any], shown: Callable[[Any], Mapping[str, Any]]
    ) -> None:
        super().__init__(decider)
        self._own, self._shown = self.state, shown
        self.state = shown(self._own)

    def tell(self, one: Recorded, meta: Meta, event: DomainEvent) -> None:
        """Take one event in."""
        self._own = self._decider.evolve(self._own, event, by_of(one, meta))
        self.state = self._shown(self._own)


class CaseTeller(Teller):
    """Folds a case: `state` is its domain state with its facts and its latest words."""

    def __init__(self, stream: UUID) -> None:
        super().__init__(CASE)
        self._own = self.state
        self._facts = CaseFacts(id=str(stream))
        self._words: dict[str, Any] = dict.fromkeys(WORDS)
        self.state = self._whole()

    def tell(self, one: Recorded, meta: Meta, event: DomainEvent) -> None:
        """Take one event in."""
        self._own = self._decider.evolve(self._own, event, by_of(one, meta))
        facts = copy(self._facts)
        fold(facts, event, meta, one.version, one.position)
        self._facts = facts
        said = {name: getattr(event, name, None) for name in WORDS}
        self._words |= {name: words for name, words in said.items() if words}
        self.state = self._whole()

    def _whole(self) -> Mapping[str, Any]:
        own = {
            name: getattr(self._own, name)
            for name in self._own.__struct_fields__
            if name not in LEFT_OUT
        }
        return own | {name: getattr(self._facts, name) for name in FACTS} | self._words


def told(teller: Teller, events: Iterable[tuple[Recorded, DomainEvent]]) -> Iterator[Told]:
    """Yield a stream's events in order, each with the state before and after it."""
    for one, event in events:
        meta, before = decode_meta(one.meta), teller.state
        teller.tell(one, meta, event)
        yield Told(one, meta, event, before, teller.state)


def decoded(recorded: Iterable[Recorded]) -> list[DomainEvent]:
    """Return recorded events as they were told; sealed values stay sealed."""
    return [decode(one.topic, one.schema, one.state) for one in recorded]
