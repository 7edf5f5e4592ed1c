"""A few sessions to read the log with, or to keep keys with.

Less than a driver's pool, on purpose: a query that is one index range takes the database less
time than a pool takes to lend a session and to take it back. A session that fails, or whose
reader goes away in the middle, is dropped: nobody has to know in what state it was. What has
been asked in a session is kept prepared by its text, which is quicker than to have the driver
find it; the texts are constants of the code.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from eventlog.connection import Connection

Statement: TypeAlias = "PreparedStatement[asyncpg.Record]"


class Session:
    """A connection and what is prepared in it."""

    __slots__ = ("_statements", "connection")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._statements: dict[str, Statement] = {}

    async def fetch(self, query: str, parameters: tuple[object, ...]) -> list[asyncpg.Record]:
        """Return the rows of a query."""
        statement = self._statements.get(query)
        if statement is None:
            statement = self._statements[query] = await self.connection.prepare(query)
        return await statement.fetch(*parameters)


class Readers:
    """At most so many sessions, made when first needed. The last one used is the next one."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], most: int) -> None:
        self._connect = connect
        self._room = asyncio.Semaphore(most)
        self._idle: list[Session] = []
        self._closing = False

    async def fetch(self, query: str, *parameters: object) -> list[asyncpg.Record]:
        """Return the rows of a query; waits while all sessions are in use.

        Raises what the driver raises, InterfaceError after `close`.
        """
        async with self._room:
            session = await self._session()
            try:
                rows = await session.fetch(query, parameters)
            except BaseException:
                session.connection.terminate()
                raise
            self._take_back(session)
            return rows

    async def _session(self) -> Session:
        while self._idle:
            session = self._idle.pop()
            if not session.connection.is_closed():
                return session
        if self._closing:
            raise asyncpg.InterfaceError("the log's readers are closed")
        return Session(await self._connect())

    def _take_back(self, session: Session) -> None:
        if self._closing:
            session.connection.terminate()
        else:
            self._idle.append(session)

    def is_closing(self) -> bool:
        """Tell whether the end has begun."""
        return self._closing

    def close(self) -> None:
        """End all sessions; those in use when they come back."""
        self._closing = True
        while self._idle:
            self._idle.pop().connection.terminate()
