"""The past again: its density, and the wall told once more."""

import asyncio
from typing import Any

import httpx
import pytest

from api.graphql.live.cursor import Cursor
from api.graphql.scalars import rfc3339
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client, Socket, socket
from tests.api.ground import DISTRICT, GRID, TOWN
from tests.api.steps import CASE_STEPS, acting, filled, report, to_dispatched

DENSITY = """query($from: DateTime, $to: DateTime, $buckets: Int! = 10, $scope: String) {
    logDensity(from: $from, to: $to, buckets: $buckets, scope: $scope) {
    scope first last start end bucketS counts total } }"""


async def test_density_counts_what_happened_for_anybody(app: App, client: Client) -> None:
    empty = (await client.ask(DENSITY))["logDensity"]
    assert (empty["first"], empty["counts"], empty["total"]) == (None, [0], 0)
    worker = client.acting(Role.GRID_WORKER, DISTRICT)
    times = ["2026-01-01T00:00:00Z", "2026-01-01T00:30:00Z", "2026-01-02T12:00:00Z"]
    for at in times:
        await worker.done("reportCase", **report("x").given, occurredAt=at)
    assert await app.caught_up(30)
    day = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-03T00:00:00Z"}
    found = (await client.ask(DENSITY, **day, buckets=2))["logDensity"]
    assert found.pop("last") >= "2026-01-02T12:00:00.000000Z"  # a clock of theirs may have passed
    assert found == {
        "scope": DISTRICT, "first": "2026-01-01T00:00:00.000000Z",
        "start": "2026-01-01T00:00:00.000000Z", "end": "2026-01-03T00:00:00.000000Z",
        "bucketS": 86_400, "counts": [2, 1], "total": 3,
    }  # fmt: skip
    town = (await client.ask(DENSITY, **day, buckets=2, scope=TOWN))["logDensity"]
    assert town["counts"] == [2, 1]
    everything = (await client.ask(DENSITY))["logDensity"]
    assert everything["total"] == sum(everything["counts"]) >= 3
    assert (everything["start"], len(everything["counts"])) == (day["from"][:-1] + ".000000Z", 10)


@pytest.mark.parametrize(
    "given",
    [
        {"buckets": 0},
        {"buckets": 1_001},
        {"scope": "9."},
        {"scope": GRID},
        {"from": "2026-01-02T00:00:00Z", "to": "2026-01-02T00:00:00Z"},
    ],
)
async def test_density_says_what_is_wrong(client: Client, given: dict[str, object]) -> None:
    assert await client.refused(DENSITY, **given) == "BAD_INPUT"


PARTS = """overview { open reportedToday closedToday overdue lifeSafety total closed closingRateBp
        acceptP50S }
    grids { code open overdue lifeSafety }
    departments { id name open overdue handled closingRateBp }
    townships { scope open overdue closingRateBp }
    feed { position topic number category grid department overdue }"""
REPLAY = f"""subscription($from: DateTime!, $to: DateTime, $speed: Float! = 86400,
    $by: ReplayOrder! = EFFECTIVE, $after: String, $scope: String) {{
    replay(from: $from, to: $to, speed: $speed, by: $by, after: $after, scope: $scope) {{
    __typename
    ... on WallSnapshot {{ cursor position scene {{ serverTime {PARTS} }} }}
    ... on WallDelta {{ cursor position {PARTS} }}
    ... on Heartbeat {{ cursor position head serverTime oldestUnappliedAgeMs }} }} }}"""
WALL = f"{{ wall {{ {PARTS} }} }}"
LONG_AGO = "2020-01-01T00:00:00Z"
NAMES = {"grids": "code", "departments": "id", "townships": "scope", "feed": "position"}


async def messages(door: Socket, name: str = "1", **given: Any) -> list[dict[str, Any]]:
    """Return everything a replay says, to its end; another's last words may still be on the way."""
    await door.subscribe(REPLAY, name=name, **given)
    found = []
    while (message := await door.hear()) != {"id": name, "type": "complete"}:
        assert message["type"] == "next" or message["id"] != name, message
        if message["id"] == name:
            assert "errors" not in message["payload"], message
            found.append(message["payload"]["data"]["replay"])
    return found


def shown(told: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a screen shows after some messages: absolute values, by position."""
    first, *rest = told
    assert first["__typename"] == "WallSnapshot"
    scene, position = first["scene"], int(first["position"])
    state: dict[str, Any] = {
        part: painted({one[key]: one for one in scene[part]}) for part, key in NAMES.items()
    }
    state["overview"] = scene["overview"]
    for message in rest:
        assert int(message["position"]) >= position
        position = int(message["position"])
        if message["__typename"] == "WallDelta":
            for part, key in NAMES.items():
                state[part] = painted(state[part] | {one[key]: one for one in message[part]})
            state["overview"] = message["overview"]
    return state


def painted(rows: dict[str, Any]) -> dict[str, Any]:
    """What is seen of loads: which of them say that they are gone depends on how pages are cut."""
    return {
        key: one
        for key, one in rows.items()
        if one.get("closingRateBp", 0) is not None
        and (one.get("open"), one.get("overdue"), one.get("lifeSafety")) != (0, 0, 0)
    }


async def told_cases(app: App, client: Client) -> None:
    """Tell a few cases of the loop, one of them sensitive in the end."""
    cases: dict[str, str] = {}
    steps = [one for one in CASE_STEPS if one.case in ("b", "d", "f", "g", "h")]
    steps += to_dispatched("left with its department")
    for one in steps:
        payload = await acting(client, one.who).done(one.mutation, **filled(one, cases))
        if one.mutation == "reportCase":
            cases[str(one.case)] = payload["case"]["id"]
    await acting(client, "worker").done("reportCase", **report("x").given)
    assert await app.caught_up(30)


def now(client: Client) -> str:
    return rfc3339(client.app.platform.clock())


@pytest.mark.parametrize("by", ["EFFECTIVE", "RECORDED"])
async def test_a_replay_to_now_shows_what_the_wall_shows(app: App, client: Client, by: str) -> None:
    start = now(client)
    await told_cases(app, client)
    async with socket(app) as door:
        await door.init()
        told = await messages(door, **{"from": start, "by": by})
    assert [one["__typename"] for one in told[:1]] == ["WallSnapshot"]
    assert told[0]["scene"]["overview"]["total"] == 0
    assert told[-1]["__typename"] == "Heartbeat"
    assert told[-1]["position"] == told[-1]["head"]
    assert told[0]["scene"]["serverTime"] == start < told[-1]["serverTime"]
    wall = (await client.ask(WALL))["wall"]
    state = shown(told)
    assert state["overview"] == wall["overview"]
    for part, key in NAMES.items():
        assert state[part] == painted({one[key]: one for one in wall[part]}), part
    async with socket(app) as door:
        await door.init()
        snapshot, *beats = await messages(door, **{"from": told[-1]["serverTime"], "by": by})
    assert shown([snapshot]) == state
    beat = beats[-1]  # how many there are is how long it took
    assert {one["__typename"] for one in beats} == {"Heartbeat"}
    assert [one["position"] for one in snapshot["scene"]["feed"]] == [
        one["position"] for one in wall["feed"]
    ]
    assert beat["position"] == beat["head"] == told[-1]["position"]


async def test_a_case_that_is_sensitive_today_is_not_shown_in_the_past(
    app: App, client: Client
) -> None:
    start = now(client)
    case = (await acting(client, "worker").done("reportCase", **report("x").given))["case"]
    between = now(client)
    await acting(client, "acceptor").done("classifyCase", case=case["id"], category="92003")
    assert await app.caught_up(30)
    async with socket(app) as door:
        await door.init()
        whole = shown(await messages(door, **{"from": start}))
        later = shown((await messages(door, **{"from": between}))[:1])
    assert (whole["feed"], later["feed"]) == ({}, {})
    assert later["overview"]["total"] == whole["overview"]["total"] == 1


async def test_a_replay_goes_on_where_it_broke_off(app: App, client: Client) -> None:
    start = now(client)
    await told_cases(app, client)
    async with socket(app) as door:
        await door.init()
        given: dict[str, Any] = {"from": start, "speed": 2.0}
        await door.subscribe(REPLAY, **given)
        first = await door.next("WallSnapshot")
        beat = await door.next("Heartbeat")
        assert beat["serverTime"] > first["scene"]["serverTime"]
        await door.say({"id": "1", "type": "complete"})
        rest = await messages(door, "2", **{"from": LONG_AGO, "after": beat["cursor"]})
    assert rest[0]["scene"]["serverTime"] == beat["serverTime"]
    assert rest[0]["position"] == beat["position"]
    wall = (await client.ask(WALL))["wall"]
    assert shown(rest)["overview"] == wall["overview"]


async def test_replays_are_few_and_leave_nothing_behind(app: App, client: Client) -> None:
    await told_cases(app, client)
    seats = app.doors.live.seats
    async with socket(app) as door:
        await door.init()
        for name in ("1", "2"):
            slow: dict[str, Any] = {"from": LONG_AGO, "speed": 1.0}
            await door.subscribe(REPLAY, name=name, **slow)
            await door.next("WallSnapshot")
        assert seats.taken == 2
        await door.subscribe(REPLAY, name="3", **{"from": LONG_AGO})
        while (message := await door.hear())["id"] != "3":
            assert message["type"] == "next"
        assert message["payload"][0]["extensions"]["code"] == "UNAVAILABLE"
        await door.say({"id": "1", "type": "complete"})
        async with asyncio.timeout(30):
            while seats.taken > 1:
                await asyncio.sleep(0.01)
        await door.subscribe(REPLAY, name="4", **{"from": LONG_AGO, "to": "2020-01-01T00:00:01Z"})
        while (message := await door.hear()) != {"id": "4", "type": "complete"}:
            assert message["type"] == "next"
    async with asyncio.timeout(30):
        while seats.taken:
            await asyncio.sleep(0.01)
    assert (app.doors.live.groups, app.doors.live.members) == (0, 0)


@pytest.mark.parametrize(
    "given",
    [
        {"speed": 0},
        {"speed": 86_401},
        {"from": "2120-01-01T00:00:00Z"},
        {"to": LONG_AGO},
        {"scope": "9."},
        {"after": "?"},
        {"after": Cursor("1", "x", 1).encode()},
    ],
)
async def test_a_replay_says_what_is_wrong(app: App, given: dict[str, Any]) -> None:
    async with socket(app) as door:
        await door.init()
        await door.subscribe(REPLAY, **{"from": LONG_AGO} | given)
        message = await door.hear()
    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_a_replay_is_not_for_other_doors(app: App) -> None:
    body = {"query": REPLAY, "variables": {"from": LONG_AGO}}
    transport = httpx.ASGITransport(app.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        for path in ("/graphql/stream", "/graphql/poll"):
            answer = await http.post(path, json=body)
            (error,) = answer.json()["errors"]
            assert error["message"] == "replay is told over a WebSocket only", path


CASE = "id number status version overdue scope departments { id } updatedAt"
CASES = f"""subscription($from: DateTime!, $speed: Float! = 86400, $by: ReplayOrder! = EFFECTIVE,
    $filter: CaseFilter) {{ replayCases(from: $from, speed: $speed, by: $by, filter: $filter) {{
    __typename
    ... on CaseFeedSnapshot {{ cursor position nodes {{ {CASE} }} }}
    ... on CaseFeedDelta {{ cursor position upserts {{ {CASE} }} removes {{ id reason }} }}
    ... on Heartbeat {{ cursor position head serverTime }} }} }}"""
LISTED = f"""query($filter: CaseFilter) {{ cases(first: 100, filter: $filter, orderBy: UPDATED) {{
    nodes {{ {CASE} }} }} }}"""


async def listed(door: Socket, **given: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what a list shows after a replay of cases, and the messages that led there."""
    await door.subscribe(CASES, **given)
    found, shown = [], {}
    while (message := await door.hear())["type"] == "next":
        assert "errors" not in message["payload"], message
        one = message["payload"]["data"]["replayCases"]
        found.append(one)
        for case in one.get("nodes") or one.get("upserts") or ():
            shown[case["id"]] = case
        for case in one.get("removes") or ():
            shown.pop(case["id"], None)
    assert message == {"id": "1", "type": "complete"}
    return shown, found


@pytest.mark.parametrize("by", ["EFFECTIVE", "RECORDED"])
@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("dispatcher", {}),
        ("dispatcher", {"open": True}),
        ("dispatcher", {"overdue": False}),
        ("sanitation", {}),
    ],
)
async def test_a_replay_of_cases_ends_where_the_case_list_is(
    app: App, client: Client, by: str, who: str, asked: dict[str, Any]
) -> None:
    start = now(client)
    await told_cases(app, client)
    viewer = acting(client, who)
    async with socket(app) as door:
        await door.init(viewer.token)
        shown, messages = await listed(door, **{"from": start, "by": by, "filter": asked})
    assert messages[0]["__typename"] == "CaseFeedSnapshot"
    assert messages[0]["nodes"] == []
    assert messages[-1]["position"] == messages[-1]["head"]
    expected = (await viewer.ask(LISTED, filter=asked))["cases"]["nodes"]
    assert expected
    assert shown == {one["id"]: one for one in expected}
    async with socket(app) as door:
        await door.init(viewer.token)
        later, _ = await listed(
            door, **{"from": messages[-1]["serverTime"], "by": by, "filter": asked}
        )
    assert later == shown


async def test_a_replay_of_cases_says_what_left_the_filter(app: App, client: Client) -> None:
    start = now(client)
    case = (await acting(client, "worker").done("reportCase", **report("x").given))["case"]
    between = now(client)
    await acting(client, "acceptor").done("acceptCase", case=case["id"])
    assert await app.caught_up(30)
    async with socket(app) as door:
        await door.init(acting(client, "dispatcher").token)
        given = {"filter": {"status": ["REPORTED"]}}
        shown, messages = await listed(door, **{"from": between, **given})
        assert [one["id"] for one in messages[0]["nodes"]] == [case["id"]]
        removed = [gone for one in messages for gone in one.get("removes") or ()]
        assert removed == [{"id": case["id"], "reason": "left_filter"}]
        assert shown == {}
    async with socket(app) as door:
        await door.init()
        await door.subscribe(CASES, **{"from": start})
        message = await door.hear()
    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"
