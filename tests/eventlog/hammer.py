"""One of several processes that write to the same hot streams: argv = dsn seed commands."""

import asyncio
import random
import sys
from uuid import UUID

from eventlog.errors import VersionConflict
from eventlog.postgres import PostgresLog
from tests.eventlog.samples import put

STREAMS = [UUID(int=n) for n in range(1, 41)]


async def client(log: PostgresLog, rng: random.Random, commands: int) -> int:
    """Write until so many commands were accepted; return how many were refused."""
    refused = 0
    while commands:
        stream = rng.choice(STREAMS)
        try:
            standing = len(await log.read_stream(stream))
            await put(log, stream, standing, count=rng.randint(1, 3))
            commands -= 1
        except VersionConflict:
            refused += 1
    return refused


async def main(dsn: str, seed: int, commands: int) -> None:
    """Run ten clients and print how many conflicts they met."""
    async with PostgresLog.open(dsn) as log, asyncio.TaskGroup() as group:
        clients = [
            group.create_task(client(log, random.Random(seed + n), commands // 10))
            for n in range(10)
        ]
    print(sum(task.result() for task in clients))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
