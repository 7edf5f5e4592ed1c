"""A TCP or unix-socket proxy that cuts connections between what was asked and the answer.

It stands before the platform, or before the database. The answer to a request is thrown
away together with both connections after the server has done the work: whoever asked can't
know whether it was done.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

CHUNK: Final = 65_536
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Open = Callable[[], Awaitable[Streams]]


class Cutter:
    """Passes connections through and cuts one answer in `every`, at random.

    `mark` limits the cuts to connections that have sent these bytes.
    """

    def __init__(self, upstream: Open, chance: random.Random, every: int, mark: bytes) -> None:
        self._upstream = upstream
        self._chance = chance
        self._every = every
        self._mark = mark
        self.cuts = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection through until either side, or the cut, ends it.

        In a task of ours: one that the server makes of a coroutine says on standard error that
        it was cancelled, which is how `ended` ends it.
        """
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            with suppress(OSError, EOFError):
                await self._pass(reader, writer)
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def cut(self) -> None:
        """Cut every connection, as a network failure would; new ones are passed through."""
        for writer in self._writers:
            writer.transport.abort()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=5)

    async def ended(self) -> None:
        """End every connection."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=5)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await self._upstream()
        asked = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(self._send(reader, up_writer, asked))
                await self._answer(up_reader, writer, asked)
                sending.cancel()
        finally:
            up_writer.transport.abort()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: asyncio.Event
    ) -> None:
        """Hand on answers until there are no more, or one is to be thrown away."""
        with suppress(OSError):
            while answer := await reader.read(CHUNK):
                if asked.is_set() and not self._chance.randrange(self._every):
                    self.cuts += 1
                    return
                asked.clear()
                writer.write(answer)
                await writer.drain()

    async def _send(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while said := await reader.read(CHUNK):
                if self._mark in said:
                    asked.set()
                writer.write(said)
                await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def before_tcp(
    host: str, port: int, chance: random.Random, every: int, mark: bytes = b""
) -> AsyncIterator[tuple[Cutter, int]]:
    """Stand before a TCP port; yield the cutter and the port it listens at."""
    cutter = Cutter(lambda: asyncio.open_connection(host, port), chance, every, mark)
    server = await asyncio.start_server(cutter.serve, host, 0)
    try:
        yield cutter, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await cutter.ended()


@asynccontextmanager
async def before_socket(
    socket: Path, listen: Path, chance: random.Random, every: int, mark: bytes
) -> AsyncIterator[Cutter]:
    """Stand before a unix socket, listening at another."""
    cutter = Cutter(lambda: asyncio.open_unix_connection(socket), chance, every, mark)
    server = await asyncio.start_unix_server(cutter.serve, listen)
    try:
        yield cutter
    finally:
        server.close()
        await cutter.ended()
