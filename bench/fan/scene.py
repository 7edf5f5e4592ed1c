"""What every measurement of `quanke bench fanout` stands on: a server and a crowd, fresh for each.

What subscribers tell after a
publication is held against what was published (`Heard`).
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import anyio

from api.graphql.live.guests import MAX_CONNECTIONS
from api.settings import REPOSITORY
from api.wiring import App
from bench.fan.control import Process
from domain.actor import Actor, Role

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
            "last_p50_ms": round(at(self.last, 0.5) / 1e3, 1),
            "p99_ms": round(at(self.ages, 0.99) / 1e3, 1),
        }  # fmt: skip


@asynccontextmanager
async def scene_in(app: App, dsn: str, home: Path, *, prompt: bool) -> AsyncIterator[Scene]:
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
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        port: int = wire.getsockname()[1]
        return port


def at(values: list[int], share: float) -> float:
    """Return the value at a share of sorted ones; 0 of none."""
    return float(values[min(len(values) - 1, int(len(values) * share))]) if values else 0.0
