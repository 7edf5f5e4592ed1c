"""What a subscription is made of: a snapshot, and deltas from the hub's changes.

A subscription's resolver returns a `Stream`: to our engine it names the source, which
a group runs once for all its members; to stock graphql-core it is a plain async
iterator over the same messages, so that both ways can be compared.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Final, Protocol

from api.graphql.live.cursor import Cursor, viewed
from api.graphql.live.messages import Heartbeat, Resync
from api.graphql.scalars import Instant, LogPosition
from api.platform import Platform
from projections.delta import Change
from projections.delta import Resync as HubResync
from projections.hub import Subscription
from projections.reading import Standing, standing

HEARTBEAT_S: Final = 2.0
PULSE_S: Final = 0.5
SHARE: Final = 8
LONGEST_S: Final = 0.2
"""Who gathers deltas waits for so many times what the last one took to tell, at most so long: of
a busy process no group takes much, and what comes meanwhile is told together."""
TURN_S: Final = 2.0
"""At midnight every wall's numbers begin anew: each group says so within as long, at an instant of
its own, so that not all read at once. A delta that comes before it has the new day's already."""
Where = Callable[[], Awaitable[Standing]]
"""Reads where log and read models stand."""


class Kind(StrEnum):
    """The four kinds of message every subscription has."""

    SNAPSHOT = "snapshot"
    DELTA = "delta"
    RESYNC = "resync"
    HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True)
class Taken:
    """A message with the cursor it brings its receiver to."""

    kind: Kind
    cursor: Cursor
    payload: object
    until: int | None = None
    """Of a snapshot: the instant at which the clock alone makes it untrue, None for never."""


class Source(Protocol):
    """One subscription field with its arguments, for one visible scope."""

    scope_key: str
    """What its results depend on besides document and variables: who may see what."""
    interval_s: float
    """Deltas are gathered for at least this long; 0 sends each change by itself."""

    async def snapshot(self) -> Taken:
        """Return everything, read in one snapshot of the read models."""
        ...

    async def delta(self, changes: Sequence[Change], cursor: Cursor) -> object | None:
        """Return what these changes mean to it, None for nothing."""
        ...


class Stream:
    """What a subscription's resolver returns."""

    def __init__(self, platform: Platform, source: Source, after: str | None) -> None:
        self.platform = platform
        self.source = source
        self.after = after

    def __aiter__(self) -> AsyncIterator[object]:
        return messages(self.platform, self.source)


async def messages(platform: Platform, source: Source) -> AsyncGenerator[object, None]:
    """Yield a source's messages for ever: a snapshot, deltas, heartbeats, a resync if need be."""
    async for taken in follow(platform, source, Pulse(platform).standing):
        yield taken.payload


class Pulse:
    """Where log and read models stand, read at most twice a second for all groups together."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._reading = asyncio.Lock()
        self._found: Standing | None = None
        self._until = 0.0

    async def standing(self) -> Standing:
        """Return where they stand, as of at most half a second ago."""
        loop = asyncio.get_running_loop()
        async with self._reading:
            if self._found is None or loop.time() >= self._until:
                self._found = await standing(self._platform.pool)
                self._until = loop.time() + PULSE_S
            return self._found


async def follow(platform: Platform, source: Source, where: Where) -> AsyncGenerator[Taken, None]:
    """Yield a source's messages with their cursors, for ever; a heartbeat every two seconds.

    The first comes at once: whoever is back after an outage shows old data until it hears one.
    """
    loop = asyncio.get_running_loop()
    turn = Turn(platform, random.uniform(0, TURN_S))
    with platform.hub.subscribe() as inbox:
        taken = await source.snapshot()
        yield taken
        cursor, beat_at, delta_at = taken.cursor, loop.time(), 0.0
        while True:
            gathered = await gather(inbox, delta_at, min(beat_at, turn.at(taken)))
            if loop.time() >= beat_at:
                beat_at = loop.time() + HEARTBEAT_S
                yield heartbeat(platform, cursor, await where())
            why = gathered.reason if isinstance(gathered, HubResync) else turn.over()
            if why is not None:
                yield resync(why, max(cursor.position, platform.hub.position), cursor)
                async with platform.anew:
                    taken = await source.snapshot()
                yield taken
                cursor = taken.cursor
            elif gathered and not isinstance(gathered, HubResync):
                began = loop.time()
                cursor = cursor._replace(position=max(cursor.position, gathered[-1].position))
                payload = await source.delta(gathered, cursor)
                if payload is not None:
                    yield Taken(Kind.DELTA, cursor, payload)
                delta_at = began + pause(source.interval_s, loop.time() - began)


class Turn:
    """When a group reads anew because the clock has made its snapshot untrue."""

    def __init__(self, platform: Platform, late_s: float) -> None:
        """`late_s`: so long after the instant itself; a moment of the group's own."""
        self._platform = platform
        self._late_s = late_s
        self._due = inf

    def at(self, taken: Taken) -> float:
        """Return when to look again, in seconds of the loop's clock."""
        now = asyncio.get_running_loop().time()
        left_us = inf if taken.until is None else taken.until - self._platform.clock()
        if left_us > 0:
            self._due = inf
            return now + left_us / 1_000_000
        self._due = min(self._due, now + self._late_s)
        return self._due

    def over(self) -> str | None:
        """Return why deltas can't go on; None while they can."""
        return "day" if asyncio.get_running_loop().time() >= self._due else None


def pause(interval_s: float, took_s: float) -> float:
    """Return from the beginning of one delta to that of the next, by what the first one took."""
    return interval_s and max(interval_s, min(SHARE * took_s, LONGEST_S))


async def gather(
    inbox: Subscription, not_before: float, deadline: float
) -> list[Change] | HubResync:
    """Return the changes that are there after `not_before`; none when the deadline comes first.

    Both in seconds of the loop's clock. The first change of a quiet time is not kept
    waiting: only those that follow it closely are gathered.
    """
    try:
        async with asyncio.timeout_at(deadline):
            first = await inbox.receive()
    except TimeoutError:
        return []
    wait = not_before - asyncio.get_running_loop().time()
    if wait > 0:
        await asyncio.sleep(wait)
    found: list[Change] = []
    message: Change | HubResync = first
    while not isinstance(message, HubResync):
        found.append(message)
        if not len(inbox):
            return found
        message = await inbox.receive()
    return message


def resync(reason: str, position: int, cursor: Cursor) -> Taken:
    """Return the message that says deltas can't go on."""
    payload = Resync(reason=reason, position=LogPosition(position))
    return Taken(Kind.RESYNC, cursor, payload)


def heartbeat(platform: Platform, cursor: Cursor, found: Standing) -> Taken:
    """Return a heartbeat: how far this source has told, and where everything stands."""
    now = platform.clock()
    payload = Heartbeat(
        cursor=cursor.encode(),
        position=LogPosition(cursor.position),
        head=LogPosition(found.head),
        server_time=Instant(now),
        oldest_unapplied_age_ms=unapplied_age_ms(found, now),
    )
    return Taken(Kind.HEARTBEAT, cursor, payload)


def unapplied_age_ms(found: Standing, now: int) -> int:
    """Return the age of the oldest event not yet applied; 0 at the head."""
    if found.oldest_unapplied_at is None:
        return 0
    return max(0, now - found.oldest_unapplied_at) // 1_000


def at(platform: Platform, found: Standing, day: str | None = None) -> Cursor:
    """Return the cursor of a reading of the read models, and of a day where that matters."""
    view = found.view if day is None else viewed(found.view, day)
    return Cursor(platform.epoch, view, found.position)
