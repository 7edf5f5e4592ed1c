"""Whose alarms somebody sees, at every door that shows them: list, subscription, totals, verbs.

A handler's are those of the own department's cases, whoever had the case when the alarm was
raised; for the others the place counts, where the case lies today.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.graphql.ids import decode_id, encode_id
from api.wiring import App
from domain.actor import Actor, Role
from domain.alarm.commands import AcknowledgeAlarm
from domain.case.commands import RedispatchCase, RelocateCase
from domain.case.values import Place
from domain.errors import Rejected
from projections.case_board import queries as board
from projections.reading import at_position
from projections.sight import EVERYTHING, Sight
from tests.api.client import Client, Socket, socket
from tests.api.doors import WHO
from tests.api.ground import COMMUNITY, DISTRICT, GRID_SCOPE, TOWN
from tests.api.steps import acting, step
from tests.api.test_alarms import ALARMS, FIGURES, HOUR_US, act, in_danger, now_us, standing

ELSEWHERE = "371602.001."
FEED = """subscription { alarms { __typename ... on AlarmsSnapshot { alarms { number } }
  ... on AlarmsDelta { alarms { number scope } removes { id reason } } } }"""


async def dispatched(client: Client, department: str) -> dict[str, Any]:
    """Return a case that endangers life and lies with a department."""
    case = await in_danger(client)
    for one in (
        step("acceptor", "acceptCase"), step("leader", "fileCase"),
        step("dispatcher", "dispatchCase", department=department),
    ):  # fmt: skip
        await acting(client, one.who).done(one.mutation, case=case["id"], **one.given)
    return case


@pytest.fixture
async def case(app: App, client: Client) -> dict[str, Any]:
    found = await dispatched(client, "sanitation")
    await standing(client.acting(Role.DUTY_LEADER, DISTRICT), 1)
    assert await app.caught_up(30)
    return found


@asynccontextmanager
async def following(app: App, who: Client) -> AsyncIterator[tuple[Socket, list[str]]]:
    """Follow the alarms as somebody; with the numbers that stand at first."""
    async with socket(app) as line:
        await line.init(who.token)
        await line.subscribe(FEED)
        first = await line.next("AlarmsSnapshot")
        yield line, [alarm["number"] for alarm in first["alarms"]]


async def raised(who: Client) -> tuple[int, int, int]:
    found = await who.ask(FIGURES, since=now_us(-HOUR_US), until=now_us(HOUR_US))
    counted = found["alarmFigures"]
    by = sum(one["raised"] for one in counted["byPriority"])
    return counted["raised"], counted["busiestTenMinutes"], by


async def test_each_door_shows_the_alarms_of_ones_cases_alone(
    app: App, client: Client, case: dict[str, Any]
) -> None:
    inside = [
        client.acting(Role.HANDLER, DISTRICT, "sanitation"),
        client.acting(Role.DISPATCHER, COMMUNITY), client.acting(Role.DISPLAY, DISTRICT),
        client.acting(Role.INTEGRATOR, TOWN), client.acting(Role.GRID_WORKER, GRID_SCOPE),
    ]  # fmt: skip
    outside = [
        client.acting(Role.HANDLER, DISTRICT, "urban"), client.acting(Role.HANDLER, DISTRICT),
        client.acting(Role.DISPATCHER, "371602.001."), client.acting(Role.DISPLAY, "9."),
        client.acting(Role.HANDLER, "371602.001.", "sanitation"),
    ]  # fmt: skip
    for seen, people in ((1, inside), (0, outside)):
        for who in people:
            if who.actor is not None and who.actor.role is not Role.DISPLAY:
                found = (await who.ask(ALARMS))["alarms"]
                assert [alarm["number"] for alarm in found] == [case["number"]] * seen, who.actor
                assert await raised(who) == (seen, seen, seen), who.actor
                async with following(app, who) as (_, numbers):
                    assert numbers == [case["number"]] * seen, who.actor
    assert await client.acting(Role.RESIDENT).refused(ALARMS) == "FORBIDDEN"


async def test_an_alarm_out_of_sight_is_answered_like_one_that_does_not_exist(
    app: App, client: Client, case: dict[str, Any]
) -> None:
    (alarm,) = await standing(client.acting(Role.DUTY_LEADER, DISTRICT), 1)
    nowhere = encode_id("Alarm", str(uuid4()))
    head = await app.platform.log.head()
    for who in (
        client.acting(Role.HANDLER, DISTRICT, "urban"), client.acting(Role.DUTY_LEADER, "9."),
        client.acting(Role.RESIDENT),
    ):  # fmt: skip
        answers = [await refusal(who, key) for key in (alarm["id"], nowhere)]
        assert answers == [("there is no such alarm for you", "FORBIDDEN")] * 2
    mine = await act(client.acting(Role.HANDLER, DISTRICT, "sanitation"), "acknowledgeAlarm",
                     alarm["id"])  # fmt: skip
    assert [error["code"] for error in mine["userErrors"]] == ["ROLE_NOT_ALLOWED"]
    assert await app.platform.log.head() == head


async def refusal(who: Client, alarm: str) -> tuple[str, str]:
    query = (
        "mutation($i: AcknowledgeAlarmInput!) { acknowledgeAlarm(input: $i) { clientMutationId } }"
    )
    given = {"clientMutationId": str(uuid4()), "alarm": alarm}
    answer = (await who.post({"query": query, "variables": {"i": given}})).json()
    (error,) = answer["errors"]
    return error["message"], error["extensions"]["code"]


async def test_a_case_that_moves_takes_its_alarms_along(
    app: App, client: Client, case: dict[str, Any]
) -> None:
    (alarm,) = await standing(client.acting(Role.DUTY_LEADER, DISTRICT), 1)
    away = [{"id": alarm["id"], "reason": "out_of_sight"}]
    told = {"number": case["number"], "scope": GRID_SCOPE}
    rows = await app.platform.pool.fetch(f"select id from {board.STATES.table}")
    (stream,) = (row["id"] for row in rows)
    async with (
        following(app, client.acting(Role.HANDLER, DISTRICT, "sanitation")) as (had, before),
        following(app, client.acting(Role.HANDLER, DISTRICT, "urban")) as (gets, none),
        following(app, client.acting(Role.DISPATCHER, COMMUNITY)) as (near, _),
    ):
        assert (before, none) == ([case["number"]], [])
        await send(app, stream, RedispatchCase(department="urban", reason="占道"))
        assert await told_by(had) == ([], away)
        assert await told_by(gets) == ([told], [])
        await send(app, stream, RelocateCase(place=Place(scope=TOWN, unlocated=True)))
        assert await told_by(near) == ([], away)
    community = client.acting(Role.DISPATCHER, COMMUNITY)
    assert (await community.ask(ALARMS))["alarms"] == []
    assert await raised(community) == (0, 0, 0)
    assert await raised(client.acting(Role.HANDLER, DISTRICT, "urban")) == (1, 1, 1)


async def test_who_sees_an_alarm_may_take_it_up_where_its_case_lies_today(
    app: App, client: Client, case: dict[str, Any]
) -> None:
    old, new = client.acting(Role.DISPATCHER, COMMUNITY), client.acting(Role.DISPATCHER, ELSEWHERE)
    (alarm,) = await standing(old, 1)
    rows = await app.platform.pool.fetch(f"select id from {board.STATES.table}")
    (stream,) = (row["id"] for row in rows)
    await send(app, stream, RelocateCase(place=Place(scope=ELSEWHERE, unlocated=True)))
    await standing(new, 1)
    assert await refusal(old, alarm["id"]) == ("there is no such alarm for you", "FORBIDDEN")
    with pytest.raises(Rejected, match="OUT_OF_SCOPE"):  # nor where the interface forgets to look
        await send_as(app, UUID(alarm_of(alarm)), AcknowledgeAlarm(), COMMUNITY)
    done = await act(new, "acknowledgeAlarm", alarm["id"])
    assert (done["userErrors"], done["alarm"]["acknowledgedAt"] is not None) == ([], True)


def alarm_of(alarm: dict[str, Any]) -> str:
    return decode_id(alarm["id"])[1]


async def send_as(app: App, stream: UUID, command: Any, scope: str) -> None:
    by = Actor(id="acct:near", role=Role.DISPATCHER, scope=scope)
    await app.platform.dispatcher.dispatch(command, stream=stream, actor=by, command_id=uuid4())


async def told_by(line: Socket) -> tuple[list[Any], list[Any]]:
    found = await line.next("AlarmsDelta")
    return found["alarms"], found["removes"]


async def send(app: App, stream: UUID, command: Any) -> None:
    by = WHO[Role.DISPATCHER] if isinstance(command, RedispatchCase) else WHO[Role.ACCEPTOR]
    await app.platform.dispatcher.dispatch(command, stream=stream, actor=by, command_id=uuid4())


async def test_the_second_line_holds_where_the_first_forgets(
    app: App, client: Client, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    urban = client.acting(Role.HANDLER, DISTRICT, "urban")
    bounds = ("", "\uffff", None)
    with monkeypatch.context() as patch:
        patch.setattr("projections.alarm_list.queries.Seen.bounds", lambda _self: bounds)
        assert (await urban.ask(ALARMS))["alarms"] == []
        assert await raised(urban) == (0, 0, 0)
    with monkeypatch.context() as patch:  # and the first where the second does
        patch.setattr(Sight, "settings", lambda _self: SETTINGS)
        assert (await urban.ask("query Again " + ALARMS))["alarms"] == []
    async with at_position(app.platform.reads, EVERYTHING) as (reads, _):
        assert await reads.fetchval("select count(*) from rm_alarm_list_v1.alarm") == 1


SETTINGS = EVERYTHING.settings()
