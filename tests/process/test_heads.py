"""A head that is known is not parsed again; what it lets in is asked anew each time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from api.cli.serving import free_socket, serving
from api.http.heads import Heads, parts
from api.http.joined import JoinedProtocol
from api.http.known import Answers, Said

BODY = b'{"query":"{ me { role } }"}'
LINES = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


def whole(body: bytes = BODY, lines: bytes = LINES, length: bytes = b"content-length: %d") -> bytes:
    return lines + (length % len(body)) + b"\r\naccept: */*\r\n\r\n" + body


def scope(*more: tuple[bytes, bytes]) -> dict[str, Any]:
    headers = [(b"host", b"x"), (b"content-length", b"27"), *more]
    return {"method": "POST", "path": "/graphql", "headers": headers}


@pytest.mark.parametrize(
    ("request_bytes", "same"),
    [
        (whole(b"{}"), True),
        (whole(b"[%s]" % (b"1," * 900 + b"1")), True),
        (whole(length=b"content-length: 00%d"), True),
        (whole(length=b"content-length:\t%d "), False),
        (whole(length=b"content-length: %d "), False),
        (whole() + b"POST", False),
        (whole()[:-1], False),
        (whole(lines=LINES + b"cookie: a=b\r\n"), False),
        (whole(length=b"Content-Length: %d"), False),
        (whole(length=b"x-content-length: %d"), False),
        (whole(length=b"content-length: \n%d"), False),
        (whole(length=b"content-length: " + b"0" * 5_000 + b"%d"), False),
        (whole(length=b"content-length: +%d"), False),
    ],
)
def test_a_head_is_known_but_for_its_length(request_bytes: bytes, same: bool) -> None:
    for warm in (False, True):  # the head that came last is looked at first
        heads = Heads()
        heads.note(whole(), "10.0.0.1", scope(), "application/json", "192.0.2.7")
        assert not warm or heads.find(whole(b"{ }"), "10.0.0.1") is not None
        found = heads.find(request_bytes, "10.0.0.1")
        assert (found is not None) is same
        assert heads.find(request_bytes, "10.0.0.2") is None  # who is not believed as the other was
        if found is not None:
            assert request_bytes.endswith(b"\r\n\r\n" + found[1])
            assert found[0].address == "192.0.2.7"


@pytest.mark.parametrize(
    "more",
    [
        (b"content-length", b"28"), (b"transfer-encoding", b"chunked"),
        (b"expect", b"100-continue"), (b"upgrade", b"h2c"), (b"dpop", b"x"),
    ],
)  # fmt: skip
def test_an_unusual_head_is_always_parsed(more: tuple[bytes, bytes]) -> None:
    heads = Heads()
    heads.note(whole(), "10.0.0.1", scope(more), "application/json", "192.0.2.7")
    assert heads.find(whole(), "10.0.0.1") is None


class Door:
    """An application that counts what reaches it parsed, beside what is answered past it."""

    def __init__(self) -> None:
        self.parsed = 0
        self.past: list[bytes] = []
        self.go = asyncio.Event()
        self.go.set()
        self.answers = Answers(begin=self.begin)

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        self.parsed += 1
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def begin(self, request: bytes, address: str) -> Any:
        assert address == "127.0.0.1"
        found = parts(request)
        known = found is not None and b"cookie" not in request
        return partial(self._say, found.body) if found is not None and known else None

    async def _say(self, body: bytes) -> Said:
        self.past.append(body)
        await self.go.wait()
        return Said(200, b"content-length: %d\r\n" % len(body), body)


@asynccontextmanager
async def served(
    line: Callable[[Door], ASGIApp] = lambda door: door,
) -> AsyncIterator[tuple[Door, asyncio.StreamReader, asyncio.StreamWriter]]:
    door, listening = Door(), free_socket("127.0.0.1", 0)
    async with serving(line(door), listening), asyncio.timeout(60):
        reader, writer = await asyncio.open_connection("127.0.0.1", listening.getsockname()[1])
        yield door, reader, writer
    writer.close()


async def answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0])
    return head, await reader.readexactly(length)


async def test_what_comes_meanwhile_is_answered_after_it_in_order() -> None:
    async with served() as (door, reader, writer):
        door.go.clear()
        writer.write(whole(b"1"))
        while not door.past:
            await asyncio.sleep(0.01)
        writer.write(whole(b"2", LINES + b"cookie: a\r\n"))
        writer.write(whole(b"3") + whole(b"4"))
        await asyncio.sleep(0.05)
        assert (door.past, door.parsed) == ([b"1"], 0)
        door.go.set()
        told = [await answer(reader) for _ in range(4)]
        writer.write(whole(b"5"))
        told.append(await answer(reader))
    assert [body for _, body in told] == [b"1", b"2", b"3", b"4", b"5"]
    assert all(head.startswith(b"HTTP/1.1 200 OK\r\n") for head, _ in told)
    assert door.past[-1] == b"5"
    assert door.parsed >= 1


async def test_who_is_being_answered_when_the_server_ends_gets_the_answer() -> None:
    told: list[tuple[bytes, bytes]] = []

    async def ended(door: Door, reader: asyncio.StreamReader) -> None:
        await asyncio.sleep(0.2)
        door.go.set()
        told.append(await answer(reader))
        assert await reader.read() == b""

    async with asyncio.TaskGroup() as tasks, served() as (door, reader, writer):
        door.go.clear()
        writer.write(whole())
        while not door.past:
            await asyncio.sleep(0.01)
        tasks.create_task(ended(door, reader))
    ((head, body),) = told
    assert b"connection: close" in head
    assert body == BODY


async def test_who_stands_in_between_sees_every_request() -> None:
    def line(door: Door) -> ASGIApp:
        async def passing(scope: Scope, receive: Receive, send: Send) -> None:
            await door(scope, receive, send)

        return passing

    async with served(line) as (door, reader, writer):
        for body in (b"1", b"2"):
            writer.write(whole(body))
            assert (await answer(reader))[1] == body
        assert (door.past, door.parsed) == ([], 2)


async def test_a_connection_ends_for_want_of_use_and_never_while_it_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connections: list[JoinedProtocol] = []
    made = JoinedProtocol.connection_made

    def noted(self: JoinedProtocol, transport: Any) -> None:
        made(self, transport)
        self.timeout_keep_alive = 60
        connections.append(self)

    def long_after() -> None:
        connections[0]._used_at -= 1_000
        connections[0].timeout_keep_alive_handler()

    monkeypatch.setattr(JoinedProtocol, "connection_made", noted)
    async with served() as (door, reader, writer):
        writer.write(whole(b"1"))
        assert (await answer(reader))[1] == b"1"
        door.go.clear()
        writer.write(whole(b"2"))
        while len(door.past) < 2:
            await asyncio.sleep(0.01)
        long_after()
        door.go.set()
        assert (await answer(reader))[1] == b"2"
        assert not reader.at_eof()
        long_after()
        assert await reader.read() == b""
