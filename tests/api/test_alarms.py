"""Alarms over the interface: raised by the watch, taken up by people, counted, cleared."""

import asyncio
import time
from typing import Any

import pytest

from api.graphql.scalars import rfc3339
from api.wiring import App
from domain.actor import Role
from domain.alarm.commands import ClearAlarm, RaiseAlarm
from domain.event import Command
from domain.topics import decode_meta
from eventlog.errors import LogBusy, LogError, LogUnavailable
from eventlog.record import Position
from tests.api.client import Client, socket
from tests.api.ground import DISTRICT, GRID
from tests.api.steps import acting

ALARMS = """{ alarms { id kind priority number cycle stands acknowledgedAt acknowledgedBy
  shelvedUntil shelveReason clearedAt } }"""
FIGURES = """query($since: DateTime!, $until: DateTime!) {
  alarmFigures(since: $since, until: $until) { raised busiestTenMinutes
    byPriority { priority raised acknowledged shelved acknowledgeP50S }
    chattering { kind number cycles } } }"""
FEED = """subscription { alarms { __typename ... on AlarmsSnapshot { alarms { kind stands } }
  ... on AlarmsDelta { alarms { kind stands acknowledgedAt clearedAt } } } }"""
ACT = """mutation($input: %sInput!) { %s(input: $input) {
  alarm { acknowledgedAt shelvedUntil } event { position } userErrors { code messageZh } } }"""
HOUR_US = 3_600_000_000


def now_us(plus: int = 0) -> str:
    return rfc3339(time.time_ns() // 1_000 + plus)


async def act(client: Client, mutation: str, alarm: str, **given: Any) -> dict[str, Any]:
    from uuid import uuid4

    kind = mutation[0].upper() + mutation[1:]
    values = {"clientMutationId": str(uuid4()), "alarm": alarm, **given}
    payload: dict[str, Any] = (await client.ask(ACT % (kind, mutation), input=values))[mutation]
    return payload


async def standing(client: Client, count: int) -> list[dict[str, Any]]:
    """Return the alarms that stand once there are so many."""
    async with asyncio.timeout(30):
        while len(found := (await client.ask(ALARMS))["alarms"]) != count:
            await asyncio.sleep(0.05)
    return list(found)


async def in_danger(client: Client) -> dict[str, Any]:
    leader = acting(client, "leader")
    given = {"channel": "LEADER", "severity": "LIFE_SAFETY", "category": "06010"}
    done = await leader.done("reportCase", place={"grid": GRID}, **given)
    case: dict[str, Any] = done["case"]
    return case


async def test_an_alarm_waits_for_a_busy_log_and_is_raised_and_cleared(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader, dispatcher = client.acting(Role.DUTY_LEADER, DISTRICT), app.platform.dispatcher
    sent = dispatcher.dispatch
    away: list[LogError] = [LogUnavailable("away"), LogBusy(0.1)]

    async def busy(command: Command, **given: Any) -> Any:
        if isinstance(command, RaiseAlarm | ClearAlarm) and away:
            raise away.pop()
        return await sent(command, **given)

    monkeypatch.setattr(dispatcher, "dispatch", busy)
    case = await in_danger(client)
    (alarm,) = await standing(leader, 1)
    await act(leader, "acknowledgeAlarm", alarm["id"])
    away.append(LogBusy(0.1))
    await leader.done("cancelCase", case=case["id"], reason="test")
    await standing(leader, 0)
    assert away == []


async def test_a_danger_is_an_alarm_until_it_is_over(app: App, client: Client) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    since = now_us(-HOUR_US)
    async with socket(app) as feed:
        await feed.init(leader.token)
        await feed.subscribe(FEED)
        assert (await feed.next("AlarmsSnapshot"))["alarms"] == []
        case = await in_danger(client)
        assert (await feed.next("AlarmsDelta"))["alarms"] == [
            {"kind": "life_safety", "stands": True, "acknowledgedAt": None, "clearedAt": None}
        ]
        (alarm,) = await standing(leader, 1)
        assert (alarm["priority"], alarm["number"], alarm["cycle"]) == ("high", case["number"], 1)
        done = await act(leader, "acknowledgeAlarm", alarm["id"])
        assert done["alarm"]["acknowledgedAt"] is not None
        assert (await feed.next("AlarmsDelta"))["alarms"][0]["acknowledgedAt"] is not None
        again = await act(leader, "acknowledgeAlarm", alarm["id"])
        assert [error["code"] for error in again["userErrors"]] == ["WRONG_STATE"]
        await leader.done("cancelCase", case=case["id"], reason="test")
        (over,) = (await feed.next("AlarmsDelta"))["alarms"]
        assert (over["stands"], over["clearedAt"] is not None) == (False, True)
    assert await standing(leader, 0) == []
    counted = (await leader.ask(FIGURES, since=since, until=now_us(1_000)))["alarmFigures"]
    assert (counted["raised"], counted["busiestTenMinutes"], counted["chattering"]) == (1, 1, [])
    (high,) = counted["byPriority"]
    assert (high["priority"], high["acknowledged"], high["shelved"]) == ("high", 1, 0)
    assert 0 <= high["acknowledgeP50S"] <= 10


async def test_shelving_needs_a_reason_a_time_and_ones_own_place(app: App, client: Client) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    await in_danger(client)
    (alarm,) = await standing(leader, 1)
    head = await app.platform.log.head()
    soon, late = now_us(HOUR_US), now_us(9 * HOUR_US)
    for asking, reason, until, code in (
        (leader, "because", soon, "UNKNOWN_REASON"),
        (leader, "being_handled", late, "SHELF_TOO_LONG"),
        (client.acting(Role.CHECKER, DISTRICT), "being_handled", soon, "ROLE_NOT_ALLOWED"),
    ):
        refused = await act(asking, "shelveAlarm", alarm["id"], reason=reason, until=until)
        assert [error["code"] for error in refused["userErrors"]] == [code]
    assert await app.platform.log.head() == head
    done = await act(leader, "shelveAlarm", alarm["id"], reason="being_handled", until=soon)
    assert done["alarm"]["shelvedUntil"] == soon
    back = await act(leader, "unshelveAlarm", alarm["id"])
    assert back["alarm"]["shelvedUntil"] is None
    assert await app.platform.log.head() == head + 2
    assert await acting(client, "worker").refused(FIGURES, since=soon, until=soon) == "BAD_INPUT"


async def test_a_restart_raises_nothing_twice(app: App, client: Client) -> None:
    from api.reactors.alarms import AlarmWatch

    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    await in_danger(client)
    await standing(leader, 1)
    head = await app.platform.log.head()
    assert await app.caught_up(30)
    await AlarmWatch(app.platform).seed()
    assert await app.platform.log.head() == head


THEN = """query($asOf: AsOf, $since: DateTime!, $until: DateTime!) { alarms(asOf: $asOf) { id kind
  priority number cycle stands acknowledgedAt acknowledgedBy shelvedUntil shelveReason clearedAt }
  alarmFigures(since: $since, until: $until, asOf: $asOf) { raised busiestTenMinutes
    byPriority { priority raised acknowledged shelved acknowledgeP50S }
    chattering { kind number cycles } } }"""


async def test_the_alarms_of_a_moment_are_those_that_stood_then(app: App, client: Client) -> None:
    leader, then = client.acting(Role.DUTY_LEADER, DISTRICT), dict[int, Any]()
    window = {"since": now_us(-HOUR_US), "until": now_us(HOUR_US)}

    async def note() -> None:
        assert await app.caught_up(30)
        then[await app.platform.log.head()] = await leader.ask(THEN, **window)

    await note()
    first = await in_danger(client)
    (alarm,) = await standing(leader, 1)
    await note()
    shelf = {"reason": "being_handled", "until": now_us(HOUR_US)}
    for step, given in (("shelveAlarm", shelf), ("unshelveAlarm", {}), ("acknowledgeAlarm", {})):
        await act(leader, step, alarm["id"], **given)
        await note()
    second = await in_danger(client)
    await standing(leader, 2)
    await note()
    await leader.done("cancelCase", case=first["id"], reason="test")
    await standing(leader, 1)
    await note()
    await leader.done("cancelCase", case=second["id"], reason="test")
    async with asyncio.timeout(30):
        while (await leader.ask(ALARMS))["alarms"][0]["clearedAt"] is None:
            await asyncio.sleep(0.05)
    await note()
    differ = {str(answer) for answer in then.values()}
    assert (len(then), len(differ)) == (8, 7)  # taken off the shelf it is as it was before
    figures = [one["alarmFigures"] for one in then.values()]
    assert len({str(one) for one in figures}) >= 5
    events = await app.platform.log.read_all(Position(0), 10_000)
    for position, answer in then.items():
        at = decode_meta(events[position - 1].meta).effective_at
        for asked in ({"position": str(position)}, {"effectiveAt": rfc3339(at)}):
            assert await leader.ask(THEN, asOf=asked, **window) == answer, asked
    beside = client.acting(Role.DUTY_LEADER, "371602.006.")
    seen = await beside.ask(THEN, asOf={"position": str(max(then))}, **window)
    assert (seen["alarms"], seen["alarmFigures"]["raised"]) == ([], 0)
