"""Paces a telling: what is due by now at the asked speed, and nothing sooner.

The clock of the past runs `speed` times as fast as ours. Each turn takes the events up to
where it stands; a turn that finds too many takes the first of them and comes back at once,
and the heartbeat says how far it is behind.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final, Protocol

from api.graphql.as_of import Sighting
from api.graphql.live.cursor import Cursor
from api.graphql.live.messages import Heartbeat
from api.graphql.scalars import Instant, LogPosition
from api.platform import Platform
from projections.as_of import resolve
from projections.delta import Change
from projections.reading import at_position
from projections.replay.stage import Stage
from projections.replay.standing import stood
from projections.replay.tape import MOST, Order, Tape, place_of
from projections.sight import EVERYTHING

TURN_S: Final = 0.1
BEAT_S: Final = 0.5
SECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Pace:
    """From where to where in an order's own time, and how fast; microseconds UTC."""

    order: Order
    start: int
    end: int
    speed: float


class Screen(Protocol):
    """What is shown of the past: the messages of one live subscription."""

    async def opened(self, seen: Sighting, stage: Stage, cursor: Cursor) -> object:
        """Return everything as it stood at the start: `now` of the sighting is that instant."""
        ...

    async def moved(self, change: Change, cursor: Cursor) -> object | None:
        """Return what a change means to it, None for nothing."""
        ...


class Player:
    """One telling. `lag_ms` says how far it is behind its own clock."""

    def __init__(self, platform: Platform, pace: Pace, screen: Screen) -> None:
        self._platform = platform
        self._pace = pace
        self._screen = screen
        self._clock = pace.start
        self._head = 0
        self.lag_ms = 0
        self.told = 0

    async def messages(self) -> AsyncGenerator[object, None]:
        """Yield the snapshot, then deltas and heartbeats up to the end."""
        loop = asyncio.get_running_loop()
        stage, tape, snapshot = await self._open()
        yield snapshot
        began, beat_at = loop.time(), loop.time() + BEAT_S
        while self._clock < self._pace.end:
            due = min(self._due(loop.time() - began), self._pace.end)
            change = await self._turn(stage, tape, due)
            payload = await self._screen.moved(change, self._cursor(tape))
            if payload is not None:
                yield payload
            self.lag_ms = int((due - self._clock) / SECOND / self._pace.speed * 1_000)
            if loop.time() >= beat_at:
                beat_at = loop.time() + BEAT_S
                yield self._heartbeat(tape)
            await asyncio.sleep(0 if self._clock < due else TURN_S)
        yield self._heartbeat(tape)

    async def _open(self) -> tuple[Stage, Tape, object]:
        """Read what stands at the start, all in one snapshot of the read models."""
        platform, pace = self._platform, self._pace
        async with at_position(platform.reads, EVERYTHING) as (reads, found):
            known = found.position
            place = await place_of(reads, pace.order, pace.start, known)
            self._head = await place_of(reads, pace.order, pace.end, known)
            if pace.order is Order.EFFECTIVE:
                at = await resolve(reads, found, effective_at=pace.start)
            else:
                at = await resolve(reads, found, position=place)
            seen = Sighting(platform, reads, found, at, await platform.earlier.at(at), pace.start)
            stage = Stage(platform.log, await stood(reads, at), pace.start)
            tape = Tape(platform.pool, pace.order, pace.start, pace.end, place=place, known=known)
            return stage, tape, await self._screen.opened(seen, stage, self._cursor(tape))

    def _due(self, passed_s: float) -> int:
        return self._pace.start + int(passed_s * self._pace.speed * SECOND)

    async def _turn(self, stage: Stage, tape: Tape, due: int) -> Change:
        seen = await tape.until(due)
        self._clock = due if len(seen) < MOST else max(self._clock, tape.at(seen[-1]))
        self.told += len(seen)
        return await stage.apply(seen, self._clock, tape.place)

    def _cursor(self, tape: Tape) -> Cursor:
        view = f"{self._pace.order}@{self._clock}"
        return Cursor(self._platform.epoch, view, tape.place)

    def _heartbeat(self, tape: Tape) -> Heartbeat:
        return Heartbeat(
            cursor=self._cursor(tape).encode(),
            position=LogPosition(tape.place),
            head=LogPosition(self._head),
            server_time=Instant(self._clock),
            oldest_unapplied_age_ms=self.lag_ms,
        )
