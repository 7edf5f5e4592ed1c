"""Reading: scope, privacy, connections, nodes, figures, the log."""

from typing import Any

import pytest

from api.graphql.ids import case_key
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import ADMIN, COMMUNITY, DISTRICT, GRID, OTHER_GRID, POINT
from tests.api.steps import acting, report

CASES = """query($first: Int!, $after: String, $filter: CaseFilter,
    $orderBy: CaseOrder! = REPORTED) {
    cases(first: $first, after: $after, filter: $filter, orderBy: $orderBy, withTotal: true) {
    nodes { number } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
ONE = "query($id: ID!) { case(id: $id) { number point { lon } text { description } } }"


async def made(client: Client, count: int, **given: Any) -> list[dict[str, Any]]:
    worker = acting(client, "worker")
    return [
        (await worker.done("reportCase", **report("x", **given).given))["case"]
        for _ in range(count)
    ]


@pytest.mark.parametrize("order", ["REPORTED", "UPDATED", "DUE"])
async def test_pages_join_up_without_gap_or_overlap(client: Client, order: str) -> None:
    numbers = {case["number"] for case in await made(client, 7)}
    leader, after, found = acting(client, "leader"), None, []
    for size, more in ((3, True), (3, True), (1, False)):
        page = (await leader.ask(CASES, first=3, after=after, orderBy=order))["cases"]
        assert (len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (size, more)
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["totalCount"] == 7
        after = page["pageInfo"]["endCursor"]
        found += [node["number"] for node in page["nodes"]]
    assert (len(found), set(found)) == (7, numbers)


async def test_a_page_has_one_to_a_thousand_and_its_own_cursors(client: Client) -> None:
    leader = acting(client, "leader")
    for first in (0, 1_001, -1):
        assert await leader.refused(CASES, first=first) == "BAD_INPUT"
    await made(client, 2)
    page = (await leader.ask(CASES, first=1))["cases"]
    end = page["pageInfo"]["endCursor"]
    assert await leader.refused(CASES, first=1, after=end, orderBy="DUE") == "BAD_INPUT"
    assert await leader.refused(CASES, first=1, after="nonsense") == "BAD_INPUT"


async def test_a_filter_narrows_and_never_widens_what_is_seen(client: Client) -> None:
    await made(client, 2)
    await made(client, 1, category="06036", place={"grid": OTHER_GRID})

    async def count(asking: Client, **given: Any) -> int:
        found: int = (await asking.ask(CASES, first=9, filter=given))["cases"]["totalCount"]
        return found

    leader = acting(client, "leader")
    assert await count(leader) == 3
    assert await count(leader, category="06036") == 1
    assert await count(leader, status=["REPORTED"], open=True, overdue=False) == 3
    assert await count(leader, status=["CLOSED"]) == 0
    assert await count(leader, scope="371602.005.036.002.") == 1
    assert await count(leader, reportedBefore="2020-01-01T00:00:00Z") == 0
    away = client.acting(Role.ACCEPTOR, "371602.001.")
    assert await count(away) == 0
    assert await count(away, scope=DISTRICT) == 0
    assert await count(away, scope=COMMUNITY) == 0
    unit = client.acting(Role.HANDLER, DISTRICT, "urban")
    assert await count(unit) == 0
    assert await count(unit, department=["sanitation"]) == 0


async def test_a_handler_sees_the_own_departments_cases_only(client: Client) -> None:
    (case,) = await made(client, 1)
    handler = acting(client, "sanitation")
    assert (await handler.ask(ONE, id=case["id"]))["case"] is None
    for who, mutation in (
        ("acceptor", "acceptCase"), ("leader", "fileCase"), ("dispatcher", "dispatchCase"),
    ):  # fmt: skip
        await acting(client, who).done(mutation, case=case["id"])
    assert (await handler.ask(ONE, id=case["id"]))["case"]["number"] == case["number"]
    assert (await acting(client, "urban").ask(ONE, id=case["id"]))["case"] is None


async def test_a_department_that_assists_is_told_from_the_one_that_leads(client: Client) -> None:
    """In lists, over plan and executor, in the feed's snapshot and in the export."""
    (case,) = await made(client, 1)
    for who, mutation, given in (
        ("acceptor", "acceptCase", {}), ("leader", "fileCase", {}),
        ("dispatcher", "dispatchCase", {}),
        ("dispatcher", "addAssist", {"department": "urban", "reason": "占道"}),
    ):  # fmt: skip
        done = await acting(client, who).done(mutation, case=case["id"], **given)
    assert await client.app.caught_up(30)
    now = {"position": done["event"]["position"]}
    leader, auditor = acting(client, "leader"), client.acting(Role.AUDITOR, DISTRICT)
    for asked, count in (
        ({"department": ["urban"]}, 1), ({"lead": ["urban"]}, 0), ({"lead": ["sanitation"]}, 1),
        ({"lead": ["urban", "sanitation"], "department": ["urban"]}, 1),
        ({"lead": ["sanitation"], "department": ["parks"]}, 0),
    ):  # fmt: skip
        found = [await leader.ask(CASES, first=9, filter=asked)]
        found += [await leader.ask(LED_THEN, filter=asked, at=now)]
        assert [one["cases"]["totalCount"] for one in found] == [count, count]
        assert [len(one["cases"]["nodes"]) for one in found] == [count, count]
        address = "&".join(f"{name}={one}" for name, several in asked.items() for one in several)
        exported = await auditor.get(
            f"/export/cases.ndjson?{address}", **auditor.bearing("GET", "/export/cases.ndjson")
        )
        assert len(exported.text.splitlines()) == count
        told = await auditor.get(
            f"/live/cases/poll?wait=5&{address}", **auditor.bearing("GET", "/live/cases/poll")
        )
        assert told.text.count(f'"{case["id"]}"') == count


LED_THEN = """query($filter: CaseFilter, $at: AsOf) {
    cases(first: 9, filter: $filter, asOf: $at, withTotal: true) {
    totalCount nodes { number } } }"""


async def test_words_are_opened_for_those_who_work_on_the_case(client: Client) -> None:
    (case,) = await made(client, 1, description="邻居吵架", contact="13800000000")
    text = "query($id: ID!) { case(id: $id) { text { description } } }"
    contact = "query($id: ID!) { case(id: $id) { contact(purpose: CALL_BACK) } }"
    acceptor, checker = acting(client, "acceptor"), acting(client, "checker")
    assert (await acceptor.ask(text, id=case["id"]))["case"]["text"]["description"] == "邻居吵架"
    assert (await acceptor.ask(contact, id=case["id"]))["case"]["contact"] == "13800000000"
    assert (await checker.ask(text, id=case["id"]))["case"]["text"]["description"] == "邻居吵架"
    assert await checker.refused(contact, id=case["id"]) == "FORBIDDEN"
    for role in (Role.INTEGRATOR, Role.AUDITOR, Role.ADMINISTRATOR):
        somebody = client.acting(role, DISTRICT)
        assert await somebody.refused(text, id=case["id"]) == "FORBIDDEN"
        assert await somebody.refused(contact, id=case["id"]) == "FORBIDDEN"


async def test_a_resident_sees_the_own_case_and_no_other(client: Client) -> None:
    mine = client.acting(Role.RESIDENT, account="acct:r1")
    other = client.acting(Role.RESIDENT, account="acct:r2")
    given = report("x").given | {"channel": "RESIDENT", "description": "路灯坏了"}
    case = (await mine.done("reportCase", **given))["case"]
    assert (await mine.ask(ONE, id=case["id"]))["case"]["text"]["description"] == "路灯坏了"
    assert (await other.ask(ONE, id=case["id"]))["case"] is None
    assert (await mine.ask(CASES, first=9))["cases"]["totalCount"] == 0


async def test_a_sensitive_place_is_sealed_and_only_the_grid_is_plain(
    app: App, client: Client
) -> None:
    (plain,) = await made(client, 1, place={"point": POINT})
    (hidden,) = await made(client, 1, category="92003", place={"point": POINT})
    acceptor = acting(client, "acceptor")
    query = """query($id: ID!) { case(id: $id) { sensitive point { lon } grid { code }
        text(purpose: HANDLING) { point { lon lat } } } }"""
    assert (await acceptor.ask(query, id=plain["id"]))["case"]["point"] == {"lon": 118.005}
    found = (await acceptor.ask(query, id=hidden["id"]))["case"]
    assert found == {
        "sensitive": True, "point": None, "grid": {"code": GRID}, "text": {"point": POINT},
    }  # fmt: skip
    told = await app.platform.log.read_stream(case_key(hidden["id"]))
    assert b"118005" not in told[0].state
    assert b'"sealed":1' in told[0].state


async def test_an_erased_key_leaves_the_case_and_takes_the_words(app: App, client: Client) -> None:
    (case,) = await made(client, 1, description="要删的话")
    await app.platform.vault.destroy(f"case:{case_key(case['id'])}")
    query = "query($id: ID!) { case(id: $id) { number text { description erased } } }"
    found = (await acting(client, "acceptor").ask(query, id=case["id"]))["case"]
    assert found == {"number": case["number"], "text": {"description": None, "erased": True}}


async def test_a_node_is_found_again_by_its_id(client: Client) -> None:
    (case,) = await made(client, 1)
    leader = acting(client, "leader")
    ids = await leader.ask(
        "{ areas { id } grids(first: 1) { nodes { id } } departments { id } categories { id } }"
    )
    wanted = [
        case["id"], ids["areas"][0]["id"], ids["grids"]["nodes"][0]["id"],
        ids["departments"][0]["id"], ids["categories"][0]["id"],
    ]  # fmt: skip
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    found = (await leader.ask(query, ids=wanted))["nodes"]
    kinds = ["Case", "Area", "Grid", "Department", "Category"]
    assert found == [{"__typename": k, "id": i} for k, i in zip(kinds, wanted, strict=True)]
    node = "query($id: ID!) { node(id: $id) { id } }"
    for bad in ("", "nonsense", "Mjp4Onk", "MTpYOnk"):
        assert await leader.refused(node, id=bad) == "BAD_INPUT"
    assert (await client.acting(Role.ACCEPTOR, "371602.001.").ask(node, id=case["id"])) == {
        "node": None
    }


async def test_loads_overview_funnel_and_deadlines_agree(client: Client) -> None:
    cases = await made(client, 3)
    await acting(client, "acceptor").done("acceptCase", case=cases[0]["id"])
    found = await acting(client, "leader").ask(
        """{ overview { open total reportedToday lifeSafety } gridLoad { code open }
        areaLoad { scope open } stageFunnel { status cases } departmentLoad { id }
        deadlines(first: 50, clock: ACCEPT) { nodes { number clock limit } } }"""
    )
    assert found["overview"] == {"open": 3, "total": 3, "reportedToday": 3, "lifeSafety": 0}
    assert found["gridLoad"] == [{"code": GRID, "open": 3}]
    assert found["areaLoad"] == [{"scope": "371602.005.", "open": 3}]
    assert {one["status"]: one["cases"] for one in found["stageFunnel"]} == {
        "reported": 2, "accepted": 1,
    }  # fmt: skip
    assert found["departmentLoad"] == []
    assert [one["limit"] for one in found["deadlines"]["nodes"]] == ["1U", "1U"]


async def test_figures_carry_definition_window_and_position(app: App, client: Client) -> None:
    await made(client, 2)
    query = """{ figures(since: "2026-01-01T00:00:00Z", until: "2099-01-01T00:00:00Z",
        codes: ["K1"]) { code definition key value denominator n position } }"""
    leader = acting(client, "leader")
    (found,) = (await leader.ask(query))["figures"]
    assert found == {
        "code": "K1", "definition": "K1@1", "key": DISTRICT, "value": 0.0, "denominator": 2,
        "n": 2, "position": str(await app.platform.log.head()),
    }  # fmt: skip
    assert await leader.refused(query.replace("K1", "K99")) == "BAD_INPUT"
    assert await leader.refused(query.replace("2026", "2199")) == "BAD_INPUT"


async def test_the_log_and_the_read_models_for_auditors(app: App, client: Client) -> None:
    auditor = client.acting(Role.AUDITOR)
    found = await auditor.ask(
        """{ events(first: 2) { nodes { position topic titleEn actor } last head }
        readModels { name lag held } }"""
    )
    assert found["events"]["nodes"][0] == {
        "position": "1", "topic": "directory.area_named", "titleEn": "Area named",
        "actor": ADMIN.id,
    } | {"titleEn": found["events"]["nodes"][0]["titleEn"]}  # fmt: skip
    assert found["events"]["last"] == "2"
    assert found["events"]["head"] == str(await app.platform.log.head())
    assert {(one["lag"], one["held"]) for one in found["readModels"]} == {(0, 0)}
