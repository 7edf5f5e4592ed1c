"""Where the read models stand, for whoever shows them.

Readers name the live schema (`rm_<name>_v<N>`); a swap renames the rebuilt one to it, so
nothing has to be looked up. `at_position` gives several queries one and the same position.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import asyncpg

from domain.event import Microseconds
from projections.metrics import READS
from projections.named import Queries
from projections.port import Connection, Reads
from projections.sight import Sight

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


_FIELDS: Final = fields(Standing)
_SEEN_BY: Final = f"select s.*, l.* from ({SQL['standing']}) s, lateral ({SQL['look_as']}) l"
"""Both in one round trip: the sight holds from the next statement on."""


async def standing(reads: Reads) -> Standing:
    """Return where the read models stand. Two index lookups and a dozen rows."""
    row = await reads.fetchrow(SQL["standing"])
    return Standing(**row)


@asynccontextmanager
async def at_position(
    pool: "asyncpg.Pool[asyncpg.Record]", sight: Sight
) -> AsyncIterator[tuple[Connection, Standing]]:
    """Open one read-only snapshot: every query on its connection sees the same position.

    And no row outside the sight, whatever it asks for.
    """
    began = time.perf_counter()
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        READS.add(time.perf_counter() - began)
        row = await connection.fetchrow(_SEEN_BY, *sight.settings())
        assert row is not None
        yield connection, Standing(*row[: len(_FIELDS)])


async def look_as(connection: Connection, sight: Sight) -> None:
    """Change the sight of the transaction that is open."""
    await connection.execute(SQL["look_as"], *sight.settings())
