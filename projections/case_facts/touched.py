"""A case that a page has events of: what it was before the page, and what it is after it.

Most read models ask for nothing else, so a case is copied once a page and folded in place. Whoever
asks for each step has them folded from copies then, once for all who ask.
"""

from collections.abc import Callable, Iterator, Sequence
from operator import methodcaller
from typing import Final
from uuid import UUID

import msgspec

from projections.case_facts.facts import CaseFacts
from projections.case_facts.fold import fold
from projections.seen import Seen

copied: Final[Callable[[CaseFacts], CaseFacts]] = methodcaller("__copy__")
"""What `copy.copy` comes to after asking what it has been given, which is half of its time."""


class Touched(msgspec.Struct, gc=False):
    """A case a page has events of, at least one; `events` are those that could be folded.

    `before` is None where the page holds the case's first event.
    """

    stream: UUID
    before: CaseFacts | None
    after: CaseFacts
    events: list[Seen]
    stepwise: list[CaseFacts] | None = None

    @property
    def steps(self) -> Sequence[CaseFacts]:
        """The case after each of the events."""
        if self.stepwise is None:
            one = len(self.events) == 1
            self.stepwise = [self.after] if one else [*each(self.stream, self.before, self.events)]
        return self.stepwise


def begun(stream: UUID, before: CaseFacts | None) -> CaseFacts:
    """Return facts that may be changed: a copy, or those of a case without an event."""
    return CaseFacts(id=str(stream)) if before is None else copied(before)


def each(stream: UUID, before: CaseFacts | None, events: Sequence[Seen]) -> Iterator[CaseFacts]:
    """Yield the case after each event, each a copy of its own. Raises what a fold raises."""
    facts = before
    for one in events:
        facts = begun(stream, facts)
        fold(facts, one.event, one.meta, one.version, one.position)
        yield facts
