"""A few sessions to read the log with, or to keep keys with.

Less than a driver's pool, on purpose: a query that is one index range takes the database less
time than a pool takes to lend a session and to take it back. A session that fails, or whose
reader goes away in the middle, is dropped: nobody has to know in what state it was. What has
been asked in a session is kept prepared by its text, which is quicker than to have the driver
find it; the texts are constants of the code.

Nor does each query set an alarm of its own for a database that never answers, which costs a
tenth of a short one: one look every few seconds finds the sessions that have waited too long.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from eventlog.awake import Awake
from eventlog.connection import COMMAND_S, Connection

Statement: TypeAlias = "PreparedStatement[asyncpg.Record]"
LOOK_S: Final = 5.0
"""So often it is looked for sessions that have had no answer for COMMAND_S."""


class Session:
    """A connection and what is prepared in it; `looks` it has been asking for without answer."""

    __slots__ = ("connection", "looks", "statements")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.statements: dict[str, Statement] = {}
        self.looks = 0

    async def prepared(self, query: str) -> Statement:
        """Prepare a query that is new here."""
        statement = self.statements[query] = await self.connection.prepare(query)
        return statement


class Readers:
    """At most so many sessions, made when first needed. The last one used is the next one."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        most: int,
        *,
        look_s: float = LOOK_S,
        silence_s: float = COMMAND_S,
    ) -> None:
        self._connect = connect
        self._room = most
        self._idle: list[Session] = []
        self._waiting: deque[asyncio.Future[Session | None]] = deque()
        self._asking: set[Session] = set()
        self._awake = Awake(lambda: self._asking)
        self._look_s = look_s
        self._looks = max(round(silence_s / look_s), 1)
        self._next_look: asyncio.TimerHandle | None = None
        self._closing = False

    async def fetch(self, query: str, *parameters: object) -> list[asyncpg.Record]:
        """Return the rows of a query; waits while all sessions are in use.

        Raises what the driver raises, InterfaceError after `close`.
        """
        session = self._idle.pop() if self._idle else await self._another()
        if session.connection.is_closed():
            session = await self._made()
        self._asking.add(session)
        self._awake.for_a_moment()
        try:
            statement = session.statements.get(query) or await session.prepared(query)
            rows = await statement.fetch(*parameters)
        except BaseException:
            self._drop(session)
            raise
        self._asking.discard(session)
        session.looks = 0
        self._hand_on(session)
        return rows

    async def _another(self) -> Session:
        """Make a session where there is room, or wait for one."""
        if self._room:
            self._room -= 1
            return await self._made()
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            session = await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled():
                self._hand_on(waiting.result())
            raise
        return session or await self._made()

    async def _made(self) -> Session:
        """Make a session, for which there is room; the room is given back where that fails."""
        try:
            if self._closing:
                raise asyncpg.InterfaceError("the log's readers are closed")
            session = Session(await self._connect())
        except BaseException:
            self._hand_on(None)
            raise
        if self._next_look is None and not self._closing:
            self._look_later()
        return session

    def _hand_on(self, session: Session | None) -> None:
        """Give a session, or the room for one, to who has waited longest."""
        if session is not None and self._closing:
            session.connection.terminate()
            session = None
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(session)
                return
        if session is None:
            self._room += 1
        else:
            self._idle.append(session)

    def _drop(self, session: Session) -> None:
        self._asking.discard(session)
        session.connection.terminate()
        self._hand_on(None)

    def _look_later(self) -> None:
        self._next_look = asyncio.get_running_loop().call_later(self._look_s, self._look)

    def _look(self) -> None:
        """End the sessions that have had no answer for too long: who asked gets an error."""
        for session in self._asking:
            session.looks += 1
            if session.looks > self._looks:
                session.connection.terminate()
        self._look_later()

    def is_closing(self) -> bool:
        """Tell whether the end has begun."""
        return self._closing

    def close(self) -> None:
        """End all sessions; those in use when they come back."""
        self._closing = True
        if self._next_look is not None:
            self._next_look.cancel()
        while self._idle:
            self._idle.pop().connection.terminate()
