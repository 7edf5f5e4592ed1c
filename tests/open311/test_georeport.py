"""GeoReport v2: both forms, the publicity classes, reports that are sent twice."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from defusedxml.ElementTree import fromstring
from georeport import GeoReport

from api.open311.formats import Listed, document
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID, POINT
from tests.api.test_live import HELP, RUBBISH

ROOT = "/open311/v2"
FIXTURES = Path(__file__).parents[1] / "fixtures"
DATA = Path(__file__).parents[2].parent / "shared" / "data" / "open311"
NOT_COMMITTED = "the real files are not committed: ../shared/data is absent"
PLACED = {**RUBBISH, "place": {"point": POINT, "address": "学苑路 1 号"}, "description": "垃圾成堆"}


def integrator(client: Client) -> Client:
    return client.acting(Role.INTEGRATOR, DISTRICT, account="key:city-app")


async def post(client: Client, form: dict[str, str], kind: str = "json", **headers: str) -> Any:
    transport = httpx.ASGITransport(client.app.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.post(f"{ROOT}/requests.{kind}", data=form, headers=headers)


async def listed(client: Client, path: str, **query: str) -> Any:
    answer = await client.get(f"{ROOT}/{path}?{httpx.QueryParams(query)}")
    assert answer.status_code == 200, answer.text
    return answer.json()


# ---- a client we did not write


async def test_georeport_reads_everything_in_both_forms(
    app: App, address: str, worker: Client
) -> None:
    reported = [(await worker.done("reportCase", **PLACED))["case"]["number"] for _ in range(2)]
    assert await app.caught_up(30)
    for form in ("json", "xml"):
        city = GeoReport(f"http://{address}{ROOT}", output_format=form, jurisdiction="371602")
        services = await asyncio.to_thread(city.get_service_list)
        assert {one["service_code"]: one["service_name"] for one in services} == {
            "06010": "暴露垃圾", "06036": "乱堆杂物",
        }  # fmt: skip
        told = await asyncio.to_thread(city.get_service_definition, "06010")
        assert told["service_code"] == "06010"
        found = await asyncio.to_thread(city.get_service_requests)
        assert {one["service_request_id"] for one in found} == set(reported)
        one = await asyncio.to_thread(city.get_service_request, reported[0])
        assert (one["service_request_id"], one["status"]) == (reported[0], "open")
        closed = await asyncio.to_thread(
            city.get_service_requests, service_request_id=",".join(reported), status="closed"
        )
        assert len(closed) == 2  # ids override all other arguments


# ---- real answers


def names(path: Path, item: str) -> list[set[str]]:
    """Return the fields of each item of a real answer."""
    if path.suffix == ".json":
        return [set(one) for one in orjson.loads(path.read_bytes())]
    return [{child.tag for child in one} for one in fromstring(path.read_bytes()).iter(item)]


SHAPES = [
    ("service_list.json", "services", "service"),
    ("services_giessen.xml", "services", "service"),
    ("service_requests.json", "service_requests", "request"),
    ("requests_many.xml", "service_requests", "request"),
    ("requests_single.xml", "service_requests", "request"),
]
OWN = [
    ("open311_services.json", "services", "service"),
    ("open311_services.xml", "services", "service"),
]


@pytest.mark.parametrize("shape", [*SHAPES, *OWN], ids=lambda shape: shape[0])
async def test_our_answers_have_the_fields_of_real_ones(
    app: App, worker: Client, shape: tuple[str, str, str]
) -> None:
    name, root, item = shape
    path = (FIXTURES if shape in OWN else DATA) / name
    if not path.exists():
        pytest.skip(NOT_COMMITTED)
    await worker.done("reportCase", **PLACED)
    assert await app.caught_up(30)
    form = path.suffix[1:]
    door = "services" if root == "services" else "requests"
    answer = await worker.get(f"{ROOT}/{door}.{form}")
    if form == "json":
        (ours, *_) = [set(one) for one in answer.json()]
    else:
        tree = fromstring(answer.content)
        assert tree.tag == root
        ours = {child.tag for child in next(tree.iter(item))}
    assert answer.headers["content-type"].startswith(
        {"json": "application/json"}.get(form, "text/xml")
    )
    for real in names(path, item):
        assert real <= ours


# ---- what is public


async def test_only_open_cases_and_no_words_and_no_exact_place(app: App, worker: Client) -> None:
    await worker.done("reportCase", **HELP, description="独居老人")
    exact = {"point": {"lon": 118.00449, "lat": 37.40551}}
    case = (await worker.done("reportCase", **{**PLACED, "place": exact}))["case"]
    assert await app.caught_up(30)
    answer = await worker.get(f"{ROOT}/requests.json")
    (found,) = answer.json()
    assert found["service_request_id"] == case["number"]
    assert (found["long"], found["lat"]) == (118.004, 37.406)
    assert (found["description"], found["address"], found["media_url"]) == (None, None, None)
    assert found["address_id"] == GRID
    assert found["extended_attributes"]["status"] == "reported"
    for word in ("垃圾成堆", "独居老人", "92003", "acct:w1", "37.40551"):
        assert word not in answer.text
    updates = await worker.get(f"{ROOT}/servicerequestupdates.json")
    assert [one["service_request_id"] for one in updates.json()] == [case["number"]]


async def test_a_case_that_turns_sensitive_is_gone(app: App, worker: Client) -> None:
    case = (await worker.done("reportCase", **PLACED))["case"]
    assert await app.caught_up(30)
    assert len(await listed(worker, "requests.json")) == 1
    acceptor = worker.acting(Role.ACCEPTOR, DISTRICT)
    await acceptor.done("classifyCase", case=case["id"], category="92003")
    assert await app.caught_up(30)
    assert await listed(worker, "requests.json") == []
    assert await listed(worker, "servicerequestupdates.json") == []
    gone = await worker.get(f"{ROOT}/requests/{case['number']}.json")
    assert (gone.status_code, gone.json()[0]["code"]) == (404, 404)


# ---- filters and updates


async def test_filters(app: App, worker: Client) -> None:
    first = (await worker.done("reportCase", **PLACED))["case"]
    second = (await worker.done("reportCase", **{**RUBBISH, "category": "06036"}))["case"]
    acceptor = worker.acting(Role.ACCEPTOR, DISTRICT)
    await acceptor.done("declineCase", case=second["id"], reason="too_vague", reply="不属实")
    assert await app.caught_up(30)

    async def numbers(**query: str) -> list[str]:
        return [one["service_request_id"] for one in await listed(worker, "requests.json", **query)]

    assert await numbers() == [second["number"], first["number"]]
    assert await numbers(status="open") == [first["number"]]
    assert await numbers(status="closed") == [second["number"]]
    assert len(await numbers(status="open,closed")) == 2
    assert await numbers(service_code="06036,nothing") == [second["number"]]
    assert await numbers(service_code="92003") == []
    assert await numbers(end_date="2020-01-01T00:00:00Z") == []
    assert await numbers(page_size="1", page="2") == [first["number"]]
    assert await numbers(updated_after="2100-01-01T00:00:00Z") == []
    english = await listed(worker, "requests.json", lang="en", status="closed")
    assert (english[0]["service_name"], english[0]["status_notes"]) == ("Piled objects", "declined")


async def test_updates_go_on_after_a_position(app: App, worker: Client) -> None:
    case = (await worker.done("reportCase", **PLACED))["case"]
    await worker.acting(Role.ACCEPTOR, DISTRICT).done("acceptCase", case=case["id"])
    assert await app.caught_up(30)
    told = await listed(worker, "servicerequestupdates.json")
    events = [one["extended_attributes"]["event"] for one in told]
    assert events == ["case.reported", "case.accepted"]
    assert [one["description"] for one in told] == ["事件上报", "受理"]
    assert {one["status"] for one in told} == {"open"}
    rest = await listed(worker, "servicerequestupdates.json", after=told[0]["update_id"])
    assert rest == told[1:]


# ---- reporting


FORM = {
    "service_code": "06010", "lat": "37.405", "long": "118.005", "description": "门口一堆垃圾",
    "first_name": "三", "last_name": "张", "phone": "138 0000 0000",
    "address_string": "学苑路", "jurisdiction_id": "371602",
}  # fmt: skip


async def test_a_request_posted_twice_is_one_case(app: App, client: Client) -> None:
    key, command = integrator(client).token or "", str(uuid4())
    answers = [
        await post(client, {**FORM, "api_key": key}, **{"idempotency-key": command})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    (made,) = answers[0].json()
    assert made["token"] == command
    assert await app.caught_up(30)
    (found,) = await listed(client, "requests.json")
    assert found["service_request_id"] == made["service_request_id"]
    assert await listed(client, f"tokens/{command}.json") == [
        {"service_request_id": made["service_request_id"], "token": command}
    ]
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    case = (await acceptor.ask(
        "query($n: String) { case(number: $n) { channel text { description address }"
        " contact(purpose: CALL_BACK) } }",
        n=made["service_request_id"],
    ))["case"]  # fmt: skip
    assert case == {
        "channel": "RESIDENT", "text": {"description": "门口一堆垃圾", "address": "学苑路"},
        "contact": "三 张 138 0000 0000",
    }  # fmt: skip


async def test_a_report_in_xml_by_grid_with_a_name_as_key(app: App, client: Client) -> None:
    form = {
        "service_code": "06036", "address_id": GRID,
        "api_key": integrator(client).token or "", "idempotency_key": "order 7",
    }  # fmt: skip
    answers = [await post(client, form, "xml") for _ in range(2)]
    tree = fromstring(answers[0].content)
    assert (tree.tag, tree[0].tag) == ("service_requests", "request")
    assert answers[0].content == answers[1].content
    number = tree.findtext("request/service_request_id")
    assert await app.caught_up(30)
    found = fromstring((await client.get(f"{ROOT}/requests/{number}.xml")).content)
    assert found.findtext("request/address_id") == GRID
    assert found.find("request/description") is not None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "x.y.z"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "92003"}, 404),
        ({"service_code": "nothing"}, 404),
        ({"lat": "north"}, 400),
        ({"lat": "99", "long": "1"}, 400),
        ({"lat": "", "long": "", "address_string": ""}, 400),
        ({"description": "x" * 4_001}, 400),
    ],
)
async def test_a_refused_report_appends_nothing(
    app: App, client: Client, change: dict[str, str], code: int
) -> None:
    head = await app.platform.log.head()
    form = {**FORM, "api_key": integrator(client).token or "", **change}
    for kind in ("json", "xml"):
        answer = await post(client, form, kind)
        assert answer.status_code == code, answer.text
    assert fromstring(answer.content).findtext("error/code") == str(code)
    assert await app.platform.log.head() == head


async def test_a_key_of_another_place_or_role_may_not_report(app: App, client: Client) -> None:
    head = await app.platform.log.head()
    for key in (
        client.acting(Role.INTEGRATOR, "371602.001.").token,
        client.acting(Role.AUDITOR).token,
    ):
        answer = await post(client, {**FORM, "api_key": key or ""})
        assert answer.status_code == 403, answer.text
    assert await app.platform.log.head() == head


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("services.pdf", 404),
        ("services.json?jurisdiction_id=elsewhere", 404),
        ("services/nothing.xml", 404),
        ("requests.json?status=ajar", 400),
        ("requests.json?start_date=yesterday", 400),
        ("requests.json?start_date=2020-01-01T00:00:00Z&end_date=2021-01-01T00:00:00Z", 400),
        ("requests.json?page=minus", 400),
        ("requests/0.json", 404),
        ("tokens/0.json", 404),
        ("tokens/00000000-0000-4000-8000-000000000000.json", 404),
    ],
)
async def test_what_can_not_be_answered_says_so_in_the_interfaces_form(
    client: Client, path: str, code: int
) -> None:
    answer = await client.get(f"{ROOT}/{path}")
    assert answer.status_code == code
    if ".xml" in path:
        assert fromstring(answer.content).findtext("error/code") == str(code)
    else:
        assert [error["code"] for error in answer.json()] == [code]


async def test_discovery_leads_to_the_endpoint(client: Client) -> None:
    found = (await client.get(f"{ROOT}/discovery.json")).json()
    assert [one["url"] for one in found["endpoints"]] == [f"http://test{ROOT}"]


def test_what_xml_can_not_say_is_left_out() -> None:
    value = Listed("a", [{"b": "1 < 2 & \x00\x0b3"}, {"b": None}])
    assert (
        document("r", value).splitlines()[1] == b"<r><a><b>1 &lt; 2 &amp; 3</b></a><a><b/></a></r>"
    )
