"""A server that speaks the wall's contract without a platform behind it.

A test double for what no real server does on demand: a named burst, a lost heartbeat, a
gap. Also the quickest way to look at the screen: `python -m tests.browser.double`.
The names and shapes are the demo district's; the counts are made up and repeatable.
"""

import argparse
import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from opscenter import DIST
from tests.browser.scene import Scene

POLICY: Final = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'"
BEAT_S: Final = 2.0
BATCH_S: Final = 0.1


class Double:
    """One made-up district, its listeners, and what tests may do to them."""

    def __init__(self, seed: int = 7, rate: float = 0.0) -> None:
        self.scene = Scene(seed)
        self.rate = rate
        self.projecting = True
        self.beating = True
        self.refusal: str | None = None
        self.stuck_since: float | None = None
        self.listeners: set[asyncio.Queue[dict[str, Any]]] = set()
        self.log: list[dict[str, Any]] = []

    def app(self) -> Starlette:
        """The ASGI application: the built pages, the geometry and the subscription."""
        routes = [
            Route("/wall", self.page),
            Route("/geo.json", self.geometry),
            Route("/graphql", self.query, methods=["POST"]),
            WebSocketRoute("/graphql", self.live),
            Mount("/assets", StaticFiles(directory=DIST / "assets")),
        ]
        return Starlette(routes=routes, lifespan=self.lifespan)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Let the district move while the server is up."""
        async with asyncio.TaskGroup() as group:
            moving = group.create_task(self.move())
            yield
            moving.cancel()

    async def move(self) -> None:
        """Make cases happen at `rate` events a second."""
        chance = random.Random(1)  # noqa: S311 - a picture, not a secret
        while True:
            await asyncio.sleep(BATCH_S)
            due = self.rate * BATCH_S
            self.step(int(due) + (chance.random() < due % 1))

    def step(self, events: int) -> None:
        """Make so many events happen and tell everybody, unless the projector is stuck."""
        if events == 0:
            return
        if not self.projecting:
            self.stuck_since = self.stuck_since or asyncio.get_running_loop().time()
            return
        self.stuck_since = None
        self.tell(self.scene.advance(events))

    def tell(self, message: dict[str, Any]) -> None:
        """Queue a message for every listener."""
        self.log.append(message)
        for queue in self.listeners:
            queue.put_nowait(message)

    async def page(self, _: Request) -> Response:
        """The built wall, under the policy it must live with."""
        return FileResponse(DIST / "wall.html", headers={"Content-Security-Policy": POLICY})

    async def geometry(self, _: Request) -> Response:
        """The shapes of the demo district."""
        return JSONResponse(self.scene.geometry())

    async def query(self, _: Request) -> Response:
        """The scene, whatever was asked: the double knows one query."""
        return JSONResponse({"data": {"wall": self.scene.snapshot()["scene"]}})

    async def live(self, socket: WebSocket) -> None:
        """One graphql-transport-ws connection with one subscription."""
        await socket.accept(subprotocol="graphql-transport-ws")
        try:
            await socket.receive_json()
            await socket.send_json({"type": "connection_ack"})
            subscribe = await socket.receive_json()
            await self.stream(socket, subscribe["id"], subscribe["payload"].get("variables") or {})
        except WebSocketDisconnect:
            return

    async def stream(self, socket: WebSocket, id_: str, variables: dict[str, Any]) -> None:
        """Send what is missing, then what happens, and a heartbeat every two seconds."""
        if self.refusal:
            errors = [{"message": self.refusal, "extensions": {"code": self.refusal}}]
            await socket.send_json({"id": id_, "type": "error", "payload": errors})
            return
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(1_000)
        self.listeners.add(queue)
        try:
            await self.send(socket, id_, self.first(variables.get("after")))
            await self.send(socket, id_, self.heartbeat())
            while True:
                try:
                    message = await asyncio.wait_for(queue.get(), BEAT_S)
                    await self.send(socket, id_, message)
                except TimeoutError:
                    if self.beating:
                        await self.send(socket, id_, self.heartbeat())
                if self.beating and queue.empty() and self.due():
                    await self.send(socket, id_, self.heartbeat())
        finally:
            self.listeners.discard(queue)

    def due(self) -> bool:
        """Whether another heartbeat may go out between deltas."""
        now = asyncio.get_running_loop().time()
        if now - getattr(self, "beat_at", 0.0) < BEAT_S:
            return False
        self.beat_at = now
        return True

    def first(self, after: str | None) -> dict[str, Any]:
        """The snapshot; a resume is answered by one too, as the contract allows."""
        snapshot = self.scene.snapshot()
        return snapshot | {"resumed": after} if after else snapshot

    def heartbeat(self) -> dict[str, Any]:
        """How far the picture is, and how old what it lacks."""
        position = str(self.scene.position)
        now = asyncio.get_running_loop().time()
        stuck = 0 if self.stuck_since is None else int((now - self.stuck_since) * 1000)
        return {
            "__typename": "Heartbeat", "cursor": f"c{position}", "position": position,
            "head": position, "serverTime": datetime.now(UTC).isoformat(),
            "oldestUnappliedAgeMs": stuck,
        }  # fmt: skip

    @staticmethod
    async def send(socket: WebSocket, id_: str, message: dict[str, Any]) -> None:
        """One `next` frame."""
        await socket.send_json({"id": id_, "type": "next", "payload": {"data": {"wall": message}}})


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--rate", type=float, default=2.0, help="events a second")
    given = parser.parse_args()
    uvicorn.run(Double(rate=given.rate).app(), port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
