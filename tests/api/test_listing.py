"""Pages of cases written by the database: the same page as the stock executor's, to the byte."""

import contextlib
from typing import Any

import orjson
import pytest

from api.graphql.context import Context
from api.graphql.scalars import rfc3339
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import COMMUNITY, DISTRICT, POINT

PAGE = """query($n: Int!, $after: String, $by: CaseOrder = REPORTED, $total: Boolean = false,
    $filter: CaseFilter, $asOf: AsOf) { page: cases(first: $n, after: $after, orderBy: $by,
    filter: $filter, withTotal: $total, asOf: $asOf) { __typename totalCount
    pageInfo { hasNextPage hasPreviousPage start: startCursor endCursor }
    nodes { __typename id number status open overdue channel scope tier severity flags version
      position reportedAt acceptedAt dueAt closedAt categoryCode point { lon lat __typename }
      mergedInto parent sensitive grade: severity } } }"""


async def both(app: App, asking: Client, **variables: Any) -> dict[str, Any]:
    """Return the page, asked both ways; by one SQL the database must have written it."""
    engine = app.doors.engine
    identity = app.platform.tokens.read(str(asking.token))
    fast, stock = Context(app.platform, identity), Context(app.platform, identity)
    operation = engine.prepare(PAGE)
    wanted = await engine.run(operation, variables, stock, stock=True)
    await engine.run(operation, variables, fast)
    sent = (await asking.post({"query": PAGE, "variables": variables})).json()
    assert sent == wanted
    assert fast.written == ("cases",)
    assert fast.rows == 2 * len(wanted["data"]["page"]["nodes"])  # each with its point
    page: dict[str, Any] = wanted["data"]["page"]
    return page


async def test_page_after_page_in_every_order(app: App, client: Client, cases: list[str]) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    for order in ("REPORTED", "UPDATED", "DUE"):
        seen: list[str] = []
        after = None
        while True:
            page = await both(app, leader, n=2, by=order, after=after, total=True)
            seen += [one["id"] for one in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert sorted(seen) == sorted(cases if order != "DUE" else set(seen)), order
        assert page["totalCount"] == 5


async def test_filters_and_sight_hold(app: App, client: Client, cases: list[str]) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    page = await both(app, leader, n=9, filter={"status": ["ACCEPTED"]})
    assert [one["id"] for one in page["nodes"]] == [cases[2]]
    outside = client.acting(Role.DUTY_LEADER, "371602.006.")
    assert (await both(app, outside, n=9))["nodes"] == []
    near = client.acting(Role.GRID_WORKER, COMMUNITY)
    assert len((await both(app, near, n=9))["nodes"]) == 5


async def test_a_sensitive_point_stays_sealed(app: App, client: Client, cases: list[str]) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    page = await both(app, leader, n=9)
    points = {one["id"]: one["point"] for one in page["nodes"]}
    assert points[cases[2]] is None
    assert points[cases[1]] == {**POINT, "__typename": "GeoPoint"}


@pytest.mark.parametrize("axis", ["position", "effectiveAt", "recordedAt"])
async def test_pages_of_the_past_are_written_by_one_statement_too(
    app: App, client: Client, cases: list[str], axis: str
) -> None:
    """They need no transaction: none of the sessions that open one is asked."""
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    head = await app.platform.log.head()
    assert await app.platform.reached(head, 30)
    moment = str(head) if axis == "position" else rfc3339(app.platform.clock())
    live = await both(app, leader, n=9)
    assert (await both(app, leader, n=9, asOf={axis: moment}))["nodes"] == live["nodes"]
    first = await both(app, leader, n=2, asOf={axis: moment}, total=True)
    after = first["pageInfo"]["endCursor"]
    rest = await both(app, leader, n=9, after=after, total=True)  # the cursor has the moment
    assert [*first["nodes"], *rest["nodes"]] == live["nodes"]
    assert rest["totalCount"] == len(cases)
    operation = app.doors.engine.prepare(PAGE)
    identity = app.platform.tokens.read(str(leader.token))
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(app.platform.reads.get_max_size()):
            await stack.enter_async_context(app.platform.reads.acquire())
        answer = await app.doors.engine.run(
            operation, {"n": 9, "asOf": {axis: moment}}, Context(app.platform, identity)
        )
    assert orjson.loads(orjson.dumps(answer["data"]["page"]["nodes"])) == live["nodes"]
