"""One case under two rule books: each of its stage clocks, and whom it would go to. Pure.

Every clock that ran is set anew from its own start, by both books, with the pauses that it
had; so what differs is what the change does and nothing else. How long people took stays
as it was: a rule does not say how they would have worked under it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from api.graphql.deadline.trace import Trace, Traced
from api.reference import Reference
from domain.calendar.clock import due_at
from domain.event import Microseconds

BY_ITSELF: Final = frozenset({"case.resumed", "case.unmerged"})
"""What moves a due instant without anybody's ruling: only the pause is taken out."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What of a case decides about its rules."""

    number: str
    category: str
    scope: str
    dispatched: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One time that a stage clock ran. `ended_at` is when its stage was over, else now."""

    clock: str
    start: Microseconds
    recorded: Microseconds
    ended_at: Microseconds
    before: Microseconds | None
    after: Microseconds | None

    @property
    def late_before(self) -> bool:
        """Whether it is late by the rules as they are."""
        return self.before is not None and self.ended_at > self.before

    @property
    def late_after(self) -> bool:
        """Whether it would be late by the changed rules."""
        return self.after is not None and self.ended_at > self.after


@dataclass(frozen=True, slots=True)
class Compared:
    """A case under both. `by_hand` are clocks whose due somebody has ruled on: left as they are."""

    matter: Matter
    runs: tuple[Run, ...]
    by_hand: int
    sent_before: str | None
    sent_after: str | None

    @property
    def differs(self) -> bool:
        """Whether anything of it would be otherwise."""
        return self.sent_before != self.sent_after or any(
            run.before != run.after for run in self.runs
        )


def compared(
    matter: Matter, found: Trace, before: Reference, after: Reference, now: Microseconds
) -> Compared:
    """Return a case under the rules as they are and as they would be."""
    ran = _runs(found)
    ruled = [one for one in ran if not {step.topic for step in one.settings[1:]} <= BY_ITSELF]
    free = [one for one in ran if one not in ruled]
    sent = (_sent(before, matter), _sent(after, matter)) if matter.dispatched else (None, None)
    return Compared(
        matter,
        tuple(_run(one, found, matter, before, after, now) for one in free),
        len(ruled), *sent,
    )  # fmt: skip


def _runs(found: Trace) -> list[Traced]:
    """Return each time that a clock ran, as it was last set; a source's targets have no limit."""
    last: dict[tuple[str, int], Traced] = {}
    for one in (*found.earlier, *found.clocks.values()):
        if one.due.limit:
            last[one.clock, one.due.start] = one
    return list(last.values())


def _run(
    one: Traced,
    found: Trace,
    matter: Matter,
    before: Reference,
    after: Reference,
    now: Microseconds,
) -> Run:
    start, pauses = one.due.start, found.pauses_of(one)
    standing = one.stopped_at is None and found.standing_since is not None
    ended = one.stopped_at or (found.standing_since if standing else None) or now

    def due(book: Reference) -> Microseconds | None:
        limit, calendar = _limit(book, matter, one.clock), book.calendar(matter.scope)
        return None if not limit or calendar is None else due_at(start, limit, calendar, pauses)

    return Run(one.clock, start, one.due.due, ended, due(before), due(after))


def _limit(book: Reference, matter: Matter, clock: str) -> str | None:
    limits: Mapping[str, str] = book.limits(matter.category, matter.scope)
    return limits.get(clock)


def _sent(book: Reference, matter: Matter) -> str | None:
    route = book.route(matter.category, matter.scope)
    return None if route is None else route.department


@dataclass(slots=True)
class ClockTally:
    """One stage clock over all cases."""

    clock: str
    runs: int = 0
    moved: int = 0
    late_before: int = 0
    late_after: int = 0
    late_recorded: int = 0

    def count(self, run: Run) -> None:
        """Count one run."""
        self.runs += 1
        self.moved += run.before != run.after
        self.late_before += run.late_before
        self.late_after += run.late_after
        self.late_recorded += run.ended_at > run.recorded


class Tally:
    """Everything a dry run says, counted case by case."""

    def __init__(self, most_cases: int) -> None:
        self.cases = 0
        self.differing = 0
        self.by_hand = 0
        self.clocks: dict[str, ClockTally] = {}
        self.rerouted: dict[tuple[str | None, str | None], int] = {}
        self.examples: list[Compared] = []
        self._most = most_cases

    def count(self, several: Iterable[Compared]) -> None:
        """Count some cases; the first that differ are kept."""
        for one in several:
            self.cases += 1
            self.by_hand += one.by_hand
            for run in one.runs:
                self.clocks.setdefault(run.clock, ClockTally(run.clock)).count(run)
            if one.sent_before != one.sent_after:
                way = one.sent_before, one.sent_after
                self.rerouted[way] = self.rerouted.get(way, 0) + 1
            if one.differs:
                self.differing += 1
                if len(self.examples) < self._most:
                    self.examples.append(one)
