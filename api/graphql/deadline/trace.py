"""The clocks of a case followed through its events: who set each due, what moved it, its end."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field

from domain.event import Microseconds
from projections.case_facts.facts import PAUSED, CaseFacts, DueFact
from projections.case_facts.fold import fold
from projections.seen import Seen


@dataclass(frozen=True, slots=True)
class Setting:
    """An event that set a due or moved it."""

    position: int
    topic: str
    at: Microseconds
    due: Microseconds


@dataclass(slots=True)
class Traced:
    """A clock as it was set. `stopped_at` is None while it ticks, or stands still.

    `replaced_at` is when another due took its place; None for the latest.
    """

    clock: str
    due: DueFact
    settings: list[Setting] = field(default_factory=list)
    stopped_at: Microseconds | None = None
    replaced_at: Microseconds | None = None


@dataclass(slots=True)
class Trace:
    """All clocks of a case, its pauses, and since when it stands still.

    `earlier` are the dues that were replaced, the latest last.
    """

    clocks: dict[str, Traced] = field(default_factory=dict)
    earlier: list[Traced] = field(default_factory=list)
    pauses: tuple[tuple[Microseconds, Microseconds], ...] = ()
    standing_since: Microseconds | None = None

    def pauses_of(self, one: Traced) -> tuple[tuple[Microseconds, Microseconds], ...]:
        """Return the pauses that began while a clock ticked, and were over while it held."""
        end, last = one.stopped_at, one.replaced_at
        return tuple(
            pause
            for pause in self.pauses
            if (end is None or pause[0] < end) and (last is None or pause[1] < last)
        )

    def with_due(self, clock: str, due: Microseconds) -> Traced | None:
        """Return a clock as it was when it had this due, the latest one of them."""
        latest = (one for one in self.clocks.values() if one.clock == clock)
        before = (one for one in reversed(self.earlier) if one.clock == clock)
        return next((one for one in (*latest, *before) if one.due.due == due), None)


def trace(case: str, events: Iterable[Seen]) -> Trace:
    """Follow a case's clocks through its events in order."""
    found, facts = Trace(), CaseFacts(id=case)
    for seen in events:
        if seen.event is None:
            continue
        before, facts = facts, copy(facts)
        fold(facts, seen.event, seen.meta, seen.version, seen.position)
        _follow(found, before, facts, seen)
    found.pauses = facts.pauses
    if facts.status in PAUSED:
        found.standing_since = facts.suspended_at or facts.merged_at
    return found


def _follow(found: Trace, before: CaseFacts, facts: CaseFacts, seen: Seen) -> None:
    for clock, due in facts.dues.items():
        was = before.dues.get(clock)
        if was is not None and (was.start, was.due, was.limit) == (due.start, due.due, due.limit):
            found.clocks[clock].due = due
            continue
        setting = Setting(seen.position, seen.topic, seen.meta.effective_at, due.due)
        known = found.clocks.get(clock)
        moved = was is not None and known is not None and was.start == due.start
        settings = [*known.settings, setting] if known is not None and moved else [setting]
        if known is not None:
            known.replaced_at = seen.meta.effective_at
            found.earlier.append(known)
        found.clocks[clock] = Traced(clock, due, settings)
    for clock in [one for one in found.clocks if one not in facts.dues]:
        gone = found.clocks.pop(clock)
        gone.stopped_at = gone.replaced_at = seen.meta.effective_at
        found.earlier.append(gone)
    for clock in before.ticking.keys() - facts.ticking.keys():
        if clock in found.clocks:
            found.clocks[clock].stopped_at = seen.meta.effective_at
