"""What is asked again and again: the same answer, soon a newer one, never anybody else's."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from api.budget import Budget
from api.cli.serving import free_socket, serving
from api.graphql import hot
from api.graphql.hot import Hot, Known, may_be_known
from api.wiring import App
from domain.actor import Actor, Role
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID

BOARD = (
    "{ overview { open total acceptP50S closingRateBp } stageFunnel { status cases }"
    " gridLoad { code open } departmentLoad { id open } areaLoad { code open } }"
)
LEADER = Actor(id="acct:leader", role=Role.DUTY_LEADER, scope=DISTRICT)
PATIENCE_S = 10.0


class Caller:
    """One connection that sends the same bytes again and again."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, request: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
        """Return status line, headers without the request's own name, and body."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status, *lines = head.rstrip().split(b"\r\n")
        headers = dict(line.split(b": ", 1) for line in lines)
        if status == b"HTTP/1.1 200 OK":
            assert len(headers.pop(b"x-request-id")) == 32
        return status, headers, await self._reader.readexactly(int(headers[b"content-length"]))


def request(token: str, query: str = BOARD, **more: object) -> bytes:
    body = json.dumps({"query": query, **more}).encode()
    return (
        f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode() + body


@asynccontextmanager
async def calling(app: App) -> AsyncIterator[Caller]:
    assert await app.caught_up(30)
    listening = free_socket("127.0.0.1", 0)
    async with serving(app.asgi, listening):
        reader, writer = await asyncio.open_connection(*listening.getsockname()[:2])
        yield Caller(reader, writer)
        writer.close()


async def report(worker: Client) -> int:
    done = await worker.done(
        "reportCase", channel="GRID_WORKER", category="06010", place={"grid": GRID}
    )
    return int(done["event"]["position"])


async def known(app: App, caller: Caller, asked: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
    """Ask until the request is known by its bytes; return the answer found that way."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            before = app.doors.hot.hits
            answer = await caller.ask(asked)
            if app.doors.hot.hits > before:
                return answer


async def test_what_is_known_is_the_answer_and_soon_the_next(app: App, worker: Client) -> None:
    await report(worker)
    async with calling(app) as caller:
        asked = request(app.platform.tokens.issue(LEADER))
        first = await caller.ask(asked)
        assert app.doors.hot.hits == 0
        assert first == await known(app, caller, asked)
        position = await report(worker)
        later = request(
            app.platform.tokens.issue(LEADER), extensions={"minPosition": str(position)}
        )
        told = json.loads((await caller.ask(later))[2])
        assert told["data"]["overview"]["open"] == 2
        async with asyncio.timeout(PATIENCE_S):
            while json.loads((await known(app, caller, asked))[2]) != told:
                pass


async def test_only_counts_asked_plainly_are_known(app: App) -> None:
    prepare = app.doors.engine.prepare
    identity = app.platform.tokens.read(app.platform.tokens.issue(LEADER))
    assert may_be_known(prepare(BOARD), identity, {})
    assert not may_be_known(prepare(BOARD), identity, {"minPosition": "1"})
    assert not may_be_known(prepare("{ cases(first: 1) { nodes { id } } }"), identity, {})
    assert not may_be_known(prepare("{ overview { open } me { id } }"), identity, {})


async def test_a_token_that_has_expired_is_known_no_more(app: App) -> None:
    async with calling(app) as caller:
        asked = request(app.platform.tokens.issue(LEADER, lifetime_s=2))
        await known(app, caller, asked)
        async with asyncio.timeout(PATIENCE_S):
            while (answer := await caller.ask(asked))[0] == b"HTTP/1.1 200 OK":
                await asyncio.sleep(0.05)
        assert answer[0] == b"HTTP/1.1 401 Unauthorized"


async def test_each_is_told_of_what_is_theirs(app: App, worker: Client) -> None:
    await report(worker)
    away = Actor(id="acct:away", role=Role.DUTY_LEADER, scope="371602.006.")
    async with calling(app) as caller:
        for actor, open_ in ((LEADER, 1), (away, 0)):
            asked = request(app.platform.tokens.issue(actor))
            data = json.loads((await known(app, caller, asked))[2])["data"]
            assert data["overview"]["open"] == open_


@pytest.fixture
async def lane(app: App) -> tuple[Hot, list[float]]:
    """A request that is known, on a clock that stands still."""
    assert await app.platform.reached(await app.platform.log.head(), PATIENCE_S)
    now = [100.0]
    budget = Budget(lambda: now[0])
    made = Hot(app.doors.engine, replace(app.platform, budget=budget), clock=lambda: now[0])
    token = f"Bearer {app.platform.tokens.issue(LEADER)}"
    operation, identity = app.doors.engine.prepare(BOARD), app.platform.tokens.bearer(token)
    for _ in range(hot.OFTEN):
        made.note(
            b"r", 0.01, lambda: Known(operation, {}, identity, token, b"application/json", 900)
        )
    return made, now


async def test_an_answer_grows_old_and_is_told_no_more(
    app: App, worker: Client, lane: tuple[Hot, list[float]]
) -> None:
    made, now = lane
    assert made.answer(b"r") is None
    first = await first_of(made)
    await report(worker)
    assert await app.caught_up(30)
    now[0] += hot.OLDEST_S - 0.01
    again = made.answer(b"r")
    assert again is not None
    assert body(again)["data"] == body(first)["data"]
    now[0] += 0.02
    assert made.answer(b"r") is None


@pytest.mark.parametrize(
    ("every_s", "took_s", "known_then"),
    [(0.009, 0.001, True), (0.02, 0.001, False), (0.2, 0.2, True), (1.0, 0.05, False)],
)
async def test_known_is_what_comes_often_or_as_fast_as_it_is_answered(
    lane: tuple[Hot, list[float]], every_s: float, took_s: float, known_then: bool
) -> None:
    made, now = lane
    meant = made._known[b"r"]
    for _ in range(hot.OFTEN):
        now[0] += every_s
        made.note(b"other", took_s, lambda: meant)
    assert (b"other" in made._known) is known_then


async def test_what_is_known_is_charged_for(lane: tuple[Hot, list[float]]) -> None:
    made, _ = lane
    first = await first_of(made)
    cost = body(first)["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 900
    assert 0 < cost["actualQueryCost"] < 900
    told = 1
    while made.answer(b"r") is not None:
        told += 1
    assert told == 1 + (20_000 - cost["actualQueryCost"] - 900) // cost["actualQueryCost"] + 1


async def first_of(made: Hot) -> tuple[bytes, bytes]:
    """Return the first answer that is made, and let what is known stay as it is then."""
    while (found := made.answer(b"r")) is None:
        request, one = made._due.popitem()
        await made._anew(request, one)
    return found


def body(found: tuple[bytes, bytes] | None) -> dict[str, dict[str, dict[str, int]]]:
    assert found is not None
    answer: dict[str, dict[str, dict[str, int]]] = json.loads(found[1])
    return answer
