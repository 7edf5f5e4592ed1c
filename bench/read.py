"""Reading: the whole log beside the stock recorder, one case, and a commit seen elsewhere.

All on one server with fsync on. The stock recorder reads its own table of as many events; a
case of ten events is read and folded to its state; a commit counts as visible when a query in
another process than the projector's finds its row.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

import asyncpg
import uvloop

from api.dispatch.casefacts import CASE
from api.dispatch.envelope import fold
from api.dispatch.request import Held
from api.settings import REPOSITORY
from bench.histories import story
from bench.histories.filled import fill, server
from bench.peers import uuid7
from bench.peers.library import Library
from eventlog.postgres import PostgresLog
from eventlog.record import Position, Write
from projections.case_board.project import MODEL as CASE_BOARD
from projections.hub import Hub
from projections.rebuild import build_missing
from projections.registry import READ_MODELS
from projections.runner import Runner

PAGE: Final = 5_000
ROUNDS: Final = 3
LOADS: Final = 2_000
COMMITS: Final = 300
A_SECOND: Final = 50
PATIENCE_S: Final = 30.0
POLL_S: Final = 0.000_3
GOAL_TIMES_STOCK: Final = 3.0
GOAL_LOAD_MS: Final = 0.15
GOAL_VISIBLE_MS: Final = (5.0, 25.0)
_SEEN: Final = f"select 1 from rm_case_board_v{CASE_BOARD.version}.board where id = $1"


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; rates in events per second."""

    events: int
    ours_per_s: float
    stock_per_s: float
    times_stock: float
    load_ms: float
    visible_p50_ms: float
    visible_p99_ms: float

    @property
    def met(self) -> bool:
        """Whether every goal is met."""
        return (
            self.times_stock >= GOAL_TIMES_STOCK
            and self.load_ms <= GOAL_LOAD_MS
            and (self.visible_p50_ms, self.visible_p99_ms) <= GOAL_VISIBLE_MS
            and self.visible_p99_ms <= GOAL_VISIBLE_MS[1]
        )


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench read", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--project", metavar="DSN", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.project:
        uvloop.run(_project(asked.project))
        return 0
    found = uvloop.run(_measure(asked.events))
    print(json.dumps(asdict(found)) if asked.json else _table(found))
    return 0 if found.met else 1


async def _measure(events: int) -> Figures:
    async with server("read") as served:
        count = await fill(served.dsn, events)
        async with PostgresLog.open(served.dsn) as log:
            ours = max([await _read_ours(log, count) for _ in range(ROUNDS)])
            stock = await _read_stock(served.dsn, count)
            load_ms = await _load(log)
            visible = await _visible(served.dsn, log)
    return Figures(
        count, round(ours), round(stock), round(ours / stock, 2), round(load_ms, 4),
        round(visible[len(visible) // 2], 2), round(visible[int(len(visible) * 0.99)], 2),
    )  # fmt: skip


async def _read_ours(log: PostgresLog, count: int) -> float:
    began, after = time.perf_counter(), Position(0)
    while page := await log.read_all(after, PAGE):
        after = page[-1].position
    assert after == count
    return count / (time.perf_counter() - began)


async def _read_stock(dsn: str, count: int) -> float:
    """Return the best of as many rounds of the stock recorder, by its own pages of 1,000."""
    library = Library(dsn, 2)
    connection = await asyncpg.connect(dsn, command_timeout=600)
    await library.fill(connection, count)
    await connection.execute("vacuum analyze bench_stock_events")
    await connection.close()
    try:
        return max([await asyncio.to_thread(library.read, count) for _ in range(ROUNDS)])
    finally:
        library.close()


async def _load(log: PostgresLog) -> float:
    """Return the milliseconds it takes to read a case of ten events and fold its state."""
    stream = next(told.stream for n in range(500) if len((told := story(n)).steps) == 10)
    start = Held(CASE.initial(), 0, 0)
    began = time.perf_counter()
    for _ in range(LOADS):
        held = fold(CASE, start, await log.read_steps(stream))
    took = time.perf_counter() - began
    assert held.version == 10
    return took / LOADS * 1_000


async def _visible(dsn: str, log: PostgresLog) -> list[float]:
    """Return how long after its acknowledgement each report was seen, sorted, in ms."""
    await build_missing(dsn, READ_MODELS)
    connection = await asyncpg.connect(dsn)
    report = story(0).steps[0].new()
    latencies = []
    async with _projector(dsn):
        for number in range(COMMITS):
            stream = uuid7()
            await log.append(uuid7(), "system:bench", (Write(stream, 0, (report,)),))
            waited = await _until_seen(connection, stream)
            if number >= A_SECOND:
                latencies.append(waited * 1_000)
            await asyncio.sleep(max(0.0, 1 / A_SECOND - waited))
    await connection.close()
    return sorted(latencies)


async def _until_seen(connection: "asyncpg.Connection[asyncpg.Record]", stream: UUID) -> float:
    began = time.perf_counter()
    async with asyncio.timeout(PATIENCE_S):
        while not await connection.fetchval(_SEEN, stream):
            await asyncio.sleep(POLL_S)
    return time.perf_counter() - began


@asynccontextmanager
async def _projector(dsn: str) -> AsyncIterator[None]:
    """Run the platform's runner over all read models in a process of its own."""
    command = [sys.executable, "-P", "-m", "api", "bench", "read", "--project", dsn]
    process = await asyncio.create_subprocess_exec(*command, cwd=REPOSITORY)
    try:
        yield
    finally:
        process.kill()
        await process.wait()


async def _project(dsn: str) -> None:
    async with PostgresLog.open(dsn) as log:
        await Runner(log, dsn, Hub(), READ_MODELS).run()


def _table(found: Figures) -> str:
    p50, p99 = GOAL_VISIBLE_MS
    return "\n".join(
        [
            f"read, ours           {found.ours_per_s:12,.0f} events/s",
            f"read, stock recorder {found.stock_per_s:12,.0f} events/s",
            f"  {found.times_stock:.1f} x stock (goal {GOAL_TIMES_STOCK:g})",
            f"a case of 10 events  {found.load_ms:12.3f} ms (goal {GOAL_LOAD_MS:g})",
            f"commit → visible elsewhere: p50 {found.visible_p50_ms:.1f} ms (goal {p50:g})",
            f"                            p99 {found.visible_p99_ms:.1f} ms (goal {p99:g})",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
