"""A wire between browser and platform that can go dead: open at both ends, nothing passes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

CHUNK = 65_536


class Wire:
    """Carries connections to a port."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._alive = asyncio.Event()
        self._alive.set()
        self._tasks: set[asyncio.Task[object]] = set()

    def freeze(self) -> None:
        """Let nothing pass in either direction; connections stay open and new ones open."""
        self._alive.clear()

    def thaw(self) -> None:
        """Let everything pass again, what was held back first."""
        self._alive.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either end closes it."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        ends = [writer]
        try:
            with suppress(OSError):
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
                ends.append(far_writer)
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._pass(reader, far_writer))
                    group.create_task(self._pass(far_reader, writer))
        finally:
            self._tasks.discard(task)
            for end in ends:
                end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while some := await reader.read(CHUNK):
                await self._alive.wait()
                writer.write(some)
                await writer.drain()
        writer.transport.abort()

    async def ended(self) -> None:
        """End every connection."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=5)


@asynccontextmanager
async def wired(upstream: int) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to a port, and the address of its near end."""
    wire = Wire(upstream)
    server = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
    try:
        yield wire, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await wire.ended()
