"""A proxy on a unix socket that loses what it is told to lose."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from tests.eventlog.samples import ACTOR

SOCKET = ".s.PGSQL.5432"
CHUNK = 65_536
MARK = ACTOR.encode()


class Proxy:
    """Stands between a client and PostgreSQL.

    `lose_reply` makes the reply to the next request that holds `MARK` vanish together with
    its connection, after the server has done the work. `deaf` closes every new connection at once.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.lose_reply = False
        self.deaf = False
        self.lost = 0
        self.refused = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[object]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection through until either side ends it."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            if self.deaf:
                self.refused += 1
            else:
                await self._pass_through(reader, writer)
        finally:
            self._writers.discard(writer)
            self._tasks.discard(task)
            writer.close()

    def cut(self) -> None:
        """Close every connection."""
        for writer in self._writers:
            writer.transport.abort()

    async def ended(self) -> None:
        """Cut everything and wait until nothing is left."""
        self.cut()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    async def _pass_through(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        startup = await reader.read(CHUNK)
        up_reader, up_writer = await asyncio.open_unix_connection(self.upstream)
        up_writer.write(startup)
        try:
            with suppress(ConnectionError):
                async with asyncio.TaskGroup() as group:
                    asked = asyncio.Event()
                    group.create_task(pump(reader, up_writer, asked))
                    await self._answers(up_reader, writer, asked)
                    writer.transport.abort()
        finally:
            up_writer.close()

    async def _answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: asyncio.Event
    ) -> None:
        while data := await reader.read(CHUNK):
            if asked.is_set() and self.lose_reply:
                self.lose_reply = False
                self.lost += 1
                return
            writer.write(data)
            await writer.drain()


async def pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: asyncio.Event
) -> None:
    """Copy what the client says until it ends; note when it sends the mark."""
    with suppress(ConnectionError):
        while data := await reader.read(CHUNK):
            if MARK in data:
                asked.set()
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def proxied(dsn: str) -> AsyncIterator[tuple[Proxy, str]]:
    """Start a proxy before the server of a dsn; yield it with the dsn through it."""
    parts = urlsplit(dsn)
    (host,) = parse_qs(parts.query)["host"]
    folder = Path(tempfile.mkdtemp(prefix="quanke-proxy-", dir="/tmp"))
    proxy = Proxy(f"{host}/{SOCKET}")
    server = await asyncio.start_unix_server(proxy.serve, folder / SOCKET)
    try:
        yield proxy, f"{parts.scheme}://{parts.netloc}{parts.path}?host={quote(str(folder))}"
    finally:
        server.close()
        await proxy.ended()
        shutil.rmtree(folder)
