"""Subscriptions over graphql-transport-ws: snapshot, deltas, heartbeats, resume, refusals."""

import asyncio
from typing import Any

import pytest

from api.graphql.live.group import Kept
from api.graphql.live.outbox import Outbox
from api.graphql.live.source import Kind
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client, Socket, socket
from tests.api.ground import COMMUNITY, DISTRICT, GRID

WALL = """subscription($after: String) { wall(after: $after) { __typename
    ... on WallSnapshot { cursor position scene { overview { open total } grids { code open }
        feed { topic category } } }
    ... on WallDelta { cursor position overview { open total } grids { code open }
        feed { topic category number } }
    ... on Resync { reason position }
    ... on Heartbeat { cursor position head serverTime oldestUnappliedAgeMs } } }"""
FEED = """subscription($after: String, $filter: CaseFilter) {
    caseFeed(after: $after, filter: $filter) { __typename
    ... on CaseFeedSnapshot { cursor position nodes { id status } }
    ... on CaseFeedDelta { cursor position upserts { id number status } removes { id reason } }
    ... on Resync { reason position } } }"""
RUBBISH = {"channel": "GRID_WORKER", "category": "06010", "place": {"grid": GRID}}
HELP = {"channel": "GRID_WORKER", "category": "92003", "place": {"grid": GRID}}


def token(app: App, role: Role, scope: str = DISTRICT) -> str:
    found = Client(app).acting(role, scope).token
    assert found is not None
    return found


async def test_wall_for_anybody_snapshot_then_delta(app: App, worker: Client) -> None:
    async with socket(app) as wall:
        await wall.init()
        await wall.subscribe(WALL)
        first = await wall.next("WallSnapshot")
        assert first["scene"]["overview"] == {"open": 0, "total": 0}
        reported = await worker.done("reportCase", **RUBBISH)
        delta = await wall.next("WallDelta")
        assert delta["overview"] == {"open": 1, "total": 1}
        assert delta["grids"] == [{"code": GRID, "open": 1}]
        assert delta["feed"] == [
            {"topic": "case.reported", "category": "暴露垃圾", "number": reported["case"]["number"]}
        ]
        assert int(delta["position"]) == int(reported["event"]["position"])


async def test_wall_never_names_a_sensitive_case(app: App, worker: Client) -> None:
    async with socket(app) as wall:
        await wall.init()
        await wall.subscribe(WALL)
        await wall.next("WallSnapshot")
        await worker.done("reportCase", **HELP)
        delta = await wall.next("WallDelta")
        assert (delta["feed"], delta["overview"]["open"]) == ([], 1)


async def test_heartbeat_says_how_old_the_data_is(app: App) -> None:
    async with socket(app) as wall:
        await wall.init()
        await wall.subscribe(WALL)
        snapshot = await wall.next("WallSnapshot")
        beat = await wall.next("Heartbeat")
        assert beat["position"] == beat["head"] == snapshot["position"]
        assert beat["oldestUnappliedAgeMs"] == 0
        assert beat["serverTime"].endswith("Z")


@pytest.mark.parametrize("first_is_to_come", [False, True])
async def test_who_is_back_among_deltas_hears_at_once_that_the_data_is_new(
    app: App, worker: Client, monkeypatch: pytest.MonkeyPatch, first_is_to_come: bool
) -> None:
    monkeypatch.setattr("api.graphql.live.source.HEARTBEAT_S", 60.0)
    async with socket(app) as stays, socket(app) as back:
        await stays.init()
        await stays.subscribe(WALL)
        snapshot = await stays.next("WallSnapshot")
        assert await stays.next("Heartbeat")
        await worker.done("reportCase", **RUBBISH)
        reached = (await stays.next("WallDelta"))["position"]
        if first_is_to_come:  # as in the moment after a server's start
            for group in app.doors.live._groups.values():
                group._beat = None
        await back.init()
        await back.subscribe(WALL, after=snapshot["cursor"])
        assert (await back.next("WallDelta"))["position"] == reached
        assert (await back.next("Heartbeat"))["position"] == reached


async def test_resume_brings_exactly_what_was_missed(app: App, worker: Client) -> None:
    async with socket(app) as wall:
        await wall.init(token(app, Role.ACCEPTOR))
        await wall.subscribe(FEED)
        snapshot = await wall.next("CaseFeedSnapshot")
    missed = [(await worker.done("reportCase", **RUBBISH))["case"] for _ in range(3)]
    assert await app.caught_up(30)
    async with socket(app) as wall:
        await wall.init(token(app, Role.ACCEPTOR))
        await wall.subscribe(FEED, after=snapshot["cursor"])
        found: list[str] = []
        while len(found) < 3:
            delta = await wall.next("CaseFeedSnapshot", "CaseFeedDelta")
            assert delta["__typename"] == "CaseFeedDelta"
            found += [case["id"] for case in delta["upserts"]]
    assert found == [case["id"] for case in missed]


async def test_a_foreign_cursor_resyncs_with_a_snapshot(app: App) -> None:
    from api.graphql.live.cursor import Cursor

    for cursor, reason in ((Cursor("9", "x", 1), "epoch"), (Cursor("1", "x", 1), "view")):
        async with socket(app) as wall:
            await wall.init()
            await wall.subscribe(WALL, after=cursor.encode())
            assert (await wall.next("Resync", "WallSnapshot"))["reason"] == reason
            assert await wall.next("WallSnapshot")


async def test_same_question_is_one_group_and_one_execution(app: App, worker: Client) -> None:
    async with socket(app) as one, socket(app) as two:
        for each in (one, two):
            await each.init()
            await each.subscribe(WALL)
            await each.next("WallSnapshot")
        assert (app.doors.live.groups, app.doors.live.members) == (1, 2)
        await worker.done("reportCase", **RUBBISH)
        assert await one.next("WallDelta") == await two.next("WallDelta")


async def test_feed_tells_when_a_case_leaves_the_filter(app: App, worker: Client) -> None:
    acceptor = worker.acting(Role.ACCEPTOR, DISTRICT)
    async with socket(app) as feed:
        await feed.init(acceptor.token)
        await feed.subscribe(FEED, filter={"status": ["REPORTED"]})
        await feed.next("CaseFeedSnapshot")
        case = (await worker.done("reportCase", **RUBBISH))["case"]
        assert (await feed.next("CaseFeedDelta"))["upserts"][0]["status"] == "REPORTED"
        await acceptor.done("acceptCase", case=case["id"])
        gone = await feed.next("CaseFeedDelta")
        assert gone["removes"] == [{"id": case["id"], "reason": "left_filter"}]


async def test_scope_decides_what_the_feed_carries(app: App, worker: Client) -> None:
    async with socket(app) as inside, socket(app) as outside:
        await inside.init(token(app, Role.ACCEPTOR, COMMUNITY))
        await outside.init(token(app, Role.ACCEPTOR, "371602.001."))
        for each in (inside, outside):
            await each.subscribe(FEED)
            await each.next("CaseFeedSnapshot")
        case = (await worker.done("reportCase", **RUBBISH))["case"]
        assert (await inside.next("CaseFeedDelta"))["upserts"][0]["id"] == case["id"]
        while not outside.from_app.empty():
            heard = (await outside.hear())["payload"]["data"]["caseFeed"]
            assert heard["__typename"] != "CaseFeedDelta"
            assert heard.get("nodes", []) == []


async def test_a_feed_opens_no_sealed_word_for_anybody(app: App, worker: Client) -> None:
    words = """subscription { caseFeed { __typename
        ... on CaseFeedDelta { upserts { id text { description } } } } }"""
    async with socket(app) as office, socket(app) as outside:
        await office.init(token(app, Role.ACCEPTOR))
        await outside.init(token(app, Role.INTEGRATOR))
        for each in (office, outside):
            await each.subscribe(words)
            await each.next("CaseFeedSnapshot")
        await worker.done("reportCase", **RUBBISH, description="张三家门口")
        for each in (office, outside):
            said = (await each.hear())["payload"]
            while "errors" not in said:
                assert said["data"]["caseFeed"]["__typename"] != "CaseFeedDelta", said
                said = (await each.hear())["payload"]
            assert said["data"] is None
            assert said["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("query", "role", "code"),
    [
        (FEED, None, "UNAUTHENTICATED"),
        (FEED, Role.DISPLAY, "FORBIDDEN"),
        ('subscription { wall(after: "?") { __typename } }', None, "BAD_INPUT"),
        ('subscription { wall(scope: "9.") { __typename } }', None, "BAD_INPUT"),
        ("subscription { nothing { x } }", None, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_a_subscription_is_refused(
    app: App, query: str, role: Role | None, code: str
) -> None:
    async with socket(app) as door:
        who = Client(app) if role is None else Client(app).acting(role, DISTRICT)
        await door.init(who.token, who.bearing("GET", "/graphql").get("dpop"))
        await door.subscribe(query)
        message = await door.hear()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["code"] == code


async def test_queries_work_over_the_socket_too(app: App) -> None:
    async with socket(app) as door:
        await door.init(token(app, Role.DISPATCHER))
        await door.subscribe("{ me { role scope } }", name="q")
        assert await door.hear() == {
            "id": "q", "type": "next",
            "payload": {"data": {"me": {"role": "dispatcher", "scope": DISTRICT}}},
        }  # fmt: skip
        assert await door.hear() == {"id": "q", "type": "complete"}


async def _closed(app: App, *messages: Any, origin: str = "http://test") -> int:
    async with socket(app, origin=origin) as door:
        for message in messages:
            await door.say(message)
        while True:
            heard = await door.hear()
            if "closed" in heard:
                return int(heard["closed"])


INIT = {"type": "connection_init"}
ASK = {"id": "1", "type": "subscribe", "payload": {"query": WALL}}


async def test_protocol_breaches_close_with_their_codes(app: App) -> None:
    assert await _closed(app, "no json") == 4400
    assert await _closed(app, ASK) == 4401
    assert await _closed(app, {"type": "connection_init", "payload": {"token": "x"}}) == 4403
    assert await _closed(app, INIT, INIT) == 4429
    assert await _closed(app, INIT, ASK, ASK) == 4409
    assert await _closed(app, INIT, {"type": "nonsense"}) == 4400
    assert await _closed(app, origin="http://elsewhere") == 4403


async def test_another_protocol_is_not_spoken(app: App) -> None:
    async with socket(app, subprotocols=("graphql-ws",)) as door:
        assert (await door.hear())["closed"] == 4406


async def test_ping_is_answered_and_complete_leaves_the_group(app: App) -> None:
    async with socket(app) as door:
        await door.say({"type": "ping"})
        assert await door.hear() == {"type": "pong"}
        await door.init()
        await door.subscribe(WALL)
        await door.next("WallSnapshot")
        assert app.doors.live.members == 1
        await door.say({"id": "1", "type": "complete"})
        await door.say({"type": "ping"})
        assert await door.hear() == {"type": "pong"}
        assert app.doors.live.members == 0


async def _clog(app: App, slow: Socket) -> Outbox:
    """Stop reading, and let messages pile up until the member lags."""
    slow.reading.clear()
    (group,) = app.doors.live._groups.values()
    (beat,) = [Kept(Kind.HEARTBEAT, group._snapshot.cursor, b'"late"' + b" " * 40_000)]  # type: ignore[union-attr]
    (stalled,) = (one for one in group.members if one._wire._name == "slow")  # type: ignore[attr-defined]
    for _ in range(4):
        if not stalled.push(beat):
            group.lag(stalled)
            outbox: Outbox = stalled._wire._outbox  # type: ignore[attr-defined]
            return outbox
    raise AssertionError("it does not lag")


async def test_who_does_not_read_is_closed_with_where_to_go_on(
    app: App, worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.graphql.live.follower.STALLED_S", 0.3)
    async with socket(app) as slow, socket(app) as quick:
        for each, name in ((slow, "slow"), (quick, "quick")):
            await each.init()
            await each.subscribe(WALL, name=name)
            reached = await each.next("WallSnapshot")
        outbox = await _clog(app, slow)
        assert (app.doors.live.members, app.doors.live.lagging) == (1, 1)
        await worker.done("reportCase", **RUBBISH)
        assert (await quick.next("WallDelta"))["overview"]["open"] == 1
        async with asyncio.timeout(30):
            while outbox.closing is None:
                await asyncio.sleep(0.01)
        slow.reading.set()
        while "closed" not in (message := await slow.hear()):
            pass
    assert message["closed"] == 4413
    assert message["reason"] == f"slow consumer; resume after {reached['cursor']}"


async def test_who_reads_late_gets_what_was_passed_over(app: App, worker: Client) -> None:
    async with socket(app) as slow:
        await slow.init()
        await slow.subscribe(WALL, name="slow")
        await slow.next("WallSnapshot")
        await _clog(app, slow)
        reported = await worker.done("reportCase", **RUBBISH)
        slow.reading.set()
        assert [(await slow.hear())["payload"] for _ in range(2)] == ["late", "late"]
        delta = await slow.next("WallDelta")
        assert delta["position"] == reported["event"]["position"]
        assert (app.doors.live.members, app.doors.live.lagging) == (1, 0)


async def test_an_outage_says_resync_once_and_then_starts_afresh(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    from projections.reading import standing

    async with socket(app) as wall:
        await wall.init()
        await wall.subscribe(WALL)
        await wall.next("WallSnapshot")
        await wall.next("Heartbeat")  # the first comes at once
        calls = 0

        async def away(reads: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls <= 2:
                raise ConnectionRefusedError
            return await standing(reads)

        monkeypatch.setattr("api.graphql.live.source.standing", away)
        told = [(await wall.next("Resync", "WallSnapshot", "Heartbeat"))["__typename"]]
        while told[-1] != "Heartbeat":
            told.append((await wall.next("Resync", "WallSnapshot", "Heartbeat"))["__typename"])
    assert told[-5:] == ["Resync", "WallSnapshot", "Resync", "WallSnapshot", "Heartbeat"]


async def test_nobody_may_open_endless_subscriptions(app: App) -> None:
    async with socket(app) as door:
        await door.init()
        for number in range(11):
            await door.subscribe(WALL, name=str(number))
        while (message := await door.hear())["type"] != "error":
            assert message["type"] == "next"
        assert message["id"] == "10"
        assert message["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
