"""One running subscription shared by everybody who asked for the same and may see the same.

Executed and encoded once per message; members get the same text. A ring of the latest
deltas lets a reconnect go on by position; the last snapshot serves those who join.
"""

import asyncio
from collections import deque
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, Protocol

import asyncpg
import orjson
import structlog
from graphql import ExecutionResult

from api.graphql.context import Context
from api.graphql.engine import response
from api.graphql.errors import Unavailable
from api.graphql.executor import Executor
from api.graphql.live.cursor import Cursor
from api.graphql.live.source import Kind, Stream, Taken, follow, resync

RING: Final = 1_024
JOIN_FROM: Final = 64
"""A kept snapshot serves those who join while at most this many deltas follow it."""
PATIENCE_S: Final = 15.0
RETRY_S: Final = 1.0
LINGER_BEATS: Final = 5
"""Heartbeats without a member after which a group ends."""
OPERATING: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
LOG: Final = structlog.get_logger("quanke.live")


class Member(Protocol):
    """Who receives: `push` never waits."""

    def push(self, text: str) -> None:
        """Take one encoded response."""
        ...

    def drop(self, reason: str) -> None:
        """End: nothing more will come."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """An encoded message and where it brings its receiver."""

    cursor: Cursor
    text: str


class Group:
    """Executes one document over one source, for many members."""

    def __init__(self, executor: Executor, stream: Stream, context: Context) -> None:
        self._executor = executor
        self._stream = stream
        self._context = context
        self._snapshot: Kept | None = None
        self._ring: deque[Kept] = deque()
        self._ring_from = 0
        self._begun = asyncio.Event()
        self._idle_beats = 0
        self.members: set[Member] = set()
        self.executed = 0

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
        for member in tuple(self.members):
            member.drop(reason)
        self.members.clear()

    async def join(self, member: Member, after: Cursor | None) -> None:
        """Bring a member up to date and let it follow; nothing is left out in between.

        Raises Unavailable when no snapshot can be had.
        """
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._begun.wait()
                missed = await self._since(after) if after is not None else None
                kept = await self._latest_snapshot() if missed is None else None
                lost = await self._lost(after) if kept is not None and after is not None else None
        except OPERATING as error:
            raise Unavailable("the read models do not answer; try again") from error
        # From here on nothing awaits: what is pushed and what will be pushed join up.
        for one in (lost, kept, *(missed or ())):
            if one is not None:
                member.push(one.text)
        reached = missed[-1].cursor if missed else kept.cursor if kept is not None else after
        assert reached is not None
        for one in self._ring:
            if one.cursor.position > reached.position:
                member.push(one.text)
        self.members.add(member)

    def leave(self, member: Member) -> None:
        """Stop handing out to a member."""
        self.members.discard(member)

    async def _follow(self) -> None:
        async with aclosing(follow(self._stream.platform, self._stream.source)) as steps:
            async for taken in steps:
                kept = Kept(taken.cursor, await self._encode(taken.payload))
                self._remember(taken.kind, kept)
                for member in tuple(self.members):
                    member.push(kept.text)
                if self._abandoned(taken.kind):
                    return

    def _abandoned(self, kind: Kind) -> bool:
        if kind is Kind.HEARTBEAT:
            self._idle_beats = 0 if self.members else self._idle_beats + 1
        return self._idle_beats > LINGER_BEATS

    def _remember(self, kind: Kind, kept: Kept) -> None:
        if kind is Kind.SNAPSHOT:
            self._snapshot = kept
            self._ring.clear()
            self._ring_from = kept.cursor.position
            self._begun.set()
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
        text = await self._encode(resync("behind", cursor.position, cursor).payload)
        for member in tuple(self.members):
            member.push(text)

    async def _since(self, after: Cursor) -> list[Kept] | None:
        """Return what a reconnecting member has missed, None when it can't be told."""
        assert self._snapshot is not None
        known = self._snapshot.cursor
        if (after.epoch, after.view) != (known.epoch, known.view):
            return None
        if self._ring_from <= after.position <= self._stream.platform.hub.position:
            return [one for one in self._ring if one.cursor.position > after.position]
        changes = self._stream.platform.hub.since(after.position)
        if changes is None:
            return None
        cursor = after._replace(position=changes[-1].position if changes else after.position)
        payload = await self._stream.source.delta(changes, cursor) if changes else None
        return [] if payload is None else [Kept(cursor, await self._encode(payload))]

    async def _latest_snapshot(self) -> Kept:
        assert self._snapshot is not None
        if len(self._ring) > JOIN_FROM or self._snapshot.cursor.position < self._ring_from:
            taken: Taken = await self._stream.source.snapshot()
            fresh = Kept(taken.cursor, await self._encode(taken.payload))
            if fresh.cursor.position >= self._snapshot.cursor.position:
                self._snapshot = fresh
                self._prune(fresh.cursor.position)
        return self._snapshot

    def _prune(self, position: int) -> None:
        """Drop deltas that the kept snapshot holds, but keep a stretch for reconnects."""
        while len(self._ring) > JOIN_FROM and self._ring[0].cursor.position <= position:
            self._ring_from = self._ring.popleft().cursor.position

    async def _lost(self, after: Cursor) -> Kept:
        platform = self._stream.platform
        reason = "epoch" if after.epoch != platform.epoch else "view"
        if self._snapshot is not None and after[:2] == self._snapshot.cursor[:2]:
            reason = "behind"
        taken = resync(reason, platform.hub.position, after)
        return Kept(after, await self._encode(taken.payload))

    async def _encode(self, payload: object) -> str:
        """Execute the document over one message and return the response's JSON."""
        executor = self._executor.build_per_event_executor(payload)
        outcome: Any = executor.execute_operation(False)
        result = outcome if isinstance(outcome, ExecutionResult) else await outcome
        self.executed += 1
        return orjson.dumps(response(result, self._context)).decode()
