"""Residents without an account: an id for one report, and a link that rates one case."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from api.auth.links import InvalidLink, RateLinks
from api.auth.tokens import Tokens
from api.budget import Budget
from api.graphql.ids import case_key
from api.http.pace import Pace
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client, event_at
from tests.api.ground import COMMUNITY, DISTRICT, GRID

PLACE = {"grid": GRID}
AFTER = [{"sha256": "a" * 64, "kind": "after"}]
LINK = "query($id: ID!) { case(id: $id) { rateLink } }"


async def http(app: App, method: str, path: str, **more: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, path, **more)


async def resident(app: App) -> Client:
    """A resident as /field makes one: a token for a new random id."""
    made = (await http(app, "POST", "/field/resident")).json()
    found = Client(app)
    found.actor, found.token = app.platform.tokens.read(made["token"]).actor, made["token"]
    return found


async def closed(client: Client, case: str) -> None:
    """Take a case round the loop until the reporter is asked."""
    leader = client.acting(Role.DUTY_LEADER, DISTRICT)
    dispatcher = client.acting(Role.DISPATCHER, DISTRICT)
    handler = client.acting(Role.HANDLER, DISTRICT, "sanitation")
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    await acceptor.done("acceptCase", case=case)
    await leader.done("fileCase", case=case)
    await dispatcher.done("dispatchCase", case=case)
    await handler.done("acknowledgeCase", case=case)
    await handler.done("handleCase", case=case, conclusion="已清理", evidence=AFTER)
    await dispatcher.done("requestCheck", case=case)
    await client.acting(Role.CHECKER, DISTRICT).done("passCheck", case=case)
    await leader.done("closeCase", case=case)


async def test_a_resident_reports_under_an_id_of_one_report_and_sees_that_case_only(
    app: App,
) -> None:
    one, two = await resident(app), await resident(app)
    assert one.actor is not None
    assert two.actor is not None
    assert one.actor.id != two.actor.id
    assert (one.actor.role, one.actor.scope) == (Role.RESIDENT, "")
    given = {"channel": "RESIDENT", "category": "06010", "place": PLACE}
    case = (await one.done("reportCase", **given, contact="138 0000 0000"))["case"]
    seen = "query($id: ID!) { case(id: $id) { number contact } }"
    assert (await one.ask(seen, id=case["id"]))["case"] == {
        "number": case["number"], "contact": "138 0000 0000",
    }  # fmt: skip
    assert (await two.ask(seen, id=case["id"])) == {"case": None}


async def test_a_link_rates_its_closed_case_once_and_nothing_else(app: App, client: Client) -> None:
    worker = client.acting(Role.GRID_WORKER, COMMUNITY)
    case = (await worker.done("reportCase", channel="GRID_WORKER", category="06010", place=PLACE))[
        "case"
    ]
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    assert (await acceptor.ask(LINK, id=case["id"]))["case"]["rateLink"] is None
    await closed(client, case["id"])
    await acceptor.done("sendFollowUp", case=case["id"])
    path = (await acceptor.ask(LINK, id=case["id"]))["case"]["rateLink"]
    assert path.startswith("/field#rate=")
    assert await worker.refused(LINK, id=case["id"]) == "FORBIDDEN"
    said = {"authorization": f"Link {path.partition('=')[2]}"}
    told = (await http(app, "GET", "/field/rating", headers=said)).json()
    assert told["number"] == case["number"]
    assert (told["category"], told["areaEn"], told["given"]) == ("暴露垃圾", "Xueyuan", False)
    rating = {
        "clientMutationId": str(uuid4()), "solved": False, "satisfaction": "unsatisfied",
        "comment": "还有一堆",
    }  # fmt: skip
    first = (await http(app, "POST", "/field/rating", headers=said, json=rating)).json()
    again = (await http(app, "POST", "/field/rating", headers=said, json=rating)).json()
    assert first == {"event": {**again["event"], "duplicate": False}, "userErrors": []}
    assert again["event"]["duplicate"] is True
    event = await event_at(app, int(first["event"]["position"]))
    assert (event.topic, event.actor) == ("case.feedback_received", f"rater:{case_key(case['id'])}")
    assert "还有一堆".encode() not in event.state
    head = await app.platform.log.head()
    rating["clientMutationId"] = str(uuid4())
    refused = (await http(app, "POST", "/field/rating", headers=said, json=rating)).json()
    assert [one["code"] for one in refused["userErrors"]] == ["FEEDBACK_GIVEN"]
    assert await app.platform.log.head() == head
    assert (await acceptor.ask(LINK, id=case["id"]))["case"]["rateLink"] is None
    bearer = {"authorization": f"Bearer {path.partition('=')[2]}"}
    denied = await http(app, "POST", "/graphql", headers=bearer, json={"query": "{ me { id } }"})
    assert denied.status_code == 401


async def test_what_is_no_link_and_what_is_no_rating(app: App) -> None:
    head = await app.platform.log.head()
    for said in ("", "Link", "Link x", "Link " + "A" * 48, "Bearer abc"):
        answer = await http(app, "GET", "/field/rating", headers={"authorization": said})
        assert answer.status_code == 404, said
    good = {"authorization": f"Link {app.platform.links.issue(uuid4(), 1 << 52)}"}
    for body in (b"", b"{}", b"[" * 20_000):
        answer = await http(app, "POST", "/field/rating", headers=good, content=body)
        assert answer.status_code == 400, body[:9]
    rating = {"clientMutationId": str(uuid4()), "solved": True, "satisfaction": "satisfied"}
    answer = await http(app, "POST", "/field/rating", headers=good, json=rating)
    assert [one["code"] for one in answer.json()["userErrors"]] == ["NO_SUCH_CASE"]
    assert await app.platform.log.head() == head


def test_a_link_holds_until_it_ends_and_not_under_another_key() -> None:
    links, case, until = RateLinks(b"k" * 32), UUID(int=7), 1_700_000_000_000_000
    text = links.issue(case, until)
    assert len(text) == 48
    assert links.read(text, until) == case
    with pytest.raises(InvalidLink, match="run out"):
        links.read(text, until + 1_000_000)
    for bad in (RateLinks(b"x" * 32).issue(case, until), text[:-4] + "AAAA", "", "é"):
        with pytest.raises(InvalidLink, match="no link"):
            links.read(bad, until)
    with pytest.raises(Exception, match="not valid"):
        Tokens(b"k" * 32).read(text)


def test_an_address_that_asks_too_often_waits_and_others_do_not() -> None:
    now = [0.0]
    pace = Pace(2, 60, lambda: now[0])
    assert [pace.wait_s("a"), pace.wait_s("a"), pace.wait_s("a")] == [0, 0, 30]
    assert pace.wait_s("b") == 0
    now[0] = 29.0
    assert pace.wait_s("a") == 1
    now[0] = 30.0
    assert [pace.wait_s("a"), pace.wait_s("a")] == [0, 30]


async def test_new_ids_are_handed_out_at_a_pace(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.http.pace.Pace.wait_s", lambda _pace, _address: 7)
    answer = await http(app, "POST", "/field/resident")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


async def test_a_resident_reports_at_a_pace_on_every_door(app: App) -> None:
    one, other = await resident(app), await resident(app)
    object.__setattr__(app.platform, "budget", Budget())
    object.__setattr__(app.platform, "reporting", Pace(2, 3_600))
    given = {"channel": "RESIDENT", "category": "06010", "place": PLACE}
    for _ in range(2):
        await one.done("reportCase", **given)
    head = await app.platform.log.head()
    query = "mutation($i: ReportCaseInput!) { reportCase(input: $i) { clientMutationId } }"
    assert await one.refused(query, i={**given, "clientMutationId": str(uuid4())}) == "THROTTLED"
    many = "mutation($i: [ReportCaseInput!]!) { reportCases(inputs: $i) { done } }"
    assert await one.refused(many, i=[{**given, "clientMutationId": str(uuid4())}]) == "THROTTLED"
    form = {"service_code": "06010", "address_id": GRID, "api_key": one.token}
    answer = await http(app, "POST", "/open311/v2/requests.json", data=form)
    assert answer.status_code == 429
    assert await app.platform.log.head() == head
    await other.done("reportCase", **given)
    worker = one.acting(Role.GRID_WORKER, COMMUNITY)
    for _ in range(3):
        await worker.done("reportCase", **{**given, "channel": "GRID_WORKER"})
