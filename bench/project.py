"""Projecting: our read models beside the stock ProjectionRunner, and a whole rebuild.

One server of its own with fsync on, in a directory that is thrown away. Both sides keep
the same two tables of counters, per grid and per department, with their checkpoint in the
same transaction: the stock runner event by event, ours page by page. They take turns, round
after round, in one process whose cycle collector is set as the platform's is; what is compared
are medians. Then all read models are rebuilt from the same log, or from that of `--data`.
"""

import argparse
import asyncio
import json
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import asyncpg
import uvloop

from api.cli.run import settle_collector
from api.database import database
from api.settings import Settings
from bench.histories.filled import fill, server
from bench.peers.projection import TABLES, Stock
from eventlog.postgres import PostgresLog
from projections.build import SQL
from projections.department_load.project import MODEL as DEPARTMENT_LOAD
from projections.grid_load.project import MODEL as GRID_LOAD
from projections.hub import Hub
from projections.port import ReadModel
from projections.rebuild import rebuild
from projections.registry import READ_MODELS, schema_of
from projections.runner import Runner

TIMES_STOCK: Final = 60.0
REBUILD_S: Final = 20.0
PATIENCE_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; rates in events per second. Those of rounds are medians.

    `spread` are the least and the most of a round's ratios.
    """

    stock_per_s: float | None
    counters_per_s: float | None
    ratio: float | None
    spread: tuple[float, float] | None
    all_models_per_s: float | None
    events: int
    rebuild_s: float
    rebuild_per_s: float
    peak_mb: int


def main(argv: Sequence[str], data: Path | None = None) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench project", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--stock-events", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, default=data)
    asked = parser.parse_args(argv)
    if asked.data is None:
        found = uvloop.run(_measure(asked.events, asked.stock_events, asked.rounds))
    else:
        found = uvloop.run(_rebuild_of(asked.data))
    print(json.dumps(asdict(found)) if asked.json else _table(found))
    slow = found.ratio is not None and found.ratio < TIMES_STOCK
    return 1 if slow or found.rebuild_s > REBUILD_S * max(1.0, found.events / 300_000) else 0


async def _measure(events: int, stock_events: int, rounds: int) -> Figures:
    async with server("project") as served:
        dsn, stock = served.dsn, Stock(served.dsn)
        await asyncio.to_thread(stock.save, stock_events)
        await _follow(dsn, READ_MODELS, 0)
        count = await fill(dsn, events)
        every = count / await _follow(dsn, READ_MODELS, count)
        print(f"runner, {len(READ_MODELS)} read models: {every:,.0f} events/s", file=sys.stderr)
        settle_collector()
        pairs = [await _round(dsn, stock, count) for _ in range(rounds)]
        ratios = [ours / theirs for theirs, ours in pairs]
        took = await _rebuild(dsn)
        return Figures(
            stock_per_s=statistics.median(theirs for theirs, _ in pairs),
            counters_per_s=statistics.median(ours for _, ours in pairs),
            ratio=statistics.median(ratios),
            spread=(min(ratios), max(ratios)),
            all_models_per_s=every,
            events=count,
            rebuild_s=took,
            rebuild_per_s=count / took,
            peak_mb=_peak_mb(),
        )


async def _round(dsn: str, stock: Stock, count: int) -> tuple[float, float]:
    """Let both go over their log once; return their rates."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"drop table if exists {', '.join(TABLES)}")
    await connection.close()
    theirs = await asyncio.to_thread(stock.measure)
    two = (GRID_LOAD, DEPARTMENT_LOAD)
    await start_over(dsn, two)
    ours = count / await _follow(dsn, two, count)
    print(f"stock {theirs:,.0f} events/s, ours {ours:,.0f}: {ours / theirs:.1f} x", file=sys.stderr)
    return theirs, ours


async def _rebuild_of(data: Path) -> Figures:
    async with database(Settings(data=data), "bench") as dsn:
        connection = await asyncpg.connect(dsn)
        count = int(await connection.fetchval("select count(*) from quanke_log"))
        await connection.close()
        took = await _rebuild(dsn)
    return Figures(None, None, None, None, None, count, took, count / took, _peak_mb())


async def start_over(dsn: str, models: Sequence[ReadModel]) -> None:
    """Empty read models and set their checkpoints to 0, so that the runner does it all."""
    connection = await asyncpg.connect(dsn)
    for model in models:
        tables = await connection.fetch(SQL["tables"], schema_of(model))
        await connection.execute(f"truncate {', '.join(row[0] for row in tables)}")
        await connection.execute(
            "update quanke_checkpoint set position = 0, recorded_at = 0, leaf = ''"
            " where read_model = $1",
            model.name,
        )
    await connection.close()


async def _follow(dsn: str, models: Sequence[ReadModel], head: int) -> float:
    """Run the platform's own runner up to the head; return the seconds it took."""
    async with PostgresLog.open(dsn) as log:
        runner = Runner(log, dsn, Hub(), models)
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(runner.run())
            assert await runner.reached(head, PATIENCE_S)
            took = time.perf_counter() - began
            running.cancel()
        return took


async def _rebuild(dsn: str) -> float:
    began = time.perf_counter()
    await rebuild(dsn)
    return time.perf_counter() - began


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _table(found: Figures) -> str:
    rows: list[tuple[str, float, str]] = []
    if found.stock_per_s and found.counters_per_s and found.spread and found.all_models_per_s:
        low, high = found.spread
        goal = (
            f"events/s, {found.ratio:.0f} x stock ({low:.0f} to {high:.0f}; goal {TIMES_STOCK:g})"
        )
        rows = [
            ("stock ProjectionRunner, 2 tables", found.stock_per_s, "events/s"),
            ("our runner, the same 2 tables", found.counters_per_s, goal),
            (f"our runner, all {len(READ_MODELS)} read models", found.all_models_per_s, "events/s"),
        ]
    goal = f"s, {found.rebuild_per_s:,.0f} events/s (goal {REBUILD_S:g} s for 300,000)"
    rows += [
        (f"rebuild of all, {found.events:,} events", found.rebuild_s, goal),
        ("peak memory", found.peak_mb, "MB"),
    ]
    return "\n".join(f"{name:<36}{value:>12,.1f} {unit}" for name, value, unit in rows)
