"""GraphQL over HTTP: media types, limits, masked errors."""

import asyncio
from urllib.parse import quote
from uuid import uuid4

import pytest
from graphql import get_introspection_query

from api.graphql.limits import MAX_BODY
from api.graphql.negotiation import JSON, NEWER
from api.wiring import App
from domain.actor import Role
from projections.time_limit import TimeLimit
from tests.api.client import Client
from tests.api.ground import DISTRICT


async def test_only_json_is_taken(client: Client) -> None:
    answer = await client.post({"query": "{ me { role } }"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{JSON}; charset=utf-8")
    assert answer.json() == {"data": {"me": {"role": "public"}}}
    plain = await client.post({"query": "{ me { role } }"}, **{"content-type": "text/plain"})
    assert plain.status_code == 415


async def test_the_newer_media_type_has_its_status_codes(client: Client) -> None:
    good = await client.post({"query": "{ me { role } }"}, accept=NEWER)
    assert (good.status_code, good.headers["content-type"]) == (200, f"{NEWER}; charset=utf-8")
    bad = await client.post({"query": "{ nothing }"}, accept=NEWER)
    assert bad.status_code == 400
    assert "data" not in bad.json()


async def test_get_answers_queries_and_refuses_mutations(client: Client) -> None:
    answer = await client.get("/graphql?query=%7Bme%7Brole%7D%7D")
    assert answer.json() == {"data": {"me": {"role": "public"}}}
    query = f'mutation{{acceptCase(input:{{clientMutationId:"{uuid4()}",case:"x"}}){{__typename}}}}'
    refused = await client.get(f"/graphql?query={quote(query)}")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "body", [[], {}, {"query": 1}, {"query": "{a}", "variables": []}, {"query": "", "x": "y"}]
)
async def test_a_malformed_request_is_a_400(client: Client, body: object) -> None:
    answer = await client.post(body, accept=NEWER)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] in (
        "BAD_REQUEST", "GRAPHQL_VALIDATION_FAILED",
    )  # fmt: skip


async def test_a_large_request_is_a_413(client: Client) -> None:
    answer = await client.post({"query": "{ me { role } }", "x": "y" * MAX_BODY})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("{ " + " ".join(f"a{n}: me {{ role }}" for n in range(31)) + " }", "aliases"),
        ("{ me " + "{ a " * 13 + "}" * 13 + " }", "depth"),
        ("{ me { " + "role @include(if: true) " * 31 + "} }", "directives"),
        ("{ " + " ".join(["me { role }"] * 11) + " }", "root fields"),
        ("{ me { " + "role " * 101 + "} }", "fields of the same name"),
        ("{ me { ...F } } fragment F on Me { " + "role " * 101 + "}", "fields of the same name"),
    ],
)
async def test_limits(client: Client, query: str, what: str) -> None:
    answer = (await client.post({"query": query})).json()
    found = [error for error in answer["errors"] if error["message"].startswith(what)]
    assert found[0]["extensions"]["code"] == "LIMIT_EXCEEDED"


async def test_too_many_tokens_are_not_parsed(client: Client) -> None:
    answer = (await client.post({"query": "{ me { " + "role " * 2_000 + "} }"})).json()
    assert "token" in answer["errors"][0]["message"]


async def test_fragments_that_spread_fragments_cost_no_more_than_their_text(
    client: Client,
) -> None:
    fragments = " ".join(
        f"fragment F{n} on Viewer {{ ...F{n + 1} ...F{n + 1} ...F{n + 1} }}" for n in range(25)
    )
    query = f"{{ me {{ ...F0 }} }} {fragments} fragment F25 on Viewer {{ role }}"
    answer = (await client.post({"query": query})).json()
    assert answer["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


async def test_introspection_is_for_those_who_are_known(client: Client) -> None:
    query = "{ __schema { queryType { name } } }"
    assert await client.refused(query) == "UNAUTHENTICATED"
    known = client.acting(Role.INTEGRATOR, DISTRICT)
    assert (await known.ask(query))["__schema"] == {"queryType": {"name": "Query"}}


async def test_the_question_every_tool_asks_is_not_too_deep(client: Client) -> None:
    known = client.acting(Role.INTEGRATOR, DISTRICT)
    found = await known.ask(get_introspection_query())
    assert found["__schema"]["queryType"]["name"] == "Query"


async def test_a_bug_is_masked_with_a_request_id(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("api.graphql.district.department_of", broken)
    known = client.acting(Role.DISPATCHER, DISTRICT)
    answer = await known.post({"query": "{ departments { key } }"})
    (error,) = answer.json()["errors"]
    assert error["message"] == "internal error"
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert "hunter2" not in answer.text


async def test_a_token_that_does_not_hold_is_a_401(client: Client) -> None:
    for header in ("Bearer nonsense", "Basic abc"):
        answer = await client.post({"query": "{ me { role } }"}, authorization=header)
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_response_says_as_of_where(app: App, client: Client) -> None:
    known = client.acting(Role.DISPATCHER, DISTRICT)
    answer = (await known.post({"query": "{ overview { open } }"})).json()
    assert answer == {
        "data": {"overview": {"open": 0}},
        "extensions": {"position": str(await app.platform.log.head())},
    }


async def test_a_query_that_takes_too_long_is_ended(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("api.graphql.engine.IN_TIME", TimeLimit(0.05))
    monkeypatch.setattr("projections.written.several", endless)
    known = client.acting(Role.DISPATCHER, DISTRICT)
    assert await known.refused("{ overview { open } }") == "UNAVAILABLE"
