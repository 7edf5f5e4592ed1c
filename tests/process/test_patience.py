"""Who never comes to an end is not waited for; who is merely slow is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.types import Receive, Scope, Send

from api.cli.serving import free_socket, serving
from api.http import patience

SILENT_S = 0.8
DROP_S = SILENT_S / 4
PATIENT_S = 20 * DROP_S
"""For who is to be waited for: a machine that does other things may stand still for so long."""
POST = b"POST /x HTTP/1.1\r\nhost: x\r\n"


async def application(_scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
    )
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    waited_for = "slow" in request.node.name
    silent = PATIENT_S if waited_for else SILENT_S
    monkeypatch.setattr(patience, "HEAD_S", silent)
    monkeypatch.setattr(patience, "SILENT_S", silent)
    monkeypatch.setattr(patience, "BODY_S", 3 * silent)


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    listening = free_socket("127.0.0.1", 0)
    async with serving(application, listening):
        yield listening.getsockname()[1]


async def dripped(port: int, first: bytes, drop: bytes, count: int) -> bytes:
    """Send a beginning, then a little now and then; return what is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = b""
    async with asyncio.timeout(60):
        writer.write(first)
        for _ in range(count):
            try:
                async with asyncio.timeout(DROP_S):
                    answer = await reader.read(4_096)
                    break
            except TimeoutError:
                writer.write(drop)
        writer.close()
    return answer


@pytest.mark.parametrize(
    ("first", "drop", "status"),
    [
        (b"", b"", b""),
        (b"G", b"", b" 408 "),
        (POST + b"x: ", b"a", b" 408 "),
        (POST + b"content-length: 9\r\n\r\n", b"", b" 408 "),
        (POST + b"content-length: 99\r\n\r\n", b"a", b" 408 "),
        (POST + b"x: " + b"a" * 70_000, b"", b" 431 "),
        (POST + b"content-length: 24\r\n\r\n", b"a", b" 200 "),
        (POST + b"\r\n", b"", b" 200 "),
    ],
    ids=["nothing", "a byte", "a head", "no body", "a body", "a long head", "slow", "quick"],
)
async def test_the_end_of_patience(first: bytes, drop: bytes, status: bytes) -> None:
    async with served() as port:
        said = await dripped(port, first, drop, 30)
    assert status in said
    assert said.count(b"HTTP/1.1") == (1 if status else 0)


async def test_a_connection_that_is_used_again_is_not_put_out() -> None:
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(POST + b"\r\n")
            async with asyncio.timeout(30):
                assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(SILENT_S * 5 / 4)
        writer.close()
