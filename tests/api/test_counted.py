"""What happens is counted, under labels of closed sets: asked as Prometheus asks."""

import re

from api.graphql.errors import MASKED
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client, socket
from tests.api.ground import DISTRICT, POINT

TEXT = "query MadeUp($id: ID!) { case(id: $id) { text { description } } }"
FEED = "subscription { caseFeed { __typename } }"
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
    assert await app.platform.reached(int(done["event"]["last"]), 10)
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


async def test_an_operation_of_a_screen_has_its_name(app: App, client: Client) -> None:
    app.doors.engine.documents.register("query Mine { me { role } }")
    before = await page(client)
    await client.acting(Role.AUDITOR, DISTRICT).ask("query Mine { me { role } }")
    name = 'quanke_graphql_seconds_count{kind="query",operation="Mine"}'
    assert (await page(client))[name] == before.get(name, 0) + 1
