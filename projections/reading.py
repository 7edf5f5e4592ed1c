"""Where the read models stand, for whoever shows them.

Readers name the live schema (`rm_<name>_v<N>`); a swap renames the rebuilt one to it, so
nothing has to be looked up. `at_position` gives several queries one and the same position.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from domain.event import Microseconds
from projections.named import Queries
from projections.port import Connection, Reads

SQL: Final = Queries(Path(__file__).with_name("reading.sql"), "public")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the slowest live read model stands, and the log.

    `oldest_unapplied_at` is recorded_at of the first event it has not applied; None when
    it stands at the head. `view` changes whenever a read model is rebuilt or replaced.
    `clock` is recorded_at of the event at `position`; `held` counts streams in quarantine.
    """

    position: int
    head: int
    clock: Microseconds
    oldest_unapplied_at: Microseconds | None
    view: str
    held: int = 0


async def standing(reads: Reads) -> Standing:
    """Return where the read models stand. Two index lookups and a dozen rows."""
    row = await reads.fetchrow(SQL["standing"])
    return Standing(**row)


@asynccontextmanager
async def at_position(
    pool: "asyncpg.Pool[asyncpg.Record]",
) -> AsyncIterator[tuple[Connection, Standing]]:
    """Open one read-only snapshot: every query on its connection sees the same position."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield connection, await standing(connection)
