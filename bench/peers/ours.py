"""Our log on the path of a mutation: versions, command id, lock, NOTIFY, full envelope."""

import asyncio
import time

import asyncpg

from bench.peers import META, STATE, TOPIC, Measured, measured
from eventlog.ids import ordered_id
from eventlog.postgres import PostgresLog
from eventlog.record import NewEvent, Write

_EVENT = NewEvent(TOPIC, 1, STATE, META)
_FILL = """
insert into quanke_log (originator_id, originator_version, topic, state, notification_id, schema,
  recorded_at, command_id, command_index, actor, meta)
select uuidv7(), 1, $2, $3, n, 1, clock_timestamp(), uuidv7(), 0, 'acc-7f3a', $4
from generate_series(1, $1::bigint) n
"""


class Ours:
    """Clients that each walk case after case, three commands of one event a case."""

    def __init__(self, log: PostgresLog, clients: int) -> None:
        self.name = f"quanke_{clients}"
        self._log = log
        self._clients = clients

    async def measure(self, seconds: float) -> Measured:
        """Append with all clients at once; each waits for its answer."""
        latencies: list[float] = []
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(self._clients):
                group.create_task(self._client(began + seconds, latencies))
        return measured(latencies, time.perf_counter() - began)

    async def _client(self, until: float, latencies: list[float]) -> None:
        while time.perf_counter() < until:
            stream = ordered_id()
            for version in range(3):
                asked = time.perf_counter()
                await self._log.append(
                    ordered_id(), "acc-7f3a", (Write(stream, version, (_EVENT,)),)
                )
                latencies.append(time.perf_counter() - asked)


async def fill_ours(connection: "asyncpg.Connection[asyncpg.Record]", rows: int) -> None:
    """Put so many events into the log of a migrated database."""
    await connection.execute(_FILL, rows, TOPIC, STATE, META)
