"""Seven doors, one answer: each shows every actor what the reference says, and nothing else.

For every role at every relation to the cases (`doors.py`). The first line (rules and filters)
has to agree without the second (row policies) and the other way about; then faults are
planted, and each is found.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.graphql.case.queries import CaseFilter, asked_filter
from api.wiring import App
from domain.access import Allowed, Relation
from domain.actor import Actor, Role
from domain.case.commands import RedispatchCase, RelocateCase
from domain.case.values import Place
from projections import sight
from projections.case_board import queries as board
from projections.sight import EVERYTHING, Sight
from tests.api.client import SOON_S, Client, since, socket
from tests.api.doors import (
    DOORS,
    FEW,
    FIRST_LINE,
    SCOPES,
    WHO,
    YONDER,
    Doors,
    actors,
    disagreements,
    opened,
    streamed,
    who_is,
)
from tests.api.ground import COMMUNITY, DISTRICT
from tests.api.policy import NO, expected


@pytest.fixture
async def doors(app: App) -> Doors:
    return await opened(app)


def without_second_line(patch: pytest.MonkeyPatch) -> None:
    everything = EVERYTHING.settings()
    patch.setattr(Sight, "settings", lambda _self: everything)


async def test_all_doors_agree_for_every_role_at_every_relation(doors: Doors) -> None:
    everybody = list(actors())
    assert len(everybody) > 80
    assert await disagreements(doors, everybody, DOORS) == []
    inside = {name for one in everybody for name in await _seen(doors, one)}
    assert inside == {case["name"] for case in doors.cases}  # each is inside for somebody


async def _seen(doors: Doors, one: dict[str, Any]) -> set[str]:
    found = expected("get", one, doors.cases)
    return set() if found is NO else set(found)


@pytest.mark.parametrize("planted", [False, True])
async def test_an_event_stream_agrees_too(
    doors: Doors, address: str, monkeypatch: pytest.MonkeyPatch, planted: bool
) -> None:
    """Planted: its filter is forgotten, and that is found."""
    if planted:
        without_second_line(monkeypatch)
        monkeypatch.setattr(f"{FEED}.board_filter", _unfiltered)
    wrong = [
        one
        for one in (*FEW, {**who_is(Role.DISPATCHER, DISTRICT), "expired": True})
        if await streamed(address, doors, one) != expected("subscription", one, doors.cases)
    ]
    assert bool(wrong) is planted, wrong


async def test_the_first_line_agrees_without_the_second(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_second_line(monkeypatch)
    assert await disagreements(doors, FEW, FIRST_LINE) == []
    assert await doors.show("sql", FEW[0]) == {case["name"] for case in doors.cases}  # it is off


async def test_a_webhook_has_the_public_cases_of_its_scope(doors: Doors) -> None:
    for scope in SCOPES:
        who = who_is(Role.INTEGRATOR, scope)
        assert await doors.show("webhook", who) == expected("export", who, doors.cases)


def allowed(*_: Any, **__: Any) -> Allowed:
    return Allowed(Relation.ANYWHERE)


Plant = Callable[[pytest.MonkeyPatch], None]


QUERIES, FEED = "api.graphql.case.queries", "api.graphql.case.feed"


def swap(target: str, value: Any) -> Plant:
    return lambda patch: patch.setattr(target, value)


def _wide(scope: str) -> tuple[str, str]:
    return scope, "\uffff"


def _endless(patch: pytest.MonkeyPatch) -> None:
    """Let bounds have no end, and have them worked out anew instead of remembered."""
    patch.setattr("projections.sight.scope_range", _wide)
    patch.setattr("projections.sight._settings", sight._settings.__wrapped__)


def _unfiltered(_context: Any, asked: Any) -> Any:
    return asked_filter(asked or CaseFilter())


async def _mine(context: Any, _case: Any) -> str:
    return str(context.actor.id)


FAULTS: dict[str, tuple[Plant, tuple[str, ...]]] = {
    "a scope is not asked about": (swap("domain.access.within", lambda *_: True), ("get",)),
    "a department is not asked about": (swap("api.graphql.case.sight.decide", allowed), ("get",)),
    "every resident is the reporter": (swap("api.graphql.plan.detail.reporter_for", _mine),
                                       ("get",)),
    "a list forgets the filter": (swap(f"{QUERIES}.board_filter", _unfiltered),
                                  ("list", "totals")),
    "a range has no end": (swap("projections.case_board.queries.scope_range", _wide), ("list",)),
    "numbers of any place": (swap("api.graphql.plan.loads.seen_scope", lambda *_: ""),
                             ("numbers",)),
    "a feed forgets the filter": (swap(f"{FEED}.board_filter", _unfiltered),
                                  ("subscription", "delta")),
    "deltas of any place": (swap(f"{FEED}.lets_through", lambda *_: True), ("delta",)),
    "everybody may export": (swap("api.export.door.decide", allowed), ("export",)),
    "an export forgets the filter": (swap("api.export.door.board_filter", _unfiltered),
                                     ("export",)),
    "a closed door is open": (swap("api.graphql.access._granted", lambda *_: True), ("list",)),
}  # fmt: skip
SECOND: dict[str, Plant] = {
    "everybody has everybody's sight": swap("tests.api.doors.case_sight", lambda _: EVERYTHING),
    "a sight has no end": _endless,
    "a sight is not by department": swap("tests.api.doors.case_sight",
                                         lambda who: Sight(scope=who.scope)),
}  # fmt: skip


@pytest.mark.timeout(120)
async def test_each_planted_fault_is_found(doors: Doors) -> None:
    unseen = []
    for name, (plant, where) in FAULTS.items():
        with pytest.MonkeyPatch.context() as patch:
            without_second_line(patch)
            plant(patch)
            if not await disagreements(doors, FEW, where):
                unseen.append(name)
    for name, plant in SECOND.items():
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            if not await disagreements(doors, FEW, ("sql",)):
                unseen.append(name)
    async with doors.app.platform.pool.acquire() as connection:
        policy = f"alter policy seen_scope on {board.STATES.table} using"
        await connection.execute(f"{policy} (true)")
        if not await disagreements(doors, FEW, ("sql",)):
            unseen.append("a policy lets everything through")
    assert unseen == []


async def test_what_moves_out_of_sight_leaves_open_subscriptions(doors: Doors) -> None:
    """By place for a dispatcher of the community, by department for a handler."""
    app, feed = doors.app, (
        "subscription { caseFeed { __typename ... on CaseFeedDelta { upserts { id }"
        " removes { id reason } } } }"
    )  # fmt: skip
    ids = {name: key for key, name in doors.ids()}
    here = Client(app).acting(Role.DISPATCHER, COMMUNITY)
    urban = Client(app).acting(Role.HANDLER, DISTRICT, "urban")
    send = app.platform.dispatcher.dispatch
    streams = {name: key for key, name in doors.names.items() if len(key) == 36}
    async with socket(app) as one, socket(app) as other:
        for line, who in ((one, here), (other, urban)):
            await line.init(who.token)
            await line.subscribe(feed)
            await line.next("CaseFeedSnapshot")
        away = RelocateCase(place=Place(scope=YONDER, unlocated=True))
        await send(away, stream=UUID(streams["here"]), actor=WHO[Role.ACCEPTOR], command_id=uuid4())
        back = RedispatchCase(department="sanitation", reason="环卫")
        await send(
            back, stream=UUID(streams["moved"]), actor=WHO[Role.DISPATCHER], command_id=uuid4()
        )
        told = await one.next("CaseFeedDelta")
        assert told["removes"] == [{"id": ids["here"], "reason": "out_of_sight"}]
        left = await other.next("CaseFeedDelta")
        assert (left["upserts"], [r["id"] for r in left["removes"]]) == ([], [ids["moved"]])
        assert await since(app, max(one.said_at, other.said_at)) < SOON_S
    assert await Doors.show_get(doors, urban, Actor(id="x", role=Role.HANDLER)) == {"yonder"}
