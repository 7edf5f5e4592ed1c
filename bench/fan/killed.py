"""The server is killed under its subscribers: who comes back, how soon, and with what state."""

import argparse
import asyncio
import time
from typing import Any
from uuid import uuid4

from api.wiring import App
from bench.fan.scene import Scene
from domain.actor import Actor, Role
from domain.case.commands import ReportCase
from domain.case.values import Channel, Place

GRID, SCOPE = "371602005036001", "371602.005.036.001."


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
