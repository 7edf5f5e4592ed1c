"""Sealing: what it costs an event, what proofs and audits cost, and what appending notices.

A server of its own with fsync on and a log of made-up histories; sealed from nothing,
then proofs, export and audit. At last the write path at its limit, with and without the
sealer's process beside it, in turns; how old the oldest unsealed event gets is sampled.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import anyio
import asyncpg
import uvloop

from api.cli.export import to_parquet
from api.settings import REPOSITORY
from bench.histories.filled import fill, server
from bench.peers.ours import Ours
from eventlog import seals
from eventlog.audit.rows import EVENTS
from eventlog.audit.verify import Export, verify
from eventlog.connection import Connection
from eventlog.export import export
from eventlog.format import leaf_entry
from eventlog.postgres import PostgresLog
from eventlog.record import Position
from eventlog.sealer import Sealer
from eventlog.tlog.notes import parse_vkey
from eventlog.tlog.receipt import check_receipt

SEAL_US: Final = 8.0
TILE_BYTES: Final = 40.0
AUDIT_S: Final = 10.0
AGE_S: Final = 1.0
PROOFS: Final = 1_000
CAUGHT_UP_S: Final = 120.0

Figures = dict[str, float]


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench seal", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0)
    asked = parser.parse_args(arguments)
    figures = uvloop.run(run(asked.events, asked.rounds, asked.seconds))
    print(json.dumps(figures) if asked.json else _table(figures))
    return 0 if _met(figures) else 1


async def run(events: int, rounds: int, seconds: float) -> Figures:
    """Return every figure by name, its unit last."""
    with tempfile.TemporaryDirectory(prefix="quanke-seal-", dir="/tmp") as place:
        home = Path(place)
        async with server("seal") as served:
            count = await fill(served.dsn, events)
            found: Figures = {"events": count}
            found |= await _seal(served.dsn, home, count)
            found |= await _proofs(served.dsn, home)
            found |= await _audit(served.dsn, home, count)
            found |= await _append(served.dsn, home, rounds, seconds)
            return found


async def _seal(dsn: str, home: Path, count: int) -> Figures:
    cpu, began = time.process_time(), time.perf_counter()
    async with Sealer.open(dsn, home / "sealer") as sealer:
        while await sealer.step():
            pass
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        (home / "vkey").write_text(sealer.vkey)
    connection = await asyncpg.connect(dsn)
    size = await connection.fetchval("select pg_total_relation_size('quanke_tile')")
    await connection.close()
    _say(f"sealed {count:,} events in {took:.1f} s")
    return {
        "seal_us": took / count * 1e6,
        "seal_cpu_us": cpu / count * 1e6,
        "tile_bytes": size / count,
    }


async def _proofs(dsn: str, home: Path) -> Figures:
    """Proofs for random events: out of the database, and what checking one costs."""
    key = parse_vkey((home / "vkey").read_text())
    connection = await asyncpg.connect(dsn)
    standing = await seals.standing(connection)
    rng = random.Random(1)
    places = [rng.randrange(1, standing.size) for _ in range(PROOFS)]

    async def receipt(at: int) -> object:
        return await seals.receipt(connection, at)

    async def extension(at: int) -> object:
        return await seals.extension(connection, at, standing.size)

    found = _spread("receipt_cold", await _timed(receipt, places))
    found |= _spread("receipt_warm", await _timed(receipt, places))
    found |= _spread("extension", await _timed(extension, places))
    found |= await _checking(dsn, connection, places[:200], key=str(key))
    await connection.close()
    return found


async def _checking(dsn: str, connection: Connection, places: Sequence[int], key: str) -> Figures:
    verifier, took = parse_vkey(key), []
    async with PostgresLog.open(dsn) as log:
        for at in places:
            (event,) = await log.read_all(Position(at - 1), 1)
            receipt, entry = await seals.receipt(connection, at), leaf_entry(event)
            began = time.perf_counter()
            check_receipt(receipt, entry, verifier)
            took.append(time.perf_counter() - began)
    return {"check_receipt_us": statistics.median(took) * 1e6}


async def _timed(ask: Callable[[int], Awaitable[object]], places: Sequence[int]) -> list[float]:
    took = []
    for at in places:
        began = time.perf_counter()
        await ask(at)
        took.append(time.perf_counter() - began)
    return took


def _spread(name: str, took: list[float]) -> Figures:
    ordered = sorted(took)
    return {
        f"{name}_p50_ms": ordered[len(ordered) // 2] * 1e3,
        f"{name}_p99_ms": ordered[int(len(ordered) * 0.99)] * 1e3,
    }


async def _audit(dsn: str, home: Path, count: int) -> Figures:
    """Export and audit, scaled to a million events."""
    key, place = parse_vkey((home / "vkey").read_text()), home / "export"
    clocks = [_clocks()]
    await export(dsn, place)
    clocks.append(_clocks())
    to_parquet(place / EVENTS, home / "events.parquet")
    clocks.append(_clocks())
    verdict = verify(Export(place), key)
    assert verdict.ok, verdict.faults
    clocks.append(_clocks())
    (place / EVENTS).unlink()
    verify(Export(place), key)
    clocks.append(_clocks())
    found: Figures = {}
    names = ("export", "parquet", "audit", "audit_entries_alone")
    for name, before, after in zip(names, clocks, clocks[1:], strict=False):
        wall, cpu = after[0] - before[0], after[1] - before[1]
        found[f"{name}_a_million_s"] = wall * 1e6 / count
        found[f"{name}_a_million_cpu_s"] = cpu * 1e6 / count
        _say(f"{name}: {wall:.1f} s")
    return found


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


async def _append(dsn: str, home: Path, rounds: int, seconds: float) -> Figures:
    """The write path at its limit, without and with the sealer beside it, in turns."""
    alone, beside, ages = [], [], list[float]()
    async with PostgresLog.open(dsn) as log:
        ours = Ours(log, 256)
        for number in range(rounds):
            _say(f"round {number + 1}/{rounds}")
            alone.append((await ours.measure(seconds)).per_s)
            async with _sealing(dsn, home), _sampled(dsn, ages):
                beside.append((await ours.measure(seconds)).per_s)
    ordered = sorted(ages)
    return {
        "append_alone_per_s": statistics.median(alone),
        "append_sealed_per_s": statistics.median(beside),
        "append_ratio": statistics.median(beside) / statistics.median(alone),
        "unsealed_age_p50_s": ordered[len(ordered) // 2],
        "unsealed_age_p99_s": ordered[int(len(ordered) * 0.99)],
    }


@asynccontextmanager
async def _sealing(dsn: str, home: Path) -> AsyncIterator[None]:
    """Run `quanke sealer` and wait until it has caught up."""
    process = _start_sealer(dsn, home)
    connection = await asyncpg.connect(dsn)
    try:
        with anyio.fail_after(CAUGHT_UP_S):
            while (await seals.standing(connection)).unsealed:
                await anyio.sleep(0.1)
        yield
    finally:
        await connection.close()
        process.terminate()
        process.wait(10)


def _start_sealer(dsn: str, home: Path) -> "subprocess.Popen[bytes]":
    settings = {"DATABASE_URL": dsn, "QUANKE_SEALER_DIR": str(home / "sealer")}
    kept = {name: value for name, value in os.environ.items() if name != "QUANKE_DATA"}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "api", "sealer"],
        env={**kept, **settings, "PYTHONPATH": str(REPOSITORY)},
    )


@asynccontextmanager
async def _sampled(dsn: str, ages: list[float]) -> AsyncIterator[None]:
    """Note the age of the oldest unsealed event, twenty times a second."""
    connection = await asyncpg.connect(dsn)

    async def sample() -> None:
        while True:
            oldest = (await seals.standing(connection)).oldest_at
            ages.append(0.0 if oldest is None else max(0.0, time.time() - oldest / 1e6))
            await anyio.sleep(0.05)

    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sample)
            yield
            tasks.cancel_scope.cancel()
    finally:
        connection.terminate()


def _met(found: Figures) -> bool:
    return (
        found["seal_us"] <= SEAL_US
        and found["tile_bytes"] <= TILE_BYTES
        and found["audit_a_million_s"] <= AUDIT_S
        and found["unsealed_age_p99_s"] < AGE_S
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _table(found: Figures) -> str:
    goals = {
        "seal_us": f"goal {SEAL_US:g}",
        "tile_bytes": f"goal {TILE_BYTES:g}, an event",
        "audit_a_million_s": f"goal {AUDIT_S:g}, events and entries",
        "unsealed_age_p99_s": f"goal {AGE_S:g}, at the write path's limit",
    }
    return "\n".join(
        f"{name:28}{value:>14,.3f}  {goals.get(name, '')}".rstrip() for name, value in found.items()
    )
