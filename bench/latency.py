"""From commit to subscriber: how old an event is when a listener on loopback has it.

One platform with the demo district and fsync on; listeners and reporters in a process of
their own, over real sockets. The age counts from `recorded_at`, which the log writes
before it commits, so the commit itself is part of it. Case feeds get every change at
once; walls get at most twenty deltas a second, so half a window is theirs by design.
"""

import argparse
import json
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import anyio
import uvloop

from api.check.founded import founded
from api.graphql.live.guests import MAX_CONNECTIONS
from api.settings import REPOSITORY
from api.wiring import App
from bench.mutations import working
from domain.actor import Actor, Role
from eventlog.record import Position

GOAL_P50_MS = 50.0
GOAL_P99_MS = 200.0


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench latency", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rate", type=float, default=50.0, help="events a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--feeds", type=int, default=10)
    parser.add_argument("--walls", type=int, default=10)
    asked = parser.parse_args(arguments)
    figures = uvloop.run(run(asked))
    print(json.dumps(figures) if asked.json else _table(figures))
    return 0 if all(_met(figures[kind]) for kind in ("feed", "wall")) else 1


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Return p50, p99 and worst age in milliseconds, by kind of subscription."""
    async with founded("latency") as (app, _, _), working(app) as url:
        tokens = _tokens(app, asked.feeds + asked.walls)
        before = await app.platform.log.head()
        cpu = time.process_time()
        heard = await anyio.to_thread.run_sync(_clients, asked, url, tokens)
        cpu = time.process_time() - cpu
        recorded = await _recorded(app, before)
    figures: dict[str, Any] = {"events": len(recorded), "rate": asked.rate}
    figures["subscribers"] = {"feed": asked.feeds, "wall": asked.walls}
    figures["server_cpu_ms_per_event"] = round(cpu * 1_000 / len(recorded), 2)
    for kind in ("feed", "wall"):
        figures[kind] = _ages(recorded, [one for one in heard if one["kind"] == kind])
    return figures


def _tokens(app: App, listeners: int) -> list[str]:
    """Return a token for the reporter and one for each so many listeners as a client may have."""
    accounts = range(1 + -(-listeners // MAX_CONNECTIONS))
    actors = [Actor(id=f"acct:bench-{n}", role=Role.ACCEPTOR, scope="371602.") for n in accounts]
    return [app.platform.tokens.issue(actor, 3600, "simulated") for actor in actors]


def _clients(asked: argparse.Namespace, url: str, tokens: list[str]) -> list[dict[str, Any]]:
    """Run the other process and return what each of its listeners heard, and when."""
    job = {
        "url": url, "tokens": tokens, "connections": MAX_CONNECTIONS, "rate": asked.rate,
        "seconds": asked.seconds, "feeds": asked.feeds, "walls": asked.walls,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.listeners"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
    )
    if done.returncode:
        raise RuntimeError(f"the listeners failed:\n{done.stderr}")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


async def _recorded(app: App, after: int) -> list[tuple[int, int]]:
    """Return position and recorded_at (microseconds) of the reports that were measured."""
    found: list[tuple[int, int]] = []
    while page := await app.platform.log.read_all(Position(after), 5_000):
        found += [(one.position, one.recorded_at) for one in page if one.version == 1]
        after = page[-1].position
    return found


def _ages(recorded: list[tuple[int, int]], heard: list[dict[str, Any]]) -> dict[str, float]:
    """Return quantiles of the ages, each event's at the first message that covers it."""
    ages: list[float] = []
    for listener in heard:
        positions = [position for position, _ in listener["messages"]]
        for position, at in recorded:
            index = bisect_left(positions, position)
            if index < len(positions):
                ages.append((listener["messages"][index][1] - at) / 1_000)
    missed = len(recorded) * len(heard) - len(ages)
    ages.sort()
    return {
        "n": len(ages),
        "missed": missed,
        "p50_ms": round(ages[len(ages) // 2], 1),
        "p99_ms": round(ages[int(len(ages) * 0.99)], 1),
        "worst_ms": round(ages[-1], 1),
    }


def _met(figures: dict[str, float]) -> bool:
    within = figures["p50_ms"] <= GOAL_P50_MS and figures["p99_ms"] <= GOAL_P99_MS
    return within and not figures["missed"]


def _table(figures: dict[str, Any]) -> str:
    lines = [f"{figures['events']} events at {figures['rate']:g}/s, commit → subscriber message"]
    lines.append(f"{'':6} {'p50 ms':>8} {'p99 ms':>8} {'worst':>8} {'messages':>9} {'missed':>7}")
    for kind in ("feed", "wall"):
        one = figures[kind]
        lines.append(
            f"{kind:6} {one['p50_ms']:8.1f} {one['p99_ms']:8.1f} {one['worst_ms']:8.1f} "
            f"{one['n']:9d} {one['missed']:7d}"
        )
    lines.append(f"server: {figures['server_cpu_ms_per_event']:g} ms of CPU an event")
    lines.append(f"goal (both): p50 ≤ {GOAL_P50_MS:g} ms, p99 ≤ {GOAL_P99_MS:g} ms, none missed")
    return "\n".join(lines)
