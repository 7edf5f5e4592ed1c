"""The log read on one given connection: inside its transaction, so inside its snapshot."""

import asyncio
from collections.abc import Sequence
from itertools import starmap
from uuid import UUID

from eventlog.collector import collector_paused
from eventlog.errors import LogDamaged
from eventlog.record import Position, Recorded
from projections.build import SQL
from projections.port import Connection


class History:
    """Reads the log where the connection's transaction sees it; one query at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    async def head(self) -> int:
        """Return the last position, 0 for an empty log."""
        async with self._turn:
            return int(await self._connection.fetchval(SQL["head"]))

    async def read_all(self, after: Position, limit: int = 1_000) -> list[Recorded]:
        """Read the log in position order. Raises LogDamaged where a position is missing."""
        with collector_paused(limit):
            async with self._turn:
                rows = await self._connection.fetch(SQL["read_all"], after, limit)
            page = list(starmap(Recorded, rows))
        for expected, one in enumerate(page, start=after + 1):
            if one.position != expected:
                raise LogDamaged(expected, f"the next one stored is {one.position}")
        return page

    async def read_streams(self, streams: Sequence[UUID]) -> list[Recorded]:
        """Read several whole streams, ordered by stream, then version."""
        async with self._turn:
            rows = await self._connection.fetch(SQL["read_streams"], list(streams))
        return list(starmap(Recorded, rows))

    async def read_reference(self, after: Position, limit: int = 10_000) -> list[Recorded]:
        """Read what is neither of cases nor of access, in position order."""
        async with self._turn:
            rows = await self._connection.fetch(SQL["read_reference"], after, limit)
        return [Recorded(*row) for row in rows]
