"""What happens is counted, under labels of closed sets: asked as Prometheus asks."""

import asyncio
import re

import pytest
from structlog.testing import capture_logs

from api.graphql.errors import MASKED
from api.graphql.live.cursor import Cursor
from api.graphql.plan.operation import Plan
from api.http.metrics import LEVELS
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client, socket
from tests.api.ground import DISTRICT, POINT

TEXT = "query MadeUp($id: ID!) { case(id: $id) { text { description } } }"
FEED = "subscription { caseFeed { __typename } }"
JOINED = (
    "quanke_live_told_seconds_count", 'quanke_live_joined_total{by="snapshot"}',
    'quanke_live_joined_total{by="replay"}', 'quanke_live_joined_total{by="resync"}',
)  # fmt: skip
RESUMED = """subscription($after: String) { caseFeed(after: $after) { __typename
  ... on CaseFeedSnapshot { cursor } } }"""
SAMPLE = re.compile(r"^(quanke_\w+)(\{[^}]*\})? (\S+)$", re.MULTILINE)


async def page(client: Client) -> dict[str, float]:
    text = (await client.get("/metrics")).text
    assert MASKED not in text
    return {name + labels: float(value) for name, labels, value in SAMPLE.findall(text)}


async def test_operations_denials_openings_and_connections_are_counted(
    app: App, client: Client
) -> None:
    before = await page(client)
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    done = await acceptor.done(
        "reportCase", channel="HOTLINE", category="06010", place={"point": POINT}, description="脏"
    )
    assert await app.platform.reached(int(done["event"]["last"]), 30)
    await acceptor.ask(TEXT, id=done["case"]["id"])
    refused = await client.acting(Role.AUDITOR, DISTRICT).do("acceptCase", case=done["case"]["id"])
    assert [one["code"] for one in refused["userErrors"]] == ["ROLE_NOT_ALLOWED"]
    assert await acceptor.refused("{ accounts { id } }") == "FORBIDDEN"
    assert await acceptor.refused("{ nothing }")
    async with socket(app) as line:
        await line.init(client.acting(Role.DISPATCHER, DISTRICT).token)
        await line.subscribe(FEED)
        await line.next("CaseFeedSnapshot")
        after = await page(client)

    def more(name: str) -> float:
        return after.get(name, 0.0) - before.get(name, 0.0)

    assert more('quanke_personal_reads_total{purpose="handling"}') == 1
    assert more('quanke_denied_total{action="case.accept"}') == 1
    assert more('quanke_denied_total{action="query"}') == 1
    assert more('quanke_graphql_refused_total{code="FORBIDDEN"}') == 1
    assert more('quanke_graphql_seconds_count{kind="query",operation="other"}') == 2
    assert more('quanke_graphql_seconds_count{kind="mutation",operation="other"}') == 2
    assert more('quanke_pool_wait_seconds_count{pool="reads"}') > 0
    assert after['quanke_connections{role="dispatcher"}'] == 1
    assert after['quanke_connections{role="auditor"}'] == 0
    assert more('quanke_cases{state="total"}') == more('quanke_cases{state="open"}') == 1
    assert not any("MadeUp" in name for name in after)
    assert [after[f'quanke_overdue_cases{{level="{level}"}}'] for level in LEVELS.values()] == [
        after['quanke_cases{state="overdue"}'], *[0.0] * 3,
    ]  # fmt: skip


async def test_a_plan_that_fails_where_the_executor_does_not_is_counted_and_said(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor, before = client.acting(Role.AUDITOR, DISTRICT), await page(client)

    async def wrong(_self: Plan, _values: object, _context: object) -> None:
        raise KeyError("a bug")

    assert await auditor.refused('{ case(id: "x") { number } }') == "BAD_INPUT"
    await auditor.ask("{ me { role } }")
    await auditor.ask("{ __schema { queryType { name } } }")
    with monkeypatch.context() as patched, capture_logs() as lines:
        patched.setattr(Plan, "run", wrong)
        assert (await auditor.ask("{ me { role } }"))["me"] == {"role": "auditor"}
    after = await page(client)
    for outcome in ("planned", "uncovered", "refused", "failed"):
        name = f'quanke_graphql_plans_total{{kind="query",outcome="{outcome}"}}'
        assert after[name] - before.get(name, 0.0) == 1, outcome
    (line,) = lines
    assert (line["event"], line["log_level"]) == (
        "a plan failed where the executor did not", "error",
    )  # fmt: skip
    assert len(line["request_id"]) == 32


async def test_what_brings_members_up_to_date_is_counted(app: App, client: Client) -> None:
    before, acceptor = await page(client), client.acting(Role.ACCEPTOR, DISTRICT)
    cursor = None
    for after in (None, "the last one", Cursor("9", "x", 1).encode()):
        async with socket(app) as line:
            await line.init(acceptor.token)
            await line.subscribe(RESUMED, after=cursor if after == "the last one" else after)
            first = await line.next("CaseFeedSnapshot", "Heartbeat", "Resync")
            cursor = first.get("cursor", cursor)
            if after is None:
                await acceptor.done(
                    "reportCase", channel="HOTLINE", category="06010", place={"point": POINT}
                )
                await line.next("CaseFeedDelta")
    async with asyncio.timeout(20):
        while True:  # it is counted once everybody has been told
            found = await page(client)
            more = {name: found[name] - before.get(name, 0) for name in JOINED}
            if more["quanke_live_told_seconds_count"]:
                break
            await asyncio.sleep(0.05)
    assert [more[name] for name in JOINED[1:]] == [1, 1, 1]


async def test_an_operation_of_a_screen_has_its_name(app: App, client: Client) -> None:
    app.doors.engine.documents.register("query Mine { me { role } }")
    before = await page(client)
    await client.acting(Role.AUDITOR, DISTRICT).ask("query Mine { me { role } }")
    name = 'quanke_graphql_seconds_count{kind="query",operation="Mine"}'
    assert (await page(client))[name] == before.get(name, 0) + 1
