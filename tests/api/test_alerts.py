"""A device says, a person looks, a case follows; never the other way."""

import asyncio
from typing import Any

import pytest

from api.wiring import App
from domain.actor import Role
from domain.alert.decide import MOST_OPEN
from tests.api.client import Client
from tests.api.ground import COMMUNITY, DISTRICT, GRID

ALERT: dict[str, Any] = {
    "alert": "n1",
    "device": "camera-7",
    "category": "06010",
    "grid": GRID,
    "certainty": 80,
}
NAMED: dict[str, Any] = {"alert": "n1", "device": "camera-7"}
OPEN = "{ alerts { alert device category scope grid certainty raisedAt } }"


def device(client: Client, scope: str = DISTRICT) -> Client:
    return client.acting(Role.INTEGRATOR, scope, account="key:cameras")


def acceptor(client: Client, scope: str = DISTRICT) -> Client:
    return client.acting(Role.ACCEPTOR, scope)


async def cases(client: Client) -> list[dict[str, Any]]:
    asked = "{ cases(first: 10) { nodes { number channel status grid { code } } } }"
    found: list[dict[str, Any]] = (await acceptor(client).ask(asked))["cases"]["nodes"]
    return found


async def test_a_confirmed_alert_becomes_one_case_in_the_persons_name(
    app: App, client: Client
) -> None:
    head = await app.platform.log.head()
    await device(client).done("raiseAlert", **ALERT)
    (told,) = (await acceptor(client).ask(OPEN))["alerts"]
    assert (told["device"], told["certainty"], told["grid"]) == ("camera-7", 80, GRID)
    assert await cases(client) == []
    await acceptor(client).done("confirmAlert", **NAMED)
    async with asyncio.timeout(30):
        while not (found := await cases(client)):
            await asyncio.sleep(0.05)
    assert found[0]["channel"] == "SENSOR"
    assert (found[0]["status"], found[0]["grid"]) == ("REPORTED", {"code": GRID})
    assert (await acceptor(client).ask(OPEN))["alerts"] == []
    log = await app.platform.log.read_all(head, 10)
    assert [one.topic for one in log] == ["alert.raised", "alert.confirmed", "case.reported"]
    assert (log[2].actor, log[0].actor) == ("acct:acceptor", "key:cameras")


async def test_a_confirmation_makes_its_case_though_memory_is_behind(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await device(client).done("raiseAlert", **ALERT)
    monkeypatch.setattr(app.platform.dispatcher.states, "advance", lambda *_: None)
    await acceptor(client).done("confirmAlert", **NAMED)
    async with asyncio.timeout(30):
        while not await cases(client):
            await asyncio.sleep(0.05)


async def test_the_same_alert_twice_is_one_and_a_dismissed_one_makes_no_case(
    app: App, client: Client
) -> None:
    head = await app.platform.log.head()
    for _ in range(2):
        await device(client).done("raiseAlert", **ALERT)
    await acceptor(client).done("dismissAlert", **NAMED, reason="false_alarm")
    again = await acceptor(client).do("confirmAlert", **NAMED)
    assert [error["code"] for error in again["userErrors"]] == ["ALERT_DECIDED"]
    assert await app.platform.log.head() == head + 2
    assert await cases(client) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"grid": "nowhere"}, "PLACE_NOT_IN_A_LIVE_GRID"),
        ({"category": "nothing"}, "UNKNOWN_CATEGORY"),
        ({"device": "a b"}, "ALERT_MALFORMED"),
        ({"certainty": 101}, "ALERT_MALFORMED"),
    ],
)
async def test_what_a_device_may_not_say(
    app: App, client: Client, change: dict[str, Any], code: str
) -> None:
    head = await app.platform.log.head()
    payload = await device(client).do("raiseAlert", **{**ALERT, **change})
    assert [error["code"] for error in payload["userErrors"]] == [code]
    assert await app.platform.log.head() == head


async def test_who_may_raise_and_who_may_look(app: App, client: Client) -> None:
    payload = await acceptor(client).do("raiseAlert", **ALERT)
    assert [error["code"] for error in payload["userErrors"]] == ["ROLE_NOT_ALLOWED"]
    payload = await device(client, "371602.001.").do("raiseAlert", **ALERT)
    assert [error["code"] for error in payload["userErrors"]] == ["OUT_OF_SCOPE"]
    await device(client).done("raiseAlert", **ALERT)
    head = await app.platform.log.head()
    for asking, code in (
        (device(client), "ROLE_NOT_ALLOWED"),
        (client.acting(Role.AUDITOR), "ROLE_NOT_ALLOWED"),
        (acceptor(client, "371602.001."), "UNKNOWN"),
    ):
        payload = await asking.do("confirmAlert", **NAMED)
        assert [error["code"] for error in payload["userErrors"]] == [code]
    payload = await acceptor(client).do("dismissAlert", **NAMED, reason="bored")
    assert [error["code"] for error in payload["userErrors"]] == ["UNKNOWN_REASON"]
    assert await app.platform.log.head() == head
    assert (await acceptor(client, "371602.001.").ask(OPEN))["alerts"] == []
    assert (await client.acting(Role.AUDITOR).ask(OPEN))["alerts"] == []
    assert len((await acceptor(client, COMMUNITY).ask(OPEN))["alerts"]) == 1


async def test_a_device_that_cries_without_end_is_not_heard(app: App, client: Client) -> None:
    for number in range(MOST_OPEN):
        await device(client).done("raiseAlert", **{**ALERT, "alert": f"n{number}"})
    payload = await device(client).do("raiseAlert", **{**ALERT, "alert": "one more"[:8].strip()})
    assert payload["userErrors"]
    payload = await device(client).do("raiseAlert", **{**ALERT, "alert": "n99"})
    assert [error["code"] for error in payload["userErrors"]] == ["TOO_MANY_ALERTS"]


LISTED = """query($state: AlertState, $first: Int!, $after: String) {
  alerts(state: $state, first: $first, after: $after) {
    alert outcome confirmedAs category decidedBy cursor history(first: 5) { nodes { topic } } } }"""


async def test_decided_alerts_are_listed_the_latest_first_page_by_page(
    app: App, client: Client
) -> None:
    worker = acceptor(client)
    for number in range(5):
        await device(client).done("raiseAlert", **{**ALERT, "alert": f"n{number}"})
    for number in (1, 3, 0):
        named = {"alert": f"n{number}", "device": "camera-7"}
        await worker.done("dismissAlert", **named, reason="drill")
    await worker.done("confirmAlert", alert="n4", device="camera-7", category="06036")
    assert await app.caught_up(30)

    async def pages(state: str | None, first: int = 2) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        asked = {"state": state, "first": first}
        while page := (await worker.ask(LISTED, **asked))["alerts"]:
            found += page
            asked["after"] = page[-1]["cursor"]
        return found

    assert [one["alert"] for one in await pages(None, 1)] == ["n2"]
    dismissed = await pages("DISMISSED")
    assert [(one["alert"], one["outcome"]) for one in dismissed] == [
        ("n0", "drill"), ("n3", "drill"), ("n1", "drill"),
    ]  # fmt: skip
    assert [one["topic"] for one in dismissed[0]["history"]["nodes"]] == [
        "alert.raised", "alert.dismissed",
    ]  # fmt: skip
    (confirmed,) = await pages("CONFIRMED")
    assert (confirmed["alert"], confirmed["category"], confirmed["confirmedAs"]) == (
        "n4", "06010", "06036",
    )  # fmt: skip
    assert confirmed["decidedBy"] == "acct:acceptor"
    other = await worker.refused(LISTED, state="OPEN", first=2, after=dismissed[0]["cursor"])
    assert other == "BAD_INPUT"
    assert await worker.refused(LISTED, first=501) == "BAD_INPUT"
