"""The short form of `quanke check documents`: every way answers alike, and faults are seen."""

from uuid import uuid4

import anyio
import pytest
from graphql import parse

from api.auth.identity import Identity
from api.check import documents
from api.check.decorated import Made
from api.check.documents import Found, Ground, Part, actors_of, pools_of
from api.check.faults import ABOUT, faults
from api.check.features import ANSWERED, BESIDE, WRITTEN, asked
from api.graphql.context import Context
from api.graphql.ids import encode_id
from api.graphql.measured import OPERATIONS
from api.graphql.plan.direct import ROOTS
from api.graphql.plan.given_up import FAILED
from api.wiring import App
from domain.actor import Actor, Role
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
    last = payload["case"]["id"]  # some department has to lead one
    await client.acting(Role.DUTY_LEADER, DISTRICT).done("fileCase", case=last)
    await client.acting(Role.DISPATCHER, DISTRICT).done("dispatchCase", case=last)
    assert await app.platform.reached(await app.platform.log.head(), 30)
    now = app.platform.clock()
    object.__setattr__(app.platform, "clock", lambda: now)
    return Ground(app, actors_of(DISTRICT, "371602.006.", "sanitation"), await pools_of(app))


@pytest.mark.slow
async def test_every_way_answers_as_the_stock_executor_does(grounds: Ground) -> None:
    found = await anyio.to_thread.run_sync(documents.run, grounds, COUNT, 7)
    assert found.differences == []
    assert found.failed == 0
    assert found.ways["plan"] >= COUNT // 2
    assert found.ways["kept"] >= COUNT // 8
    assert sum(found.ways[way] > 0 for way in documents.WAYS) == len(documents.WAYS)
    assert found.with_data >= found.answers // 3
    assert found.shown.shortcomings(["plan", "kept"], 1, 1) == []
    led = await grounds.app.platform.pool.fetchrow(
        "select id, scope, department from rm_case_board_v1.board where department is not null"
    )
    assert led is not None
    pools = await pools_of(grounds.app, led["scope"][:11], led["department"])
    assert pools["case"][0] == encode_id("Case", str(led["id"]))  # the last one reported


ASKED = (
    """query($no: Boolean!) { cases(first: 2) { pageInfo { hasNextPage }
        nodes { reportedAt number @include(if: $no) category { code } } } }""",
    """query { all: cases(first: 2) { nodes { scope } }
        ended: cases(first: 2, filter: {open: false}) { nodes { number } } }""",
    "query { cases(first: 2, filter: {open: false}) { pageInfo { endCursor } nodes { number } } }",
    """query($at: AsOf) { cases(first: 2, filter: {open: false}, asOf: $at) {
        nodes { number } } }""",
    "query { areas { name } areas { code history(first: 1) { nodes { topic } } } }",
    "query { departments { name } departments { key } }",
    "query($no: Boolean!) { grids(first: 1) { nodes { code @skip(if: $no) name } } }",
    "query($id: ID!) { case(id: $id) { number } }",
    "query($id: ID!) { case(id: $id) { allowed } }",
    "query($id: ID!) { similarCases(case: $id) { case { number } distanceM } }",
    "query($id: ID!, $at: AsOf) { case(id: $id, asOf: $at) { version status } }",
    "query($id: ID!, $at: AsOf) { caseTimeline(case: $id, asOf: $at) { nodes { topic at } } }",
    'query { gridLoad(scope: "371602.005.036.002.") { code } }',
    "query { departmentLoad { id closingRateBp } }",
    "query { areaLoad(depth: 1) { scope } }",
    "query { deadlines(first: 5) { nodes { due } } }",
    "query { overview { open reportedToday } }",
    'query { stageFunnel(scope: "371602.005.036.002.") { status cases } }',
)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_without_a_fault_nothing_differs_and_each_fault_is_seen(grounds: Ground) -> None:
    """On one platform, which stands still: what it has kept is forgotten between two faults."""
    found = await _compared(grounds)
    assert found.differences == []
    assert found.answers == len(grounds.actors) * len(ASKED)
    unseen = []
    for name, fault in faults().items():
        with fault:
            found = await _compared(grounds)
        if not found.differences:
            unseen.append(name)
    documents.forget(grounds.app)
    assert unseen == []


async def _compared(grounds: Ground) -> Found:
    """Ask everything as everybody, until something differs."""
    pool, found = grounds.app.platform.pool, Found()
    begun = await pool.fetchval("select min(position) from rm_case_timeline_v2.entry")
    case = await pool.fetchval("select id from rm_case_board_v1.board order by position limit 1")
    values = {"no": False, "id": encode_id("Case", str(case)), "at": {"position": str(begun)}}
    documents.forget(grounds.app)
    for text in ASKED:
        given = {key: one for key, one in values.items() if f"${key}" in text}
        for actor in grounds.actors:
            await grounds.compare(Made(parse(text), given), actor, found)
            if found.differences:
                return found
    return found


def test_parts_share_documents_and_faults() -> None:
    parts = [Part.parsed(f"{number}/4") for number in range(1, 5)]
    assert sum(one.count(2_000) for one in parts) == 2_000
    assert sorted(name for one in parts for name in one.faults()) == sorted(faults())
    assert set(ABOUT) <= set(faults())
    for wrong in ("0/4", "5/4", "x"):
        with pytest.raises(ValueError):
            Part.parsed(wrong)


def test_a_run_that_shows_nothing_is_no_proof() -> None:
    ran = Found(documents=2_000, answers=10, failed=3)
    said = documents.shortcomings(ran, ["a fault"], 2_000)
    assert said == [
        "a plan failed 3 times where the executor did not",
        *(f"the way {way!r} was taken 0 times, not 100" for way in documents.WAYS),
        *(f"the way {way!r} was taken 0 times with {one}, not 5"
          for way in documents.WAYS for one in WRITTEN),
        *(f"the way {way!r} was taken by 0 actors, not 2" for way in documents.WAYS),
        *(f"0 answers of fast ways had {one}, not 100" for one in ANSWERED),
        "only 0 of 10 answers had data",
        "nobody noticed: a fault",
    ]  # fmt: skip


def enough() -> Found:
    """What a run of two thousand documents has shown at the least."""
    found = Found(documents=2_000, answers=1_000, with_data=900)
    found.ways.update(dict.fromkeys(documents.WAYS, 100))
    found.shown.by_way.update({(way, one): 5 for way in documents.WAYS for one in WRITTEN})
    found.shown.answered.update(dict.fromkeys(ANSWERED, 100))
    for way in documents.WAYS:
        found.shown.actors[way] |= {"one", "other"}
    return found


def test_a_way_without_fragments_or_with_one_actor_proves_nothing_of_them() -> None:
    found = enough()
    assert documents.shortcomings(found, [], 2_000) == []
    found.shown.by_way["sql case", "fragments"] = 4
    found.shown.actors["kept"] = {"one"}
    found.shown.answered["errors"] = 99
    assert documents.shortcomings(found, [], 2_000) == [
        "the way 'sql case' was taken 4 times with fragments, not 5",
        "the way 'kept' was taken by 1 actors, not 2",
        "99 answers of fast ways had errors, not 100",
    ]


def test_what_a_document_is_written_with_is_seen() -> None:
    plain = asked(parse("{ case(id: 1) { number timeline { nodes { at } } } }"))
    assert plain.features == set()
    assert set(plain.ways(["case"])) == {"sql case", BESIDE["timeline"]}
    assert set(plain.ways(["overview"])) == {"sql overview"}
    assert set(plain.ways([])) == set()
    written = asked(parse("""query($no: Boolean!) { c: case(id: 1) { ...F ... { allowed } } }
        fragment F on Case { number @skip(if: $no) id @include(if: $no) }"""))  # fmt: skip
    assert written.features == set(WRITTEN)
    assert set(written.ways(["case"])) == {"sql case", BESIDE["allowed"]}


def test_every_fast_way_has_a_fault_planted_in_it() -> None:
    assert set(ROOTS) <= set(ABOUT.values())
    named = " ".join(faults())
    for beside in ("verb", "timeline", "kept", "@skip"):
        assert beside in named


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


def test_a_run_with_many_late_answers_proves_nothing() -> None:
    found = enough()
    found.late = 10
    assert documents.shortcomings(found, [], 2_000) == []
    found.late = 11
    assert documents.shortcomings(found, [], 2_000) == [
        "11 of 1000 answers came too late to be compared"
    ]


def test_an_answer_without_time_is_known_by_its_code() -> None:
    error = {"message": "no time", "extensions": {"code": "UNAVAILABLE"}}
    assert documents._is_late({"data": None, "errors": [error]})
    assert not documents._is_late({"data": {}})
    other = {"message": "no", "extensions": {"code": "FORBIDDEN"}}
    assert not documents._is_late({"data": None, "errors": [other]})


async def test_a_page_that_cannot_be_of_a_case_out_of_sight_is_no_failed_plan(
    app: App, client: Client, worker: Client
) -> None:
    """The executor finds no case and never looks at the page; of a case in sight it complains."""
    case = (await worker.done(
        "reportCase", channel="GRID_WORKER", category="06010", place={"grid": GRID}
    ))["case"]["id"]  # fmt: skip
    engine, before = app.doors.engine, OPERATIONS.plans["query", FAILED]
    query = "query($id: ID!) { case(id: $id) { timeline(first: 0) { nodes { at } } } }"
    told = []
    for scope in (DISTRICT, "371602.006."):
        actor = Actor(id="acct:leader", role=Role.DUTY_LEADER, scope=scope)
        asking = Context(app.platform, Identity(actor))
        told.append(await engine.run(engine.prepare(query), {"id": case}, asking))
    assert told[0]["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert told[1]["data"] == {"case": None}
    assert OPERATIONS.plans["query", FAILED] == before
