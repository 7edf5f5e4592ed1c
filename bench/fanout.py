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
import time
from collections.abc import Sequence
from typing import Any, Final

import uvloop

from api.check.founded import founded
from api.settings import REPOSITORY
from api.wiring import App
from bench.fan import FEED
from bench.fan.control import Process
from bench.fan.killed import kill
from bench.fan.scene import Scene, at, scene_in

GOALS: Final = {
    "ours_to_raw": 1.2, "ours_to_node": 0.25, "last_of_5000_p50_ms": 60.0,
    "kb_per_connection": 30.0, "stalled_p99_change": 0.2, "resumed_s": 10.0,
    "grown_kb": 1_024.0,
}  # fmt: skip
SPARE_FDS: Final = 200
ACKS: Final = "let the clients' kernel acknowledge at once, within the server's own sends"


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
    async with founded("fanout") as (app, dsn, home):
        for name in chosen:
            async with scene_in(app, dsn, home, prompt=asked.prompt_acks) as scene:
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
        "last_to_raw": round(at(heard.last, 0.5) / at(raw.last, 0.5), 2),
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


SCENES = {
    "cost": cost, "last": last, "stalled": stalled, "groups": groups, "growth": growth,
    "kill": kill,
}  # fmt: skip


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
