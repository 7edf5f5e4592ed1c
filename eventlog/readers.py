"""A few sessions to read the log with, or to keep keys with.

Less than a driver's pool, on purpose: a query that is one index range takes the database less
time than a pool takes to lend a session and to take it back. A session that fails, or whose
reader goes away in the middle, is dropped: nobody has to know in what state it was.
"""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

from eventlog.connection import Connection


class Readers:
    """At most so many sessions, made when first needed. The last one used is the next one."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], most: int) -> None:
        self._connect = connect
        self._room = asyncio.Semaphore(most)
        self._idle: list[Connection] = []
        self._closing = False

    async def fetch(self, query: str, *parameters: object) -> list[asyncpg.Record]:
        """Return the rows of a query; waits while all sessions are in use.

        Raises what the driver raises, InterfaceError after `close`.
        """
        async with self._room:
            connection = await self._session()
            try:
                rows = await connection.fetch(query, *parameters)
            except BaseException:
                connection.terminate()
                raise
            self._take_back(connection)
            return rows

    async def _session(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        if self._closing:
            raise asyncpg.InterfaceError("the log's readers are closed")
        return await self._connect()

    def _take_back(self, connection: Connection) -> None:
        if self._closing:
            connection.terminate()
        else:
            self._idle.append(connection)

    def is_closing(self) -> bool:
        """Tell whether the end has begun."""
        return self._closing

    def close(self) -> None:
        """End all sessions; those in use when they come back."""
        self._closing = True
        while self._idle:
            self._idle.pop().terminate()
