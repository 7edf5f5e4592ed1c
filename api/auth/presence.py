"""Whether a session goes on: ended when its person signs out, or has not been at it for long.

The token says which session it is of; here is when its person last touched a key or the
screen. Open sockets and pages that ask by themselves are no presence. Every process looks at
the table every two seconds, so a session ended in one ends in all, sockets included.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

import asyncpg
import structlog

from eventlog.connection import patiently

EVERY_S: Final = 2.0
KNOWN_AFTER_S: Final = 10.0
"""A session younger than this may not have reached this process yet."""
LONGEST_S: Final = 86_400.0
TOUCH_S: Final = 20.0
"""So often at most a touch is written down."""
LOG: Final = structlog.get_logger("quanke.sessions")
_ALL: Final = "select session, active_at, idle_s, ends_at from quanke_session"
_BEGIN: Final = """
insert into quanke_session (session, account, active_at, idle_s, ends_at)
values ($1, $2, $3, $4, $5)
"""
_TOUCH: Final = """
update quanke_session set active_at = greatest(active_at, $2) where session = $1
"""
_END: Final = "delete from quanke_session where session = $1"
_OVER: Final = "delete from quanke_session where ends_at < $1"
_OF: Final = "delete from quanke_session where account = $1 returning session"


@dataclass(frozen=True, slots=True)
class Standing:
    """One session: seconds since 1970, and for how many it may be left alone."""

    active_at: float
    idle_s: int
    ends_at: float

    def goes_on(self, now: float) -> bool:
        """Tell whether it has neither ended nor been left alone too long."""
        return now < self.ends_at and now - self.active_at < self.idle_s


class Presence:
    """The sessions as this process knows them. One per process."""

    def __init__(
        self, pool: "asyncpg.Pool[asyncpg.Record]", clock: Callable[[], float] = time.time
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._known: dict[str, Standing] = {}
        self._written: dict[str, float] = {}

    async def begin(self, account: str, lifetime_s: int, idle_s: int) -> str:
        """Begin a session and return its id."""
        session, now = uuid4(), self._clock()
        await self._pool.execute(_OVER, now)
        await self._pool.execute(_BEGIN, session, account, now, idle_s, now + lifetime_s)
        self._known[str(session)] = Standing(now, idle_s, now + lifetime_s)
        return str(session)

    def goes_on(self, session: str, begun_at: int) -> bool:
        """Tell whether a session goes on; one that was just begun elsewhere does."""
        known, now = self._known.get(session), self._clock()
        return now - begun_at < KNOWN_AFTER_S if known is None else known.goes_on(now)

    async def touch(self, session: str) -> None:
        """Note that its person is there. Written down every twenty seconds at most."""
        known, now = self._known.get(session), self._clock()
        if known is None or now - self._written.get(session, 0.0) < min(TOUCH_S, known.idle_s / 4):
            return
        self._written[session] = now
        self._known[session] = Standing(now, known.idle_s, known.ends_at)
        await self._pool.execute(_TOUCH, UUID(session), now)

    async def end(self, session: str) -> None:
        """End a session: its token opens nothing from now on."""
        await self._pool.execute(_END, UUID(session))
        self._over(session)

    async def forget(self, account: str) -> None:
        """End every session of an account. Raises LogUnavailable."""
        rows = await patiently(self._pool, lambda: self._pool.fetch(_OF, account))
        for row in rows:
            self._over(str(row["session"]))

    def _over(self, session: str) -> None:
        """Remember that a session has ended, for as long as its token would hold."""
        known = self._known.get(session)
        ends_at = self._clock() + LONGEST_S if known is None else known.ends_at
        self._known[session] = Standing(0.0, 1, ends_at)

    async def load(self) -> None:
        """Take over what the table says; what is no longer in it has ended."""
        before = set(self._known)
        found = {
            str(row["session"]): Standing(row["active_at"], row["idle_s"], row["ends_at"])
            for row in await self._pool.fetch(_ALL)
        }
        now = self._clock()
        for session, was in self._known.items():
            row = found.get(session)
            if row is not None:
                latest = max(was.active_at, row.active_at)
                found[session] = Standing(latest, row.idle_s, row.ends_at)
            elif session not in before:  # begun while the table was being read
                found[session] = was
            elif now < was.ends_at:
                found[session] = Standing(0.0, 1, was.ends_at)
        self._known = found
        self._written = {one: at for one, at in self._written.items() if one in found}

    async def run(self) -> None:
        """Follow the table for ever; while the database is away what is known holds."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.load()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                LOG.warning("sessions not read", error=repr(error))
