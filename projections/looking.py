"""Sessions that keep the sight they had, for questions of one statement.

A statement sees one snapshot by itself and needs no transaction. What is left to say is
whose sight it has: a session is told once and remembers, so who asks again, or sees the
same, costs one round trip. Nothing else may use these sessions: each question here says its
sight first, and a session of which nothing is known is told anew.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from eventlog.connection import untouched
from projections.port import Connection
from projections.reading import SQL
from projections.sight import READER, Sight


class Glances:
    """A pool of sessions, each with the sight it was last told."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", told: dict[int, object]) -> None:
        self._pool = pool
        self._told = told

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, most: int, settings: dict[str, str]) -> AsyncIterator["Glances"]:
        """Open so many sessions at most; each begins as a role that sees no case."""
        told: dict[int, object] = {}

        async def begun(connection: Any) -> None:
            told.pop(connection.get_server_pid(), None)

        async with asyncpg.create_pool(
            dsn, min_size=1, max_size=most, command_timeout=30, init=begun, reset=untouched,
            server_settings={**settings, "application_name": "quanke glances", "role": READER},
        ) as pool:  # fmt: skip
            yield cls(pool, told)

    @asynccontextmanager
    async def looking(self, sight: Sight) -> AsyncIterator[Connection]:
        """Lend a session with this sight."""
        async with self._pool.acquire() as connection:
            session, wanted = connection.get_server_pid(), sight.settings()
            if self._told.get(session) != wanted:
                self._told.pop(session, None)
                await connection.execute(SQL["keep_looking_as"], *wanted)
                self._told[session] = wanted
            yield connection
