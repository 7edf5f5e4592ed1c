"""Rebuilding: a million events into all read models, and what memory that takes.

Each size gets a database and a process of its own, so that its peak memory is its own. The
peak must not grow with the log: a rebuild of ten years is as possible as one of a month.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

import asyncpg
import uvloop

from api.settings import REPOSITORY
from bench.histories.filled import fill, server
from migrations import migrate
from projections.rebuild import rebuild
from projections.registry import READ_MODELS

GOAL_S: Final = 60.0
GOAL_GROWTH: Final = 1.2
GOAL_MB: Final = 1_000
PATIENCE_S: Final = 1_800.0


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """One rebuild of all read models."""

    events: int
    seconds: float
    peak_mb: int


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench rebuild", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--events", type=int, nargs=2, default=[250_000, 1_000_000])
    parser.add_argument("--in-process", metavar="DSN", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.in_process:
        print(json.dumps(uvloop.run(_rebuild(asked.in_process))))
        return 0
    small, large = uvloop.run(_measure(asked.events))
    growth = large.peak_mb / small.peak_mb
    seconds = large.seconds * 1_000_000 / large.events
    if asked.json:
        figures = [asdict(one) for one in (small, large)]
        print(json.dumps({"rebuilt": figures, "growth": round(growth, 3)}))
    else:
        print(_table((small, large), growth, seconds))
    met = seconds <= GOAL_S and growth <= GOAL_GROWTH and large.peak_mb < GOAL_MB
    return 0 if met else 1


async def _measure(sizes: Sequence[int]) -> list[Rebuilt]:
    """Fill a database per size and rebuild it in a process of its own."""
    results = []
    async with server("rebuild") as served:
        for size in sizes:
            dsn = await _database(served.dsn, f"rebuild_{size}")
            events = await fill(dsn, size)
            results.append(_in_a_process(dsn, events))
    return results


async def _database(dsn: str, name: str) -> str:
    connection = await asyncpg.connect(dsn)
    current = await connection.fetchval("select current_database()")
    await connection.execute(f"create database {name}")
    await connection.close()
    other = dsn.replace(f"/{current}?", f"/{name}?")
    await migrate(other)
    return other


def _in_a_process(dsn: str, events: int) -> Rebuilt:
    command = [sys.executable, "-P", "-m", "api", "bench", "rebuild", "--in-process", dsn]
    done = subprocess.run(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True, timeout=PATIENCE_S
    )
    seconds, peak_mb = json.loads(done.stdout)
    print(f"{events:,} events rebuilt in {seconds:.1f} s", file=sys.stderr)
    return Rebuilt(events, seconds, peak_mb)


async def _rebuild(dsn: str) -> tuple[float, int]:
    """Rebuild all read models; return the seconds and the peak memory in MB, children's too."""
    began = time.perf_counter()
    await rebuild(dsn)
    took = time.perf_counter() - began
    peaks = [
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return took, max(peaks) // 1024


def _table(rebuilt: Sequence[Rebuilt], growth: float, seconds: float) -> str:
    lines = [f"rebuild of all {len(READ_MODELS)} read models"]
    lines += [
        f"{one.events:>12,} events {one.seconds:8.1f} s {one.events / one.seconds:10,.0f} events/s"
        f" {one.peak_mb:6,} MB at most"
        for one in rebuilt
    ]
    lines.append(f"a million takes {seconds:.1f} s (goal {GOAL_S:g} s)")
    lines.append(f"memory grows {growth:.2f}x (goal {GOAL_GROWTH:g}x and {GOAL_MB:,} MB)")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
