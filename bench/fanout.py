"""One message to thousands: what it costs, how long it takes, and what happens when it breaks.

The server, its subscribers and a peer in node are processes of their own. CPU is the
server's, divided by the messages that subscribers received, heartbeats too; the raw limit
is the same server writing one prebuilt frame into plain sockets, in the same run. Every
subscriber checks that each position follows on its last one.
"""

import argparse
import asyncio
import json
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import anyio
import uvloop

from api.database import opened
from api.demo.seeding import found
from api.graphql.live.guests import MAX_CONNECTIONS
from api.settings import REPOSITORY, Settings
from api.wiring import App
from bench.fan import FEED
from bench.fan.control import Process
from domain.actor import Actor, Role
from domain.case.commands import ReportCase
from domain.case.values import Channel, Place

GRID, SCOPE = "371602005036001", "371602.005.036.001."
GOALS: Final = {
    "ours_to_raw": 1.2, "ours_to_node": 0.25, "last_of_5000_p50_ms": 60.0,
    "kb_per_connection": 30.0, "stalled_p99_change": 0.2, "resumed_s": 10.0,
    "grown_kb": 1_024.0,
}  # fmt: skip
SPARE_FDS: Final = 200
ACKS: Final = "let the clients' kernel acknowledge at once, within the server's own sends"
MOST: Final = 10_000
"""Connections that tokens are made for."""


@dataclass
class Scene:
    """What every measurement needs."""

    server: Process
    crowd: Process
    host: dict[str, Any]
    tokens: list[str]
    """One for every twenty connections, as many as a client may have."""
    position: int = 0
    prompt: bool = False
    """Whether clients acknowledge as soon as the kernel would (`bench/fan/reading.py`)."""

    async def connect(self, count: int, **more: Any) -> dict[str, Any]:
        """Bring subscribers."""
        job = {"do": "connect", "kind": "ws", "tokens": self.tokens, **self.host, **more}
        return await self.crowd.ask(**job, count=count)

    async def connect_raw(self, count: int) -> None:
        """Bring bare sockets, and wait until the server has taken them all in."""
        port = (await self.server.ask(do="stats"))["raw_port"]
        await self.connect(count, kind="raw", port=port)
        async with asyncio.timeout(30):
            while (await self.server.ask(do="stats"))["raw"] < count:
                await asyncio.sleep(0.05)

    async def leave(self) -> None:
        """Send them away, and wait until the server has noticed."""
        await self.crowd.ask(do="leave")
        async with asyncio.timeout(30):
            while (await self.server.ask(do="stats"))["connections"]:
                await asyncio.sleep(0.1)

    async def publish(self, do: str = "publish", **asked: Any) -> "Heard":
        """Publish events and return what was received."""
        await self.crowd.ask(do="begin", prompt=self.prompt)
        asked["from"] = self.position + 1
        said = await self.server.ask(do=do, **asked)
        self.position += asked["events"]
        await self.crowd.ask(do="arrived", expected=asked["events"])
        return Heard(said, await self.crowd.ask(do="heard"))


class Heard:
    """One publication: who received what, and when.

    A group that is behind tells several events in one message: each event counts, `joined`
    is how many had company. `gaps` are events that a message should have brought and did not,
    or brought twice; `missing` those that some subscriber never got, also because its connection
    was `closed`: meanwhile nobody answers the server's pings, which it takes for 40 seconds.
    `earlier` are events of the publications before: who lagged there is brought up to date here.
    On a machine with other work that happens to most at a few MB a second.
    """

    def __init__(self, said: dict[str, Any], crowd: dict[str, Any]) -> None:
        sent = {int(position): at for position, at in said["sent"].items()}
        told = list(zip(crowd["positions"], crowd["at"], strict=True))
        mine = [(position, at) for position, at in told if position in sent]
        last: dict[int, int] = {}
        self.count, self.gaps, self.earlier = len(mine), crowd["gaps"], len(told) - len(mine)
        self.joined = len(told) - crowd["messages"]
        self.missing = len(sent) * crowd["reading"] - len(mine)
        self.resyncs, self.closed = crowd["resyncs"], crowd["closed"]
        self.ages = sorted(at - sent[position] for position, at in mine)
        for position, at in mine:
            last[position] = max(at, last.get(position, 0))
        self.last = sorted(last[position] - sent[position] for position in last)
        self.cpu_us = said["cpu_s"] * 1e6 / max(1, crowd["messages"] + crowd["beats"])

    def figures(self) -> dict[str, float]:
        """Return the figures in microseconds of CPU and milliseconds."""
        return {
            "events": self.count, "gaps": self.gaps, "missing": self.missing,
            "joined": self.joined, "earlier": self.earlier,
            "resyncs": self.resyncs, "closed": self.closed, "cpu_us": round(self.cpu_us, 1),
            "last_p50_ms": round(_at(self.last, 0.5) / 1e3, 1),
            "p99_ms": round(_at(self.ages, 0.99) / 1e3, 1),
        }  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed or a message lost."""
    parser = argparse.ArgumentParser(prog="quanke bench fanout", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", default="", help="cost,last,stalled,groups,growth,kill")
    parser.add_argument("--subscribers", type=int, default=5_000)
    parser.add_argument("--growth-events", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--prompt-acks", action="store_true", help=ACKS)
    parser.add_argument("--pairs", type=int, default=3)
    asked = parser.parse_args(arguments)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit < asked.subscribers + SPARE_FDS:
        print(f"ulimit -n is {limit}: {asked.subscribers} subscribers need more", file=sys.stderr)
        return 2
    figures = uvloop.run(run(asked))
    print(json.dumps(figures) if asked.json else _table(figures))
    return 1 if figures["missed"] else 0


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Return all figures, and the goals that were missed."""
    chosen = asked.only.split(",") if asked.only else list(SCENES)
    figures: dict[str, Any] = {"load": os.getloadavg()[0], "ulimit": resource.getrlimit(7)[0]}
    async with _ground() as (app, dsn, home):
        for name in chosen:
            async with _scene(app, dsn, home, prompt=asked.prompt_acks) as scene:
                figures[name] = await SCENES[name](scene, asked, app)
                if not asked.json:
                    print(name, json.dumps(figures[name]), file=sys.stderr, flush=True)
    figures["missed"] = _missed(figures)
    return figures


async def cost(scene: Scene, asked: argparse.Namespace, _app: App) -> dict[str, Any]:
    """CPU of one delivered message at 1,000 subscribers: ours, the raw limit, node."""
    rate, events = 5.0, int(5 * asked.seconds)
    before = (await scene.server.ask(do="stats"))["rss_kb"]
    joined = await scene.connect(1_000)
    after = (await scene.server.ask(do="stats"))["rss_kb"]
    ours = await scene.publish(rate=rate, events=events)
    await scene.leave()
    await scene.connect_raw(1_000)
    raw = await scene.publish("raw", rate=rate, events=events)
    await scene.crowd.ask(do="leave")
    node = await _node(scene, rate, events)
    return {
        "ours": ours.figures(), "raw": raw.figures(), "node": node,
        "join_ms": round(joined["seconds"], 3),
        "kb_per_connection": round((after - before) / 1_000, 1),
        "ours_to_raw": round(ours.cpu_us / raw.cpu_us, 2),
        "ours_to_node": round(ours.cpu_us / node["cpu_us"], 3) if node else None,
    }  # fmt: skip


async def _node(scene: Scene, rate: float, events: int) -> dict[str, float]:
    program = shutil.which("node")
    if program is None or not (REPOSITORY / "opscenter" / "node_modules" / "ws").is_dir():
        return {}
    peer = Process(program, "bench/fan/peer.mjs", cwd=str(REPOSITORY))
    port = (await peer.start())["port"]
    server, scene.server = scene.server, peer
    try:
        query = FEED_PLAIN
        await scene.connect(1_000, kind="peer", port=port, query=query)
        async with asyncio.timeout(30):
            while (await peer.ask(do="stats"))["members"] < 1_000:
                await asyncio.sleep(0.1)
        heard = await scene.publish(rate=rate, events=events)
        return heard.figures()
    finally:
        scene.server = server
        await scene.crowd.ask(do="leave")
        await peer.kill()


FEED_PLAIN = """subscription { caseFeed { __typename cursor position removes { id }
  upserts { id number status categoryCode scope severity reportedAt updatedAt } } }"""


CASE = "{ id number status categoryCode scope severity reportedAt updatedAt }"
WIDE = FEED.replace("removes", " ".join(f"x{n}: upserts {CASE}" for n in range(8)) + " removes")
"""Frames of about 3 kB: the buffers of who does not read are full within seconds."""


async def last(scene: Scene, asked: argparse.Namespace, _app: App) -> dict[str, Any]:
    """From publishing to the last of all subscribers, and to the last of as many raw sockets."""
    before = (await scene.server.ask(do="stats"))["rss_kb"]
    joined = await scene.connect(asked.subscribers)
    found = await scene.server.ask(do="stats")
    heard = await scene.publish(rate=1.0, events=int(2 * asked.seconds))
    await scene.leave()
    await scene.connect_raw(asked.subscribers)
    raw = await scene.publish("raw", rate=1.0, events=int(2 * asked.seconds))
    await scene.crowd.ask(do="leave")
    return {
        "subscribers": asked.subscribers, **heard.figures(), "raw": raw.figures(),
        "last_to_raw": round(_at(heard.last, 0.5) / _at(raw.last, 0.5), 2),
        "joined_s": round(joined["seconds"], 1),
        "kb_per_connection": round((found["rss_kb"] - before) / asked.subscribers, 1),
        "snapshots": found["snapshots"],
    }  # fmt: skip


async def stalled(scene: Scene, asked: argparse.Namespace, _app: App) -> dict[str, Any]:
    """Twenty of a thousand stop reading: what the others notice, in pairs with and without them.

    A p99 of ten seconds is its slowest round or two, and those are the machine's: between two
    arms that are alike it differs by more than what is asked. So each arm has hundreds of
    rounds, arms with and without stand beside each other in turn, and the middle pair counts.
    How far arms without anybody stalled lie apart is told as `noise`.
    """
    pairs = []
    for number in range(asked.pairs):
        arms = [0, STALLED] if number % 2 == 0 else [STALLED, 0]
        told = {count: await _arm(scene, asked, count) for count in arms}
        pairs.append((told[0], told[STALLED]))
    usual = sorted(without["p99_ms"] for without, _ in pairs)
    changes = [with_them["p99_ms"] / without["p99_ms"] - 1 for without, with_them in pairs]
    return {
        "without": [one for one, _ in pairs], "with": [one for _, one in pairs],
        "p99_changes": [round(one, 3) for one in changes],
        "p99_change": round(statistics.median(changes), 3),
        "noise": round(usual[-1] / usual[0] - 1, 3),
    }  # fmt: skip


async def _arm(scene: Scene, asked: argparse.Namespace, stalled: int) -> dict[str, Any]:
    """A thousand subscribers, so many of them stalled: fill their buffers, then measure.

    Who stalls is passed over once its buffers are full, and closed ten seconds later: that is
    while the others are being measured.
    """
    before = (await scene.server.ask(do="stats"))["rss_kb"]
    await scene.connect(1_000, stalled=stalled, query=WIDE)
    await scene.publish(rate=STEADY, events=FILLED)
    found = await scene.server.ask(do="stats")
    heard = await scene.publish(rate=STEADY, events=int(STEADY * (asked.seconds + 2)))
    ended = await scene.server.ask(do="stats")
    await scene.leave()
    return {
        **heard.figures(), "lagging": found["lagging"], "closed": 1_000 - ended["connections"],
        "grown_kb": found["rss_kb"] - before,
    }  # fmt: skip


STALLED: Final = 20
STEADY: Final = 20.0
"""Events a second of the wide feed: a third of what one process tells a thousand of."""
FILLED: Final = 130
"""Wide frames after which the buffers of who does not read are full: 320 kB, and what lies
between."""


async def groups(scene: Scene, asked: argparse.Namespace, _app: App) -> dict[str, Any]:
    """200 groups of 25 that all match, and 1,000 subscribers who have nothing in common."""
    figures: dict[str, Any] = {}
    for name, count, kinds in (("200_of_25", 5_000, 200), ("1000_of_1", 1_000, 1_000)):
        variables = [
            {"filter": {"reportedBefore": f"2099-01-01T00:00:{n // 1000:02}.{n % 1000:03}Z"}}
            for n in range(kinds)
        ]
        await scene.connect(count, variables=variables)
        heard = await scene.publish(rate=1.0, events=int(asked.seconds), settle_s=2.0)
        figures[name] = heard.figures() | {"groups": (await scene.server.ask(do="stats"))["groups"]}
        await scene.leave()
        async with asyncio.timeout(60):
            while (await scene.server.ask(do="stats"))["groups"]:
                await asyncio.sleep(0.5)
    return figures


async def growth(scene: Scene, asked: argparse.Namespace, _app: App) -> dict[str, Any]:
    """Memory of the server over many events with two subscribers: a kilobyte a thousand is none."""
    await scene.connect(2)
    began = time.monotonic()
    said = await scene.server.ask(do="flood", events=asked.growth_events, deadline_s=3_600)
    steps = [step["rss_kb"] for step in said["steps"]]
    half = len(steps) // 2
    return {
        "events": asked.growth_events, "executed": said["executed"], "rss_kb": steps,
        "grown_kb": max(steps[half:]) - max(steps[:half]),
        "bytes_an_event": round((steps[-1] - steps[half]) * 2_048 / asked.growth_events, 2),
        "seconds": round(time.monotonic() - began),
    }  # fmt: skip


async def kill(scene: Scene, asked: argparse.Namespace, app: App) -> dict[str, Any]:
    """The server is killed with everybody on it while cases are being reported."""
    await scene.connect(asked.subscribers, fold=True)
    reported: list[str] = []
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_report(app, reported, stop))
        await _some(reported, 8)
        await scene.crowd.ask(do="begin", prompt=scene.prompt)
        await scene.server.kill()
        await _some(reported, len(reported) + 2)
        began = time.monotonic()
        await scene.server.start()
        started_s = time.monotonic() - began
        async with asyncio.timeout(120):
            while (await scene.crowd.ask(do="folded"))["waiting"]:
                await asyncio.sleep(0.3)
        await _some(reported, len(reported) + 8)
        stop.set()
    async with asyncio.timeout(60):
        while True:
            folded = await scene.crowd.ask(do="folded")
            if folded["alike"] == 1 and len(folded["states"][0]) == len(reported):
                break
            await asyncio.sleep(0.5)
    found = await scene.server.ask(do="stats")
    return {
        "subscribers": asked.subscribers, "reported": len(reported),
        "lost": len(reported) - len(folded["states"][0]), "different_states": folded["alike"],
        "doubled": folded["doubled"], "resyncs": folded["resyncs"],
        "started_s": round(started_s, 1),
        "resumed_s": round((folded["last_back_at"] - folded["gone_at"]) / 1e6, 1),
        "snapshots": found["snapshots"],
    }  # fmt: skip


async def _report(app: App, reported: list[str], stop: asyncio.Event) -> None:
    actor = Actor(id="acct:bench", role=Role.ACCEPTOR, scope="371602.")
    command = ReportCase(
        channel=Channel.HOTLINE, category="06010", place=Place(scope=SCOPE, grid=GRID)
    )
    while not stop.is_set():
        done = await app.platform.dispatcher.dispatch(
            command, actor=actor, command_id=uuid4(), basis="simulated"
        )
        reported.append(str(done.stream))
        await asyncio.sleep(0.4)


async def _some(reported: list[str], count: int) -> None:
    async with asyncio.timeout(60):
        while len(reported) < count:
            await asyncio.sleep(0.05)


SCENES = {
    "cost": cost, "last": last, "stalled": stalled, "groups": groups, "growth": growth,
    "kill": kill,
}  # fmt: skip


@asynccontextmanager
async def _ground() -> AsyncIterator[tuple[App, str, Path]]:
    """A database of the bench's own, the demo district founded in it."""
    home = Path(tempfile.mkdtemp(prefix="quanke-fanout-", dir="/tmp"))
    home.chmod(0o711)
    settings = Settings(data=home / "data", database_url=None)
    try:
        async with (
            opened(settings, "bench", exclusive=True) as database,
            App.open(settings, database.dsn) as app,
        ):
            parts = app.platform
            now = parts.clock()
            await found(parts.dispatcher, parts.log, parts.reference, now, lambda _a, _b: None)
            yield app, database.dsn, home / "data"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@asynccontextmanager
async def _scene(app: App, dsn: str, home: Path, *, prompt: bool) -> AsyncIterator[Scene]:
    """A fresh server and a fresh crowd for one measurement."""
    port = await anyio.to_thread.run_sync(_free_port)
    program = (sys.executable, "-m")
    server = Process(*program, "bench.fan.server", dsn, str(home), str(port), cwd=str(REPOSITORY))
    crowd = Process(*program, "bench.fan.crowd", cwd=str(REPOSITORY))
    tokens = [
        app.platform.tokens.issue(Actor(id=f"acct:{n}", role=Role.ACCEPTOR, scope="371602."), 7_200)
        for n in range(MOST // MAX_CONNECTIONS)
    ]
    try:
        await server.start()
        await crowd.start()
        hub = (await server.ask(do="stats"))["hub"]
        host = {"host": "127.0.0.1", "port": port}
        yield Scene(server, crowd, host, tokens, hub, prompt)
    finally:
        await crowd.kill()
        await server.kill()


def _free_port() -> int:
    import socket

    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        port: int = wire.getsockname()[1]
        return port


def _at(values: list[int], share: float) -> float:
    return float(values[min(len(values) - 1, int(len(values) * share))]) if values else 0.0


def _missed(figures: dict[str, Any]) -> list[str]:
    """Return the goals that were measured and missed."""
    flat: dict[str, float | None] = {
        "ours_to_raw": figures.get("cost", {}).get("ours_to_raw"),
        "ours_to_node": figures.get("cost", {}).get("ours_to_node"),
        "last_of_5000_p50_ms": figures.get("last", {}).get("last_p50_ms"),
        "kb_per_connection": figures.get("last", {}).get("kb_per_connection"),
        "stalled_p99_change": figures.get("stalled", {}).get("p99_change"),
        "resumed_s": figures.get("kill", {}).get("resumed_s"),
        "grown_kb": figures.get("growth", {}).get("grown_kb"),
    }
    missed = [name for name, value in flat.items() if value is not None and value > GOALS[name]]
    ended = figures.get("kill")
    if ended and (ended["lost"] or ended["doubled"] or max(ended["snapshots"], default=0) > 1):
        missed.append("kill: lost, doubled or more than one snapshot a group")
    measured = [figures.get("cost", {}).get("ours"), figures.get("last")]
    measured += figures.get("groups", {}).values()
    missed += ["a gap in positions" for one in measured if one and (one["gaps"] or one["missing"])]
    return missed


def _table(figures: dict[str, Any]) -> str:
    lines = [f"load {figures['load']:.2f}, ulimit -n {figures['ulimit']}"]
    lines += [f"{name:8} {json.dumps(value)}" for name, value in figures.items() if name in SCENES]
    lines.append(f"goals: {json.dumps(GOALS)}")
    lines.append(f"missed: {', '.join(figures['missed']) or 'none'}")
    return "\n".join(lines)
