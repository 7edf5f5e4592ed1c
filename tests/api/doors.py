"""Seven doors onto the same cases, and what each shows to whom: the ground of their tests.

List, get, totals, subscription, export, webhook and SQL under the row policies; some more
beside them. Cases lie in every relation to the actors; `policy.py` says what each may see.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from api.auth.tokens import NOT_ISSUED
from api.graphql.case.feed import CaseFeedSource
from api.graphql.case.sight import case_sight
from api.graphql.context import Context
from api.graphql.ids import encode_id
from api.graphql.live.source import at as cursor_at
from api.trust import authorities
from api.webhooks.sender import Sender
from api.wiring import App
from domain.actor import Actor, Role
from domain.case.commands import (
    AcceptCase,
    DispatchCase,
    FileCase,
    RedispatchCase,
    ReportCase,
)
from domain.case.values import Channel, Place
from domain.directory.commands import NameArea
from domain.webhook.state import WebhookState
from projections.case_board import queries as board
from projections.delta import Change, Delta
from projections.reading import at_position, standing
from projections.sight import EVERYTHING
from tests.api.client import PATIENCE_S, Client
from tests.api.ground import ADMIN, COMMUNITY, DISTRICT, GRID, GRID_SCOPE, OTHER_GRID, TOWN
from tests.api.policy import NO, expected

ELSEWHERE, YONDER = "371602.006.", "371602.006.001."
SCOPES = ("", DISTRICT, TOWN, COMMUNITY, GRID_SCOPE, ELSEWHERE, "371603.")
"""Above, the same, below, beside, and another district."""
RESIDENT = "acct:resident"
WHO = {
    role: Actor(id=f"acct:{role.value}", role=role, scope=DISTRICT)
    for role in (Role.ACCEPTOR, Role.DUTY_LEADER, Role.DISPATCHER, Role.GRID_WORKER)
}
_numbers = count(1)


@dataclass(frozen=True)
class Doors:
    """The platform with its cases, and what it shows."""

    app: App
    cases: list[dict[str, Any]]
    names: dict[str, str]
    """Names of cases by GraphQL id, by number and by UUID."""

    async def show(self, door: str, who: dict[str, Any]) -> Any:
        actor = Actor(id=who["id"], role=Role(who["role"]), scope=who["scope"], unit=who["unit"])
        client = Client(self.app, actor if actor.role not in NOT_ISSUED else None)
        if who["expired"]:
            client.expire()
        return await getattr(self, f"show_{door}")(client, actor)

    async def asked(self, client: Client, query: str, **variables: Any) -> Any:
        document = f"query Q{next(_numbers)}{query}"  # never a result that was kept
        answer = await client.post({"query": document, "variables": variables})
        found = answer.json()
        return NO if "errors" in found else found["data"]

    async def show_list(self, client: Client, _actor: Actor) -> Any:
        found = await self.asked(client, " { cases(first: 100) { nodes { id } } }")
        return NO if found is NO else {self.names[one["id"]] for one in found["cases"]["nodes"]}

    async def show_get(self, client: Client, _actor: Actor) -> Any:
        asks = " ".join(f'{name}: case(id: "{key}") {{ id }}' for key, name in self.ids())
        found = await self.asked(client, f" {{ {asks} }}")
        return NO if found is NO else {name for name, case in found.items() if case is not None}

    async def show_totals(self, client: Client, _actor: Actor) -> Any:
        query = " { cases(first: 1, withTotal: true) { totalCount } }"
        found = await self.asked(client, query)
        return NO if found is NO else found["cases"]["totalCount"]

    async def show_numbers(self, client: Client, actor: Actor) -> Any:
        query = "($s: String) { stageFunnel(scope: $s) { cases } }"
        found = await self.asked(client, query, s=None if actor.scope else "")
        return NO if found is NO else sum(stage["cases"] for stage in found["stageFunnel"])

    async def show_export(self, client: Client, _actor: Actor) -> Any:
        answer = await _got(client, "/export/cases.ndjson")
        if answer.status_code != 200:
            return NO
        return {name for number, name in self.names.items() if number in answer.text}

    async def show_subscription(self, client: Client, _actor: Actor) -> Any:
        """The first message, over the poll door; an event stream runs in the same groups."""
        answer = await _got(client, "/live/cases/poll?wait=5")
        if answer.status_code != 200:
            return NO
        return {name for key, name in self.ids() if key in answer.text}

    async def show_delta(self, _client: Client, actor: Actor) -> Any:
        """What a subscriber gets when every case changes at once."""
        context = Context(self.app.platform, self.app.platform.tokens.read(
            self.app.platform.tokens.issue(actor, 60)))  # fmt: skip
        async with at_position(self.app.platform.reads, EVERYTHING) as (reads, _):
            rows = await board.page(reads, limit=100)
        change = Change(1, 1, 1, tuple(Delta("case_board", str(r.id), r, r.scope, r) for r in rows))
        cursor = cursor_at(self.app.platform, await standing(self.app.platform.pool))
        told: Any = await CaseFeedSource(context, None).delta([change], cursor)
        return set() if told is None else {self.names[str(case.row.id)] for case in told.upserts}

    async def show_webhook(self, _client: Client, actor: Actor) -> Any:
        hook = WebhookState(webhook="w", scope=actor.scope, registered=True)
        events, _ = await Sender(self.app.platform)._waiting(hook, 0)
        return {self.names[str(event.case_id)] for event in events}

    async def show_sql(self, _client: Client, actor: Actor) -> Any:
        """No condition at all: what the policies alone let through."""
        async with at_position(self.app.platform.reads, case_sight(actor)) as (reads, _):
            rows = await reads.fetch(f"select id from {board.STATES.table}")
        return {self.names[str(row["id"])] for row in rows}

    def ids(self) -> list[tuple[str, str]]:
        return [(key, name) for key, name in self.names.items() if len(key) > 36]


async def _got(client: Client, path: str) -> httpx.Response:
    return await client.get(path, **client.bearing("GET", path))


async def case(app: App, name: str, place: Place, category: str, *steps: Any, by: str = "") -> Any:
    """Report a case and take it some way; return its stream."""
    stream, send = uuid4(), app.platform.dispatcher.dispatch
    role = Role.RESIDENT if by else Role.ACCEPTOR
    who = Actor(id=by, role=role) if by else WHO[Role.ACCEPTOR]
    channel = Channel.RESIDENT if by else Channel.HOTLINE
    command = ReportCase(channel=channel, category=category, place=place)
    await send(command, stream=stream, actor=who, command_id=uuid4())
    for role, step in steps:
        await send(step, stream=stream, actor=WHO[role], command_id=uuid4())
    return stream


def to(department: str) -> list[tuple[Role, Any]]:
    """The steps that take a case to a department."""
    return [
        (Role.ACCEPTOR, AcceptCase()), (Role.DUTY_LEADER, FileCase()),
        (Role.DISPATCHER, DispatchCase(department=department)),
    ]  # fmt: skip


async def opened(app: App) -> Doors:
    """Found the cases and return the doors that show them."""
    send = app.platform.dispatcher.dispatch
    for area in (
        NameArea(code="371602006", scope=ELSEWHERE, level="township", name="市西街道",
                 name_en="West", parent="371602"),
        NameArea(code="371602006001", scope=YONDER, level="community", name="西一社区",
                 name_en="West One", parent="371602006"),
    ):  # fmt: skip
        await send(area, actor=ADMIN, command_id=uuid4())
    here = Place(scope=GRID_SCOPE, grid=GRID)
    beside = Place(scope="371602.005.036.002.", grid=OTHER_GRID)
    yonder = Place(scope=YONDER, unlocated=True)
    moved = (Role.DISPATCHER, RedispatchCase(department="urban", reason="占道"))
    told = {
        "here": (here, "06010", [], ""), "beside": (beside, "06010", to("sanitation"), ""),
        "yonder": (yonder, "06010", to("urban"), ""),
        "moved": (here, "06010", [*to("sanitation"), moved], ""),
        "sensitive": (here, "92003", to("community"), ""), "own": (yonder, "06010", [], RESIDENT),
    }  # fmt: skip
    scopes = {"here": GRID_SCOPE, "beside": "371602.005.036.002.", "yonder": YONDER,
              "moved": GRID_SCOPE, "sensitive": GRID_SCOPE, "own": YONDER}  # fmt: skip
    units = {"beside": {"sanitation"}, "yonder": {"urban"}, "moved": {"urban"},
             "sensitive": {"community"}}  # fmt: skip
    streams = {
        name: await case(app, name, place, category, *steps, by=by)
        for name, (place, category, steps, by) in told.items()
    }
    assert await app.caught_up(30)
    rows = {row["id"]: row["number"] for row in await app.platform.pool.fetch(
        f"select id, number from {board.STATES.table}")}  # fmt: skip
    names: dict[str, str] = {}
    for name, stream in streams.items():
        names |= {encode_id("Case", str(stream)): name, str(stream): name, rows[stream]: name}
    cases = [
        {"name": name, "scope": scopes[name], "units": units.get(name, set()),
         "reporter": told[name][3] or "acct:acceptor", "sensitive": name == "sensitive"}
        for name in told
    ]  # fmt: skip
    return Doors(app, cases, names)


DOORS = ("list", "get", "totals", "numbers", "export", "subscription", "delta", "sql")
FIRST_LINE = DOORS[:-1]


def actors() -> Iterator[dict[str, Any]]:
    """Every role at every relation; handlers of each department, and of none."""
    for role in Role:
        if role in NOT_ISSUED or role is Role.IMPORT:
            continue
        scopes = SCOPES if role is not Role.RESIDENT else ("",)
        units = ("sanitation", "urban", "parks", None) if role is Role.HANDLER else (None,)
        for scope in scopes:
            for unit in units:
                if role is Role.HANDLER and scope not in (DISTRICT, ELSEWHERE):
                    continue
                for ident in (RESIDENT, "acct:stranger") if role is Role.RESIDENT else ("acct:x",):
                    yield who_is(role, scope, unit, ident)
    yield {**who_is(Role.DISPATCHER, DISTRICT), "expired": True}
    yield {**who_is(Role.HANDLER, DISTRICT, "urban"), "expired": True}


def who_is(
    role: Role, scope: str, unit: str | None = None, ident: str = "acct:x"
) -> dict[str, Any]:
    return {"id": ident, "role": role.value, "scope": scope, "unit": unit, "expired": False}


FEW = [
    who_is(Role.DISPATCHER, GRID_SCOPE), who_is(Role.GRID_WORKER, ELSEWHERE),
    who_is(Role.HANDLER, DISTRICT, "urban"), who_is(Role.HANDLER, DISTRICT, "parks"),
    who_is(Role.RESIDENT, "", ident="acct:stranger"), who_is(Role.DISPLAY, DISTRICT),
    who_is(Role.INTEGRATOR, TOWN), who_is(Role.DISTRICT_LEADER, DISTRICT),
]  # fmt: skip
"""Enough to find each fault: below, beside, a department's, a stranger, a screen, a system."""


async def disagreements(
    doors: Doors, who: list[dict[str, Any]], names: tuple[str, ...]
) -> list[Any]:
    found = []
    for one in who:
        for door in names:
            if door in ("delta", "sql") and (one["expired"] or one["role"] == "display"):
                continue  # no token is asked there; the door before it is closed
            shown, wanted = await doors.show(door, one), expected(door, one, doors.cases)
            if shown != wanted:
                found.append((door, one, shown, wanted))
    return found


async def streamed(address: str, doors: Doors, one: dict[str, Any]) -> Any:
    """The first message of an event stream, as a browser reads it."""
    actor = Actor(id=one["id"], role=Role(one["role"]), scope=one["scope"], unit=one["unit"])
    client = Client(doors.app, actor)
    if one["expired"]:
        client.expire()
    path, headers = "/live/cases", client.bearing("GET", "/live/cases")
    async with (
        asyncio.timeout(PATIENCE_S),
        httpx.AsyncClient(
            base_url=f"http://{address}", trust_env=False, verify=authorities()
        ) as http,
        http.stream("GET", path, headers=headers) as answer,
    ):
        if answer.status_code != 200:
            return NO
        async for line in answer.aiter_lines():
            if "CaseFeedSnapshot" in line:
                return {name for key, name in doors.ids() if key in line}
    raise AssertionError("the stream ended without a snapshot")
