"""Fold a page's cases once, for all read models.

What a case was before the page comes from a bounded cache, or else from its own stream in
the log: never from a read model's tables, so no stored state can be wrong here.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from operator import methodcaller
from typing import Final, Protocol
from uuid import UUID

from domain.event import CANARY
from eventlog.record import Recorded
from projections.case_facts.facts import CaseFacts
from projections.case_facts.fold import fold
from projections.decoding import CASE, Failure, failed, seen_of
from projections.port import Seen, Touched

KEPT: Final = 50_000
"""Cases kept in memory: about 3.5 kB each."""
_copied: Final[Callable[[CaseFacts], CaseFacts]] = methodcaller("__copy__")
"""What `copy.copy` comes to after asking what it has been given, which is half of its time."""


class Streams(Protocol):
    """What the fold asks of the log."""

    async def read_streams(self, streams: Sequence[UUID]) -> list[Recorded]:
        """Read several whole streams, ordered by stream, then version."""
        ...


class Folding:
    """The cache of facts and the fold of one page after another."""

    def __init__(self, log: Streams, kept: int = KEPT) -> None:
        self._log = log
        self._kept = kept
        self._cases: OrderedDict[UUID, CaseFacts] = OrderedDict()

    def forget(self) -> None:
        """Drop the cache: the next page starts from the log."""
        self._cases.clear()

    async def prepare(self, seen: Sequence[Seen]) -> None:
        """Read what all cases of some events were before them, in one go."""
        await self._load(grouped(seen))

    async def touch(self, seen: Sequence[Seen]) -> tuple[dict[UUID, Touched], list[Failure]]:
        """Return the cases a page touches, folded through it, and where a fold failed.

        A case whose fold fails is touched up to the event before the failing one.
        """
        streams = grouped(seen)
        await self._load(streams)
        touched: dict[UUID, Touched] = {}
        failures: list[Failure] = []
        for stream, events in streams.items():
            before = self._before(stream, events[0].version)
            if before is None and events[0].version > 1:
                failures.append(failed(events[0], LookupError("its stream could not be folded")))
                continue
            steps, failure = fold_on(stream, before, events)
            if failure is not None:
                failures.append(failure)
            if steps:
                touched[stream] = Touched(stream, before, steps)
                self._keep(stream, steps[-1])
        self._forget_oldest()
        return touched, failures

    def _before(self, stream: UUID, version: int) -> CaseFacts | None:
        return None if version == 1 else self._cases.get(stream)

    def _keep(self, stream: UUID, facts: CaseFacts) -> None:
        self._cases[stream] = facts
        self._cases.move_to_end(stream)

    def _forget_oldest(self) -> None:
        """Forget what is too many: not amid a page, which may go on with the very oldest."""
        while len(self._cases) > self._kept:
            self._cases.popitem(last=False)

    async def _load(self, streams: dict[UUID, list[Seen]]) -> None:
        wanted = {
            stream: events[0].version
            for stream, events in streams.items()
            if events[0].version > 1 and not self._stands_at(stream, events[0].version - 1)
        }
        if not wanted:
            return
        for recorded in await self._log.read_streams(list(wanted)):
            if recorded.version < wanted[recorded.stream]:
                self._fold_in(recorded)

    def _stands_at(self, stream: UUID, version: int) -> bool:
        facts = self._cases.get(stream)
        if facts is not None and facts.version != version:
            del self._cases[stream]
            return False
        return facts is not None

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


def grouped(seen: Sequence[Seen]) -> dict[UUID, list[Seen]]:
    """Return the page's events of cases by stream, in order.

    A canary is no case: no read model ever hears of it, so it is in no list and no figure.
    """
    streams: dict[UUID, list[Seen]] = {}
    for one in seen:
        if one.topic.startswith(CASE) and one.meta.basis != CANARY:
            streams.setdefault(one.stream, []).append(one)
    return streams


def fold_on(
    stream: UUID, before: CaseFacts | None, events: Sequence[Seen]
) -> tuple[list[CaseFacts], Failure | None]:
    """Return the case after each event, folded onto facts that are left as they are.

    Stops at the first event that fails.
    """
    facts = before
    steps: list[CaseFacts] = []
    for one in events:
        facts = _copied(facts) if facts is not None else CaseFacts(id=str(stream))
        try:
            if one.event is None:
                raise ValueError(f"{one.topic} can't be decoded")
            fold(facts, one.event, one.meta, one.version, one.position)
        except Exception as error:  # poison: the edge where it is told from the rest
            return steps, failed(one, error)
        steps.append(facts)
    return steps, None


async def refold(
    log: Streams,
    stream: UUID,
    first_version: int,
    last_position: int,
    skipped: Collection[int],
) -> tuple[Touched | None, list[Seen]]:
    """Read one stream and fold it anew as one read model sees it; see `fold_history`."""
    recorded = await log.read_streams([stream])
    return fold_history(stream, recorded, first_version, last_position, skipped)


def fold_history(
    stream: UUID,
    history: Sequence[Recorded],
    first_version: int,
    last_position: int,
    skipped: Collection[int] = (),
) -> tuple[Touched | None, list[Seen]]:
    """Fold a stream from its first event up to a position; skipped positions change nothing.

    Returns the case before `first_version` and after, and the events between; None when
    there are none. Raises what a fold raises.
    """
    facts = CaseFacts(id=str(stream))
    before: CaseFacts | None = None
    fresh: list[Seen] = []
    steps: list[CaseFacts] = []
    for recorded in history:
        if recorded.position > last_position:
            break
        if recorded.version == first_version and recorded.version > 1:
            before = facts
        if recorded.position in skipped:
            continue
        one = seen_of(recorded)
        assert one.event is not None, one
        facts = _copied(facts)
        fold(facts, one.event, one.meta, one.version, one.position)
        if recorded.version >= first_version:
            fresh.append(one)
            steps.append(facts)
    return (Touched(stream, before, steps) if fresh else None), fresh
