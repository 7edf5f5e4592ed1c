"""The event-stream door: Server-Sent Events, resumed by `Last-Event-ID`.

`GET /live/{name}` is for a browser without any build: `new EventSource("/live/wall")`
reconnects by itself and sends back the last id it saw, which is the cursor that every
other door takes too. `/graphql/stream` speaks graphql-sse (distinct connections) for any
subscription. Members of the same groups as the WebSocket's, under the same rule for
those who do not keep up; here the rule's last step just ends the stream, and the browser
comes back with its id.
"""

import asyncio
from collections import deque
from functools import lru_cache
from typing import Final

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.graphql.engine import Engine, InvalidDocument
from api.graphql.errors import ApiError, Unavailable
from api.graphql.live.asked import Asked, asked, refused
from api.graphql.live.cursor import Cursor
from api.graphql.live.follower import UNSENT_BYTES, Follower
from api.graphql.live.framing import Straight
from api.graphql.live.group import Kept
from api.graphql.live.guests import RETRY_MS, Guest
from api.graphql.live.live import Live
from api.platform import Platform

HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
]
SMALL: Final = 8 * 1024
COME_BACK: Final = b"retry: %d\n\n"


class EventStreamDoor:
    """Answers /live/{name} and /graphql/stream."""

    def __init__(self, engine: Engine, live: Live, platform: Platform) -> None:
        self._engine = engine
        self._live = live
        self._platform = platform

    async def __call__(self, request: Request) -> Response:
        """Return the stream, or a response that says why there is none."""
        try:
            return EventStream(self._live, await asked(request, self._engine, self._platform))
        except (ApiError, InvalidDocument) as error:
            return refused(error)


class EventStream(Response):
    """One stream: a wire, and what pulls from it."""

    def __init__(self, live: Live, wanted: Asked) -> None:
        super().__init__()
        self._live = live
        self._asked = wanted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the other side goes, or we must."""
        wire = EventWire(named=self._asked.named)
        answer: Response | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                follower = Follower(wire, tasks)
                guest = Guest(wire.depart, self._asked.token, wire.expel)
                with self._live.guests.hosting(guest):
                    try:
                        self._live.guests.entered(guest, self._asked.context)
                        await self._join(follower, wire)
                        tasks.create_task(_pull(wire, send))
                        tasks.create_task(_gone(wire, receive))
                        await wire.over.wait()
                    except (ApiError, GraphQLError) as error:
                        answer = refused(error)
                    finally:
                        follower.leave()
                raise _Over
        except* (_Over, OSError):
            pass
        if answer is not None:
            await answer(scope, receive, send)
        elif not wire.left:
            await _end(wire, send)

    async def _join(self, follower: Follower, wire: "EventWire") -> None:
        """Join the group; when that can't be now, the browser comes back in a moment."""
        one = self._asked
        try:
            await self._live.join(
                one.text, one.operation, one.variables, one.context, follower, one.after
            )
        except Unavailable:
            wire.depart(RETRY_MS)


class EventWire:
    """The messages that wait to be sent on one stream; references, not copies."""

    def __init__(self, *, named: bool) -> None:
        self._named = named
        self._waiting: deque[Kept] = deque()
        self._more = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self.unsent = 0
        self.over = asyncio.Event()
        self.last = b""
        self.started = False
        self.left = False

    @property
    def clogged(self) -> bool:
        """Whether 64 KB wait."""
        return self.unsent > UNSENT_BYTES

    def offer(self, kept: Kept) -> bool:
        """Queue one message; False while 64 KB wait."""
        if self.clogged:
            return False
        self._waiting.append(kept)
        self.unsent += len(kept.body)
        if self.clogged:
            self._drained.clear()
        self._more.set()
        return True

    def straight(self) -> Straight | None:
        """Never: an event stream has no frames."""
        return None

    async def drained(self) -> None:
        """Return once nothing waits."""
        await self._drained.wait()

    def stalled(self, reached: Cursor | None) -> None:  # noqa: ARG002 - the browser knows its id
        """End: the other side does not read."""
        self.over.set()

    def drop(self, reason: str) -> None:  # noqa: ARG002 - it just comes back
        """End: the group has ended; come back at once."""
        self.depart(RETRY_MS)

    def depart(self, retry_ms: int) -> None:
        """End, and have the other side come back after so many milliseconds."""
        self.last = COME_BACK % retry_ms
        self.over.set()

    def expel(self, reason: str) -> None:  # noqa: ARG002 - it comes back and is told
        """End: the token no longer lets its bearer in. What waits is not sent."""
        self._waiting.clear()
        self.depart(RETRY_MS)

    async def chunk(self) -> bytes:
        """Return everything that waits, waiting for something."""
        await self._more.wait()
        self._more.clear()
        found = b"".join([_event(kept, self._named) for kept in self._waiting])
        self._waiting.clear()
        return found

    def sent(self) -> None:
        """Note that the last chunk is with the server."""
        self.unsent = sum(len(kept.body) for kept in self._waiting)
        self._drained.set()


def _event(kept: Kept, named: bool) -> bytes:
    """Return one message as an event; small ones are made once for all who follow."""
    return event(kept, named) if len(kept.body) > SMALL else _made_once(kept, named)


def event(kept: Kept, named: bool) -> bytes:
    """Return one message as an event."""
    kind = kept.kind.value if named else "next"
    head = f"event: {kind}\nid: {kept.cursor.encode()}\ndata: "
    return head.encode() + kept.body + b"\n\n"


_made_once = lru_cache(maxsize=256)(event)


async def _pull(wire: EventWire, send: Send) -> None:
    await _start(wire, send)
    while True:
        chunk = await wire.chunk()
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        wire.sent()


async def _start(wire: EventWire, send: Send) -> None:
    wire.started = True
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": COME_BACK % RETRY_MS, "more_body": True})


async def _end(wire: EventWire, send: Send) -> None:
    """Say when to come back and end; not longer than a second to one who does not read."""
    try:
        async with asyncio.timeout(1.0):
            if not wire.started:
                await _start(wire, send)
            await send({"type": "http.response.body", "body": wire.last, "more_body": False})
    except (TimeoutError, OSError):
        return


async def _gone(wire: EventWire, receive: Receive) -> None:
    """End the stream when the other side has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    wire.left = True
    raise _Over


class _Over(Exception):
    """The stream is done."""
