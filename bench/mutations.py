"""Whole mutations over HTTP: reports with every rule, sealing, log and read models.

One platform with the demo's district, fsync on, and reporters in a process of their own
over real sockets, all on the same processors. First a closed loop for the rate, then a
steady 50 a second for the latency. A sampler on the processor's clock tells where the
server's own time goes; what PostgreSQL and the reporters took is told apart.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final

import anyio
import uvloop

from api.check.founded import founded
from api.cli.run import settle_collector
from api.cli.serving import free_socket, serving
from api.settings import REPOSITORY
from api.wiring import App
from domain.actor import Actor, Role

GOAL_PER_S: Final = 1_500.0
GOAL_P99_MS: Final = 100.0
STEADY_PER_S: Final = 50.0
SAMPLE_S: Final = 0.001
ROOMS: Final = (
    ("eventlog/", "log"),
    ("projections/", "read models"),
    ("domain/", "rules"),
    ("api/dispatch/sealing", "sealing"),
    ("api/dispatch", "dispatch"),
    ("api/reference", "dispatch"),
    ("api/graphql", "graphql"),
    ("api/http", "http"),
    ("graphql/", "graphql"),
    ("strawberry/", "graphql"),
    ("starlette/", "http"),
    ("uvicorn/", "http"),
    ("asyncpg/", "database driver"),
)


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench mutations", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--stock", action="store_true", help="without any fast path")
    parser.add_argument("--lines", type=int, default=0, help="show the busiest lines too")
    asked = parser.parse_args(arguments)
    figures = uvloop.run(run(asked))
    print(json.dumps(figures) if asked.json else _table(figures, asked.lines))
    met = figures["per_s"] >= GOAL_PER_S and figures["p99_ms"] <= GOAL_P99_MS
    return 0 if met else 1


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Return rate, latencies and where the time went."""
    async with platform() as (app, url):
        reporter = Actor(id="acct:bench", role=Role.ACCEPTOR, scope="371602.")
        job: dict[str, Any] = {
            "url": url, "token": app.platform.tokens.issue(reporter, 3600, "simulated"),
            "connections": asked.connections, "seconds": asked.seconds,
            "headers": "x-execution: stock\r\n" if asked.stock else "",
        }  # fmt: skip
        await reported({**job, "seconds": 1.0})  # warm: keys, plans, pages
        rounds, profile = [], Profile()
        for _ in range(asked.rounds):
            await anyio.sleep(0.5)
            with profile:
                rounds.append(await reported(job))
        await app.caught_up(60)
        steady = await reported({**job, "rate": STEADY_PER_S, "connections": 16})
    ordered = sorted(steady["latencies_s"])
    rates = [one["per_s"] for one in rounds]
    return {
        "per_s": round(statistics.median(rates)),
        "rates": [round(rate) for rate in rates],
        "p50_ms": round(ordered[len(ordered) // 2] * 1_000, 2),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1_000, 2),
        "connections": asked.connections,
        "us_per_mutation": _shares(rounds, profile),
        "load": os.getloadavg()[0],
        "lines": profile.lines.most_common(asked.lines),
    }


def _shares(rounds: list[dict[str, Any]], profile: "Profile") -> dict[str, float]:
    """Return microseconds of processor time a mutation, by where they went."""
    answered = sum(len(one["latencies_s"]) for one in rounds)
    samples = sum(profile.rooms.values()) or 1
    server = profile.cpu_s / answered * 1e6
    shares = {room: server * n / samples for room, n in profile.rooms.most_common()}
    shares["PostgreSQL"] = profile.children_s / answered * 1e6
    shares["reporters"] = sum(one["cpu_s"] for one in rounds) / answered * 1e6
    return {room: round(value, 1) for room, value in shares.items()} | {
        "server (Python) in all": round(server, 1)
    }


async def reported(job: dict[str, Any]) -> dict[str, Any]:
    """Run the other process and return what it measured. Raises when a report was refused."""
    done = await anyio.run_process(
        [sys.executable, "-m", "bench.reporters"],
        input=json.dumps(job).encode(),
        stderr=subprocess.PIPE,
        check=False,
        cwd=REPOSITORY,
    )
    if done.returncode:
        raise RuntimeError(f"the reporters failed:\n{done.stderr.decode()}")
    heard: dict[str, Any] = json.loads(done.stdout)
    if heard["failed"] or heard["unanswered"]:
        raise RuntimeError(
            f"{heard['failed']} failed, {heard['unanswered']} unanswered: {heard['failures']}"
        )
    heard["per_s"] = len(heard["latencies_s"]) / job["seconds"]
    return heard


class Profile:
    """Samples of the main thread on the processor's clock, by room; use as `with`."""

    def __init__(self) -> None:
        self.rooms: Counter[str] = Counter()
        self.lines: Counter[str] = Counter()
        self.cpu_s = 0.0
        self.children_s = 0.0
        self._began = 0.0
        self._children = 0.0

    def __enter__(self) -> None:
        self._began, self._children = time.process_time(), postgres_s()
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, SAMPLE_S, SAMPLE_S)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        self.cpu_s += time.process_time() - self._began
        self.children_s += postgres_s() - self._children

    def _sample(self, _signal: int, frame: FrameType | None) -> None:
        if frame is not None:
            self.lines[f"{_short(frame)}:{frame.f_lineno} {frame.f_code.co_name}"] += 1
        for one in _outwards(frame):
            room = next((room for part, room in ROOMS if part in one.f_code.co_filename), None)
            if room is not None:
                self.rooms[room] += 1
                return
        self.rooms["loop and rest"] += 1


def process_s(pid: int) -> float:
    """Return the processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def postgres_s() -> float:
    """Return the processor time of our database's processes so far, where /proc tells it.

    With that of their children that have ended: a session that is closed is not less work.
    """
    ticks, processes = 0, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            processes[int(stat.parent.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    ours = {os.getpid()}
    for _generation in range(3):
        ours |= {pid for pid, (parent, _used) in processes.items() if parent in ours}
    ticks = sum(used for pid, (_parent, used) in processes.items() if pid in ours - {os.getpid()})
    return ticks / os.sysconf("SC_CLK_TCK")


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _short(frame: FrameType) -> str:
    return "/".join(frame.f_code.co_filename.split("/")[-3:])


@asynccontextmanager
async def platform(days: int = 0) -> AsyncIterator[tuple[App, str]]:
    """A founded platform with fsync on, in a directory that is thrown away, and its address.

    With `days`, it has as many days of a busy district behind it.
    """
    more = {"rate_limit": False, "stock_for_all": True}
    async with founded("mutations", days, **more) as (app, _, _), working(app) as url:
        yield app, url


@asynccontextmanager
async def working(app: App) -> AsyncIterator[str]:
    """Let an App work and serve it on a free port; the address."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(app.work)
        assert await app.caught_up(120)
        settle_collector()
        app.gate.open()
        listening = free_socket("127.0.0.1", 0)
        async with serving(app.asgi, listening):
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        tasks.cancel_scope.cancel()


def _table(figures: dict[str, Any], lines: int) -> str:
    out = [
        f"reports through GraphQL over HTTP, {figures['connections']} connections:",
        f"  {figures['per_s']:,}/s (rounds {figures['rates']}, goal {GOAL_PER_S:,.0f})",
        f"at {STEADY_PER_S:g}/s: p50 {figures['p50_ms']} ms, p99 {figures['p99_ms']} ms",
        f"  (goal p99 ≤ {GOAL_P99_MS:g} ms); machine load {figures['load']:.1f}",
        "microseconds of processor a mutation:",
    ]
    out += [f"  {room:24} {value:8.1f}" for room, value in figures["us_per_mutation"].items()]
    out += [f"  {count:6} {line}" for line, count in figures["lines"][:lines]]
    return "\n".join(out)


__all__ = [
    "Profile", "main", "platform", "postgres_s", "process_s", "reported", "run", "working",
]  # fmt: skip
