"""Two processes on hot streams, tailed from outside: no gap, no disorder, nothing lost."""

import asyncio
import os
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from eventlog.postgres import PostgresLog
from eventlog.record import Position, Recorded
from tests.eventlog.samples import everything

ROOT = Path(__file__).parents[2]
COMMANDS = 150


async def hammer(dsn: str, seed: int) -> int:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.eventlog.hammer", dsn, str(seed), str(COMMANDS)),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return int(out)


async def test_two_processes_leave_one_order(database: str) -> None:
    seen: list[Recorded] = []
    async with PostgresLog.open(database) as log:

        async def tail() -> None:
            async for page in log.follow(Position(0)):
                seen.extend(page)

        async with asyncio.TaskGroup() as group:
            tailing = group.create_task(tail())
            async with asyncio.timeout(60), asyncio.TaskGroup() as writers:
                hammers = [writers.create_task(hammer(database, seed)) for seed in (1, 1_000)]
            stored = await everything(log)
            while len(seen) < len(stored):
                await asyncio.sleep(0.01)
            tailing.cancel()
        conflicts = sum(task.result() for task in hammers)
    assert seen == stored
    assert [r.position for r in stored] == list(range(1, len(stored) + 1))
    assert len({r.command_id for r in stored}) == 2 * COMMANDS
    assert conflicts > 0
    _streams_are_contiguous(stored)
    assert all(one.recorded_at <= after.recorded_at for one, after in pairwise(stored))


def _streams_are_contiguous(stored: list[Recorded]) -> None:
    versions: dict[UUID, list[int]] = defaultdict(list)
    for recorded in stored:
        versions[recorded.stream].append(recorded.version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
