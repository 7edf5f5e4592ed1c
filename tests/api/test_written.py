"""Cases with timelines, and loads, written by the database: the same as the stock executor's."""

from typing import Any

from api.graphql.context import Context
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import COMMUNITY, DISTRICT, GRID, TOWN

EVENTS = (
    "id position version topic title titleEn at recordedAt actor role unit basis state __typename"
)
PAGE = f"""__typename pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor __typename }}
    edges {{ __typename cursor e: node {{ {EVENTS} }} }} nodes {{ {EVENTS} }}"""
NAMES = """category { code name tier __typename } grid { id code name successors }
    area { code name level timezone } department { key competence } departments { key name }"""
DETAIL = f"""query($id: ID, $number: String, $at: AsOf, $n: Int = 100, $after: String) {{
    case(id: $id, number: $number, asOf: $at) {{ id number status dueAt children mergedInto parent
      point {{ lon lat __typename }} {NAMES}
      first: timeline(first: 1) {{ nodes {{ topic title }} }}
      timeline(first: $n, after: $after) {{ {PAGE} }} }} }}"""
TIMELINE = f"""query($id: ID!, $at: AsOf, $n: Int = 100, $after: String) {{
    caseTimeline(case: $id, asOf: $at, first: $n, after: $after) {{ {PAGE} }} }}"""
SIMILAR = f"""query($id: ID!) {{ similarCases(case: $id) {{
    __typename distanceM sameGrid sameCategory mergeable
    case {{ id number reportedAt dueAt point {{ lon lat }} {NAMES} }}
    other: case {{ version late }} }} }}"""
LOADS = """query($at: AsOf, $scope: String) {
    gridLoad(scope: $scope, asOf: $at) { code open overdue lifeSafety __typename
      grid { id code name live } }
    departmentLoad(asOf: $at) { id name nameEn open overdue handled closingRateBp
      department { key kind onDuty } }
    areaLoad(scope: $scope, asOf: $at) { code scope level name nameEn open overdue closingRateBp
      area { code timezone schematic } } }"""
COUNTS = """query($at: AsOf, $scope: String) {
    overview(scope: $scope, asOf: $at) { __typename open overdue lifeSafety total closed
      closingRateBp reportedToday closedToday acceptP50S }
    stageFunnel(scope: $scope, asOf: $at) { __typename status cases } }"""
LISTED = f"""query($at: AsOf, $after: String, $by: CaseOrder = REPORTED, $f: CaseFilter) {{
    cases(first: 3, asOf: $at, after: $after, orderBy: $by, filter: $f, withTotal: true) {{
      totalCount pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {{ ...c }} }}
      nodes {{ ...c }} }} }}
    fragment c on Case {{ id number reportedAt point {{ lon }} {NAMES} }}"""

RECALLED = "query($id: ID) { case(id: $id) { department { key } } }"


async def both(
    app: App, asking: Client, text: str, roots: tuple[str, ...] | None, **given: Any
) -> dict[str, Any]:
    """Return the answer, asked both ways; these roots must be the database's own."""
    engine = app.doors.engine
    identity = app.platform.tokens.read(str(asking.token))
    fast, stock = Context(app.platform, identity), Context(app.platform, identity)
    operation = engine.prepare(text)
    wanted = await engine.run(operation, given, stock, stock=True)
    await engine.run(operation, given, fast)
    sent = (await asking.post({"query": text, "variables": given})).json()
    sent.get("extensions", {}).pop("cost", None)
    for error in (*sent.get("errors", ()), *wanted.get("errors", ())):
        error["extensions"].pop("requestId")
    assert sent == wanted
    if roots is not None:
        assert sorted(fast.written) == sorted(roots)
    return wanted


async def test_a_case_with_its_timeline(app: App, client: Client, cases: list[str]) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    for case in (cases[0], cases[1], cases[4]):
        for at in (None, {"position": str(await app.platform.log.head() - 3)}):
            answer = await both(app, leader, DETAIL, ("case",), id=case, at=at)
            found = answer["data"]["case"]
            shown = await both(app, leader, TIMELINE, ("caseTimeline",), id=case, at=at)
            assert found["timeline"] == shown["data"]["caseTimeline"]
            assert found["timeline"]["nodes"][0]["topic"] == "case.reported"
    number = found["number"]
    same = await both(app, leader, DETAIL, ("case",), number=number)
    assert same["data"]["case"]["id"] == cases[4]


async def test_what_may_be_done_with_a_case(app: App, client: Client, cases: list[str]) -> None:
    text = """query($id: ID, $at: AsOf) {
        case(id: $id, asOf: $at) { number allowed again: allowed timeline { nodes { topic } } } }"""
    for role in (Role.DUTY_LEADER, Role.DISPATCHER, Role.ACCEPTOR, Role.AUDITOR):
        asking, seen = client.acting(role, DISTRICT), set()
        for case in cases:
            answer = await both(app, asking, text, ("case",), id=case)
            found = answer["data"]["case"]
            assert found["allowed"] == found["again"]
            seen.update(found["allowed"])
        assert bool(seen) == (role is not Role.AUDITOR)
    position = {"position": str(await app.platform.log.head())}
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    then = await both(app, leader, text, ("case",), id=cases[0], at=position)
    assert then["data"]["case"]["allowed"] == []


async def test_what_may_be_done_is_in_no_shared_answer(
    app: App, client: Client, cases: list[str]
) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    identity = app.platform.tokens.read(str(leader.token))
    context = Context(app.platform, identity, shared=True)
    operation = app.doors.engine.prepare("query($id: ID) { case(id: $id) { allowed } }")
    answer = await app.doors.engine.run(operation, {"id": cases[0]}, context)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_what_is_similar(app: App, client: Client, cases: list[str]) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    whole = 0
    for case in cases:
        answer = await both(app, leader, SIMILAR, ("similarCases",), id=case)
        found = answer["data"]["similarCases"]
        assert case not in [one["case"]["id"] for one in found]
        whole += len(found)
    assert whole
    bare = "query($id: ID!) { similarCases(case: $id) { mergeable } }"
    assert await both(app, leader, bare, ("similarCases",), id=cases[0])
    handler = client.acting(Role.HANDLER, DISTRICT, unit="sanitation")
    await both(app, handler, SIMILAR, ("similarCases",), id=cases[0])
    outside = client.acting(Role.DUTY_LEADER, "371602.006.")
    refused = await both(app, outside, SIMILAR, (), id=cases[0])
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_page_after_page_of_a_timeline(app: App, client: Client, cases: list[str]) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    for at in (None, {"position": str(await app.platform.log.head())}):
        seen: list[str] = []
        after, more = None, True
        while more:
            given = {"id": cases[0], "n": 2, "after": after, "at": at}
            answer = await both(app, leader, DETAIL, ("case",), **given)
            page = answer["data"]["case"]["timeline"]
            seen += [one["topic"] for one in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert seen[:2] == ["case.reported", "case.accepted"]
        assert len(seen) == 4


async def test_out_of_sight_is_not_there(app: App, client: Client, cases: list[str]) -> None:
    outside = client.acting(Role.DUTY_LEADER, "371602.006.")
    answer = await both(app, outside, DETAIL, ("case",), id=cases[0])
    assert answer["data"] == {"case": None}
    answer = await both(app, outside, TIMELINE, (), id=cases[0])
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    handler = client.acting(Role.HANDLER, DISTRICT, unit="sanitation")
    assert (await both(app, handler, DETAIL, ("case",), id=cases[0]))["data"]["case"] is not None
    other = client.acting(Role.HANDLER, DISTRICT, unit="urban")
    assert (await both(app, other, DETAIL, ("case",), id=cases[0]))["data"]["case"] is None


async def test_a_sensitive_place_stays_sealed(app: App, client: Client, cases: list[str]) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    answer = await both(app, leader, DETAIL, (), id=cases[2])  # `state` may once have said it
    assert answer["data"]["case"]["point"] is None
    plain = DETAIL.replace(" state ", " ")
    answer = await both(app, leader, plain, ("case",), id=cases[2])
    assert answer["data"]["case"]["point"] is None


async def test_sealed_words_go_through_their_resolver(
    app: App, client: Client, cases: list[str]
) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    text = "query($id: ID) { case(id: $id) { number text(purpose: HANDLING) { description } } }"
    identity = app.platform.tokens.read(str(leader.token))
    context = Context(app.platform, identity)
    answer = await app.doors.engine.run(app.doors.engine.prepare(text), {"id": cases[0]}, context)
    assert context.written == ()
    assert answer["data"]["case"]["text"]["description"] == "脏"


async def test_loads_with_what_they_lie_on(app: App, client: Client, cases: list[str]) -> None:
    by = ("areaLoad", "departmentLoad", "gridLoad")
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    for at in (None, {"position": str(await app.platform.log.head() - 3)}):
        for scope in (None, TOWN, DISTRICT):
            answer = await both(app, leader, LOADS, by, at=at, scope=scope)
            assert answer["data"]["gridLoad"][0]["grid"]["code"] == GRID
            assert answer["data"]["areaLoad"][0]["open"] == 4
    grid = (await both(app, leader, LOADS, by, scope=COMMUNITY))["data"]["areaLoad"][0]
    assert (grid["code"], grid["level"], grid["name"], grid["area"]) == (
        GRID, "grid", "第一网格", None,
    )  # fmt: skip
    near = client.acting(Role.GRID_WORKER, COMMUNITY)
    refused = await both(app, near, LOADS, None, scope=DISTRICT)
    assert {one["extensions"]["code"] for one in refused["errors"]} == {"FORBIDDEN"}


async def test_overview_and_funnel(app: App, client: Client, cases: list[str]) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    head = await app.platform.log.head()
    now = ("overview", "stageFunnel")
    whole = (await both(app, leader, COUNTS, now))["data"]
    assert whole["overview"]["total"] == len(cases)
    assert sum(one["cases"] for one in whole["stageFunnel"]) == len(cases)
    for scope in (DISTRICT, TOWN, COMMUNITY, "371602.006."):
        await both(app, leader, COUNTS, now, scope=scope)
        for place in (head, head - 5, 3):
            at = {"position": str(place)}
            await both(app, leader, COUNTS, ("stageFunnel",), at=at, scope=scope)
    near = client.acting(Role.GRID_WORKER, COMMUNITY)
    refused = await both(app, near, COUNTS, None, scope=DISTRICT)
    assert {one["extensions"]["code"] for one in refused["errors"]} == {"FORBIDDEN"}


async def test_lists_with_names_edges_and_the_past(
    app: App, client: Client, cases: list[str]
) -> None:
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    handler = client.acting(Role.HANDLER, DISTRICT, unit="sanitation")
    head = await app.platform.log.head()
    for asking in (leader, handler):
        for order in ("REPORTED", "UPDATED", "DUE"):
            for at in (None, {"position": str(head)}, {"position": str(head - 3)}):
                answer = await both(app, asking, LISTED, ("cases",), at=at, by=order)
                after = answer["data"]["cases"]["pageInfo"]["endCursor"]
                if after is not None:
                    await both(app, asking, LISTED, ("cases",), at=at, by=order, after=after)
    await both(app, leader, "{ cases(first: 2) { nodes { category { code } } } }", ("cases",))
    await both(app, leader, RECALLED, ("case",), id=cases[0])
    found = await both(app, leader, LISTED, ("cases",), f={"category": "06010"})
    assert found["data"]["cases"]["nodes"][-1]["grid"]["code"] == GRID
