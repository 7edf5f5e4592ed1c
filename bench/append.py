"""Appending: our log beside four others on one server, in one run.

pgbench's bare commits (one row, and a hundred), the stock recorder of the eventsourcing
library, Emmett's PostgreSQL store and message-db's SQL: the same event of some 600 bytes, the
same durability, time-ordered ids, each with the client count that suits it best. Our path is
the one a mutation takes: versions and command id checked under the lock, NOTIFY, full
envelope. Tables start with 0, 1,000 and 1,000,000 rows, because a bad plan shows only then.
The peers take turns, round after round; what is compared are medians.

Each turn begins after a checkpoint, on a server that has its segments of write-ahead log lying
ready, as one that has run for a day has: to make a new one takes the disk some 50 ms, during
which nobody commits, and it would fall on whoever's turn it is (docs/adr/0043). Nor does a turn
begin while the server vacuums what the turns before it have written, with a fifth of a core.
"""

import argparse
import asyncio
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import uvloop

from api.database import opened
from api.database.server import DURABLE
from api.settings import Settings
from bench.peers import Measured, Peer
from bench.peers.emmett import emmett
from bench.peers.installed import installed
from bench.peers.library import Library
from bench.peers.message_db import MessageDb, fill_message_db
from bench.peers.ours import Ours, fill_ours
from bench.peers.single_row import SingleRow, fill_single
from eventlog.postgres import PostgresLog
from migrations import migrate

ROOMY = {**DURABLE, "max_connections": "200"}
GOALS = {
    "over_pgbench": 1.5, "over_stock_16": 25.0, "over_emmett": 8.0, "over_message_db": 8.0,
}  # fmt: skip
LONE_AT_MOST = 3.0
P50_MS, P99_MS = 5.0, 10.0
FLOORS = {"pgbench_single": 14_500, "stock_16": 780, "emmett": 2_100, "message_db": 2_350}
"""Half of what each peer does on an idle machine of this class: below, the run is void."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A peer's rounds at one table size."""

    rounds: tuple[Measured, ...]

    @property
    def median(self) -> Measured:
        """The median of each figure."""
        return Measured(
            statistics.median(one.per_s for one in self.rounds),
            statistics.median(one.p50_ms for one in self.rounds),
            statistics.median(one.p99_ms for one in self.rounds),
        )

    @property
    def worst(self) -> float:
        """The slowest round, per second."""
        return min(one.per_s for one in self.rounds)

    @property
    def best(self) -> float:
        """The fastest round, per second."""
        return max(one.per_s for one in self.rounds)


Sized = dict[str, Spread]
_SEGMENTS_KEPT = """
select (pg_size_bytes(current_setting('min_wal_size'))
        / pg_size_bytes(current_setting('wal_segment_size')))::int
"""
_VACUUMS = "select count(*) from pg_stat_activity where backend_type = 'autovacuum worker'"
VACUUM_S = 300.0
_USE_A_SEGMENT = "select pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()"


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed, 2 when the run is void."""
    asked = _asked(arguments)
    sizes = uvloop.run(run(asked.rows, asked.rounds, asked.seconds))
    out = sys.stderr if asked.json else sys.stdout
    for rows, sized in sizes.items():
        print(_table(rows, sized), file=out)
    code, void = judged(sizes)
    if void:
        print(f"void: slower than half their known rate: {', '.join(void)}", file=out)
    if asked.json:
        print(json.dumps(report(sizes, void)))
    return code


def judged(sizes: dict[int, Sized]) -> tuple[int, list[str]]:
    """Return the exit code, and which peers void the run."""
    largest = sizes[max(sizes)]
    void = [name for name, least in FLOORS.items() if largest[name].median.per_s < least]
    if void:
        return 2, void
    return (0 if all(_met(sized) for sized in sizes.values()) else 1), []


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="quanke bench append", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rows", type=int, nargs="*", default=[0, 1_000, 1_000_000])
    return parser.parse_args(arguments)


async def run(sizes: Sequence[int], rounds: int, seconds: int) -> dict[int, Sized]:
    """Let the peers take turns at each table size; return their rounds."""
    home = Path(tempfile.mkdtemp(prefix="quanke-append-", dir="/tmp"))
    home.chmod(0o711)
    packages = installed("stores")
    try:
        async with opened(
            Settings(data=home / "data"), "bench", exclusive=True, extra=ROOMY
        ) as found:
            assert found.binaries is not None
            program = found.binaries.program("pgbench")
            return {
                rows: await _sized(found.dsn, program, packages, rows, rounds, seconds)
                for rows in sizes
            }
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _sized(
    dsn: str, program: str, packages: Path, rows: int, rounds: int, seconds: int
) -> Sized:
    results: dict[str, list[Measured]] = {}
    await _lay_segments_ready(dsn)
    async with _peers(await _database(dsn, rows), program, packages, rows) as peers:
        for number in range(1, rounds + 1):
            for peer in peers:
                print(f"{rows:,} rows, round {number}/{rounds}: {peer.name} …", file=sys.stderr)
                await _at_rest(dsn)
                results.setdefault(peer.name, []).append(await peer.measure(seconds))
    return {name: Spread(tuple(measured)) for name, measured in results.items()}


async def _database(dsn: str, rows: int) -> str:
    """Make a database for one table size and return its DSN."""
    name = f"bench_{rows}"
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"create database {name}")
    current = await connection.fetchval("select current_database()")
    await connection.close()
    return dsn.replace(f"/{current}?", f"/{name}?")


async def _lay_segments_ready(dsn: str) -> None:
    """Use up as many segments as the server keeps, so that the checkpoint has them to reuse."""
    connection = await asyncpg.connect(dsn, command_timeout=600)
    try:
        kept = await connection.fetchval(_SEGMENTS_KEPT)
        for _ in range(kept):
            await connection.execute(_USE_A_SEGMENT)
        await connection.execute("checkpoint")
    finally:
        await connection.close()


async def _at_rest(dsn: str) -> None:
    """Let the server end its vacuums, put its tables on disk and used segments back for use."""
    connection = await asyncpg.connect(dsn, command_timeout=600)
    try:
        async with asyncio.timeout(VACUUM_S):
            while await connection.fetchval(_VACUUMS):
                await asyncio.sleep(0.2)
        await connection.execute("checkpoint")
    finally:
        await connection.close()


@asynccontextmanager
async def _peers(dsn: str, program: str, packages: Path, rows: int) -> AsyncIterator[list[Peer]]:
    await migrate(dsn)
    library = Library(dsn, 16)
    async with AsyncExitStack() as stack:
        stack.callback(library.close)
        node = await stack.enter_async_context(emmett(dsn, packages, rows))
        await _fill(dsn, library, packages, rows)
        log = await stack.enter_async_context(PostgresLog.open(dsn))
        single = await SingleRow.best(dsn, program)
        batches = SingleRow("pgbench_100", dsn, program, 2, rows=100)
        messages = await MessageDb.best(dsn, program)
        alone = SingleRow("pgbench_1", dsn, program, 1)
        yield [single, batches, library, node, messages, Ours(log, 256), alone, Ours(log, 1)]


async def _fill(dsn: str, library: Library, packages: Path, rows: int) -> None:
    """Put the same number of rows into every table, and let the planner know."""
    connection = await asyncpg.connect(dsn, command_timeout=600)
    try:
        await fill_single(connection, rows)
        await fill_ours(connection, rows)
        await library.fill(connection, rows)
        await fill_message_db(connection, packages, rows)
        if rows:
            await connection.execute("vacuum analyze")
            await connection.execute("checkpoint")
    finally:
        await connection.close()


def _ratios(sized: Sized) -> dict[str, float]:
    ours = sized["quanke_256"].median.per_s
    peers = {
        "over_pgbench": "pgbench_single", "over_stock_16": "stock_16", "over_emmett": "emmett",
        "over_message_db": "message_db", "of_batches_of_100": "pgbench_100",
    }  # fmt: skip
    ratios = {name: round(ours / sized[peer].median.per_s, 2) for name, peer in peers.items()}
    lone = sized["quanke_1"].median.p50_ms / sized["pgbench_1"].median.p50_ms
    return {**ratios, "lone_p50_over_pgbench_1": round(lone, 2)}


def _met(sized: Sized) -> bool:
    ratios, ours = _ratios(sized), sized["quanke_256"].median
    return (
        all(ratios[name] >= goal for name, goal in GOALS.items())
        and ratios["lone_p50_over_pgbench_1"] <= LONE_AT_MOST
        and ours.p50_ms <= P50_MS
        and ours.p99_ms <= P99_MS
    )


def report(sizes: dict[int, Sized], void: list[str]) -> dict[str, Any]:
    """Return the figures at the largest tables as `rows`, and the ratios at every size."""
    return {
        "rows": _rows(sizes[max(sizes)]),
        "ratios": {str(rows): _ratios(sized) for rows, sized in sizes.items()},
        "sizes": {str(rows): _rows(sized) for rows, sized in sizes.items()},
        "void": void,
    }


def _rows(sized: Sized) -> list[dict[str, str | float]]:
    return [
        {
            "name": name,
            "value": round(one.median.per_s, 1),
            "p50_ms": round(one.median.p50_ms, 3),
            "p99_ms": round(one.median.p99_ms, 3),
            "worst": round(one.worst, 1),
            "best": round(one.best, 1),
        }
        for name, one in sized.items()
    ]


def _table(rows: int, sized: Sized) -> str:
    lines = [
        f"tables of {rows:,} rows",
        f"{'':16} {'events/s':>10} {'from':>9} {'to':>9} {'p50 ms':>8} {'p99 ms':>8}",
    ]
    for name, one in sized.items():
        median = one.median
        lines.append(
            f"{name:16} {median.per_s:10,.0f} {one.worst:9,.0f} {one.best:9,.0f}"
            f" {median.p50_ms:8.2f} {median.p99_ms:8.2f}"
        )
    goals = {name: f"≥ {goal:g}" for name, goal in GOALS.items()}
    goals["lone_p50_over_pgbench_1"] = f"≤ {LONE_AT_MOST:g}"
    for name, ratio in _ratios(sized).items():
        goal = f"  (goal {goals[name]})" if name in goals else ""
        lines.append(f"  {name:26} {ratio:7.2f}x{goal}")
    return "\n".join([*lines, f"  goal: p50 ≤ {P50_MS:g} ms, p99 ≤ {P99_MS:g} ms", ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
