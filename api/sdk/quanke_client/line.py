"""A line to the server: one graphql-transport-ws subscription at a time, for ever.

Each attempt is a fresh connection with the present variables. A subscription that ends,
fails, is refused or goes silent is followed by the next attempt; whoever listens keeps what
it has meanwhile.
https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from .progress import Message

PROTOCOL: Final = Subprotocol("graphql-transport-ws")
FIRST_S: Final = 0.25
LAST_S: Final = 10.0
ACK_S: Final = 5.0
SILENCE_S: Final = 6.5
"""Three heartbeats and a little: the socket is taken for half-open."""
RESYNC_S: Final = 1.5
"""A resync that no snapshot follows is asked for again."""
LARGEST: Final = 64 * 1024 * 1024


class Ended(Exception):
    """The server ended the subscription, or could not be heard."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A subscription: `field` is the root field its messages come under."""

    url: str
    query: str
    field: str
    variables: Callable[[], Mapping[str, Any]]
    token: Callable[[], str | None] = lambda: None
    silence_s: float = SILENCE_S


class Line:
    """Brings messages until it is cancelled; `told` hears why there are none, then None."""

    def __init__(
        self,
        asked: Asked,
        heard: Callable[[Message], None],
        told: Callable[[str | None], None] = lambda _problem: None,
    ) -> None:
        self._asked = asked
        self._heard = heard
        self._told = told
        self._waits = waits()

    async def run(self) -> None:
        """Listen, for ever."""
        while True:
            try:
                await self._listen()
            except (OSError, WebSocketException, TimeoutError, Ended) as problem:
                self._told(str(problem) or type(problem).__name__)
            await asyncio.sleep(next(self._waits))

    async def _listen(self) -> None:
        opening = connect(
            self._asked.url, subprotocols=[PROTOCOL], max_size=LARGEST, close_timeout=1
        )
        async with opening as socket:
            token = self._asked.token()
            payload = {} if token is None else {"token": token}
            await say(socket, {"type": "connection_init", "payload": payload})
            async with asyncio.timeout(ACK_S):
                while (await hear(socket))["type"] != "connection_ack":
                    pass
            asked = {"query": self._asked.query, "variables": dict(self._asked.variables())}
            await say(socket, {"id": "1", "type": "subscribe", "payload": asked})
            await self._follow(socket)

    async def _follow(self, socket: ClientConnection) -> None:
        loop = asyncio.get_running_loop()
        until, snapshot_by = 0.0, float("inf")
        until = loop.time() + self._asked.silence_s
        while True:
            async with asyncio.timeout_at(min(until, snapshot_by)):
                frame = await hear(socket)
            if frame["type"] != "next":
                await self._other(socket, frame)
                continue
            kind = self._take(frame["payload"])
            until = loop.time() + self._asked.silence_s
            if kind == "Resync":
                snapshot_by = loop.time() + RESYNC_S
            elif kind.endswith("Snapshot"):
                snapshot_by = float("inf")

    async def _other(self, socket: ClientConnection, frame: Mapping[str, Any]) -> None:
        if frame["type"] == "ping":
            await say(socket, {"type": "pong"})
        elif frame["type"] == "error":
            raise Ended(words(frame["payload"]))
        elif frame["type"] == "complete":
            raise Ended("complete")

    def _take(self, result: Mapping[str, Any]) -> str:
        message = (result.get("data") or {}).get(self._asked.field)
        if result.get("errors") or message is None:
            raise Ended(words(result.get("errors") or []))
        self._waits = waits()
        self._heard(message)
        self._told(None)
        kind: str = message["__typename"]
        return kind


async def say(socket: ClientConnection, frame: Mapping[str, Any]) -> None:
    """Send a frame."""
    await socket.send(json.dumps(frame))


async def hear(socket: ClientConnection) -> dict[str, Any]:
    """Return the next frame."""
    found: dict[str, Any] = json.loads(await socket.recv())
    return found


def words(errors: Sequence[Mapping[str, Any]]) -> str:
    """Return what errors say: code and message of each."""
    said = [(one.get("extensions", {}).get("code"), one.get("message")) for one in errors]
    return "; ".join(": ".join(filter(None, pair)) for pair in said)


def waits() -> Iterator[float]:
    """Yield the seconds before each next attempt: jittered, doubling, from 0.25 to 10."""
    ceiling = FIRST_S
    while True:
        yield FIRST_S + random.random() * (ceiling - FIRST_S)
        ceiling = min(LAST_S, ceiling * 2)
