"""message-db: `write_message` of its own SQL, called by pgbench over prepared statements.

Its lock is per category, and all cases are of one category, so it orders what it writes
as we do. The wheel's server has no pgcrypto and needs none: its functions are PostgreSQL's
own by now.
"""

from pathlib import Path
from typing import Final

import asyncpg

from bench.peers import META, STATE, Measured
from bench.peers.pgbench import best_clients, pgbench

COUNTS: Final = (4, 16, 64)
_ORDER: Final = (
    "types/message", "tables/messages", "functions/category", "functions/cardinal-id",
    "functions/id", "functions/is-category", "functions/hash-64", "functions/stream-version",
    "functions/acquire-lock", "functions/write-message", "indexes/messages-category",
    "indexes/messages-id", "indexes/messages-stream",
)  # fmt: skip
_WRITE: Final = f"""
select message_store.write_message(uuidv7()::varchar, ('case-' || uuidv7())::varchar,
  'CaseReported', '{STATE.decode()}'::jsonb, '{META.decode()}'::jsonb, -1);
"""
_FILL: Final = f"""
insert into message_store.messages (position, stream_name, type, data, metadata, id)
select 0, 'case-' || uuidv7(), 'CaseReported', '{STATE.decode()}', '{META.decode()}', uuidv7()
from generate_series(1, $1)
"""


class MessageDb:
    """Clients that each write the first message of a new stream."""

    name = "message_db"

    def __init__(self, dsn: str, program: str, clients: int) -> None:
        self._dsn = dsn
        self._program = program
        self.clients = clients

    @classmethod
    async def best(cls, dsn: str, program: str) -> "MessageDb":
        """Return it with the client count that suits it best."""
        return cls(dsn, program, await best_clients(program, dsn, _WRITE, COUNTS))

    async def measure(self, seconds: float) -> Measured:
        """Write for so long."""
        return await pgbench(self._program, self._dsn, _WRITE, self.clients, seconds)


async def fill_message_db(
    connection: "asyncpg.Connection[asyncpg.Record]", packages: Path, rows: int
) -> None:
    """Install its schema from its package, with so many messages in it."""
    folder = packages / "node_modules" / "@eventide" / "message-db" / "database"
    await connection.execute("create schema message_store")
    database = await connection.fetchval("select current_database()")
    await connection.execute(f'alter database "{database}" set search_path = message_store, public')
    await connection.execute("set search_path = message_store, public")
    for name in _ORDER:
        await connection.execute((folder / f"{name}.sql").read_text("utf-8"))
    await connection.execute(_FILL, rows)
