"""Whose bytes a request may be known by: it came alone, in one piece, on a lasting connection."""

import asyncio
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from api.cli.serving import free_socket, serving
from api.http.known import WHOLE

HEAD = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
PLAIN = HEAD + b"Content-Length: 2\r\n\r\n{}"
SECOND = PLAIN.replace(b"Host: x", b"Host: y")
ODD = HEAD + b"X-Content-Length: %d\r\nContent-Length: 2\r\n\r\n{}" % (2 + len(SECOND))
ANSWER: tuple[dict[str, Any], ...] = (
    {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]},
    {"type": "http.response.body", "body": b"ok"},
)


async def noted(said: bytes, answers: int) -> list[bytes | None]:
    """Return by which bytes each of the requests in these bytes may be known."""
    seen: list[bytes | None] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        seen.append(scope["state"].get(WHOLE))
        for message in ANSWER:
            await send(message)

    listening = free_socket("127.0.0.1", 0)
    async with serving(application, listening), asyncio.timeout(10):
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(said)
        for _ in range(answers):
            await reader.readuntil(b"\r\n\r\nok")
        writer.close()
    return seen


async def test_a_request_in_one_piece_is_known_by_its_bytes() -> None:
    assert await noted(PLAIN, 1) == [PLAIN]


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        (PLAIN.replace(b"Host: x", b"Host: x\r\nConnection: close"), 1),
        (PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0\r\nConnection: close"), 1),
        (PLAIN + SECOND, 2),
        (ODD + SECOND, 2),
    ],
)
async def test_any_other_is_not(said: bytes, answers: int) -> None:
    assert await noted(said, answers) == [None] * answers
