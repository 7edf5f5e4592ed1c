"""Appeals: whoever appealed sees what came of it, and nothing more of a case it no longer has."""

from typing import Any

from api.graphql.ids import case_key
from api.wiring import App
from domain.actor import Role
from tests.api.client import PATIENCE_S, Client
from tests.api.ground import COMMUNITY, DISTRICT
from tests.api.steps import acting, report
from tests.api.test_sight import LOOP, told

NO_SUCH = ("there is no such case for you", "FORBIDDEN")
NOTE, REASON = "上级停水，非我方原因", "停水通知属实，予以支持"
LIST = """query($first: Int = 20, $after: String, $decided: Boolean, $appeal: String, $asOf: AsOf,
        $side: AppealSide) {
    appeals(first: $first, after: $after, decided: $decided, appeal: $appeal, asOf: $asOf,
            side: $side) {
        nodes { appeal case number figure department { key } filedBy upheld decidedBy
                decidedAt }
        pageInfo { hasNextPage endCursor } } }"""
TEXT = """query($purpose: Purpose) { appeals(first: 1) {
    nodes { text(purpose: $purpose) { note reason erased } } } }"""
SEEN = "query($id: ID!) { case(id: $id) { number } }"
READS = "select count(*) from quanke_log where topic = 'access.personal_data_read'"


async def reopened(client: Client) -> tuple[str, str]:
    """A case that sanitation had and has no more, reopened: its id and number."""
    case = (await acting(client, "worker").done("reportCase", **report("x").given))["case"]
    for who, verb, given in LOOP:
        await acting(client, who).done(verb, case=case["id"], **given)
    return case["id"], case["number"]


async def listed(client: Client, **given: Any) -> list[dict[str, Any]]:
    """What the list tells once it has caught up."""
    assert await client.app.caught_up(PATIENCE_S)
    found: list[dict[str, Any]] = (await client.ask(LIST, **given))["appeals"]["nodes"]
    return found


async def decided(client: Client, case: str) -> tuple[str, dict[str, Any]]:
    """Appeal, decide; the appeal's id, and the payload of filing it."""
    filed = await acting(client, "sanitation").done("fileAppeal", case=case, figure="K8", note=NOTE)
    (appeal,) = await listed(acting(client, "sanitation"))
    given = {"case": case, "appeal": appeal["appeal"], "upheld": True, "reason": REASON}
    await acting(client, "evaluator").done("decideAppeal", **given)
    return appeal["appeal"], filed


async def test_whoever_appealed_sees_what_came_of_it_and_not_the_case(
    app: App, client: Client
) -> None:
    case, number = await reopened(client)
    unit, other = acting(client, "sanitation"), acting(client, "urban")
    assert await listed(unit) == []
    appeal, filed = await decided(client, case)
    (told,) = await listed(unit)
    assert told.pop("decidedAt")
    assert told == {
        "appeal": appeal, "case": case, "number": number, "figure": "K8",
        "department": {"key": "sanitation"}, "filedBy": "acct:sanitation", "upheld": True,
        "decidedBy": "acct:evaluator",
    }  # fmt: skip
    (before,) = await listed(unit, asOf={"position": filed["event"]["position"]})
    assert (before["upheld"], before["decidedBy"], before["decidedAt"]) == (None, None, None)
    assert await listed(unit, decided=False) == []
    assert len(await listed(unit, decided=True, appeal=appeal)) == 1
    assert await listed(unit, appeal="another") == []
    assert (await unit.ask(SEEN, id=case))["case"] is None
    assert await listed(other) == []


async def test_its_words_are_for_both_sides_and_reading_them_is_noted(
    app: App, client: Client
) -> None:
    case, _number = await reopened(client)
    await decided(client, case)
    reads = await app.platform.pool.fetchval(READS)
    for side in (acting(client, "sanitation"), acting(client, "evaluator")):
        (told,) = (await side.ask(TEXT))["appeals"]["nodes"]
        assert told["text"] == {"note": NOTE, "reason": REASON, "erased": False}
        reads += 1
        assert await app.platform.pool.fetchval(READS) == reads
    auditor = client.acting(Role.AUDITOR, DISTRICT)
    assert [one["upheld"] for one in await listed(auditor)] == [True]
    assert await auditor.refused(TEXT) == "FORBIDDEN"
    assert await app.platform.pool.fetchval(READS) == reads
    await app.platform.vault.destroy(f"case:{case_key(case)}")
    (told,) = (await acting(client, "sanitation").ask(TEXT))["appeals"]["nodes"]
    assert told["text"] == {"note": None, "reason": None, "erased": True}


async def test_staff_see_the_appeals_of_their_place_wherever_the_case_has_moved(
    app: App, client: Client
) -> None:
    case, _number = await reopened(client)
    await decided(client, case)
    places = {COMMUNITY: 1, "371602.001.": 0, DISTRICT: 1}
    for scope, count in places.items():
        assert len(await listed(client.acting(Role.EVALUATOR, scope))) == count, scope
    for role in (Role.DISPLAY, Role.RESIDENT):
        found = await client.acting(role, DISTRICT).post({"query": LIST})
        assert found.json().get("data") in (None, {"appeals": {"nodes": [], "pageInfo": {
            "hasNextPage": False, "endCursor": None}}})  # fmt: skip


async def test_a_grid_appeals_against_its_own_score_and_sees_what_came_of_it(
    app: App, client: Client
) -> None:
    case, number = await reopened(client)
    worker, far = acting(client, "worker"), client.acting(Role.GRID_WORKER, "371602.001.")
    assert await told(far, "fileAppeal", case, figure="K11") == NO_SUCH
    filed = await worker.done("fileAppeal", case=case, figure="K11", note=NOTE)
    assert filed["case"]["number"] == number
    await acting(client, "sanitation").done("fileAppeal", case=case, figure="K8")
    assert [one["figure"] for one in await listed(worker)] == ["K8", "K11"]
    (own,) = await listed(worker, side="GRID")
    assert (own["filedBy"], own["department"], own["upheld"]) == ("acct:worker", None, None)
    for of_department in (
        await listed(worker, side="DEPARTMENT"), await listed(acting(client, "sanitation")),
    ):  # fmt: skip
        assert [one["figure"] for one in of_department] == ["K8"]
    assert await listed(far) == []
    given = {"case": case, "appeal": own["appeal"], "upheld": False, "reason": REASON}
    await acting(client, "evaluator").done("decideAppeal", **given)
    (after,) = await listed(worker, side="GRID", decided=True)
    assert (after["upheld"], after["decidedBy"]) == (False, "acct:evaluator")
    text = TEXT.replace("first: 1", f'first: 1, appeal: "{own["appeal"]}"')
    (read,) = (await worker.ask(text, purpose="HANDLING"))["appeals"]["nodes"]
    assert read["text"] == {"note": NOTE, "reason": REASON, "erased": False}


async def test_a_worker_who_carries_a_department_too_appeals_for_the_grid(client: Client) -> None:
    case, _number = await reopened(client)
    both = client.acting(Role.GRID_WORKER, COMMUNITY, "sanitation")
    await both.done("fileAppeal", case=case, figure="K11")
    assert [one["figure"] for one in await listed(both, side="GRID")] == ["K11"]
    assert await listed(acting(client, "sanitation")) == []


async def test_pages_follow_each_other_and_a_cursor_carries_no_right(client: Client) -> None:
    case, _number = await reopened(client)
    unit = acting(client, "sanitation")
    for figure in ("K1", "K2", "K3"):
        await unit.done("fileAppeal", case=case, figure=figure)
    assert await client.app.caught_up(PATIENCE_S)
    first = (await unit.ask(LIST, first=2))["appeals"]
    assert [one["figure"] for one in first["nodes"]] == ["K3", "K2"]
    assert first["pageInfo"]["hasNextPage"]
    after = first["pageInfo"]["endCursor"]
    rest = (await unit.ask(LIST, first=2, after=after))["appeals"]
    assert [one["figure"] for one in rest["nodes"]] == ["K1"]
    assert not rest["pageInfo"]["hasNextPage"]
    assert await listed(acting(client, "urban"), after=after) == []
