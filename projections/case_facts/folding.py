"""Fold a page's cases once, for all read models.

What a case was before the page comes from a bounded cache, or else from its own stream in
the log: never from a read model's tables, so no stored state can be wrong here.
"""

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from domain.event import CANARY
from eventlog.record import Recorded
from projections.case_facts.cases import KEPT, Cases, Streams
from projections.case_facts.facts import CaseFacts
from projections.case_facts.fold import change, fold
from projections.case_facts.touched import Touched, begun, copied, each
from projections.decoding import CASE, Failure, failed, seen_of
from projections.seen import Seen


class Folding:
    """The cache of facts and the fold of one page after another."""

    def __init__(self, log: Streams, kept: int = KEPT, *, stepwise: bool = True) -> None:
        """`stepwise`: fold each step at once, as somebody will ask for them. Begins with a page."""
        self._cases = Cases(log, kept)
        self.stepwise = stepwise

    def forget(self) -> None:
        """Drop the cache: the next page starts from the log."""
        self._cases.forget()

    async def prepare(self, seen: Sequence[Seen]) -> None:
        """Read what all cases of some events were before them, in one go."""
        await self._cases.load(firsts(seen))

    async def touch(self, seen: Sequence[Seen]) -> tuple[dict[UUID, Touched], list[Failure]]:
        """Return the cases a page touches, folded through it, and where a fold failed.

        A case whose fold fails is touched up to the event before the failing one.
        """
        turn = self.turn()
        await turn.take(seen)
        return turn.end()

    def turn(self) -> "Turn":
        """Begin a page, which is then taken in bit by bit."""
        return Turn(self._cases, stepwise=self.stepwise)


class Turn:
    """A page on its way through the fold.

    Bit by bit, each folded while what was decoded of it still lies in the processor's cache.
    """

    def __init__(self, cases: Cases, *, stepwise: bool) -> None:
        self._cases = cases
        self._stepwise = stepwise
        self._touched: dict[UUID, Touched] = {}
        self._failures: dict[UUID, Failure] = {}
        self._ended: dict[UUID, Touched] = {}
        """Cases up to the event that failed: no later one is folded onto them."""

    async def take(self, seen: Sequence[Seen]) -> None:
        """Fold the next events of the page."""
        there = self._touched
        for index, one in enumerate(seen):
            if one.meta.basis == CANARY or not one.topic.startswith(CASE):
                continue
            touched = there.get(one.stream)
            if touched is None:
                if one.stream in self._failures:
                    continue
                if one.version > 1 and self._cases.before(one) is None:
                    await self._load(seen[index:])
                touched = self._begun(one)
                if touched is None:
                    continue
            facts, steps = touched.after, touched.stepwise
            if steps:
                touched.after = facts = copied(facts)
            try:
                change(facts, one.event, one.meta)
            except Exception as error:  # poison: the edge where it is told from the rest
                self._failed(touched, one, error)
                continue
            touched.events.append(one)
            if steps is not None:
                facts.version, facts.position = one.version, one.position
                facts.updated_at = one.meta.effective_at
                steps.append(facts)

    def end(self) -> tuple[dict[UUID, Touched], list[Failure]]:
        """Return the cases the page touches, and where a fold failed."""
        self._touched.update(self._ended)
        for stream, touched in self._touched.items():
            last, facts = touched.events[-1], touched.after
            facts.version, facts.position = last.version, last.position
            facts.updated_at = last.meta.effective_at
            self._cases.keep(stream, touched.after)
        self._cases.forget_oldest()
        return self._touched, list(self._failures.values())

    async def _load(self, seen: Sequence[Seen]) -> None:
        there, failures = self._touched, self._failures
        new = (one for one in firsts(seen) if one.stream not in there)
        await self._cases.load(one for one in new if one.stream not in failures)

    def _begun(self, one: Seen) -> Touched | None:
        before = self._cases.before(one)
        if before is None and one.version > 1:
            error = LookupError("its stream could not be folded")
            self._failures[one.stream] = failed(one, error)
            return None
        steps = list[CaseFacts]() if self._stepwise else None
        touched = Touched(one.stream, before, begun(one.stream, before), [], steps)
        self._touched[one.stream] = touched
        return touched

    def _failed(self, touched: Touched, one: Seen, error: Exception) -> None:
        """Leave the case as it was before an event, which may have changed half of it."""
        self._failures[one.stream] = failed(one, error)
        del self._touched[one.stream]
        if touched.events:
            again, _ = fold_on(one.stream, touched.before, touched.events)
            assert again is not None, one
            self._ended[one.stream] = again


def firsts(seen: Sequence[Seen]) -> Iterator[Seen]:
    """Yield the first event of each case among some events."""
    return (events[0] for events in grouped(seen).values())


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
) -> tuple[Touched | None, Failure | None]:
    """Return the case folded onto facts that are left as they are; stops at an event that fails."""
    steps: list[CaseFacts] = []
    failure = None
    try:
        for facts in each(stream, before, events):
            steps.append(facts)  # noqa: PERF402 - those before the one that fails are kept
    except Exception as error:  # poison: the edge where it is told from the rest
        failure = failed(events[len(steps)], error)
    folded = events if failure is None else events[: len(steps)]
    return (Touched(stream, before, steps[-1], [*folded], steps) if steps else None), failure


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
    facts = begun(stream, None)
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
        facts = begun(stream, facts)
        fold(facts, one.event, one.meta, one.version, one.position)
        if recorded.version >= first_version:
            fresh.append(one)
            steps.append(facts)
    return (Touched(stream, before, facts, fresh, steps) if fresh else None), fresh
