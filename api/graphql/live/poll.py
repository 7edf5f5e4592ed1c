"""The long-poll door, for networks that let nothing else through.

`GET /live/{name}/poll?after=CURSOR&wait=25`, or a document by POST to `/graphql/poll`:
answers as soon as there is anything after the cursor, with an empty list when the wait
runs out. The same groups, the same cursors; between two polls the group lives on.
"""

import asyncio
from typing import Final

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response

from api.graphql.engine import Engine, InvalidDocument
from api.graphql.errors import ApiError, BadInput
from api.graphql.live.asked import Asked, asked, refused
from api.graphql.live.cursor import Cursor
from api.graphql.live.follower import Follower
from api.graphql.live.framing import Straight
from api.graphql.live.group import Kept
from api.graphql.live.guests import RETRY_MS, Guest
from api.graphql.live.live import Live
from api.graphql.live.source import Kind
from api.platform import Platform

WAIT_S: Final = 25.0
LONGEST_S: Final = 60.0
MOST_BYTES: Final = 1 << 20
"""An answer is not much longer than this; the next poll gets the rest."""


class PollDoor:
    """Answers /live/{name}/poll and /graphql/poll."""

    def __init__(self, engine: Engine, live: Live, platform: Platform) -> None:
        self._engine = engine
        self._live = live
        self._platform = platform

    async def __call__(self, request: Request) -> Response:
        """Return what came after the cursor."""
        try:
            wait_s = _wait_s(request)
            wanted = await asked(request, self._engine, self._platform)
            return await self._polled(wanted, wait_s)
        except (ApiError, InvalidDocument, GraphQLError) as error:
            return refused(error)

    async def _polled(self, wanted: Asked, wait_s: float) -> Response:
        wire = PollWire()
        async with asyncio.TaskGroup() as tasks:
            follower = Follower(wire, tasks)
            failure: ApiError | GraphQLError | None = None
            guest = Guest(wire.depart, wanted.token, wire.expel)
            with self._live.guests.hosting(guest):
                try:
                    self._live.guests.entered(guest, wanted.context)
                    await self._live.join(
                        wanted.text, wanted.operation, wanted.variables, wanted.context,
                        follower, wanted.after,
                    )  # fmt: skip
                    async with asyncio.timeout(wait_s):
                        await wire.something.wait()
                except TimeoutError:
                    pass
                except (ApiError, GraphQLError) as error:
                    failure = error
                finally:
                    follower.leave()
        if failure is not None:
            raise failure
        return _answer(wire, wanted.after)


class PollWire:
    """What has come for one poll."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self.reached: Cursor | None = None
        self.unsent = 0
        self.retry_ms: int | None = None
        self.something = asyncio.Event()

    def offer(self, kept: Kept) -> bool:
        """Take one message while the answer is not long; a heartbeat only moves the cursor."""
        if self.unsent > MOST_BYTES:
            return False
        self.reached = kept.cursor
        if kept.kind is not Kind.HEARTBEAT:
            self.kept.append(kept)
            self.unsent += len(kept.body)
            self.something.set()
        return True

    def straight(self) -> Straight | None:
        """Never: a poll has no frames."""
        return None

    async def drained(self) -> None:
        """Never: the answer goes out whole, and the next poll is another wire."""
        await asyncio.Event().wait()

    def stalled(self, reached: Cursor | None) -> None:
        """Nothing to close: a poll ends by itself."""

    def drop(self, reason: str) -> None:  # noqa: ARG002 - the next poll begins a new group
        """End at once."""
        self.something.set()

    def depart(self, retry_ms: int) -> None:
        """End at once, and say when to come back."""
        self.retry_ms = retry_ms
        self.something.set()

    def expel(self, reason: str) -> None:  # noqa: ARG002 - the next poll is told
        """End at once with nothing: the token no longer lets its bearer in."""
        self.kept.clear()
        self.depart(RETRY_MS)


def _wait_s(request: Request) -> float:
    try:
        return min(LONGEST_S, max(0.0, float(request.query_params.get("wait", WAIT_S))))
    except ValueError:
        raise BadInput("wait is a number of seconds") from None


def _answer(wire: PollWire, after: str | None) -> Response:
    cursor = wire.reached.encode() if wire.reached is not None else after or ""
    messages = b",".join([kept.body for kept in wire.kept])
    headers = {"cache-control": "no-store"}
    if wire.retry_ms is not None:
        headers["retry-after"] = str(-(-max(wire.retry_ms, RETRY_MS) // 1_000))
    body = b'{"cursor":"' + cursor.encode() + b'","messages":[' + messages + b"]}"
    return Response(body, media_type="application/json", headers=headers)
