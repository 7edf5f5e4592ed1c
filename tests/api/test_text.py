"""U+0000 in a text is the sender's mistake on every door: a 400, and nothing is appended."""

from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from api.graphql.paging import cursor_kind, decode_cursor, encode_cursor
from api.text import nul_in
from api.wiring import App
from domain.actor import Role
from domain.directory.commands import NameArea
from domain.errors import Rejected
from tests.api.client import Client, socket
from tests.api.ground import ADMIN, DISTRICT, GRID

BOARD = "query($f: CaseFilter) { cases(first: 1, filter: $f) { nodes { id } } }"
REPORT = "mutation($i: ReportCaseInput!) { reportCase(input: $i) { event { position } } }"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (rb'{"a":["b",{"c":"\u0000"}]}', True),
        (rb'{"\u0000":1}', True),
        (rb'"\\u0000"', False),  # six characters, and none of them is it
        (rb'"\\\u0000"', True),
        (b"[" * 500 + rb'"\u0000"' + b"]" * 500, True),
        (b'{"a":"b"}', False),
    ],
)
def test_where_it_is_seen(raw: bytes, said: bool) -> None:
    assert nul_in(raw) is said


def reported(address: str) -> dict[str, Any]:
    place = {"grid": GRID, "address": address}
    given = {"channel": "GRID_WORKER", "category": "06010", "place": place}
    return {"i": {**given, "clientMutationId": str(uuid4())}}


async def asked(app: App, who: Client, method: str, path: str, **more: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app.asgi)
    headers = who.bearing(method, path) | more.pop("headers", {})
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.request(method, path, headers=headers, **more)


async def test_every_door_says_no_to_it(app: App, client: Client) -> None:
    head = await app.platform.log.head()
    office, audit = client.acting(Role.DISPATCHER, DISTRICT), client.acting(Role.AUDITOR, DISTRICT)
    worker = client.acting(Role.GRID_WORKER, DISTRICT)
    literal = 'query { cases(first: 1, filter: { number: "%s" }) { nodes { id } } }'
    posts: list[tuple[Client, str, Any]] = [
        (office, "/graphql", {"query": BOARD, "variables": {"f": {"number": "\0"}}}),
        (office, "/graphql", {"query": literal % r"\u0000"}),
        (office, "/graphql", {"query": literal % r"a\u{0}"}),
        (worker, "/graphql", {"query": REPORT, "variables": reported("a\0b")}),
        (office, "/graphql/poll", {"query": "subscription { caseFeed { __typename } }",
                                   "variables": {"x": "\0"}}),
        (client, "/auth/sign-in", {"account": "a\0", "password": "x"}),
        (office, "/auth/password", {"password": "x" * 12, "account": "\0"}),
    ]  # fmt: skip
    for who, path, said in posts:
        headers = {"accept": "application/graphql-response+json"}
        answer = await asked(app, who, "POST", path, json=said, headers=headers)
        assert (answer.status_code, "U+0000" in answer.text) == (400, True), (path, said)
    gets = [
        (audit, "/export/cases.csv?number=%00"), (office, "/live/cases?number=%00"),
        (office, "/live/cases/poll?category=%00&wait=0"), (client, "/attachments/%00"),
        (client, "/open311/v2/requests.json?service_request_id=%00"),
        (client, "/open311/v2/requests/%00.json"), (client, "/geo.json?scope=%00"),
        (office, f"/graphql?query={quote(BOARD)}&variables=" + quote('{"f":{"number":"\\u0000"}}')),
    ]  # fmt: skip
    for who, path in gets:
        answer = await asked(app, who, "GET", path)
        assert (answer.status_code, "U+0000" in answer.text) == (400, True), path
    form = {"service_code": "06010", "lat": "37.4", "long": "118.0", "description": "a\0"}
    answer = await asked(app, worker, "POST", "/open311/v2/requests.json", data=form)
    assert (answer.status_code, "U+0000" in answer.text) == (400, True)
    assert await app.platform.log.head() == head


PAGE = """query($a: String) { cases(first: 1, after: $a) {
  nodes { id } pageInfo { endCursor }
} }"""


async def test_a_forged_cursor_and_a_socket(app: App, client: Client) -> None:
    office = client.acting(Role.DISPATCHER, DISTRICT)
    worker = client.acting(Role.GRID_WORKER, DISTRICT)
    await worker.do("reportCase", **reported("a")["i"])
    page = (await office.ask(PAGE))["cases"]
    kind = cursor_kind(page["pageInfo"]["endCursor"])
    key = decode_cursor(kind, page["pageInfo"]["endCursor"])
    assert key is not None
    forged = encode_cursor(kind, tuple("\0" if isinstance(one, str) else one for one in key))
    assert await office.refused(PAGE, a=forged) == "BAD_INPUT"
    async with socket(app) as line:
        await line.init(office.token)
        await line.subscribe("subscription($x: String) { caseFeed { __typename } }", x="\0")
        assert (await line.hear())["closed"] == 4400


async def test_what_comes_in_by_another_way_is_refused_by_the_rules(app: App) -> None:
    head = await app.platform.log.head()
    where = {"code": "371602009", "scope": f"{DISTRICT}009.", "level": "township"}
    command = NameArea(**where, name="a\0", parent="371602")
    with pytest.raises(Rejected, match="TEXT_UNFIT"):
        await app.platform.dispatcher.dispatch(command, actor=ADMIN, command_id=UUID(int=7))
    assert await app.platform.log.head() == head
