"""Snapshot + deltas = fresh snapshot, for every event that the loop can write.

A subscriber joins before the first command and folds what it is sent, as a screen does:
absolute values by key, positions only forwards. At each stop it is compared with a
snapshot taken then. One that reconnects again and again with `after` must hold the same.
"""

from typing import Any

import pytest

from api.dispatch.casefacts import CASE
from api.graphql.ids import case_key
from api.wiring import App
from domain.actor import Role
from domain.topics import EVENT_TYPES
from eventlog.record import Position
from tests.api.client import Client, Socket, socket
from tests.api.ground import DISTRICT
from tests.api.steps import CASE_STEPS, acting, filled
from tests.api.test_commands import IN_FIVE_DAYS

SCENE = """overview { open reportedToday closedToday overdue lifeSafety total closed closingRateBp }
    grids { code open overdue lifeSafety }
    departments { id open overdue handled closingRateBp }
    townships { scope open overdue closingRateBp }"""
WALL = f"""subscription($after: String) {{ wall(after: $after) {{ __typename
    ... on WallSnapshot {{ cursor position scene {{ {SCENE} feed {{ position topic number }} }} }}
    ... on WallDelta {{ cursor position {SCENE} feed {{ position topic number }} }}
    ... on Resync {{ reason }} ... on Heartbeat {{ position cursor }} }} }}"""
CARD = "id number status version position overdue department { key } categoryCode scope rework"
FEED = f"""subscription($after: String) {{ caseFeed(after: $after) {{ __typename
    ... on CaseFeedSnapshot {{ cursor position nodes {{ {CARD} }} }}
    ... on CaseFeedDelta {{ cursor position upserts {{ {CARD} }} removes {{ id }} }}
    ... on Resync {{ reason }} ... on Heartbeat {{ position cursor }} }} }}"""
KEYS = {"grids": "code", "departments": "id", "townships": "scope", "feed": "position"}
FEED_LENGTH = 30


class Screen:
    """Folds the messages of the wall, as the real one does."""

    def __init__(self) -> None:
        self.position = -1
        self.cursor: str | None = None
        self.held: dict[str, Any] = {}

    def take(self, message: dict[str, Any]) -> None:
        kind = message["__typename"]
        if kind == "WallSnapshot":
            scene = message["scene"]
            self.held = {"overview": scene["overview"]} | {
                name: {row[key]: row for row in scene[name]} for name, key in KEYS.items()
            }
        elif kind == "WallDelta" and int(message["position"]) > self.position:
            self.held["overview"] = message["overview"]
            for name, key in KEYS.items():
                self.held[name] |= {row[key]: row for row in message[name]}
            latest = sorted(self.held["feed"], key=int, reverse=True)[:FEED_LENGTH]
            self.held["feed"] = {position: self.held["feed"][position] for position in latest}
        else:
            return
        self.position, self.cursor = int(message["position"]), message["cursor"]


class Board:
    """Folds the messages of the case feed."""

    def __init__(self) -> None:
        self.position = -1
        self.cursor: str | None = None
        self.held: dict[str, Any] = {}

    def take(self, message: dict[str, Any]) -> None:
        kind = message["__typename"]
        if kind == "CaseFeedSnapshot":
            self.held = {case["id"]: case for case in message["nodes"]}
        elif kind == "CaseFeedDelta" and int(message["position"]) > self.position:
            self.held |= {case["id"]: case for case in message["upserts"]}
            for gone in message["removes"]:
                self.held.pop(gone["id"], None)
        else:
            return
        self.position, self.cursor = int(message["position"]), message["cursor"]


NAMES = (
    "WallSnapshot", "WallDelta", "CaseFeedSnapshot", "CaseFeedDelta", "Resync", "Heartbeat",
)  # fmt: skip


async def follow(line: Socket, screen: Screen | Board, position: int) -> list[str]:
    """Take messages until the screen stands at a position; return their kinds.

    A heartbeat says so too: not every event changes what a screen shows.
    """
    kinds: list[str] = []
    while screen.position < position:
        message = await line.next(*NAMES)
        kinds.append(message["__typename"])
        if kinds[-1] == "Heartbeat" and int(message["position"]) >= position:
            screen.position, screen.cursor = int(message["position"]), message["cursor"]
        screen.take(message)
    return kinds


async def fresh(app: App, query: str, token: str | None, screen: Any, position: int) -> Any:
    """Return what somebody holds who subscribes now, without `after`."""
    async with socket(app) as line:
        await line.init(token)
        await line.subscribe(query)
        await follow(line, screen, position)
    return screen.held


@pytest.mark.slow
async def test_deltas_add_up_to_a_fresh_snapshot_after_every_command(
    app: App, client: Client
) -> None:
    cases: dict[str, str] = {}
    wall, board = Screen(), Board()
    token = client.acting(Role.ACCEPTOR, DISTRICT).token
    async with socket(app) as walls, socket(app) as boards:
        await walls.init()
        await walls.subscribe(WALL)
        await boards.init(token)
        await boards.subscribe(FEED)
        for number, one in enumerate(CASE_STEPS):
            position = await _do(app, client, one, cases)
            await follow(boards, board, position)
            if number % 10 == 0 or number == len(CASE_STEPS) - 1:
                await follow(walls, wall, position)
                assert wall.held == await fresh(app, WALL, None, Screen(), position), one
                assert board.held == await fresh(app, FEED, token, Board(), position), one
    seen = {one.topic for one in await app.platform.log.read_all(Position(0), 1_000)}
    ours = {topic for topic in EVENT_TYPES if topic.startswith("case.")}
    assert ours - seen == {
        "case.corrected", "case.deadline_passed", "case.deadline_warned", "case.flagged",
        "case.note_stated", "case.status_stated", "case.target_stated",
    }  # fmt: skip


@pytest.mark.slow
async def test_reconnecting_with_after_holds_the_same_as_staying(app: App, client: Client) -> None:
    cases: dict[str, str] = {}
    wall, board = Screen(), Board()
    token = client.acting(Role.ACCEPTOR, DISTRICT).token
    kinds: list[str] = []
    position = 0
    for number, one in enumerate(CASE_STEPS):
        position = await _do(app, client, one, cases)
        assert await app.caught_up(30)
        for screen, query, bearer in ((wall, WALL, None), (board, FEED, token)):
            if number % 5 and screen is wall:
                continue
            async with socket(app) as line:
                await line.init(bearer)
                await line.subscribe(query, after=screen.cursor)
                kinds += await follow(line, screen, position)
    assert (kinds.count("WallSnapshot"), kinds.count("CaseFeedSnapshot")) == (1, 1)
    assert "Resync" not in kinds
    for screen, query, bearer in ((wall, WALL, None), (board, FEED, token)):
        async with socket(app) as line:
            await line.init(bearer)
            await line.subscribe(query, after=screen.cursor)
            await follow(line, screen, position)
        other = Screen() if screen is wall else Board()
        assert screen.held == await fresh(app, query, bearer, other, position)


async def _do(app: App, client: Client, one: Any, cases: dict[str, str]) -> int:
    """Send one step and return the position of its last event."""
    appeal = ""
    if one.mutation == "decideAppeal":
        held = await app.platform.dispatcher.load(case_key(cases["a"]), CASE)
        (appeal,) = held.state.appeals
    given = filled(one, cases, review=IN_FIVE_DAYS, appeal=appeal)
    payload = await acting(client, one.who).done(one.mutation, **given)
    if one.mutation == "reportCase":
        cases[one.case] = payload["case"]["id"]
    return int(payload["event"]["last"])
