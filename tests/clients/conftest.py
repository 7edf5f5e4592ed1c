"""A platform behind a line that can be cut, and clients in processes of their own."""

import asyncio
import json
import random
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from api.check.proxy import Cutter, before_tcp
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.conftest import (
    app,
    client,
    founded_database,
    ground,
    held,
    listening,
    patient,
    worker,
)  # fmt: skip
from tests.api.ground import DISTRICT, GRID

__all__ = ["app", "client", "founded_database", "ground", "patient", "worker"]

SCHEMA: Final = Path(__file__).parents[2] / "api" / "graphql" / "schema.graphql"
PATIENCE_S: Final = 40.0
NEVER: Final = 1 << 60
CUTS: Final = 3
"""How often the line is cut while the district moves."""
CASES: Final = "{ cases(first: 100, orderBy: UPDATED) { nodes { id version } } }"


class Running:
    """A client's process: it says lines of JSON, and is told a position."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def says(self, key: str) -> dict[str, Any]:
        """Return what its next line says; what it complained about, when there is none."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            line = await self._process.stdout.readline()
        if not line and self._process.stderr is not None:
            pytest.fail((await self._process.stderr.read()).decode()[-4_000:])
        found: dict[str, Any] = json.loads(line)[key]
        return found

    async def states(self, position: int) -> dict[str, Any]:
        """Return what each of its clients holds once all have heard of a position."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{position}\n".encode())
        await self._process.stdin.drain()
        return await self.says("states")


class Platform:
    """The platform, its cuttable line, and somebody who reports."""

    def __init__(self, app: App, line: Cutter, port: int) -> None:
        self.app = app
        self.cut = 0
        self._line = line
        self.reporter = Client(app).acting(Role.ACCEPTOR, DISTRICT)
        self.reader = Client(app).acting(Role.INTEGRATOR, DISTRICT)
        self.door = {
            "url": f"http://127.0.0.1:{port}/graphql",
            "socket": f"ws://127.0.0.1:{port}/graphql",
            "schema": str(SCHEMA), "token": str(self.reader.token),
        }  # fmt: skip

    @asynccontextmanager
    async def client(self, command: Sequence[str], work: Path) -> AsyncIterator[Running]:
        """Start a client; it is at the door, which is its last argument, in a folder of its own."""
        door = json.dumps({**self.door, "work": str(work)})
        process = await asyncio.create_subprocess_exec(
            *command, door, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=1 << 22
        )
        try:
            yield Running(process)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def report(self, number: int = 1) -> list[str]:
        """Report cases; their ids."""
        found = []
        for _ in range(number):
            done = await self.reporter.done(
                "reportCase", channel="HOTLINE", category="06010", place={"grid": GRID}
            )
            found.append(done["case"]["id"])
        return found

    async def move(self) -> None:
        """Report and accept cases, and cut every connection again and again in the midst of it."""
        for _ in range(CUTS):
            begun = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                writing = group.create_task(self._write(begun))
                await begun.wait()
                await self._line.cut()
                assert not writing.done(), "nothing was written while the line was cut"
            self.cut += 1
        for case in await self.report(2):
            await self.reporter.done("acceptCase", case=case)

    async def _write(self, begun: asyncio.Event) -> None:
        """Report and accept without a pause; say so after the first."""
        for _ in range(4):
            (case,) = await self.report()
            begun.set()
            await self.reporter.done("acceptCase", case=case)
        await self.report(3)

    async def snapshot(self) -> tuple[int, dict[str, int]]:
        """Return the head of the log, and the version of every case as of then, asked anew."""
        head = int(await self.app.platform.log.head())
        assert await self.app.platform.reached(head, 30)
        cases = (await self.reader.ask(CASES))["cases"]["nodes"]
        return head, {one["id"]: one["version"] for one in cases}


@asynccontextmanager
async def behind(app: App) -> AsyncIterator[Platform]:
    """A platform with seven cases, behind a line."""
    async with listening(app) as address:
        host, _, port = address.partition(":")
        async with before_tcp(host, int(port), random.Random(7), NEVER) as (line, before):
            found = Platform(app, line, before)
            await found.report(7)
            yield found
            await line.cut()


@pytest.fixture
async def platform(app: App) -> AsyncIterator[Platform]:
    """The founded platform behind a line."""
    async for one in held(behind(app)):
        yield one
