"""As of a moment through GraphQL: what was answered then is what is answered now."""

import time
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.dispatch.casefacts import CASE
from api.graphql.ids import case_key
from api.graphql.scalars import rfc3339
from api.wiring import App
from domain.actor import Actor, Role
from domain.case.commands import StateClose, StateCorrection, StateReport, StateStatus
from domain.case.values import Place, Source
from domain.event import Command
from domain.topics import decode_meta
from eventlog.record import Position, Recorded
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID, GRID_SCOPE, POINT
from tests.api.steps import ADMIN_STEPS, CASE_STEPS, acting, filled, report, to_dispatched

LOOK = """query($asOf: AsOf) {
    cases(first: 50, withTotal: true, asOf: $asOf) { totalCount nodes { id number version status
        overdue category { name } grid { code name } area { name } department { key name }
        departments { key } point { lon } dueClock dueAt late updatedAt children mergedInto } }
    due: cases(first: 50, orderBy: DUE, asOf: $asOf) { nodes { number dueAt } }
    updated: cases(first: 50, orderBy: UPDATED, filter: {open: true}, asOf: $asOf) {
        nodes { number } }
    overview(asOf: $asOf) { open reportedToday closedToday overdue lifeSafety total closed
        closingRateBp acceptP50S }
    gridLoad(asOf: $asOf) { code open overdue lifeSafety }
    areaLoad(asOf: $asOf) { code level name open overdue closingRateBp }
    departmentLoad(asOf: $asOf) { id name open overdue handled closingRateBp }
    stageFunnel(asOf: $asOf) { status cases }
    deadlines(first: 50, asOf: $asOf) { nodes { number clock limit start due warned passed } } }"""
PLACES = """query($asOf: AsOf) {
    grids(first: 50, asOf: $asOf) { nodes { code name live successors } }
    areas(asOf: $asOf) { code name live } categories(asOf: $asOf) { code name }
    departments(all: true, asOf: $asOf) { key name live onDuty }
    figures(since: "2020-01-01T00:00:00Z", until: "2099-01-01T00:00:00Z", asOf: $asOf) {
        code key value numerator denominator n leftOut clockTimes { kind n p50 } }
    wall(asOf: $asOf) { position district { name } overview { open total }
        grids { code open } departments { id open name } townships { code name open }
        feed { position topic number area department overdue } figures { code value n } } }"""


async def looked(client: Client, as_of: dict[str, str] | None = None) -> dict[str, Any]:
    """Return all answers as of a moment, and the position they state."""
    found: dict[str, Any] = {}
    for query in (LOOK, PLACES):
        answer = (await client.post({"query": query, "variables": {"asOf": as_of}})).json()
        assert "errors" not in answer, answer
        found |= answer["data"] | {"position": answer["extensions"]["position"]}
    return found


@dataclass(frozen=True)
class Told:
    """An answer as it was given live, and the event it was given after."""

    last: Recorded
    answer: dict[str, Any]

    @property
    def effective_at(self) -> str:
        return rfc3339(decode_meta(self.last.meta).effective_at)


async def lived(app: App, client: Client) -> list[Told]:
    """Do everything that can be done, look every few steps, return what was seen."""
    cases: dict[str, str] = {}
    appeal, seen = "", list[Told]()
    review = rfc3339(app.platform.clock() + 5 * 86_400_000_000)
    admin = iter(ADMIN_STEPS)
    for index, one in enumerate(CASE_STEPS):
        if one.mutation == "decideAppeal":
            held = await app.platform.dispatcher.load(case_key(cases["a"]), CASE)
            (appeal,) = held.state.appeals
        given = filled(one, cases, review=review, appeal=appeal)
        payload = await acting(client, one.who).done(one.mutation, **given)
        if one.mutation == "reportCase":
            assert one.case is not None
            cases[one.case] = payload["case"]["id"]
        for also in islice(admin, index % 2):
            await acting(client, also.who).done(also.mutation, **filled(also, {}))
        if index % 6 == 5:
            seen.append(await _look(app, client))
    return seen


async def _look(app: App, client: Client) -> Told:
    head = await app.platform.log.head()
    assert await app.platform.reached(head, 30)
    (last,) = await app.platform.log.read_all(Position(head - 1))
    return Told(last, await looked(acting(client, "leader")))


@pytest.mark.slow
async def test_every_answer_is_given_again_as_of_its_moment(app: App, client: Client) -> None:
    told = await lived(app, client)
    assert len(told) > 8
    leader = acting(client, "leader")
    for one in told:
        assert one.answer["position"] == str(one.last.position)
        for as_of in ({"position": str(one.last.position)},
                      {"recordedAt": rfc3339(one.last.recorded_at)}):  # fmt: skip
            assert await looked(leader, as_of) == one.answer, as_of
        happened = await looked(leader, {"effectiveAt": one.effective_at})
        assert happened["position"] == str(await app.platform.log.head())
        for name in ("overview", "gridLoad", "stageFunnel", "deadlines", "departments", "due"):
            assert happened[name] == one.answer[name], name
        assert happened["cases"] == one.answer["cases"]
    answers = [one.answer for one in told]
    assert all(one != other for one, other in pairwise(answers))
    assert {len(one["areas"]) for one in answers} == {1}
    assert len({str(one["grids"]) for one in answers}) > 3


async def test_the_wall_of_the_past_is_for_anybody(app: App, client: Client) -> None:
    told = await lived(app, client)
    as_of = {"position": str(told[3].last.position)}
    query = (
        "query($asOf: AsOf) { wall(asOf: $asOf) { position overview { open } feed { number } } }"
    )
    found = (await client.ask(query, asOf=as_of))["wall"]
    assert found["position"] == as_of["position"]
    assert found["overview"]["open"] == told[3].answer["wall"]["overview"]["open"]
    assert await client.refused(LOOK, asOf=as_of) == "UNAUTHENTICATED"


async def test_a_page_of_the_past_goes_on_in_the_past(client: Client) -> None:
    worker, leader = acting(client, "worker"), acting(client, "leader")
    first = [await worker.done("reportCase", **report("x").given) for _ in range(5)]
    as_of = {"position": first[-1]["event"]["last"]}
    await worker.done("reportCase", **report("x").given)
    query = """query($asOf: AsOf, $after: String) { cases(first: 2, asOf: $asOf, after: $after,
        withTotal: true) { totalCount nodes { number } pageInfo { endCursor } } }"""
    page = (await leader.ask(query, asOf=as_of))["cases"]
    after, numbers = page["pageInfo"]["endCursor"], [one["number"] for one in page["nodes"]]
    assert page["totalCount"] == 5
    page = (await leader.ask(query, after=after))["cases"]
    numbers += [one["number"] for one in page["nodes"]]
    assert (page["totalCount"], len(page["nodes"])) == (5, 2)
    assert numbers == [one["case"]["number"] for one in reversed(first)][:4]
    assert (await leader.ask(query, after=after, asOf=as_of))["cases"] == page
    other = {"position": str(int(as_of["position"]) - 1)}
    assert await leader.refused(query, after=after, asOf=other) == "BAD_INPUT"


async def test_a_moment_is_exactly_one_and_has_come(app: App, client: Client) -> None:
    leader, head = acting(client, "leader"), await app.platform.log.head()
    query = "query($asOf: AsOf) { cases(first: 1, asOf: $asOf) { nodes { number } } }"
    assert await leader.refused(query, asOf={"position": str(head + 1)}) == "BAD_INPUT"
    for wrong in ({}, {"position": None}, {"position": "1", "recordedAt": "2026-01-01T00:00:00Z"}):
        answer = (await leader.post({"query": query, "variables": {"asOf": wrong}})).json()
        assert "errors" in answer, wrong
    nothing = await leader.ask(query, asOf={"recordedAt": "1970-01-01T00:00:00Z"})
    assert nothing == await leader.ask(query, asOf={"effectiveAt": "1970-01-01T00:00:00Z"})
    assert nothing["cases"]["nodes"] == []


async def test_rights_are_todays_and_sensitive_points_stay_hidden(client: Client) -> None:
    worker, acceptor = acting(client, "worker"), acting(client, "acceptor")
    given = report("x", place={"point": POINT}, description="路灯坏了").given
    case = await worker.done("reportCase", **given)
    key, as_of = case["case"]["id"], {"position": case["event"]["last"]}
    query = """query($asOf: AsOf, $id: ID!) { case(asOf: $asOf, id: $id) { sensitive allowed
        point { lon } text(purpose: HANDLING) { description } status }
        cases(first: 5, asOf: $asOf) { nodes { point { lon } } } }"""
    before = await acceptor.ask(query, id=key, asOf=as_of)
    assert before["case"]["point"] == {"lon": POINT["lon"]}
    assert before["case"] | {"point": 0} == {
        "sensitive": False, "allowed": [], "point": 0, "text": {"description": "路灯坏了"},
        "status": "reported",
    } | {"status": before["case"]["status"]}  # fmt: skip
    away = client.acting(Role.ACCEPTOR, "371602.005.040.")
    assert (await away.ask(query, id=key, asOf=as_of)) == {"case": None, "cases": {"nodes": []}}
    await acceptor.done("classifyCase", case=key, category="92003")
    hidden = await acceptor.ask(query, id=key, asOf=as_of)
    assert (hidden["case"]["sensitive"], hidden["case"]["point"]) == (False, None)
    assert hidden["cases"]["nodes"] == [{"point": None}]
    handler = acting(client, "sanitation")
    listed = "query($asOf: AsOf) { cases(first: 5, asOf: $asOf) { nodes { number } } }"
    assert (await handler.ask(listed, asOf=as_of))["cases"]["nodes"] == []
    await acceptor.done("acceptCase", case=key)
    await acting(client, "leader").done("fileCase", case=key)
    await acting(client, "dispatcher").done("dispatchCase", case=key)
    by_whom = "query($id: ID!) { case(id: $id) { department { key } } }"
    unit = (await acceptor.ask(by_whom, id=key))["case"]["department"]["key"]
    handler = client.acting(Role.HANDLER, DISTRICT, unit)
    assert (await handler.ask(listed, asOf=as_of))["cases"]["nodes"] == [
        {"number": case["case"]["number"]}
    ]


async def test_a_department_has_the_cases_that_it_had_then(client: Client) -> None:
    """Who handed a case on has had it, which its departments of today do not say."""
    cases: dict[str, str] = {}
    handed_on = next(one for one in CASE_STEPS if one.mutation == "redispatchCase")
    ends: list[str] = []
    for one in (*to_dispatched("f"), handed_on):
        done = await acting(client, one.who).done(one.mutation, **filled(one, cases))
        cases["f"] = done["case"]["id"]
        ends.append(done["event"]["last"])
    listed = """query($asOf: AsOf, $who: String!, $after: String) { cases(first: 1, asOf: $asOf,
        withTotal: true, after: $after, filter: {department: [$who]}) { totalCount
        nodes { department { key } } pageInfo { endCursor } } }"""
    leader = acting(client, "leader")
    for then, who in ((ends[-2], "sanitation"), (ends[-1], "urban")):
        as_of = {"position": then}
        for query in (listed, listed.replace("nodes {", "edges { cursor } nodes { allowed")):
            page = (await leader.ask(query, asOf=as_of, who=who))["cases"]
            assert page["totalCount"] == 1
            assert page["nodes"][0]["department"] == {"key": who}
    now = (await leader.ask(listed, who="sanitation"))["cases"]
    assert now["totalCount"] == 0


async def test_what_was_known_then_and_what_is_known_now_of_the_same_day(
    app: App, client: Client
) -> None:
    told_on, day = 1_790_000_000_000_000, 86_400_000_000
    source = Actor(id="import:city", role=Role.IMPORT)
    stream = UUID(int=7)

    async def state(command: Command, at: int) -> int:
        done = await app.platform.dispatcher.dispatch(
            command, stream=stream, actor=source, command_id=uuid4(), occurred_at=at, basis="source"
        )
        return int(done.last)

    place = Place(scope=GRID_SCOPE, grid=GRID)
    row = Source(source="city", source_id="7", digest="a")
    await state(StateReport(source=row, number="C-7", category="06010", place=place), told_on)
    known = await state(StateClose(stated="done"), told_on + day)
    await state(
        StateCorrection(digest="b", fields=("type", "status"), category="06036", closed=False),
        told_on + day,
    )
    await state(StateStatus(stated="reopened by the city"), told_on + 9 * day)
    query = """query($asOf: AsOf) { cases(first: 1, asOf: $asOf) { nodes { status categoryCode
        stated version } } overview(asOf: $asOf) { open closed } }"""
    assert await app.caught_up(30)
    leader, noon = acting(client, "leader"), rfc3339(told_on + day + day // 2)
    then = await leader.ask(query, asOf={"position": str(known)})
    now = await leader.ask(query, asOf={"effectiveAt": noon})
    assert then == {
        "cases": {"nodes": [{
            "status": "CLOSED", "categoryCode": "06010", "stated": None, "version": 2}]},
        "overview": {"open": 0, "closed": 1},
    }  # fmt: skip
    assert now == {
        "cases": {"nodes": [{
            "status": "REPORTED", "categoryCode": "06036", "stated": None, "version": 3}]},
        "overview": {"open": 1, "closed": 0},
    }  # fmt: skip
    before = await leader.ask(query, asOf={"effectiveAt": rfc3339(told_on - 1)})
    assert before["cases"] == {"nodes": []}


PEOPLE = """query($asOf: AsOf) {
    accounts(asOf: $asOf) { id live linked grants { role scope } keys { id revoked live } }
    workers(asOf: $asOf) { key kind scope grid } worker(key: "w9", asOf: $asOf) { key grid }
    calendar(key: "371602", asOf: $asOf) { versions { version } }
    catalogue(owner: "371602", asOf: $asOf) { rules limits standards categories }
    gridAt(lon: 118.065, lat: 37.405, asOf: $asOf) { code name live }
    register(asOf: $asOf) { kind count } shortfalls(asOf: $asOf) { kind count examples { code } }
    webhooks(asOf: $asOf) { webhook url scope topics paused retired } }"""
ALERTS = """query($asOf: AsOf) { open: alerts(asOf: $asOf) { ...told }
    confirmed: alerts(state: CONFIRMED, asOf: $asOf) { ...told }
    dismissed: alerts(state: DISMISSED, asOf: $asOf) { ...told } }
    fragment told on Alert { alert device category scope grid raisedAt outcome confirmedAs
        decidedAt decidedBy }"""


async def test_people_and_policy_are_those_of_the_moment(app: App, client: Client) -> None:
    admin, worker, then = acting(client, "admin"), acting(client, "worker"), dict[int, Any]()
    for one in ADMIN_STEPS:
        done = await acting(client, one.who).done(one.mutation, **filled(one, {}))
        assert await app.caught_up(30)
        position = int(done["event"]["last"])
        then[position] = await admin.ask(PEOPLE) | await worker.ask(ALERTS)
    for position, answer in then.items():
        as_of = {"position": str(position)}
        found = await admin.ask(PEOPLE, asOf=as_of) | await worker.ask(ALERTS, asOf=as_of)
        assert found == answer, position
    differ = {str(answer) for answer in then.values()}
    assert len(differ) >= 15
    for axis in ("recordedAt", "effectiveAt"):
        last = {axis: rfc3339(time.time_ns() // 1_000)}
        found = await admin.ask(PEOPLE, asOf=last) | await worker.ask(ALERTS, asOf=last)
        assert found == list(then.values())[-1]
        first = await admin.ask(PEOPLE, asOf={axis: "2001-01-01T00:00:00Z"})
        assert (first["accounts"], first["workers"], first["worker"]) == ([], [], None)
        assert (first["calendar"], first["catalogue"], first["gridAt"]) == (None, None, None)
        assert (first["webhooks"], {one["count"] for one in first["register"]}) == ([], {0})
        first = await worker.ask(ALERTS, asOf={axis: "2001-01-01T00:00:00Z"})
        assert first == {"open": [], "confirmed": [], "dismissed": []}
    beside = client.acting(Role.ADMINISTRATOR, "371602.006.")
    seen = await beside.ask(PEOPLE, asOf={"position": str(max(then))})
    assert (seen["accounts"], seen["workers"], seen["webhooks"]) == ([], [], [])
    beside = client.acting(Role.ACCEPTOR, "371602.006.")
    assert (await beside.ask(ALERTS, asOf={"position": str(max(then))}))["confirmed"] == []
