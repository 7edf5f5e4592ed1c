"""Sessions that keep the sight they had, for questions of one statement.

A statement sees one snapshot by itself and needs no transaction. What is left to say is
whose sight it has: a session is told once and remembers, so who asks again, or sees the
same, costs one round trip. Each kind of sight has sessions of its own, as PostgreSQL
plans every statement anew when the role changes under row policies. Nothing else may use these
sessions: each question here says its sight first, and a session of which nothing is known
is told anew; until then its policies have no bounds, which is an error.

A session that has answered is lent again at once: the driver's pool would start a task to
take it back, some 60 µs on the way of every question. Nor does the driver time it: a block with a
session has a limit in all. And what has been asked in a session is kept prepared by its text, which
is shorter than to have the driver find it among its own.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeAlias, TypeVar

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from eventlog.connection import untouched
from projections.metrics import GLANCES
from projections.reading import SQL
from projections.sight import BY_PLACE, KINDS, Sight
from projections.time_limit import Entered, TimeLimit

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Session: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Statement: TypeAlias = "PreparedStatement[asyncpg.Record]"
M = TypeVar("M")
LIMIT_S: Final = 30.0
"""How long somebody may wait for a session and have it, in all."""
LOOKED_AFTER: Final = 1_000
"""Every so many questions a session goes through the pool, which replaces old ones."""
WALKING: Final = {"plan_cache_mode": "force_generic_plan"}
"""For lists that walk the index of their order: the plan is the same whatever the arguments, which
the planner does not see, so it would plan for each anew."""


OUTDATED: Final = (
    asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError, asyncpg.InterfaceError
)  # fmt: skip
"""What a prepared statement raises whose tables have changed, or which the driver has closed."""
PREPARED: Final = 64
"""Statements kept in one session; whoever asks a new one each time makes it begin anew."""


@dataclass(slots=True)
class Kept:
    """A session with the bounds it was last told; None where that is not known."""

    session: Session
    bounds: tuple[str, ...] | None = None
    statements: dict[str, Statement] = field(default_factory=dict)

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        """Return all rows."""
        statement = self.statements.get(query) or await self._prepared(query)
        try:
            return await statement.fetch(*arguments)
        except OUTDATED:  # the driver's own way prepares it anew, and meets any other error again
            self.statements.pop(query, None)
            return await self.session.fetch(query, *arguments)

    async def fetchrow(self, query: str, *arguments: Any) -> Any:
        """Return the first row or None."""
        return await self.session.fetchrow(query, *arguments)

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        """Return the first value of the first row."""
        return await self.session.fetchval(query, *arguments)

    async def _prepared(self, query: str) -> Statement:
        if len(self.statements) >= PREPARED:
            self.statements.clear()
        statement = self.statements[query] = await self.session.prepare(query)
        return statement


class Sessions:
    """The sessions of one pool, kept at hand between two questions."""

    def __init__(self, pool: Pool, most: int) -> None:
        self._pool = pool
        self._free = asyncio.Semaphore(most)
        self._idle: list[Kept] = []
        self._lent = 0
        self._ended = False

    async def take(self) -> Kept:
        """Return a session that is free; it has to be given back. Who came first is first."""
        await self._free.acquire()
        try:
            return self._at_hand() or Kept(await self._pool.acquire())
        except BaseException:
            self._free.release()
            raise

    async def give_back(self, kept: Kept, *, well: bool) -> None:
        """Take a session back; one that has failed goes to the pool, which looks after it."""
        self._lent += 1
        try:
            if well and not self._ended and self._lent % LOOKED_AFTER:
                self._idle.append(kept)
            else:
                await self._pool.release(kept.session)
        finally:
            self._free.release()

    def _at_hand(self) -> Kept | None:
        while self._idle:
            kept = self._idle.pop()
            try:
                if not kept.session.is_closed():
                    return kept
            except asyncpg.InterfaceError:  # it was lost meanwhile, and the pool knows
                continue
        return None

    async def end(self) -> None:
        """Give all of them back to the pool."""
        self._ended = True
        while self._idle:
            await self._pool.release(self._idle.pop().session)


class Glances:
    """Sessions by kind of sight."""

    def __init__(self, sessions: Mapping[tuple[str, bool], Sessions], limit_s: float) -> None:
        self._sessions = sessions
        self._limit = TimeLimit(limit_s)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, dsn: str, most: int, settings: dict[str, str], limit_s: float = LIMIT_S
    ) -> AsyncIterator["Glances"]:
        """Open so many sessions at most of each kind; none to begin with."""

        async def opened(**more: str) -> Sessions:
            said = {**settings, "application_name": "quanke glances", **more}
            pool = asyncpg.create_pool(
                dsn, min_size=0, max_size=most, reset=untouched, server_settings=said,
            )  # fmt: skip
            sessions = Sessions(await stack.enter_async_context(pool), most)
            stack.push_async_callback(sessions.end)
            return sessions

        async with AsyncExitStack() as stack:
            kinds = {(role, False): await opened(role=role) for role in KINDS}
            kinds |= {(role, True): await opened(role=role, **WALKING) for role in BY_PLACE}
            yield cls(kinds, limit_s)

    def looking(self, sight: Sight) -> "Looking[Kept]":
        """Lend a session with this sight."""
        return self.through(sight, _itself)

    def through(
        self, sight: Sight, made: Callable[[Kept], M], *, walking: bool = False
    ) -> "Looking[M]":
        """Lend what is made of a session with this sight.

        `walking`: with one plan whatever is asked.
        """
        role, *bounds = sight.settings()
        return Looking(self._sessions[role, walking], tuple(bounds), self._limit.begun(), made)


def _itself(kept: Kept) -> Kept:
    return kept


class Looking(Generic[M]):
    """One question's session, for `async with`: a generator here would cost every question."""

    __slots__ = ("_bounds", "_kept", "_made", "_sessions", "_within")

    def __init__(
        self, sessions: Sessions, bounds: tuple[str, ...], within: Entered,
        made: Callable[[Kept], M],
    ) -> None:  # fmt: skip
        self._sessions = sessions
        self._bounds = bounds
        self._within = within
        self._made = made
        self._kept: Kept | None = None

    async def __aenter__(self) -> M:
        """Return what is made of a session that has been told whose sight it has."""
        self._within.__enter__()
        try:
            began = time.perf_counter()
            kept = await self._sessions.take()
            GLANCES.add(time.perf_counter() - began)
            if kept.bounds != self._bounds:
                await self._tell(kept)
        except BaseException as error:
            self._within.__exit__(type(error), error, None)
            raise
        self._kept = kept
        return self._made(kept)

    async def _tell(self, kept: Kept) -> None:
        try:
            kept.bounds = None
            await kept.session.execute(SQL["keep_looking"], *self._bounds)
            kept.bounds = self._bounds
        except BaseException:
            await self._sessions.give_back(kept, well=False)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, *_: object
    ) -> None:
        """Give it back. Raises TimeoutError for a block that took too long."""
        assert self._kept is not None
        try:
            await self._sessions.give_back(self._kept, well=kind is None)
        finally:
            self._within.__exit__(kind, error, None)
