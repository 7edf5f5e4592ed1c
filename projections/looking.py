"""Sessions that keep the sight they had, for questions of one statement.

A statement sees one snapshot by itself and needs no transaction. What is left to say is
whose sight it has: a session is told once and remembers, so who asks again, or sees the
same, costs one round trip. Each kind of sight has sessions of its own, as PostgreSQL
plans every statement anew when the role changes under row policies. Nothing else may use these
sessions: each question here says its sight first, and a session of which nothing is known
is told anew; until then its policies have no bounds, which is an error.

A session that has answered is lent again at once: the driver's pool would start a task to
take it back, some 60 µs on the way of every question.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Final, TypeAlias

import asyncpg

from eventlog.connection import untouched
from projections.metrics import GLANCES
from projections.port import Connection
from projections.reading import SQL
from projections.sight import BY_PLACE, KINDS, Sight

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Session: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
LOOKED_AFTER: Final = 1_000
"""Every so many questions a session goes through the pool, which replaces old ones."""
WALKING: Final = {"plan_cache_mode": "force_generic_plan"}
"""For lists that walk the index of their order: the plan is the same whatever the arguments, which
the planner does not see, so it would plan for each anew."""


class Sessions:
    """The sessions of one pool, kept at hand between two questions."""

    def __init__(self, pool: Pool, most: int) -> None:
        self._pool = pool
        self._free = asyncio.Semaphore(most)
        self._idle: list[Session] = []
        self._lent = 0
        self._ended = False

    async def take(self) -> Session:
        """Return a session that is free; it has to be given back."""
        await self._free.acquire()
        try:
            return self._at_hand() or await self._pool.acquire()
        except BaseException:
            self._free.release()
            raise

    async def give_back(self, session: Session, *, well: bool) -> None:
        """Take a session back; one that has failed goes to the pool, which looks after it."""
        self._lent += 1
        try:
            if well and not self._ended and self._lent % LOOKED_AFTER:
                self._idle.append(session)
            else:
                await self._pool.release(session)
        finally:
            self._free.release()

    def _at_hand(self) -> "Session | None":
        while self._idle:
            session = self._idle.pop()
            with suppress(asyncpg.InterfaceError):  # it was lost meanwhile, and the pool knows
                if not session.is_closed():
                    return session
        return None

    async def end(self) -> None:
        """Give all of them back to the pool."""
        self._ended = True
        while self._idle:
            await self._pool.release(self._idle.pop())


class Glances:
    """Sessions by kind of sight, each with the bounds it was last told."""

    def __init__(
        self, sessions: Mapping[tuple[str, bool], Sessions], told: dict[int, tuple[str, ...]]
    ) -> None:
        self._sessions = sessions
        self._told = told

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, most: int, settings: dict[str, str]) -> AsyncIterator["Glances"]:
        """Open so many sessions at most of each kind; none to begin with."""
        told: dict[int, tuple[str, ...]] = {}

        async def begun(connection: Any) -> None:
            told.pop(connection.get_server_pid(), None)

        async def opened(**more: str) -> Sessions:
            said = {**settings, "application_name": "quanke glances", **more}
            pool = asyncpg.create_pool(
                dsn, min_size=0, max_size=most, command_timeout=30, init=begun, reset=untouched,
                server_settings=said,
            )  # fmt: skip
            sessions = Sessions(await stack.enter_async_context(pool), most)
            stack.push_async_callback(sessions.end)
            return sessions

        async with AsyncExitStack() as stack:
            kinds = {(role, False): await opened(role=role) for role in KINDS}
            kinds |= {(role, True): await opened(role=role, **WALKING) for role in BY_PLACE}
            yield cls(kinds, told)

    def looking(self, sight: Sight, *, walking: bool = False) -> "Looking":
        """Lend a session with this sight; `walking`: with one plan whatever is asked."""
        role, *bounds = sight.settings()
        return Looking(self._sessions[role, walking], tuple(bounds), self._told)


class Looking:
    """One question's session, for `async with`: a generator here would cost every question."""

    __slots__ = ("_bounds", "_session", "_sessions", "_told")

    def __init__(
        self, sessions: Sessions, bounds: tuple[str, ...], told: dict[int, tuple[str, ...]]
    ) -> None:
        self._sessions = sessions
        self._bounds = bounds
        self._told = told
        self._session: Session | None = None

    async def __aenter__(self) -> Connection:
        """Return a session that has been told whose sight it has."""
        began = time.perf_counter()
        session = await self._sessions.take()
        try:
            GLANCES.observe(time.perf_counter() - began)
            await self._tell(session)
        except BaseException:
            await self._sessions.give_back(session, well=False)
            raise
        self._session = session
        return session

    async def _tell(self, session: Session) -> None:
        name = session.get_server_pid()
        if self._told.get(name) != self._bounds:
            self._told.pop(name, None)
            await session.execute(SQL["keep_looking"], *self._bounds)
            self._told[name] = self._bounds

    async def __aexit__(self, kind: object, *_: object) -> None:
        """Give it back."""
        assert self._session is not None
        await self._sessions.give_back(self._session, well=kind is None)
