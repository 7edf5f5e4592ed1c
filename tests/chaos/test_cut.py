"""The check of cut connections in its short form; `quanke check cut` sends ten thousand."""

import asyncio
import random
from typing import Any, Final

import pytest

from api.check.cut import check
from api.check.proxy import before_tcp

NEVER: Final = 1_000_000


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_lost_answer_doubles_nothing() -> None:
    found = check(commands=160, clients=8, seed=20_261_123)
    assert found.acknowledged >= 160
    assert found.client_cuts > 0
    assert (found.lost, found.doubled, found.extra) == (0, 0, 0)
    assert (found.gaps, found.broken_streams) == (0, 0)


async def test_connections_that_are_open_at_the_end_are_ended_without_a_word() -> None:
    said: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    upstream = await asyncio.start_server(_echo, "127.0.0.1", 0)
    port = upstream.sockets[0].getsockname()[1]
    async with upstream, asyncio.timeout(30):
        async with before_tcp("127.0.0.1", port, random.Random(1), NEVER) as (_, before):
            reader, writer = await asyncio.open_connection("127.0.0.1", before)
            writer.write(b"?")
            assert await reader.readexactly(1) == b"?"
        assert await reader.read() == b""
        writer.close()
        await asyncio.sleep(0)
    assert said == []


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(await reader.readexactly(1))
    await reader.read()
    writer.close()
