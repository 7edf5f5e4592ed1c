"""How far a follower of the log has come: one row, written after each message.

A session that is cut meanwhile is no end of the follower: both are done again.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import asyncpg

from eventlog.connection import patiently

READ: Final = """
select position, generation, failures, next_at, said from quanke_follower where follower = $1
"""
WRITE: Final = """
insert into quanke_follower (follower, position, generation, failures, next_at, said)
values ($1, $2, $3, $4, $5, $6)
on conflict (follower) do update
   set position = $2, generation = $3, failures = $4, next_at = $5, said = $6
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """`failures` in a row at the event after `position`; nothing before `next_at`."""

    position: int
    generation: int = 1
    failures: int = 0
    next_at: int = 0
    said: str | None = None

    def done(self, position: int, said: str) -> "Progress":
        """Return the progress after an event was taken."""
        return replace(self, position=position, failures=0, next_at=0, said=said)

    def failed(self, next_at: int, said: str) -> "Progress":
        """Return the progress after an attempt that came to nothing."""
        return replace(self, failures=self.failures + 1, next_at=next_at, said=said[:200])


async def read(pool: "asyncpg.Pool[asyncpg.Record]", follower: str) -> Progress | None:
    """Return where a follower stands, None when it never began. Raises LogUnavailable."""
    row: Any = await patiently(pool, pool.fetchrow, READ, follower)
    return None if row is None else Progress(**row)


async def write(pool: "asyncpg.Pool[asyncpg.Record]", follower: str, at: Progress) -> None:
    """Remember where a follower stands. Raises LogUnavailable."""
    row = (follower, at.position, at.generation, at.failures, at.next_at, at.said)
    await patiently(pool, pool.execute, WRITE, *row)
