"""A server that plays one side of a conformance case over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

PATIENCE_S = 8.0


class Stage:
    """The connections that have subscribed, and the one that is played to."""

    def __init__(self) -> None:
        self.url = ""
        self._waiting: asyncio.Queue[tuple[ServerConnection, str | None]] = asyncio.Queue(9)
        self._socket: ServerConnection | None = None

    async def hear(self, socket: ServerConnection) -> None:
        """Take what a client says until it is gone."""
        async for text in socket:
            frame = json.loads(text)
            if frame["type"] == "connection_init":
                await socket.send('{"type": "connection_ack"}')
            elif frame["type"] == "subscribe":
                await self._waiting.put((socket, frame["payload"]["variables"]["after"]))

    async def accept(self) -> str | None:
        """Play to the next connection; the `after` it asks with."""
        async with asyncio.timeout(PATIENCE_S):
            self._socket, after = await self._waiting.get()
        return after

    async def say(self, kind: str, payload: Any = None) -> None:
        """Send a frame."""
        await self.socket.send(json.dumps({"id": "1", "type": kind, "payload": payload}))

    @property
    def socket(self) -> ServerConnection:
        """The connection that is played to."""
        assert self._socket is not None
        return self._socket

    async def end(self, step: dict[str, Any]) -> None:
        """End the operation or the connection as a step of the script says."""
        if "refuse" in step:
            await self.say("error", step["refuse"])
        if "complete" in step:
            await self.say("complete")
        if "close" in step:
            await self.socket.close(step["close"])
        if "cut" in step:
            self.cut()

    def cut(self) -> None:
        """End the connection without a word."""
        self.socket.transport.abort()


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """A stage on a port of its own."""
    found = Stage()
    protocols = [Subprotocol("graphql-transport-ws")]
    async with serve(found.hear, "127.0.0.1", 0, subprotocols=protocols) as server:
        (bound,) = server.sockets
        found.url = f"ws://127.0.0.1:{bound.getsockname()[1]}"
        yield found
