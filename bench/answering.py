"""A platform that answers and does nothing by itself, and somebody who asks it over a socket.

Read models are kept at the head of the log; nothing is written to it, so that a data directory
that was told once answers the same again.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import anyio
import asyncpg

from api.cli.run import settle_collector
from api.cli.serving import free_socket, serving
from api.settings import Settings
from api.wiring import App
from bench.reporters import Connection
from bench.session import SETTLED_S, used_ms
from domain.actor import Actor

PATIENCE_S: Final = 60.0
OURS: Final = (
    "select pid from pg_stat_activity"
    " where datname = current_database() and application_name like 'quanke %'"
)
"""The sessions of a platform."""


class Took(NamedTuple):
    """What one answer took: by the clock, and of the processor, server and sessions together."""

    wall_ms: float
    cpu_ms: float


class Ear:
    """Hears one answer at a time."""

    def __init__(self) -> None:
        self.heard: asyncio.Future[tuple[bytes, bytes]] = asyncio.Future()

    def answered(self, _one: Connection, head: bytes, body: bytes, _due: float) -> None:
        """Take the answer."""
        self.heard.set_result((head, body))

    def lost(self) -> None:
        """Take note of the end, which is one while somebody waits."""
        if not self.heard.done():
            self.heard.set_exception(ConnectionError("the server has ended the connection"))


@dataclass(slots=True)
class Asker:
    """Somebody with a token and one connection, who waits for each answer."""

    url: str
    token: str
    connection: Connection
    ear: Ear
    pool: "asyncpg.Pool[asyncpg.Record]"
    pids: list[int] = field(default_factory=list)

    async def ask(self, query: str, variables: Mapping[str, Any]) -> bytes:
        """Return the body of an answer. Raises RuntimeError for one with errors."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        head = (
            f"POST /graphql HTTP/1.1\r\nhost: {self.url}\r\ncontent-type: application/json\r\n"
            f"authorization: Bearer {self.token}\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self.ear.heard = asyncio.get_running_loop().create_future()
        self.connection.ask(head.encode() + body, time.perf_counter())
        async with asyncio.timeout(PATIENCE_S):
            head_back, answer = await self.ear.heard
        if b" 200 " not in head_back[:16] or b'"errors"' in answer:
            raise RuntimeError(answer[:300].decode(errors="replace"))
        return answer

    async def took(self, query: str, variables: Mapping[str, Any]) -> Took:
        """Return what an answer took; of the processor with what is done once it has left."""
        await asyncio.sleep(SETTLED_S)
        before, began = self._used_ms(), time.perf_counter()
        await self.ask(query, variables)
        wall_ms = (self.connection.came_at - began) * 1_000
        await asyncio.sleep(SETTLED_S)
        return Took(wall_ms, self._used_ms() - before)

    async def count_sessions(self) -> None:
        """Count the processor of all sessions that the platform has by now."""
        self.pids = [row["pid"] for row in await self.pool.fetch(OURS)]

    def _used_ms(self) -> float:
        return time.process_time() * 1_000 + sum(map(used_ms, self.pids))


@dataclass(frozen=True, slots=True)
class Answering:
    """The platform and where it listens."""

    app: App
    url: str

    @asynccontextmanager
    async def asker(self, actor: Actor) -> AsyncIterator[Asker]:
        """Connect somebody with a token of this actor."""
        ear = Ear()
        host, _, port = self.url.partition(":")
        loop = asyncio.get_running_loop()
        transport, connection = await loop.create_connection(
            lambda: Connection(ear), host, int(port)
        )
        token = self.app.platform.tokens.issue(actor, 3600, "simulated")
        try:
            yield Asker(self.url, token, connection, ear, self.app.platform.pool)
        finally:
            transport.close()


@asynccontextmanager
async def answering(settings: Settings, dsn: str) -> AsyncIterator[Answering]:
    """Let a platform answer over a database at a free port for as long as the block runs."""
    async with App.open(settings, dsn) as app, anyio.create_task_group() as tasks:
        tasks.start_soon(app.runner.run)
        assert await app.caught_up(PATIENCE_S)
        assert await app.platform.reached(await app.platform.log.head(), PATIENCE_S)
        settle_collector()
        app.gate.open()
        listening = free_socket("127.0.0.1", 0)
        async with serving(app.asgi, listening):
            yield Answering(app, f"127.0.0.1:{listening.getsockname()[1]}")
        tasks.cancel_scope.cancel()
