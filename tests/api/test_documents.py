"""The short form of `quanke check documents`: every way answers alike, and faults are seen."""

from uuid import uuid4

import anyio
import pytest
from graphql import parse

from api.check import documents
from api.check.decorated import Made
from api.check.documents import Found, Ground, actors_of, pools_of
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID, POINT

COUNT = 50


@pytest.fixture
async def grounds(app: App, client: Client, worker: Client) -> Ground:
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    for category in ("06010", "06036", "06010", "92003"):
        place = {"point": POINT} if category == "06036" else {"grid": GRID}
        payload = await worker.done(
            "reportCase", channel="GRID_WORKER", category=category, place=place, description="脏"
        )
        await acceptor.done("acceptCase", case=payload["case"]["id"])
    assert await app.platform.reached(await app.platform.log.head(), 10)
    now = app.platform.clock()
    object.__setattr__(app.platform, "clock", lambda: now)
    return Ground(app, actors_of(DISTRICT, "sanitation"), await pools_of(app))


@pytest.mark.slow
async def test_every_way_answers_as_the_stock_executor_does(grounds: Ground) -> None:
    found = await anyio.to_thread.run_sync(documents.run, grounds, COUNT, 7)
    assert found.differences == []
    assert found.ways["plan"] >= COUNT // 2
    assert found.ways["kept"] >= COUNT // 8
    assert found.ways["sql"] >= 1
    assert found.with_data >= found.answers // 3


@pytest.mark.parametrize("name", documents.faults())
async def test_a_fault_in_a_fast_way_is_seen(grounds: Ground, name: str) -> None:
    text = """query($no: Boolean!, $n: Int!) { cases(first: $n) {
        nodes { reportedAt number @include(if: $no) grid { code } grid { name } } }
        all: cases(first: $n) { nodes { reportedAt scope } }
        ended: cases(first: $n, filter: {open: false}) { nodes { number } } }"""
    made = Made(parse(text), {"no": False, "n": 2})
    documents.forget(grounds.app)
    found = Found()
    with documents.faults()[name]:
        for actor in grounds.actors:
            await grounds.compare(made, actor, found)
    assert found.answers == len(grounds.actors)
    assert found.differences != []


def test_a_run_that_shows_nothing_is_no_proof() -> None:
    said = documents.shortcomings(Found(documents=2_000, answers=10), ["a fault"], 2_000)
    assert said == [
        "the way 'plan' was taken 0 times, not 100",
        "the way 'sql' was taken 0 times, not 100",
        "the way 'kept' was taken 0 times, not 100",
        "only 0 of 10 answers had data",
        "nobody noticed: a fault",
    ]


async def test_a_mutation_by_plan_answers_as_by_stock(app: App, client: Client) -> None:
    """What differs between two reports is taken out: positions, ids, numbers."""
    acting = client.acting(Role.ACCEPTOR, DISTRICT)
    query = """mutation($input: ReportCaseInput!) { reportCase(input: $input) {
        __typename case { status scope category { code } point { lon lat } }
        event { version duplicate } userErrors { code message facts { name value } } } }"""
    good = {"channel": "HOTLINE", "category": "06010", "place": {"point": POINT}}
    for given in (good, {**good, "category": "99999"}, {**good, "place": {"scope": "9."}},
                  {**good, "channel": "NONSENSE"}):  # fmt: skip
        answers = []
        for headers in ({}, {"x-execution": "stock"}):
            key = str(uuid4())
            body = {"query": query, "variables": {"input": {**given, "clientMutationId": key}}}
            answer = (await acting.post(body, **headers)).json()
            answer.pop("extensions", None)
            for error in answer.get("errors", ()):
                error["extensions"].pop("requestId")
                error["message"] = error["message"].replace(key, "")
            answers.append(answer)
        assert answers[0] == answers[1]
