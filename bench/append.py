"""Appending: our log beside the stock recorder and the database's bare single-row commits.

One server of its own with fsync on, in a directory that is thrown away; the peers take
turns, round after round, and medians of the rounds are compared. Our path is the one a
mutation takes: versions and command id checked under the lock, NOTIFY, full envelope.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop

from api.database import opened
from api.database.server import DURABLE
from api.settings import Settings
from bench.peers import Measured, Peer
from bench.peers.library import Library
from bench.peers.ours import Ours
from bench.peers.single_row import SingleRow
from eventlog.postgres import PostgresLog
from migrations import migrate

ROOMY = {**DURABLE, "max_connections": "120"}
TIMES_STOCK = 25.0
TIMES_SINGLE = 1.0


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench append", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    asked = parser.parse_args(arguments)
    rows = uvloop.run(run(asked.rounds, asked.seconds))
    ratios = _ratios(rows)
    print(_table(rows, ratios), file=sys.stderr if asked.json else sys.stdout)
    if asked.json:
        print(json.dumps({"rows": _rows(rows), "ratios": ratios}))
    met = ratios["over_stock_16"] >= TIMES_STOCK and ratios["over_pgbench"] >= TIMES_SINGLE
    return 0 if met else 1


async def run(rounds: int, seconds: int) -> dict[str, Measured]:
    """Let the peers take turns and return the medians by name."""
    results: dict[str, list[Measured]] = {}
    async with _peers() as peers:
        for number in range(1, rounds + 1):
            for peer in peers:
                print(f"round {number}/{rounds}: {peer.name} …", file=sys.stderr)
                results.setdefault(peer.name, []).append(await peer.measure(seconds))
    return {name: _median(measured) for name, measured in results.items()}


@asynccontextmanager
async def _peers() -> AsyncIterator[list[Peer]]:
    home = Path(tempfile.mkdtemp(prefix="quanke-append-", dir="/tmp"))
    home.chmod(0o711)
    try:
        settings = Settings(data=home / "data")
        async with opened(settings, "bench", exclusive=True, extra=ROOMY) as database:
            assert database.binaries is not None
            await migrate(database.dsn)
            single = await SingleRow.best(database.dsn, database.binaries.program("pgbench"))
            alone = SingleRow(database.dsn, database.binaries.program("pgbench"), 1)
            library = Library(database.dsn, 16)
            try:
                async with PostgresLog.open(database.dsn) as log:
                    yield [single, library, Ours(log, 256), alone, Ours(log, 1)]
            finally:
                library.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _median(rounds: list[Measured]) -> Measured:
    return Measured(
        statistics.median(one.per_s for one in rounds),
        statistics.median(one.p50_ms for one in rounds),
        statistics.median(one.p99_ms for one in rounds),
    )


def _ratios(rows: dict[str, Measured]) -> dict[str, float]:
    ours = rows["quanke_256"].per_s
    return {
        "over_stock_16": round(ours / rows["stock_16"].per_s, 1),
        "over_pgbench": round(ours / rows["pgbench_single"].per_s, 2),
        "lone_p50_over_pgbench_1": round(rows["quanke_1"].p50_ms / rows["pgbench_1"].p50_ms, 2),
    }


def _rows(rows: dict[str, Measured]) -> list[dict[str, str | float]]:
    return [
        {
            "name": name,
            "value": round(one.per_s, 1),
            "p50_ms": round(one.p50_ms, 3),
            "p99_ms": round(one.p99_ms, 3),
        }
        for name, one in rows.items()
    ]


def _table(rows: dict[str, Measured], ratios: dict[str, float]) -> str:
    lines = [f"{'':16} {'commands/s':>12} {'p50 ms':>8} {'p99 ms':>8}"]
    for name, one in rows.items():
        lines.append(f"{name:16} {one.per_s:12,.0f} {one.p50_ms:8.2f} {one.p99_ms:8.2f}")
    lines.append(f"over the stock recorder: {ratios['over_stock_16']}x (goal {TIMES_STOCK:g}x)")
    lines.append(f"over pgbench, one row:   {ratios['over_pgbench']}x (goal {TIMES_SINGLE:g}x)")
    return "\n".join(lines)
