"""Last month again under a rule that is only thought of: exact counts, and nothing is written."""

from typing import Any
from uuid import uuid4

from api.graphql.scalars import rfc3339
from api.wiring import App
from tests.api.client import Client
from tests.api.ground import DISTRICT
from tests.api.steps import acting, report

HOUR = 3_600_000_000
ASKED = """query($change: PolicyChangeInput!, $days: Int!) { dryRun(change: $change, days: $days) {
  userErrors { code } cases complete differing byHand
  clocks { clock runs moved lateBefore lateAfter lateRecorded }
  rerouted { before { key } after { key } cases }
  examples { number dues { clock before after lateBefore lateAfter } after { key } } } }"""


async def tried(client: Client, days: int = 30, **change: dict[str, Any]) -> dict[str, Any]:
    """Ask what a change would do."""
    given = {
        name: {"clientMutationId": str(uuid4()), "owner": "371602", **values}
        for name, values in change.items()
    }
    found = await acting(client, "admin").ask(ASKED, change=given, days=days)
    return dict(found["dryRun"])


async def two_late(app: App, client: Client, ago: int = HOUR * 3 // 2) -> list[str]:
    """Two cases reported some time ago, accepted and dispatched only now; their numbers."""
    begun, numbers = rfc3339(app.platform.clock() - ago), []
    for label in ("one", "two"):
        given = {**report(label).given, "occurredAt": begun}
        case = (await acting(client, "worker").done("reportCase", **given))["case"]
        for who, verb in (
            ("acceptor", "acceptCase"),
            ("leader", "fileCase"),
            ("dispatcher", "dispatchCase"),
        ):
            await acting(client, who).done(verb, case=case["id"])
        numbers.append(case["number"])
    assert await app.caught_up(30)
    return numbers


async def test_a_limit_is_tried_on_what_has_happened(app: App, client: Client) -> None:
    numbers = await two_late(app, client)
    head, generation = await app.platform.log.head(), app.platform.reference.generation
    told = await tried(client, setStageLimit={"clock": "accept", "limit": "2U"})
    (accept,) = (one for one in told["clocks"] if one["clock"] == "accept")
    assert accept == {
        "clock": "accept", "runs": 2, "moved": 2, "lateBefore": 2, "lateAfter": 0,
        "lateRecorded": 2,
    }  # fmt: skip
    assert all(one["moved"] == 0 for one in told["clocks"] if one["clock"] != "accept")
    assert (told["cases"], told["differing"], told["complete"]) == (2, 2, True)
    assert {one["number"] for one in told["examples"]} == set(numbers)
    assert told["rerouted"] == []
    assert await app.platform.log.head() == head
    assert app.platform.reference.generation == generation
    assert app.platform.reference.limits("06010", DISTRICT)["accept"] == "1U"
    await acting(client, "admin").done("setStageLimit", owner="371602", clock="accept", limit="2U")
    again = await tried(client, setStageLimit={"clock": "accept", "limit": "2U"})
    assert again["differing"] == 0
    assert {one["clock"]: one["lateBefore"] for one in again["clocks"]}["accept"] == 0


async def test_routing_is_tried_and_a_refusal_is_the_one_it_would_get(
    app: App, client: Client
) -> None:
    await two_late(app, client)
    rule = {
        "rule": "new", "priority": 1, "category": "0601*", "scope": DISTRICT,
        "department": "urban", "reason": "试行", "reasonEn": "a trial",
    }  # fmt: skip
    refused = await tried(client, setRoutingRule={**rule, "department": "nobody"})
    assert [one["code"] for one in refused["userErrors"]] == ["DEPARTMENT_UNKNOWN"]
    assert refused["cases"] == 0
    told = await tried(client, setRoutingRule=rule)
    assert told["rerouted"] == [
        {"before": {"key": "sanitation"}, "after": {"key": "urban"}, "cases": 2}
    ]
    assert [one["moved"] for one in told["clocks"]] == [0] * len(told["clocks"])
    route = app.platform.reference.route("06010", DISTRICT)
    assert route is not None
    assert route.department == "sanitation"


async def test_a_calendar_is_tried_and_only_the_window_counts(app: App, client: Client) -> None:
    await two_late(app, client, ago=120 * HOUR)
    calendar = {
        "calendar": "371602", "version": "trial", "timezone": "Asia/Shanghai",
        "firstYear": 2020, "lastYear": 2035, "hours": [[0, 1]], "weekend": [],
    }  # fmt: skip
    given = {"publishCalendar": {"clientMutationId": str(uuid4()), **calendar}}
    admin = acting(client, "admin")
    told = (await admin.ask(ASKED, change=given, days=30))["dryRun"]
    assert told["userErrors"] == []
    moved = {one["clock"] for one in told["clocks"] if one["moved"]}
    assert moved == {"handle"}  # 4H: the one limit that is counted in working hours
    assert (await admin.ask(ASKED, change=given, days=4))["dryRun"]["cases"] == 0


async def test_it_is_the_administrators(client: Client) -> None:
    change = {"setStageLimit": {
        "clientMutationId": str(uuid4()), "owner": "371602", "clock": "accept", "limit": "2U",
    }}  # fmt: skip
    code = await acting(client, "dispatcher").refused(ASKED, change=change, days=30)
    assert code == "FORBIDDEN"
    assert await acting(client, "admin").refused(ASKED, change={}, days=30) == "BAD_INPUT"
    assert await acting(client, "admin").refused(ASKED, change=change, days=99) == "BAD_INPUT"
