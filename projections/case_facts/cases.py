"""What cases were before the next page: kept in memory, bounded, or folded from their streams."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final, Protocol
from uuid import UUID

from eventlog.record import Recorded
from projections.case_facts.facts import CaseFacts
from projections.case_facts.fold import fold
from projections.decoding import seen_of
from projections.seen import Seen

KEPT: Final = 50_000
"""Cases kept in memory: about 3.5 kB each."""


class Streams(Protocol):
    """What the fold asks of the log."""

    async def read_streams(self, streams: Sequence[UUID]) -> list[Recorded]:
        """Read several whole streams, ordered by stream, then version."""
        ...


class Cases:
    """A bounded cache of facts, which are never changed once they lie here."""

    def __init__(self, log: Streams, kept: int) -> None:
        self._log = log
        self._kept = kept
        self._cases: OrderedDict[UUID, CaseFacts] = OrderedDict()

    def forget(self) -> None:
        """Drop all: the next page starts from the log."""
        self._cases.clear()

    def before(self, one: Seen) -> CaseFacts | None:
        """Return a case as it was before an event; None where it is not known, or was not."""
        if one.version == 1:
            return None
        facts = self._cases.get(one.stream)
        return facts if facts is not None and facts.version == one.version - 1 else None

    async def load(self, first: Iterable[Seen]) -> None:
        """Read what cases were before these events, the first of each, in one go."""
        wanted = {
            one.stream: one.version for one in first if one.version > 1 and not self.before(one)
        }
        if not wanted:
            return
        for stream in wanted:
            self._cases.pop(stream, None)
        for recorded in await self._log.read_streams(list(wanted)):
            if recorded.version < wanted[recorded.stream]:
                self._fold_in(recorded)

    def keep(self, stream: UUID, facts: CaseFacts) -> None:
        """Keep a case as it is now."""
        self._cases[stream] = facts
        self._cases.move_to_end(stream)

    def forget_oldest(self) -> None:
        """Forget what is too many: not amid a page, which may go on with the very oldest."""
        while len(self._cases) > self._kept:
            self._cases.popitem(last=False)

    def _fold_in(self, recorded: Recorded) -> None:
        facts = self._cases.get(recorded.stream)
        if recorded.version == 1:
            facts = CaseFacts(id=str(recorded.stream))
        if facts is None or facts.version != recorded.version - 1:
            return
        try:
            one = seen_of(recorded)
            assert one.event is not None, one
            fold(facts, one.event, one.meta, one.version, one.position)
        except Exception:  # held back where it first failed; this stream is not folded here
            self._cases.pop(recorded.stream, None)
            return
        self._cases[recorded.stream] = facts
