"""When each API key was last of use, to the hour: an old key that nobody misses can go.

Coarse on purpose: a request notes its key in memory, once a minute the new hours are written
together. It is no event: nothing is decided by it, and the log does not grow with requests.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

import asyncpg
import structlog

from domain.event import Microseconds

HOUR: Final = 3_600_000_000
EVERY_S: Final = 60.0
LOG: Final = structlog.get_logger("quanke.keys")
_NOTE: Final = """
insert into quanke_key_use (key, hour)
select * from unnest($1::text[], $2::bigint[])
on conflict (key) do update set hour = greatest(quanke_key_use.hour, excluded.hour)
"""
_ALL: Final = "select key, hour from quanke_key_use"


class KeyUse:
    """The hours not yet written. One per process."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._new: dict[str, int] = {}
        self._written: dict[str, int] = {}

    def note(self, key: str, now: Microseconds) -> None:
        """Note that a key opened something. Two dictionary look-ups."""
        hour = now // HOUR
        if self._written.get(key) != hour:
            self._new[key] = hour

    async def run(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        """Write what is new once a minute, for ever; a database that is away is tried again."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.write(pool)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                LOG.warning("use of keys not noted", error=repr(error))

    async def write(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        """Write what is new."""
        taken = dict(self._new)
        if not taken:
            return
        await pool.execute(_NOTE, list(taken), list(taken.values()))
        self._written |= taken
        for key, hour in taken.items():
            if self._new.get(key) == hour:
                del self._new[key]


async def last_used(pool: "asyncpg.Pool[asyncpg.Record]") -> Mapping[str, Microseconds]:
    """Return the beginning of the hour in which each key was last of use."""
    return {row["key"]: row["hour"] * HOUR for row in await pool.fetch(_ALL)}
