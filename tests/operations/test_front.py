"""The shipped front does what its page says: it lets through, keeps in line and sends away."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import websockets
from starlette.types import Receive, Scope, Send

from api.cli.serving import free_socket, serving
from api.http import shedding
from api.http.address import address_of
from api.http.shedding import BODY
from bench.front import MISSING, SHIPPED, found, front

QUERY: Final = '{"query":"{ me { role } }"}'
REPORT: Final = '{"query":"mutation M { claimCase }"}'
CONFIGURED: Final = Path(SHIPPED).read_text("utf-8")
SERVED: Final = int(re.findall(r" maxconn (\d+)", CONFIGURED)[0])
QUERIES, REPORTS = map(int, re.findall(r"be_conn\(graphql\) ge (\d+)", CONFIGURED))
PATIENCE_S: Final = 30.0


class House:
    """An application that answers when it is let, and remembers what came in which order."""

    def __init__(self) -> None:
        self.entered: list[str] = []
        self.leave = asyncio.Semaphore(0)
        self.most = self.now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await _echo(receive, send)
        elif scope["path"] == "/graphql":
            await self._answer(receive, send)
        elif scope["path"] == "/graphql/stream":
            await self._stream(send)
        else:
            said = f"{address_of(scope)} {scope['scheme']}".encode()
            await _say(send, said)

    async def _answer(self, receive: Receive, send: Send) -> None:
        self.entered.append((await receive())["body"].decode())
        self.now += 1
        self.most = max(self.most, self.now)
        await self.leave.acquire()
        self.now -= 1
        await _say(send, b"ok")

    async def _stream(self, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        await self.leave.acquire()
        await send({"type": "http.response.body", "body": b"data: 2\n\n"})

    async def full(self, count: int) -> None:
        """Wait until so many have come in."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.entered) < count:
                await asyncio.sleep(0.01)

    def let_all_go(self) -> None:
        """Answer everybody, also who has not come yet."""
        for _ in range(1_000):
            self.leave.release()


async def _say(send: Send, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _echo(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


Ask = Callable[[str], Coroutine[Any, Any, httpx.Response]]


@pytest.fixture(autouse=True)
def _roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the platform answer all that is handed on: it is the front that is looked at."""
    monkeypatch.setattr(shedding, "PLACES", SERVED)


@pytest.fixture
def patient(tmp_path: Path) -> Path:
    """Return what is shipped, but whoever is in line may wait as long as a slow machine takes."""
    path = tmp_path / "haproxy.cfg"
    path.write_text(re.sub(r"timeout queue \w+", "timeout queue 60s", CONFIGURED), "utf-8")
    return path


def program() -> str:
    """Return the program; without one there is nothing to test, but where it has to be there."""
    name = found()
    if name is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    assert name is not None
    return name


@asynccontextmanager
async def fronted(house: House, configured: Path = SHIPPED) -> AsyncIterator[tuple[str, Ask]]:
    """Put the shipped front before an application: its address, and how to ask it."""
    listening = free_socket("127.0.0.1", 0)
    behind = f"127.0.0.1:{listening.getsockname()[1]}"
    limits = httpx.Limits(max_connections=None)
    async with (
        serving(house, listening, "127.0.0.1"),
        front(program(), behind, configured) as ahead,
        httpx.AsyncClient(trust_env=False, limits=limits, timeout=PATIENCE_S) as client,
    ):

        async def ask(body: str) -> httpx.Response:
            headers = {"content-type": "application/json"}
            return await client.post(f"http://{ahead.url}/graphql", content=body, headers=headers)

        yield ahead.url, ask


async def test_who_asks_is_named_and_a_forged_name_is_not_believed() -> None:
    async with fronted(House()) as (at, _), httpx.AsyncClient(trust_env=False) as client:
        forged = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"}
        assert (await client.get(f"http://{at}/", headers=forged)).text == "127.0.0.1 http"


async def test_a_full_house_sends_queries_away_and_takes_reports_first(patient: Path) -> None:
    house = House()
    async with fronted(house, patient) as (_, ask), asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(ask(QUERY)) for _ in range(QUERIES + 1)]
        (away,), _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        await house.full(SERVED)
        report = tasks.create_task(ask(REPORT))
        # What is sent away after it tells that it has been seen, and stands in line.
        for _ in range(2):
            _assert_told_to_come_back(await ask(QUERY))
        house.leave.release()
        await house.full(SERVED + 1)
        house.let_all_go()
    assert house.entered[SERVED] == REPORT
    assert house.most == SERVED
    _assert_told_to_come_back(away.result())
    served = [one.result().text for one in (*asked, report) if one is not away]
    assert served == ["ok"] * (QUERIES + 1)


def _assert_told_to_come_back(away: httpx.Response) -> None:
    assert away.status_code == 503
    assert 1 <= int(away.headers["retry-after"]) <= 4
    assert away.headers["content-type"] == "application/json"
    assert away.content == BODY


async def test_there_is_an_end_of_room_for_reports_too(patient: Path) -> None:
    house = House()
    async with fronted(house, patient) as (_, ask), asyncio.TaskGroup() as tasks:
        asked = {tasks.create_task(ask(REPORT)) for _ in range(REPORTS + 1)}
        (away,), waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        house.let_all_go()
    _assert_told_to_come_back(away.result())
    assert [one.result().text for one in waiting] == ["ok"] * REPORTS


async def test_who_waits_too_long_is_told_to_come_back() -> None:
    house = House()
    async with fronted(house) as (_, ask), asyncio.TaskGroup() as tasks:
        for _ in range(SERVED):
            tasks.create_task(ask(QUERY))
        await house.full(SERVED)
        _assert_told_to_come_back(await ask(QUERY))
        house.let_all_go()


async def test_sockets_and_streams_go_straight_on() -> None:
    house = House()
    async with fronted(house) as (at, ask), asyncio.TaskGroup() as tasks:
        for _ in range(SERVED):
            tasks.create_task(ask(QUERY))
        await house.full(SERVED)
        async with websockets.connect(f"ws://{at}/graphql", proxy=None) as socket:
            await socket.send("hello")
            assert await socket.recv() == "hello"
        async with (
            httpx.AsyncClient(trust_env=False) as client,
            client.stream("GET", f"http://{at}/graphql/stream") as stream,
        ):
            lines = stream.aiter_lines()
            assert await anext(lines) == "data: 1"
            house.let_all_go()
            assert [line async for line in lines if line] == ["data: 2"]


async def test_a_platform_that_is_away_is_said_with_a_retry_time() -> None:
    gone = free_socket("127.0.0.1", 0)
    at = f"127.0.0.1:{gone.getsockname()[1]}"
    gone.close()
    async with front(program(), at) as ahead, httpx.AsyncClient(trust_env=False) as client:
        _assert_told_to_come_back(await client.post(f"http://{ahead.url}/graphql", content=QUERY))
