"""Let simulated time run: many walks side by side, each in its own order.

Strands (a walk with those tied to it) run concurrently, a bounded number at once, the
earliest first; a strand takes its steps one after another. The deadline clock of a case
is asked before each step, so that it warns, passes and resumes at its own simulated
instant, exactly as the reactor does in real time.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final, Protocol
from uuid import UUID

from api.demo.chance import HOUR, Chance
from api.demo.journey import journey
from api.demo.pace import Alone, Pace
from api.demo.walk import Seen, Step, Walk, Walking
from domain.actor import Actor, Role
from domain.case.react import clock_commands, next_instant
from domain.case.state import CaseState
from domain.case.values import Clock
from domain.errors import Rejected
from domain.event import Command
from eventlog.ids import id_of

CLOCK: Final = Actor(id="system:clock", role=Role.CLOCK)
WIDTH: Final = 256
"""Strands in flight at once; each has one command under way."""
STRETCH: Final = 6 * HOUR
"""How far a strand is carried before another may have its turn, in simulated time."""
LEAD: Final = 12 * HOUR
"""How far one of several tellers may be ahead of the slowest, in simulated time."""
FOREVER: Final = 1 << 62


class Cases(Protocol):
    """What the clockwork needs of the platform: give a command, look at a case."""

    async def give(
        self, command: Command, *, stream: UUID, actor: Actor, command_id: UUID, at: int
    ) -> None:
        """Give a command at a simulated instant. Raises Rejected."""
        ...

    async def look(self, stream: UUID) -> CaseState:
        """Return how a case stands."""
        ...


@dataclass(slots=True)
class Tally:
    """What happened, for the progress bar and for tests."""

    commands: int = 0
    cases: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def stream_id(at: int, dice: Chance) -> UUID:
    """Return a UUIDv7 of a simulated instant whose chance part repeats."""
    high = (at // 1000 & (1 << 48) - 1) << 16 | 0x7000 | dice.getrandbits(12)
    return id_of((high << 64 | 0b10 << 62 | dice.getrandbits(62)).to_bytes(16))


class Walker:
    """One walk with its pending step, and how its case stands."""

    __slots__ = ("cases", "pending", "state", "steps", "tally", "ticks_at", "walk")

    def __init__(self, walk: Walk, cases: Cases, tally: Tally) -> None:
        self.walk = walk
        self.cases = cases
        self.tally = tally
        self.steps: Walking = journey(walk)
        self.pending: Step | None = next(self.steps, None)
        self.state: CaseState | None = None
        self.ticks_at = FOREVER

    @property
    def wakes_at(self) -> int:
        """When something happens next: a step, or the case's clock."""
        return min(self.ticks_at, self.pending.at) if self.pending is not None else self.ticks_at

    async def look(self) -> CaseState:
        """Look at the case again: after its own steps, and after those of walks tied to it."""
        self.state = state = await self.cases.look(self.walk.stream)
        instant = next_instant(state)
        self.ticks_at = FOREVER if instant is None else instant
        return state

    async def run(self) -> None:
        """Take the next thing that happens."""
        step = self.pending
        if step is None or self.ticks_at <= step.at:
            await self._tick(self.ticks_at)
        else:
            await self._take(step)

    async def _tick(self, at: int) -> None:
        assert self.state is not None
        for command in clock_commands(self.state, at):
            await self._give(command, CLOCK, at)
        await self.look()

    async def _take(self, step: Step) -> None:
        refused: str | None = None
        if step.command is not None:
            refused = await self._give(step.command, step.actor, step.at)
        state = await self.look()
        try:
            self.pending = self.steps.send(seen(state, step.at, refused))
        except StopIteration:
            self.pending = None

    async def _give(self, command: Command, actor: Actor, at: int) -> str | None:
        walk = self.walk
        self.tally.commands += 1
        try:
            await self.cases.give(
                command, stream=walk.stream, actor=actor, at=at,
                command_id=stream_id(at, walk.dice),
            )  # fmt: skip
        except Rejected as no:
            self.tally.refused[f"{command.NAME} {no.code}"] += 1
            return no.code
        return None


def seen(state: CaseState, at: int, refused: str | None) -> Seen:
    """Return what people see of a case."""
    running, lead = state.clock(Clock.HANDLE), state.lead
    return Seen(
        at=at,
        status=state.status,
        department=lead.department if lead is not None else None,
        due=running.due.due if running is not None else None,
        spared=not state.sampled if state.self_handled else None,
        refused=refused,
    )


class Strand:
    """Walks that look at one another, run in one order of time."""

    __slots__ = ("walkers",)

    def __init__(self, walkers: list[Walker]) -> None:
        self.walkers = walkers

    async def run(self, until: int) -> int:
        """Take everything that happens before an instant; return when the next comes."""
        if len(self.walkers) == 1:
            return await self._alone(self.walkers[0], until)
        while True:
            walker = min(self.walkers, key=_wakes_at)
            if walker.wakes_at >= until:
                return walker.wakes_at
            await walker.run()
            for other in self.walkers:
                if other is not walker:
                    await other.look()

    async def _alone(self, walker: Walker, until: int) -> int:
        while (at := walker.wakes_at) < until:
            await walker.run()
        return at


def _wakes_at(walker: Walker) -> int:
    return walker.wakes_at


class Clockwork:
    """All strands, the earliest first, a bounded number under way.

    There is no barrier: whoever is free takes the strand that wakes first and carries it
    a little further. With `width` strands under way, the log is in order of simulated
    time up to about what `width` commands span.
    """

    def __init__(
        self, cases: Cases, arriving: Iterator[list[Walk]], pace: Pace | None = None
    ) -> None:
        self.tally = Tally()
        self._pace = Alone() if pace is None else pace
        self._cases = cases
        self._arriving = arriving
        self._waiting: list[tuple[int, int, Strand]] = []
        self._number = 0
        self._coming = self._next_arrival()

    async def run(
        self, until: int, width: int = WIDTH, lead: int = LEAD,
        progress: Callable[[int], None] = lambda _at: None,
    ) -> None:  # fmt: skip
        """Run everything that happens before an instant. Raises the platform's errors."""

        async def worker() -> None:
            while (taken := self._take(until)) is not None:
                at, strand = taken
                progress(at)
                await self._pace.keep(at, lead)
                self._push(await strand.run(min(until, at + STRETCH)), strand)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(width):
                tasks.create_task(worker())

    def _take(self, until: int) -> tuple[int, Strand] | None:
        """Return the strand that wakes first, arrivals included; None when it is too late."""
        waiting = self._waiting
        while self._coming is not None and (not waiting or self._coming[0] <= waiting[0][0]):
            self._push(*self._coming)
            self._coming = self._next_arrival()
        if not waiting or waiting[0][0] >= until:
            return None
        at, _, strand = heappop(waiting)
        return at, strand

    def _next_arrival(self) -> tuple[int, Strand] | None:
        walks = next(self._arriving, None)
        if walks is None:
            return None
        walkers = [Walker(walk, self._cases, self.tally) for walk in walks]
        self.tally.cases += len(walkers)
        return min(walker.wakes_at for walker in walkers), Strand(walkers)

    def _push(self, at: int, strand: Strand) -> None:
        if at < FOREVER:
            self._number += 1
            heappush(self._waiting, (at, self._number, strand))
