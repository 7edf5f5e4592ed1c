"""Many cases by one request: each decided for itself, once, and what is refused leaves nothing."""

from typing import Any
from uuid import uuid4

import pytest

from api.graphql.mutation.bulk import MOST
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID

REPORT = """mutation($inputs: [ReportCaseInput!]!) { reportCases(inputs: $inputs) { done refused
    results { clientMutationId case { id status } event { position last duplicate }
      userErrors { code path facts { name value } } } } }"""
ACCEPT = REPORT.replace("ReportCase", "AcceptCase").replace("reportCases", "acceptCases")


def reports(number: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {"clientMutationId": str(uuid4()), "channel": "HOTLINE", "category": "06010",
         "place": {"grid": GRID}, **more}
        for _ in range(number)
    ]  # fmt: skip


def accepting(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"clientMutationId": str(uuid4()), "case": one["case"]["id"]} for one in results]


@pytest.fixture
def acceptor(client: Client) -> Client:
    return client.acting(Role.ACCEPTOR, DISTRICT)


async def test_many_reports_in_few_commits(app: App, acceptor: Client) -> None:
    head = await app.platform.log.head()
    asked = {"inputs": reports(60)}
    found = (await acceptor.ask(REPORT, **asked))["reportCases"]
    assert (found["done"], found["refused"]) == (60, 0)
    assert [one["clientMutationId"] for one in found["results"]] == [
        one["clientMutationId"] for one in asked["inputs"]
    ]
    assert {one["case"]["status"] for one in found["results"]} == {"REPORTED"}
    assert len({one["case"]["id"] for one in found["results"]}) == 60
    commits = await app.platform.pool.fetchval(
        "select count(distinct xmin::text) from quanke_log where notification_id > $1", head
    )
    assert commits <= 6
    written = await app.platform.log.head()
    again = (await acceptor.ask(REPORT, **asked))["reportCases"]
    assert (again["done"], await app.platform.log.head()) == (60, written)
    for first, second in zip(found["results"], again["results"], strict=True):
        assert second["event"] == {**first["event"], "duplicate": True}
        assert second["case"] == first["case"]


async def test_what_is_refused_leaves_nothing_and_holds_up_nobody(
    app: App, client: Client, acceptor: Client
) -> None:
    made = (await acceptor.ask(REPORT, inputs=reports(3)))["reportCases"]["results"]
    good = accepting(made)
    unknown = {"clientMutationId": str(uuid4()), "case": made[0]["case"]["id"][:-2] + "AA"}
    asked = [good[0], unknown, good[1], {**good[0], "clientMutationId": str(uuid4())}, good[2]]
    head = await app.platform.log.head()
    found = (await acceptor.ask(ACCEPT, inputs=asked))["acceptCases"]
    codes = [[error["code"] for error in one["userErrors"]] for one in found["results"]]
    assert codes[0] == codes[2] == codes[4] == []
    assert (codes[1][0] in {"FORBIDDEN", "BAD_INPUT"}, codes[3]) == (True, ["WRONG_STATE"])
    assert (found["done"], found["refused"]) == (3, 2)
    assert found["results"][3]["userErrors"][0]["path"] == ["inputs", "3"]
    events = await app.platform.log.read_all(head)
    assert len({one.stream for one in events}) == 3
    outside = client.acting(Role.ACCEPTOR, "371602.006.")
    head = await app.platform.log.head()
    found = (await outside.ask(ACCEPT, inputs=accepting(made)))["acceptCases"]
    assert (found["done"], found["refused"]) == (0, 3)
    assert {one["case"] for one in found["results"]} == {None}
    assert await app.platform.log.head() == head


async def test_each_way_tells_the_same(acceptor: Client) -> None:
    asked = {"query": REPORT, "variables": {"inputs": reports(3, category="99999")}}
    ways = [(await acceptor.post(asked, **how)).json() for how in ({}, {"x-execution": "stock"})]
    assert ways[0]["data"] == ways[1]["data"]
    assert ways[0]["data"]["reportCases"]["refused"] == 3


async def test_a_request_has_a_limit_and_costs_by_the_item(app: App, acceptor: Client) -> None:
    engine = app.doors.engine
    cost = engine.prepare(REPORT).cost
    assert cost.asked({"inputs": [0] * 100}) >= 100 * 10
    assert cost.asked({"inputs": [0] * 200}) == pytest.approx(
        2 * cost.asked({"inputs": [0] * 100}), rel=0.02
    )
    head = await app.platform.log.head()
    for number in (0, MOST + 1):
        body = {"query": REPORT, "variables": {"inputs": reports(number)}}
        answer = (await acceptor.post(body)).json()
        assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert await app.platform.log.head() == head
