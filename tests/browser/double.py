"""A server that speaks the wall's contract without a platform behind it.

A test double for what no real server does on demand: a burst, silence, a gap, a refusal.
Also the quickest way to look at the screen: `python -m tests.browser.double`.
The names and shapes are the demo district's; the counts are made up and repeatable.
"""

import argparse
import asyncio
import gzip
import json
import random
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.http.screens import ahead, policy_of
from opscenter import DIST
from tests.browser.history import History
from tests.browser.scene import Scene, now

BEAT_S: Final = 2.0
BATCH_S: Final = 0.1
QUEUE: Final = 1_000

Message = dict[str, Any]


class Double:
    """One made-up district, its listeners, and what tests may do to them."""

    def __init__(self, seed: int = 7, rate: float = 0.0) -> None:
        self.scene = Scene(seed)
        self.history = History()
        self.rate = rate
        self.projecting = True
        """False: events happen, but no read model applies them."""
        self.silent = False
        """True: connections stay open and nothing comes, as after a cable is pulled."""
        self.refusal: str | None = None
        self.lives = False
        """Whether it answers the wall's watchdog, which may then load the page anew."""
        self.ahead_s = 0.0
        """How far its clock goes before the real one."""
        self.asked: list[str | None] = []
        """The `after` of each subscription so far."""
        self._unapplied = 0
        self._stuck_since: float | None = None
        self._queues: set[asyncio.Queue[Message]] = set()
        self._sent: list[Message] = []

    def app(self) -> Starlette:
        """The ASGI application: the built pages, the geometry and the subscription."""
        routes = [
            Route("/live", self.alive),
            Route("/wall", self.page),
            Route("/geo.json", self.geometry),
            WebSocketRoute("/graphql", self.live),
            Route("/graphql", self.answer, methods=["POST"]),
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
        chance = random.Random(1)
        while True:
            await asyncio.sleep(BATCH_S)
            due = self.rate * BATCH_S
            self.step(int(due) + (chance.random() < due % 1))

    def step(self, events: int) -> None:
        """Make so many events happen and tell everybody, unless the projector is stuck."""
        if events == 0:
            return
        if self.projecting:
            self._unapplied, self._stuck_since = 0, None
            self.tell(self.scene.advance(events))
        else:
            self._unapplied += events
            self._stuck_since = self._stuck_since or time.monotonic()

    def tell(self, message: Message) -> None:
        """Queue a message for every listener and keep it for those who resume."""
        self._sent.append(message)
        for queue in self._queues:
            queue.put_nowait(message)

    def forget(self) -> None:
        """Who resumes is given nothing from before; for long tellings."""
        self._sent.clear()

    async def alive(self, _: Request) -> Response:
        """What a watchdog asks before it reloads; to a line that comes back any answer will do."""
        return Response(status_code=200 if self.lives else 404)

    async def page(self, _: Request) -> Response:
        """The built wall, under the policy it must live with."""
        text = (DIST / "wall.html").read_bytes()
        headers = {"Content-Security-Policy": policy_of(text), "link": ahead(None)}
        return HTMLResponse(text, headers=headers)

    async def geometry(self, _: Request) -> Response:
        """The shapes of the demo district, packed once, as the platform keeps them."""
        headers = {"content-encoding": "gzip"}
        return Response(self.packed, headers=headers, media_type="application/json")

    @cached_property
    def packed(self) -> bytes:
        """What /geo.json says, packed."""
        return gzip.compress(json.dumps(self.scene.geometry()).encode())

    async def answer(self, request: Request) -> Response:
        """What a wall asks apart: of the past, of a grid in danger, or of the last danger."""
        asked = await request.json()
        of_the_past = self.history.answer(asked["query"], asked["variables"])
        if of_the_past is not None:
            return JSONResponse({"data": of_the_past})
        grid = asked["variables"].get("grid")
        if grid is None:
            return JSONResponse({"data": {"wallCalm": self.scene.calm()}})
        return JSONResponse({"data": {"wallIncident": self.scene.incident(grid)}})

    async def live(self, socket: WebSocket) -> None:
        """One graphql-transport-ws connection with one subscription."""
        await socket.accept(subprotocol="graphql-transport-ws")
        try:
            await socket.receive_json()
            await socket.send_json({"type": "connection_ack"})
            subscribe = await socket.receive_json()
            variables = subscribe["payload"].get("variables") or {}
            if "replay(" in subscribe["payload"]["query"]:
                await self.listened(socket, self.replay(socket, subscribe["id"], variables))
            else:
                await self.serve(socket, subscribe["id"], variables.get("after"))
        except WebSocketDisconnect:
            return

    async def serve(self, socket: WebSocket, operation: str, after: str | None) -> None:
        """Refuse, or send what is missing, then what happens."""
        self.asked.append(after)
        if self.refusal is not None:
            errors = [{"message": "refused", "extensions": {"code": self.refusal}}]
            await socket.send_json({"id": operation, "type": "error", "payload": errors})
            return
        queue: asyncio.Queue[Message] = asyncio.Queue(QUEUE)
        self._queues.add(queue)
        try:
            await self.listened(socket, self.stream(socket, operation, queue, after))
        finally:
            self._queues.discard(queue)

    async def listened(self, socket: WebSocket, telling: Coroutine[Any, Any, None]) -> None:
        """Tell for as long as the other end listens."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(telling)
                await socket.receive()
                raise WebSocketDisconnect
        except* (WebSocketDisconnect, RuntimeError):
            pass

    async def replay(self, socket: WebSocket, operation: str, variables: Message) -> None:
        """Tell the past at a pace."""
        async for message in self.history.told(variables):
            await self.send(socket, operation, message, "replay")

    async def stream(
        self, socket: WebSocket, operation: str, queue: asyncio.Queue[Message], after: str | None
    ) -> None:
        """Send messages in order; a heartbeat at least every two seconds."""
        for message in self.first(after):
            await self.send(socket, operation, message)
        beat_at = 0.0
        while True:
            if time.monotonic() >= beat_at:
                await self.send(socket, operation, self.heartbeat())
                beat_at = time.monotonic() + BEAT_S
            try:
                async with asyncio.timeout(max(0.0, beat_at - time.monotonic())):
                    message = await queue.get()
            except TimeoutError:
                continue
            await self.send(socket, operation, message)

    def first(self, after: str | None) -> list[Message]:
        """A snapshot, or the deltas after the cursor when there is one."""
        if after is None:
            return [self.scene.snapshot(now(self.ahead_s))]
        return [one for one in self._sent if int(one["position"]) > int(after.removeprefix("c"))]

    def heartbeat(self) -> Message:
        """How far the picture is, and how old what it lacks."""
        position = str(self.scene.position)
        stuck = 0.0 if self._stuck_since is None else time.monotonic() - self._stuck_since
        return {
            "__typename": "Heartbeat", "cursor": f"c{position}", "position": position,
            "head": str(self.scene.position + self._unapplied), "serverTime": now(self.ahead_s),
            "oldestUnappliedAgeMs": int(stuck * 1_000),
        }  # fmt: skip

    async def send(
        self, socket: WebSocket, operation: str, message: Message, field: str = "wall"
    ) -> None:
        """One `next` frame, unless the line is dead."""
        if not self.silent:
            payload = {"data": {field: message}}
            await socket.send_json({"id": operation, "type": "next", "payload": payload})


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--rate", type=float, default=2.0, help="events a second")
    parser.add_argument("--danger", type=int, default=0, help="grids where a life is in danger")
    given = parser.parse_args()
    double = Double(rate=given.rate)
    double.scene.danger = set(list(double.scene.open)[600 : 600 + given.danger])
    uvicorn.run(double.app(), port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
