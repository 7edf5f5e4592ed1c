"""One subscription and one cursor over WebSocket, event stream and long poll."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import httpx
import orjson
import pytest

from api.graphql.live.feeds import FEEDS
from api.trust import authorities
from api.wiring import App
from domain.actor import Role
from tests.api.client import SOON_S, Client, since, socket
from tests.api.ground import COMMUNITY, DISTRICT
from tests.api.test_live import FEED, RUBBISH, WALL

PATIENCE_S = 10


def http(address: str, client: Client | None = None) -> httpx.AsyncClient:
    headers = {} if client is None else {"authorization": f"Bearer {client.token}"}
    return httpx.AsyncClient(
        base_url=f"http://{address}", headers=headers, trust_env=False, verify=authorities()
    )


async def events(
    opened: httpx.AsyncClient, method: str, path: str, **options: Any
) -> AsyncGenerator[dict[str, Any], None]:
    """Read an event stream as a browser would: type, last id, data."""
    kind, ident, data = "", "", ""
    async with opened.stream(method, path, **options) as answer:
        assert answer.status_code == 200, (await answer.aread()).decode()
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "id":
                ident = value
            elif name == "data":
                data = value
            elif not line and data:
                yield {"kind": kind, "id": ident, "data": orjson.loads(data)}
                kind, data = "", ""


async def first_of(stream: AsyncIterator[dict[str, Any]], *kinds: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        async for one in stream:
            if one["kind"] in kinds:
                return one
    raise AssertionError("the stream ended")


async def test_a_browser_follows_the_wall_and_comes_back_by_its_last_id(
    app: App, address: str, worker: Client
) -> None:
    async with http(address) as browser:
        async with aclosing(events(browser, "GET", "/live/wall")) as wall:
            begun = await first_of(wall, "snapshot")
            assert begun["data"]["data"]["wall"]["scene"]["overview"]["open"] == 0
            await worker.done("reportCase", **RUBBISH)
            told = await first_of(wall, "delta")
            assert told["data"]["data"]["wall"]["overview"]["open"] == 1
            assert told["id"] == told["data"]["data"]["wall"]["cursor"]
        missed = await worker.done("reportCase", **RUBBISH)
        assert await app.caught_up(PATIENCE_S)
        back = {"last-event-id": told["id"]}
        async with aclosing(events(browser, "GET", "/live/wall", headers=back)) as wall:
            next_one = await first_of(wall, "snapshot", "resync", "delta")
            assert next_one["kind"] == "delta"
            wall_told = next_one["data"]["data"]["wall"]
            assert [line["number"] for line in wall_told["feed"]] == [missed["case"]["number"]]


async def test_one_cursor_on_three_doors_loses_and_doubles_nothing(
    app: App, address: str, worker: Client
) -> None:
    acceptor = worker.acting(Role.ACCEPTOR, DISTRICT)
    reported: list[str] = []
    heard: list[str] = []
    stop = asyncio.Event()

    async def report() -> None:
        while not stop.is_set():
            reported.append((await worker.done("reportCase", **RUBBISH))["case"]["id"])

    def note(feed: dict[str, Any]) -> str:
        assert feed["__typename"] in ("CaseFeedSnapshot", "CaseFeedDelta"), feed
        heard.extend(case["id"] for case in feed.get("upserts", ()))
        cursor: str = feed["cursor"]
        return cursor

    async def by_socket(after: str | None, messages: int) -> str:
        async with socket(app) as wire:
            await wire.init(acceptor.token)
            await wire.subscribe(FEED, after=after)
            for _ in range(messages):
                cursor = note(await wire.next("CaseFeedSnapshot", "CaseFeedDelta", "Resync"))
        return cursor

    async def by_stream(opened: httpx.AsyncClient, after: str, messages: int) -> str:
        cursor, headers = after, {"last-event-id": after}
        async with aclosing(events(opened, "GET", "/live/cases", headers=headers)) as found:
            while messages:
                one = await first_of(found, "snapshot", "delta", "resync")
                cursor = note(one["data"]["data"]["caseFeed"])
                messages -= 1
        return cursor

    async def by_poll(opened: httpx.AsyncClient, after: str, polls: int) -> str:
        cursor = after
        for _ in range(polls):
            answer = await opened.get("/live/cases/poll", params={"after": cursor, "wait": "2"})
            found = answer.json()
            for one in found["messages"]:
                note(one["data"]["caseFeed"])
            cursor = found["cursor"]
        return cursor

    async with asyncio.TaskGroup() as tasks, http(address, acceptor) as opened:
        cursor = await by_socket(None, 1)
        tasks.create_task(report())
        for _ in range(3):
            cursor = await by_socket(cursor, 4)
            cursor = await by_stream(opened, cursor, 4)
            cursor = await by_poll(opened, cursor, 4)
        stop.set()
        await asyncio.sleep(0)
    assert await app.caught_up(PATIENCE_S)
    async with http(address, acceptor) as opened, asyncio.timeout(PATIENCE_S):
        while len(heard) < len(reported):
            cursor = await by_poll(opened, cursor, 1)
    assert heard == reported
    assert len(heard) >= 3 * 12


async def test_graphql_sse_for_documents(app: App, address: str, worker: Client) -> None:
    body = {"query": WALL}
    async with (
        http(address) as opened,
        aclosing(events(opened, "POST", "/graphql/stream", json=body)) as wall,
    ):
        begun = await first_of(wall, "next")
        assert begun["data"]["data"]["wall"]["__typename"] == "WallSnapshot"
        await worker.done("reportCase", **RUBBISH)
        while (told := (await first_of(wall, "next"))["data"]["data"]["wall"])[
            "__typename"
        ] != "WallDelta":
            pass
        assert told["overview"]["open"] == 1
        assert app.doors.live.groups == 1


async def test_an_idle_poll_ends_in_time_and_moves_the_cursor(app: App, address: str) -> None:
    async with http(address) as opened:
        begun = (await opened.get("/live/wall/poll")).json()
        assert [one["data"]["wall"]["__typename"] for one in begun["messages"]] == ["WallSnapshot"]
        again = await opened.get("/live/wall/poll", params={"after": begun["cursor"], "wait": "0"})
        assert again.json() == {"cursor": begun["cursor"], "messages": []}
        assert again.headers["cache-control"] == "no-store"
    assert app.doors.live.members == 0


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/live/nothing", 404, "NOT_FOUND"),
        ("/live/cases", 401, "UNAUTHENTICATED"),
        ("/live/wall?after=~", 400, "BAD_INPUT"),
        ("/live/wall?scope=9.", 400, "BAD_INPUT"),
        ("/live/wall/poll?wait=x", 400, "BAD_INPUT"),
        ("/live/cases/poll?open=maybe", 400, "BAD_INPUT"),
        ("/graphql/stream?query={me{role}}", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("/graphql/stream", 400, "BAD_INPUT"),
    ],
)
async def test_what_can_not_be_followed(client: Client, path: str, status: int, code: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert (client.app.doors.live.members, client.app.doors.live.connections) == (0, 0)


async def test_feeds_take_their_filter_from_the_address(
    app: App, address: str, worker: Client
) -> None:
    acceptor = worker.acting(Role.ACCEPTOR, DISTRICT)
    wanted = {"status": "REPORTED", "scope": COMMUNITY, "open": "true"}
    async with http(address, acceptor) as opened:
        first = (await opened.get("/live/cases/poll", params=wanted)).json()
        case = (await worker.done("reportCase", **RUBBISH))["case"]
        await acceptor.done("acceptCase", case=case["id"])
        assert await app.caught_up(PATIENCE_S)
        after = {**wanted, "after": first["cursor"]}
        told = (await opened.get("/live/cases/poll", params=after)).json()["messages"]
    feeds = [one["data"]["caseFeed"] for one in told]
    assert [case["status"] for feed in feeds for case in feed["upserts"]] == ["REPORTED"]
    assert [gone["id"] for feed in feeds for gone in feed["removes"]] == [case["id"]]


async def test_who_comes_back_is_told_what_left_meanwhile(
    app: App, address: str, worker: Client
) -> None:
    acceptor = worker.acting(Role.ACCEPTOR, DISTRICT)
    case = (await worker.done("reportCase", **RUBBISH))["case"]
    assert await app.caught_up(PATIENCE_S)
    async with socket(app) as wire:
        await wire.init(acceptor.token)
        await wire.subscribe(FEED, filter={"status": ["REPORTED"]})
        after = (await wire.next("CaseFeedSnapshot"))["cursor"]
    await acceptor.done("acceptCase", case=case["id"])
    assert await app.caught_up(PATIENCE_S)
    async with http(address, acceptor) as opened:  # another group, begun after it left
        asked = {"status": "REPORTED", "after": after}
        (told,) = (await opened.get("/live/cases/poll", params=asked)).json()["messages"]
    feed = told["data"]["caseFeed"]
    assert feed["__typename"] == "CaseFeedDelta"
    assert feed["removes"] == [{"id": case["id"], "reason": "left_filter"}]


async def test_every_feed_runs(app: App, address: str, worker: Client) -> None:
    officer = worker.acting(Role.DISPATCHER, DISTRICT)
    async with http(address, officer) as opened:
        for name in FEEDS:
            (message,) = (await opened.get(f"/live/{name}/poll")).json()["messages"]
            assert "errors" not in message, message


async def test_a_stop_tells_a_stream_when_to_come_back(app: App, address: str) -> None:
    async with http(address) as browser, browser.stream("GET", "/live/wall") as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "retry: 500"
        async with asyncio.timeout(PATIENCE_S):
            while "snapshot" not in await anext(lines):
                pass
            await app.doors.depart()
            rest = [line async for line in lines]
    assert rest[-2].startswith("retry: ")
    assert 500 <= int(rest[-2].removeprefix("retry: ")) <= 2_000


LOSSES = {
    "withdrawRole": {"role": "dispatcher", "scope": DISTRICT, "reason": "调岗"},
    "endSessions": {"reason": "手机遗失"},
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_stream_and_a_poll_end_with_their_right(
    address: str, client: Client, loss: str
) -> None:
    admin = client.acting(Role.ADMINISTRATOR, DISTRICT)
    await admin.done("openAccount", account="acct:qian", kind="person", scope=DISTRICT)
    await admin.done("grantRole", account="acct:qian", role="dispatcher", scope=DISTRICT)
    qian = client.acting(Role.DISPATCHER, DISTRICT, account="acct:qian")
    async with http(address, qian) as one, aclosing(events(one, "GET", "/live/cases")) as stream:
        begun = await first_of(stream, "snapshot")
        waiting = asyncio.get_running_loop().create_task(
            one.get("/live/cases/poll", params={"after": begun["id"], "wait": "30"}, timeout=40)
        )
        await asyncio.wait_for(_members(client.app, 2), PATIENCE_S)
        await admin.done(loss, account="acct:qian", **LOSSES[loss])
        async with asyncio.timeout(PATIENCE_S):
            assert [one["kind"] async for one in stream if one["kind"] != "heartbeat"] == []
            assert (await waiting).json()["messages"] == []
        assert await since(client.app) < SOON_S
        assert (await one.get("/live/cases")).status_code == 401
        assert client.app.doors.live.connections == 0


async def test_a_stream_ends_with_its_token(address: str, client: Client) -> None:
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    assert acceptor.actor is not None
    acceptor.token = client.app.platform.tokens.issue(acceptor.actor, 3)
    async with http(address, acceptor) as one:
        async with aclosing(events(one, "GET", "/live/cases")) as stream:
            await first_of(stream, "snapshot")
            async with asyncio.timeout(8):
                assert [one["kind"] async for one in stream if one["kind"] != "heartbeat"] == []
        assert (await one.get("/live/cases")).status_code == 401


async def _members(app: App, count: int) -> None:
    while app.doors.live.members < count:
        await asyncio.sleep(0.01)
