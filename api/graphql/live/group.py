"""One running subscription shared by everybody who asked for the same and may see the same.

Executed and encoded once per message; members get the same text. A ring of the latest
deltas lets a reconnect go on by position; the last snapshot serves those who join.
"""

import asyncio
import time
from collections import OrderedDict, deque
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from api.graphql.context import Context
from api.graphql.errors import Unavailable
from api.graphql.executor import Executor
from api.graphql.live.cursor import Cursor, why_lost
from api.graphql.live.framing import Straight
from api.graphql.live.round import Round
from api.graphql.live.source import (
    Kind,
    Stream,
    Taken,
    Where,
    follow,
    heartbeat,
    resync,
)
from api.graphql.live.telling import Telling
from api.graphql.measured import OPERATIONS
from eventlog.connection import OPERATING
from projections import tracing

RING: Final = 1_024
JOIN_FROM: Final = 64
"""A kept snapshot serves those who join while at most this many deltas follow it."""
PATIENCE_S: Final = 15.0
RETRY_S: Final = 1.0
LARGE: Final = 64 * 1024
"""A longer message is not copied for each member: its connection writes it in parts."""
ANSWERS: Final = 64
LINGER_BEATS: Final = 5
"""Heartbeats without a member after which a group ends."""
LOG: Final = structlog.get_logger("quanke.live")


class Member(Protocol):
    """Who receives: `push` never waits. Who keeps up is written to without being asked."""

    def push(self, kept: "Kept") -> bool:
        """Take one message; False: it lags, and joins again by itself when it can."""
        ...

    def straight(self, told: Cursor) -> Straight | None:
        """Return what the group writes to by itself until `halt`, None if it is to push."""
        ...

    def halted(self) -> None:
        """Be pushed to from now on."""
        ...

    def drop(self, reason: str) -> None:
        """End: nothing more will come."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """An encoded response and where it brings its receiver: one object for all of them."""

    kind: Kind
    cursor: Cursor
    body: bytes


class Group:
    """Executes one document over one source, for many members."""

    def __init__(
        self, executor: Executor, stream: Stream, context: Context, standing: Where
    ) -> None:
        self._telling = Telling(executor, context)
        self._standing = standing
        self._stream = stream
        self._snapshot: Kept | None = None
        self._beat: Kept | None = None
        self._ring: deque[Kept] = deque()
        self._ring_from = 0
        self._reached = 0
        self._begun = asyncio.Event()
        self._catching_up = asyncio.Lock()
        self._answered: OrderedDict[tuple[str, Cursor], Kept] = OrderedDict()
        self._idle_beats = 0
        self._ended = False
        self._round: Round[Member] = Round()
        self._pushed: set[Member] = set()
        self.members: set[Member] = set()
        self.lagging: set[Member] = set()
        self.executed = 0
        self.snapshots = 0

    async def run(self) -> None:
        """Follow the source and hand out what comes, until nobody has listened for a while."""
        while True:
            try:
                await self._follow()
            except OPERATING as error:
                LOG.warning("interrupted", error=repr(error))
                await asyncio.sleep(RETRY_S)
                await self._interrupted()
            else:
                return

    def end(self, reason: str) -> None:
        """Let every member go."""
        self._ended = True
        for member in (*self.members, *self.lagging):
            member.drop(reason)
        self.members.clear()
        self.lagging.clear()
        self._pushed.clear()

    async def join(self, member: Member, after: Cursor | None) -> None:
        """Bring a member up to date and let it follow; nothing is left out in between.

        Raises Unavailable when no snapshot can be had.
        """
        if self._ended:
            raise Unavailable("the subscription ended; subscribe again")
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._begun.wait()
                async with self._catching_up:  # thousands may come back at once: one query
                    missed = await self._since(after) if after is not None else None
                    kept = await self._latest_snapshot() if missed is None else None
                    lost = await self._lost(after) if missed is None and after is not None else None
                    given = [one for one in (lost, kept, *(missed or ())) if one is not None]
                    reached = given[-1].cursor if given else after
                    assert reached is not None
                    beat = await self._beat_at(reached)
        except OPERATING as error:
            raise Unavailable("the read models do not answer; try again") from error
        by = "replay" if kept is None else "snapshot" if lost is None else "resync"
        OPERATIONS.joined[by] += 1
        # From here on nothing awaits: what is pushed and what will be pushed join up.
        since = [one for one in self._ring if one.cursor.position > reached.position]
        if beat is not None:  # who is back shows old data until it hears one
            since.insert(0 if beat.cursor == reached else len(since), beat)
        given += since
        self.leave(member)
        if all(member.push(one) for one in given):
            self.members.add(member)
            self._pushed.add(member)
            self._trust(member)
        else:
            self.lagging.add(member)

    def leave(self, member: Member) -> None:
        """Stop handing out to a member."""
        self._round.drop(member)
        self._pushed.discard(member)
        self.members.discard(member)
        self.lagging.discard(member)

    def halt(self, member: Member) -> Cursor | None:
        """Push to a member from now on; return how far it was written to straight."""
        told = self._round.drop(member)
        if told is not None:
            self._pushed.add(member)
        return told

    def lag(self, member: Member) -> None:
        """Pass over a member until it joins again by itself."""
        self.leave(member)
        self.lagging.add(member)

    def _trust(self, member: Member) -> None:
        """Write to a member straight from the next round on, if it keeps up."""
        way = member.straight(self._round.told)
        if way is not None:
            self._pushed.discard(member)
            self._round.add(member, way)

    async def _follow(self) -> None:
        async with aclosing(
            follow(self._stream.platform, self._stream.source, self._standing)
        ) as steps:
            async for taken in steps:
                began = time.perf_counter()
                with tracing.frame(taken.kind, self._reached, taken.cursor.position):
                    kept = await self._kept(taken)
                    self._remember(taken.kind, kept)
                    await self._hand_out(kept)
                if taken.kind is Kind.DELTA:
                    OPERATIONS.told.add(time.perf_counter() - began)
                if self._abandoned(taken.kind):
                    return

    async def _hand_out(self, kept: Kept) -> None:
        """Give one message to all: straight where it can be, pushed to the others."""
        if len(kept.body) > LARGE:
            for member in self._round:
                member.halted()
        await self._round.go(kept.cursor, kept.body)
        for member in tuple(self._pushed):
            if member.push(kept):
                self._trust(member)
            else:
                self.lag(member)

    def _abandoned(self, kind: Kind) -> bool:
        if kind is Kind.HEARTBEAT:
            somebody = self.members or self.lagging
            self._idle_beats = 0 if somebody else self._idle_beats + 1
        return self._idle_beats > LINGER_BEATS

    def _remember(self, kind: Kind, kept: Kept) -> None:
        self._reached = max(self._reached, kept.cursor.position)
        if kind is Kind.SNAPSHOT:
            self.snapshots += 1
            self._reached = kept.cursor.position
            self._snapshot = kept
            self._ring.clear()
            self._ring_from = kept.cursor.position
            self._begun.set()
        elif kind is Kind.HEARTBEAT:
            self._beat = kept
        elif kind is Kind.DELTA:
            self._ring.append(kept)
            if len(self._ring) > RING:
                self._ring_from = self._ring.popleft().cursor.position

    async def _interrupted(self) -> None:
        """Tell members that a snapshot follows; the ring has a hole now."""
        if self._snapshot is None or not self._begun.is_set():
            return  # nobody has anything yet, or they have been told
        self._begun.clear()
        cursor = self._snapshot.cursor
        await self._hand_out(await self._kept(resync("behind", cursor.position, cursor)))

    async def _since(self, after: Cursor) -> list[Kept] | None:
        """Return what a reconnecting member has missed, None when it can't be told."""
        assert self._snapshot is not None
        known = self._snapshot.cursor
        if (after.epoch, after.view) != (known.epoch, known.view):
            return None
        if self._ring_from <= after.position <= self._reached:
            return [one for one in self._ring if one.cursor.position > after.position]
        answered = self._answered.get((Kind.DELTA, after))
        if answered is not None and answered.cursor.position >= self._ring_from:
            return [answered]
        changes = self._stream.platform.hub.since(after.position)
        if changes is None:
            return None
        if not changes:
            return []
        cursor = after._replace(position=changes[-1].position)
        payload = await self._stream.source.delta(changes, cursor)
        if payload is None:
            return []
        return [self._answer(after, await self._kept(Taken(Kind.DELTA, cursor, payload)))]

    async def _beat_at(self, reached: Cursor) -> Kept | None:
        """Return a heartbeat for who has come so far; None where the group's first will do.

        The last one may be two seconds old, the first comes with the group's first snapshot: who
        has deltas that came after it drops it.
        """
        last = self._beat or self._snapshot
        if last is None or last.cursor.position >= reached.position:
            return self._beat
        answered = self._answered.get((Kind.HEARTBEAT, reached))
        if answered is not None:
            return answered
        found = heartbeat(self._stream.platform, reached, await self._standing())
        return self._answer(reached, await self._kept(found))

    async def _latest_snapshot(self) -> Kept:
        assert self._snapshot is not None
        if len(self._ring) > JOIN_FROM or self._snapshot.cursor.position < self._ring_from:
            self.snapshots += 1
            fresh = await self._kept(await self._stream.source.snapshot())
            if fresh.cursor.position >= self._snapshot.cursor.position:
                self._snapshot = fresh
                self._prune(fresh.cursor.position)
        return self._snapshot

    def _prune(self, position: int) -> None:
        """Drop deltas that the kept snapshot holds, but keep a stretch for reconnects."""
        while len(self._ring) > JOIN_FROM and self._ring[0].cursor.position <= position:
            self._ring_from = self._ring.popleft().cursor.position

    async def _lost(self, after: Cursor) -> Kept:
        assert self._snapshot is not None
        reason = why_lost(after, self._snapshot.cursor)
        answered = self._answered.get((Kind.RESYNC, after))
        if answered is not None:
            return answered
        position = self._stream.platform.hub.position
        return self._answer(after, await self._kept(resync(reason, position, after)))

    def _answer(self, after: Cursor, kept: Kept) -> Kept:
        """Remember what was answered to a cursor: many stood at the same one."""
        self._answered[kept.kind, after] = kept
        if len(self._answered) > ANSWERS:
            self._answered.popitem(last=False)
        return kept

    async def _kept(self, taken: Taken) -> Kept:
        """Execute the document over one message and keep the response's JSON."""
        body = await self._telling.body(taken.payload)
        self.executed += 1
        return Kept(taken.kind, taken.cursor, body)
