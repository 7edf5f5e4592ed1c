"""Our log on the path of a mutation: versions, command id, lock, NOTIFY, full envelope."""

import asyncio
import random
import time
from uuid import UUID

from bench.peers import META, STATE, TOPIC, Measured, measured
from eventlog.postgres import PostgresLog
from eventlog.record import NewEvent, Write

_EVENT = NewEvent(TOPIC, 1, STATE, META)


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
            for number in range(self._clients):
                group.create_task(self._client(random.Random(number), began + seconds, latencies))
        return measured(latencies, time.perf_counter() - began)

    async def _client(self, rng: random.Random, until: float, latencies: list[float]) -> None:
        while time.perf_counter() < until:
            stream = _uuid7(rng)
            for version in range(3):
                asked = time.perf_counter()
                await self._log.append(
                    _uuid7(rng), "acc-7f3a", (Write(stream, version, (_EVENT,)),)
                )
                latencies.append(time.perf_counter() - asked)


def _uuid7(rng: random.Random) -> UUID:
    milliseconds = time.time_ns() // 1_000_000
    tail = rng.getrandbits(74)
    return UUID(
        int=milliseconds << 80 | 0x7 << 76 | (tail >> 62) << 64 | 0x2 << 62 | tail & (1 << 62) - 1
    )
