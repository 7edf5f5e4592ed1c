"""Cost: what is asked, what is spent, and who has to wait."""

from typing import Any

import httpx
import pytest
from graphql import parse

from api.budget import PUBLIC, STAFF, Budget, Throttled
from api.graphql import documents
from api.graphql.cost import Cost
from api.graphql.negotiation import NEWER
from api.graphql.schema import SCHEMA_CORE
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client, socket
from tests.api.ground import DISTRICT


def cost(text: str) -> Cost:
    document = parse(text)
    node: Any = document.definitions[0]
    return Cost(SCHEMA_CORE, document, node)


@pytest.mark.parametrize(
    ("text", "raw", "asked"),
    [
        ("{ me { role } }", {}, 1),
        ("{ __typename }", {}, 1),
        ("{ cases(first: 20) { nodes { id number } } }", {}, 1 + 20),
        ("query($n: Int!) { cases(first: $n) { nodes { id } } }", {"n": 50}, 1 + 50),
        ("query($n: Int = 7) { cases(first: $n) { nodes { id } } }", {}, 1 + 100),
        ("{ cases(first: 10) { nodes { category { code } grid { code } } } }", {}, 1 + 10 * 3),
        ("{ cases(first: 10) { edges { node { id } } pageInfo { hasNextPage } } }", {}, 1 + 20 + 1),
        ("{ cases(first: 2) { totalCount } }", {}, 1 + 10),
        ("{ cases(first: 2) { nodes { ...F } } } fragment F on Case { grid { code } }", {}, 1 + 4),
        ("{ nodes(ids: [1, 2, 3]) { id ... on Case { grid { code } } } }", {}, 3 * 2),
        ("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["a", "b"]}, 2),
        ('{ case(id: "x") { text { description } } }', {}, 1 + 5),
        ("mutation($i: AcceptCaseInput!) { acceptCase(input: $i) { event { id } } }", {}, 10 + 2),
    ],
)
def test_what_an_operation_may_cost(text: str, raw: dict[str, Any], asked: int) -> None:
    assert cost(text).asked(raw) == asked


def test_what_an_operation_has_cost_counts_what_it_gave() -> None:
    known = cost("{ cases(first: 100) { nodes { id category { code } departments { key } } } }")
    assert known.asked({}) == 1 + 100 * (1 + 1 + 30)
    one = {"id": "1", "category": {"code": "06"}, "departments": [{"key": "a"}, {"key": "b"}]}
    bare: dict[str, Any] = {"id": "2", "category": None, "departments": []}
    assert known.spent({"cases": {"nodes": [one, bare]}}) == 1 + (1 + 1 + 2) + 1
    assert known.spent(None) == 1


def test_a_bucket_empties_and_fills_again() -> None:
    now = [0.0]
    budget = Budget(lambda: now[0])
    bucket = budget.take("a", Role.DISPATCHER, 20_000)
    assert bucket.left == 0
    with pytest.raises(Throttled) as low:
        budget.take("a", Role.DISPATCHER, 1_000)
    assert low.value.retry_after_s == 1_000 / STAFF.restored_per_s
    budget.take("b", Role.DISPATCHER, 20_000)
    now[0] = 0.5
    assert budget.take("a", Role.DISPATCHER, 1_000).left == 0
    bucket.give_back(400)
    assert bucket.left == 400
    now[0] = 1_000.0
    assert budget.standing("a", Role.DISPATCHER).left == STAFF.available


@pytest.fixture
def counted(app: App) -> App:
    object.__setattr__(app.platform, "budget", Budget(lambda: 0.0))
    return app


async def test_an_answer_says_what_it_cost(counted: App, client: Client) -> None:
    known = client.acting(Role.DISPATCHER, DISTRICT)
    query = "{ cases(first: 30) { nodes { id } } rateLimit { cost operationLimit } }"
    answer = (await known.post({"query": query})).json()
    assert answer["extensions"]["cost"] == {
        "requestedQueryCost": 32,
        "actualQueryCost": 2,
        "throttleStatus": {
            "maximumAvailable": 20_000, "currentlyAvailable": 19_998, "restoreRate": 2_000,
        },
    }  # fmt: skip
    assert answer["data"]["rateLimit"] == {"cost": 32, "operationLimit": 20_000}


async def test_who_asks_too_much_is_told_when_to_come_back(counted: App, client: Client) -> None:
    assert counted.platform.budget is not None
    known = client.acting(Role.DISPATCHER, DISTRICT)
    counted.platform.budget.take("acct:dispatcher", Role.DISPATCHER, 20_000)
    query = {"query": "query($n: Int!) { cases(first: $n) { nodes { id grid { code } } } }"}
    for accept in (NEWER, "application/json"):
        answer = await known.post({**query, "variables": {"n": 10_000 - 1}}, accept=accept)
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "10"  # 19,999 at 2,000 a second
        assert answer.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
    other = client.acting(Role.DISPATCHER, DISTRICT, account="acct:other")
    assert (await other.post({"query": "{ me { role } }"})).status_code == 200


async def test_what_no_bucket_would_hold_is_refused_for_good(counted: App, client: Client) -> None:
    known = client.acting(Role.DISPATCHER, DISTRICT)
    query = "{ cases(first: 20001) { nodes { id } } }"
    answer = await known.post({"query": query}, accept=NEWER)
    assert (answer.status_code, "retry-after" in answer.headers) == (400, False)
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_the_public_pays_by_its_address(counted: App, client: Client) -> None:
    assert counted.platform.budget is not None
    await client.post({"query": "{ me { role } }"})
    bucket = counted.platform.budget.standing("at 127.0.0.1", Role.PUBLIC)
    assert bucket.left == PUBLIC.available - 1
    await client.post({"query": "query { me { role } }"})
    assert counted.platform.budget.standing("at 127.0.0.1", Role.PUBLIC).left == 4_998


async def test_what_would_be_compared_for_long_is_not_even_validated(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def validate(*_given: Any, **_named: Any) -> list[Any]:
        raise AssertionError("this takes a second")

    monkeypatch.setattr(documents, "validate", validate)
    asking = client.acting(Role.RESIDENT)
    grids = "grid { code name } " * 101
    query = f"{{ cases(first: 1) {{ nodes {{ {grids} }} }} }}"
    assert await asking.refused(query) == "LIMIT_EXCEEDED"


async def test_a_long_text_costs_whoever_sends_it_also_when_it_is_wrong(
    app: App, client: Client
) -> None:
    object.__setattr__(app.platform, "budget", Budget(lambda: 0.0))  # nothing is restored
    asking = client.acting(Role.RESIDENT)

    def wrong(number: int) -> str:
        return f"{{ nothing{number} }} #" + "x" * 9_000

    codes = [await asking.refused(wrong(number)) for number in range(6)]
    assert codes == ["GRAPHQL_VALIDATION_FAILED"] * 5 + ["THROTTLED"]
    assert await asking.refused(wrong(0)) == "GRAPHQL_VALIDATION_FAILED"  # that is known by now
    assert await asking.refused("{ nothing }") == "GRAPHQL_VALIDATION_FAILED"
    async with socket(app) as line:
        await line.init(asking.token)
        await line.subscribe(wrong(7))
        told = (await line.hear())["payload"][0]["extensions"]["code"]
        assert told == "THROTTLED"
    path = "/graphql/poll"
    assert (await polled(asking, path, wrong(8))).status_code == 429


async def polled(client: Client, path: str, query: str) -> httpx.Response:
    transport = httpx.ASGITransport(client.app.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.post(path, json={"query": query}, headers=client.bearing("POST", path))
