"""Out of sight is not there: same words for both, and no exact place of a sensitive case."""

from typing import Any
from uuid import uuid4

import pytest

from api.dispatch.casefacts import CASE
from api.graphql.ids import case_key, encode_id
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import DISTRICT, POINT
from tests.api.steps import AFTER, acting, report

TIMELINE = "query($id: ID!) { caseTimeline(case: $id) { nodes { topic state } } }"


async def told(client: Client, mutation: str, case: str, **given: Any) -> Any:
    """Return the message of the one top-level error that answers a command."""
    kind = mutation[0].upper() + mutation[1:]
    query = f"mutation($i: {kind}Input!) {{ {mutation}(input: $i) {{ clientMutationId }} }}"
    command = {"case": case, "clientMutationId": str(uuid4()), **given}
    answer = (await client.post({"query": query, "variables": {"i": command}})).json()
    return answer["errors"][0]["message"], answer["errors"][0]["extensions"]["code"]


async def test_a_case_out_of_sight_is_answered_like_one_that_does_not_exist(
    app: App, client: Client
) -> None:
    case = (await acting(client, "worker").done("reportCase", **report("x").given))["case"]
    head = await app.platform.log.head()
    nowhere = encode_id("Case", str(uuid4()))
    far = client.acting(Role.ACCEPTOR, "371602.001.")
    handler = client.acting(Role.HANDLER, DISTRICT, "urban")
    for who, mutation, given in (
        (far, "acceptCase", {}),
        (far, "urgeCase", {"expectedVersion": 7}),
        (handler, "fileAppeal", {"figure": "K6"}),
        (client.acting(Role.RESIDENT), "urgeCase", {}),
    ):
        answer = await told(who, mutation, case["id"], **given)
        assert answer == await told(who, mutation, nowhere, **given)
        assert answer == ("there is no such case for you", "FORBIDDEN")
    assert await app.platform.log.head() == head


LOOP: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("acceptor", "acceptCase", {}), ("leader", "fileCase", {}), ("dispatcher", "dispatchCase", {}),
    ("sanitation", "acknowledgeCase", {}),
    ("sanitation", "handleCase", {"conclusion": "已清", "evidence": [AFTER]}),
    ("dispatcher", "requestCheck", {}), ("checker", "passCheck", {}), ("leader", "closeCase", {}),
    ("dispatcher", "reopenCase", {"reason": "not_solved"}),
)  # fmt: skip


async def test_a_department_appeals_on_a_case_that_was_reopened_and_sees_nothing_of_it(
    app: App, client: Client
) -> None:
    case = (await acting(client, "worker").done("reportCase", **report("x").given))["case"]["id"]
    for who, verb, given in LOOP:
        await acting(client, who).done(verb, case=case, **given)
    once, never = acting(client, "sanitation"), acting(client, "urban")
    for unit in (once, never):
        assert (await unit.ask("query($id: ID!) { case(id: $id) { number } }", id=case))[
            "case"
        ] is None
        assert (await unit.ask("{ cases(first: 9) { nodes { id } } }"))["cases"]["nodes"] == []
        assert await unit.refused(TIMELINE, id=case) == "FORBIDDEN"
        path = "/live/cases/poll"
        polled = await unit.get(f"{path}?wait=5", **unit.bearing("GET", path))
        assert ("CaseFeedSnapshot" in polled.text, case in polled.text) == (True, False)
    head = await app.platform.log.head()
    tried: tuple[tuple[Client, dict[str, Any]], ...] = ((never, {}), (once, {"expectedVersion": 3}))
    for unit, given in tried:
        answer = await told(unit, "fileAppeal", case, figure="K8", **given)
        assert answer == ("there is no such case for you", "FORBIDDEN")
    assert await app.platform.log.head() == head
    payload = await once.done("fileAppeal", case=case, figure="K8")
    assert (payload["case"], int(payload["event"]["position"]) > head) == (None, True)
    (appeal,) = (await app.platform.dispatcher.load(case_key(case), CASE)).state.appeals
    decided = {"case": case, "appeal": appeal, "upheld": True, "reason": "属实"}
    await acting(client, "evaluator").done("decideAppeal", **decided)


async def test_a_case_that_turns_sensitive_shows_its_point_no_more(client: Client) -> None:
    given = report("x", place={"point": POINT}).given
    case = (await acting(client, "worker").done("reportCase", **given))["case"]
    integrator = client.acting(Role.INTEGRATOR, DISTRICT)
    (before,) = (await integrator.ask(TIMELINE, id=case["id"]))["caseTimeline"]["nodes"]
    assert '"lon":118005000' in before["state"]
    await acting(client, "acceptor").done("classifyCase", case=case["id"], category="92003")
    first, second = (await integrator.ask(TIMELINE, id=case["id"]))["caseTimeline"]["nodes"]
    assert (first["topic"], second["topic"]) == ("case.reported", "case.classified")
    assert "lon" not in first["state"]
    assert '"grid":' in first["state"]


@pytest.mark.parametrize("scope", ["371602", "371602.005.036.001.", "boston."])
async def test_a_place_names_an_area_there_is(app: App, client: Client, scope: str) -> None:
    head = await app.platform.log.head()
    place = {"scope": scope, "unlocated": True}
    given = report("x", place=place).given | {"clientMutationId": str(uuid4())}
    query = "mutation($i: ReportCaseInput!) { reportCase(input: $i) { clientMutationId } }"
    assert await acting(client, "worker").refused(query, i=given) == "BAD_INPUT"
    assert await app.platform.log.head() == head
