"""pgbench: plain inserts, one commit each, nothing checked. What the database can do.

Same columns, indexes and time-ordered ids as the log, a sequence for the position. One row a
commit is what everybody has who commits per command; a hundred rows a commit is the limit
that batches run against.
"""

from typing import Final

import asyncpg

from bench.peers import META, STATE, TOPIC, Measured
from bench.peers.pgbench import best_clients, pgbench

TABLE: Final = """
create table bench_single (like quanke_log including all);
create sequence bench_single_position;
"""
_COLUMNS: Final = """
insert into bench_single (originator_id, originator_version, topic, state, notification_id,
  schema, recorded_at, command_id, command_index, actor, meta)
"""
_VALUES: Final = (
    f"uuidv7(), 1, '{TOPIC}', '{STATE.decode()}', nextval('bench_single_position'),"
    f" 1, clock_timestamp(), uuidv7(), 0, 'acc-7f3a', '{META.decode()}'"
)
SINGLE: Final = f"{_COLUMNS} values ({_VALUES});"
HUNDRED: Final = f"{_COLUMNS} select {_VALUES} from generate_series(1, 100);"
COUNTS: Final = (8, 16, 32, 64, 128)


class SingleRow:
    """pgbench with a number of clients, one or a hundred rows a commit."""

    def __init__(self, name: str, dsn: str, program: str, clients: int, rows: int = 1) -> None:
        self.name = name
        self.clients = clients
        self._dsn = dsn
        self._program = program
        self._rows = rows

    @classmethod
    async def best(cls, dsn: str, program: str) -> "SingleRow":
        """Return single rows with the client count that suits them best."""
        clients = await best_clients(program, dsn, SINGLE, COUNTS)
        return cls("pgbench_single", dsn, program, clients)

    async def measure(self, seconds: float) -> Measured:
        """Run pgbench for so long."""
        script = SINGLE if self._rows == 1 else HUNDRED
        return await pgbench(self._program, self._dsn, script, self.clients, seconds, self._rows)


async def fill_single(connection: "asyncpg.Connection[asyncpg.Record]", rows: int) -> None:
    """Make the table, with so many rows in it."""
    await connection.execute(TABLE)
    await connection.execute(f"{_COLUMNS} select {_VALUES} from generate_series(1, $1)", rows)
