"""The living district speaks to a real platform as anybody would: over HTTP, with tokens."""

import asyncio
from collections import Counter
from pathlib import Path

import anyio
import httpx

from api.auth.tokens import Tokens
from api.demo.chance import chance
from api.demo.history import tell
from api.demo.live import Live, now_us
from api.demo.seeding import DispatchedCases, found
from api.demo.voice import Voice
from api.settings import Settings
from api.wiring import App
from domain.actor import Actor
from domain.topics import decode_meta
from eventlog.record import Position

DEADLINE_S = 90


def _voice(app: App, client: httpx.AsyncClient) -> Voice:
    tokens: Tokens = app.platform.tokens

    def token(actor: Actor) -> str:
        return tokens.issue(actor, basis="simulated")

    return Voice(client, "http://quanke", token)


async def test_cases_go_through_the_loop_over_http(database: str, tmp_path: Path) -> None:
    topics: Counter[str] = Counter()
    async with App.open(Settings(data=tmp_path), database) as app:
        parts = app.platform
        now = parts.clock()
        await found(parts.dispatcher, parts.log, parts.reference, now, lambda _done, _all: None)
        await tell(DispatchedCases(parts.dispatcher), now, days_back=2, a_year=3_000)
        head = await parts.log.head()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(app.work)
            assert await app.caught_up(60)
            app.gate.open()
            transport = httpx.ASGITransport(app.asgi)
            async with httpx.AsyncClient(transport=transport) as client:
                live = Live(_voice(app, client), chance(1, "live"), 0.05, 20_000, seed=1)
                async with anyio.create_task_group() as people:
                    people.start_soon(live.live)
                    topics = await _until_closed(app, head)
                    people.cancel_scope.cancel()
            tasks.cancel_scope.cancel()
    assert topics["case.reported"] >= 5
    assert topics["case.dispatched"] >= 1
    assert now <= now_us()


async def _until_closed(app: App, head: int) -> Counter[str]:
    """Wait until live cases went all the way; every live event says it is simulated."""
    with anyio.fail_after(DEADLINE_S):
        while True:
            page = await app.platform.log.read_all(Position(head), 10_000)
            topics = Counter(one.topic for one in page)
            if topics["case.closed"] >= 3 and topics["case.check_passed"] >= 1:
                people = [one for one in page if one.actor != "system:clock"]
                assert {decode_meta(one.meta).basis for one in people} == {"simulated"}
                return topics
            await asyncio.sleep(0.2)
