"""How many connections and subscriptions a client may have, and how quickly it may subscribe."""

from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from api.graphql.live import guests
from api.http.pace import Pace
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client, Socket, socket
from tests.api.ground import DISTRICT

WALL = "subscription { wall { __typename } }"


@pytest.fixture
def counted(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "MAX_CONNECTIONS", 2)
    monkeypatch.setattr(guests, "MAX_AT_ADDRESS", 3)
    monkeypatch.setattr(guests, "MAX_SUBSCRIPTIONS", 4)
    monkeypatch.setattr(app.doors.live.guests, "_limited", True)
    monkeypatch.setattr(app.doors.live.guests, "_pace", Pace(5, 100))


async def answered(wire: Socket, name: str) -> dict[str, Any]:
    """Return the first answer to one subscription; the others of the connection may speak too."""
    while (told := await wire.hear())["id"] != name:
        pass
    return told


async def refused(wire: Socket, token: str | None) -> dict[str, object]:
    payload = {} if token is None else {"token": token}
    await wire.say({"type": "connection_init", "payload": payload})
    return await wire.hear()


@pytest.mark.usefixtures("counted")
async def test_a_client_has_so_many_connections_and_may_come_back(app: App, client: Client) -> None:
    one, other = client.acting(Role.CHECKER, DISTRICT), client.acting(Role.ACCEPTOR, DISTRICT)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            wire = await stack.enter_async_context(socket(app))
            await wire.init(one.token)
        async with socket(app) as third:
            assert (await refused(third, one.token))["closed"] == 4420
        async with socket(app) as somebody:
            await somebody.init(other.token)
        for _ in range(3):  # the public behind one address
            wire = await stack.enter_async_context(socket(app))
            await wire.init()
        async with socket(app) as fourth:
            assert (await refused(fourth, None))["closed"] == 4420
    async with socket(app) as again:
        await again.init(one.token)
    assert app.doors.live.guests._theirs == {}


@pytest.mark.usefixtures("counted")
async def test_a_stream_too_many_is_a_429_with_a_time(app: App, client: Client) -> None:
    one = client.acting(Role.CHECKER, DISTRICT)
    headers = {"authorization": f"Bearer {one.token}"}
    transport = httpx.ASGITransport(app.asgi)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            wire = await stack.enter_async_context(socket(app))
            await wire.init(one.token)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            for path in ("/live/cases", "/live/cases/poll"):
                answer = await http.get(path, headers=headers)
                assert (answer.status_code, answer.headers["retry-after"]) == (429, "1"), path
                assert answer.json()["errors"][0]["extensions"]["code"] == "THROTTLED"


@pytest.mark.usefixtures("counted")
async def test_subscriptions_are_counted_over_all_connections(app: App, client: Client) -> None:
    one = client.acting(Role.CHECKER, DISTRICT)
    async with socket(app) as first, socket(app) as second:
        for wire in (first, second):
            await wire.init(one.token)
            for name in ("1", "2"):
                await wire.subscribe(WALL, name)
                assert (await answered(wire, name))["type"] == "next"
        await second.subscribe(WALL, "5")
        told = await answered(second, "5")
        assert told["type"] == "error"
        assert told["payload"][0]["extensions"]["code"] == "THROTTLED"
        await first.say({"id": "1", "type": "complete"})
        await second.subscribe(WALL, "6")
        assert (await answered(second, "6"))["type"] == "next"


async def test_who_subscribes_too_quickly_is_told_to_wait(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.doors.live.guests, "_limited", True)
    monkeypatch.setattr(app.doors.live.guests, "_pace", Pace(2, 100))
    async with socket(app) as wire:
        await wire.init(client.acting(Role.CHECKER, DISTRICT).token)
        kinds = []
        for name in ("1", "2", "3"):
            await wire.subscribe(WALL, name)
            told = await answered(wire, name)
            kinds.append(told["type"])
            await wire.say({"id": name, "type": "complete"})
    assert kinds == ["next", "next", "error"]
    assert "try again" in told["payload"][0]["message"]
