"""Overload: what finds no room is sent away unparsed, reports last, and the rest goes on."""

import asyncio

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from api.cli.serving import free_socket, serving
from api.http import shedding
from api.http.shedding import LOAD, Kind, Load, is_whole

BODY = b'{"query":"{ me { role } }"}'
HEAD = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


def whole(body: bytes = BODY, head: bytes = HEAD) -> bytes:
    return head + b"content-length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize(
    ("request_bytes", "said"),
    [
        (whole(), True),
        (whole(head=HEAD.replace(b"host", b"HOST")), True),
        (whole()[:-1], False),
        (whole() + b"G", False),
        (whole().replace(b"POST", b"GET "), False),
        (whole().replace(b"/graphql ", b"/other "), False),
        (whole().replace(b"content-length", b"x-length"), False),
        (whole().replace(b"content-length: 27", b"content-length: -1"), False),
        (whole(head=HEAD + b"x-a: content-length: 27\r\n"), False),
        (whole(head=HEAD + b"content-length: 27\r\n"), False),
        (whole(head=HEAD + b"transfer-encoding: chunked\r\n"), False),
        (whole().replace(b"content-length: 27", b"x-a: content-length: 27"), False),
        (whole().replace(b"content-length: 27", b"content-length: " + b"9" * 5_000), False),
        (HEAD, False),
        (b"", False),
    ],
)
def test_only_a_whole_request_is_looked_at(request_bytes: bytes, said: bool) -> None:
    assert is_whole(request_bytes) is said


def test_reports_come_before_queries() -> None:
    load = Load()
    for _ in range(shedding.MAX_QUERIES):
        load.begin(Kind.QUERY)
    assert (load.has_room(Kind.QUERY), load.has_room(Kind.REPORT)) == (False, True)
    for _ in range(shedding.MAX_QUERIES - shedding.FEW):
        load.end(Kind.QUERY)
    assert load.has_room(Kind.QUERY)
    for _ in range(shedding.CROWDED):
        load.begin(Kind.REPORT)
    assert (load.has_room(Kind.QUERY), load.has_room(Kind.REPORT)) == (False, True)


def test_a_report_is_known_by_its_words_or_its_documents_id() -> None:
    known = b"sha256:" + b"a" * 64
    load = Load({known})
    assert load.kind(b'{"query":"mutation { x }"}') is Kind.REPORT
    assert load.kind(b'{"documentId":"' + known + b'"}') is Kind.REPORT
    assert load.kind(b'{"documentId":"sha256:' + b"b" * 64 + b'"}') is Kind.QUERY


async def test_a_full_house_answers_503_and_takes_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shedding, "MAX_QUERIES", 1)
    entered, leave = asyncio.Event(), asyncio.Event()

    async def application(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        entered.set()
        await leave.wait()
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})

    listening = free_socket("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
    before = LOAD.shed[Kind.QUERY]
    async with serving(application, listening), httpx.AsyncClient(trust_env=False) as http:

        async def ask(body: bytes) -> httpx.Response:
            return await http.post(url, content=body, headers={"content-type": "application/json"})

        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(ask(BODY))
            async with asyncio.timeout(10):
                await entered.wait()
            away = await ask(BODY)
            report = tasks.create_task(ask(b'{"query":"mutation { x }"}'))
            leave.set()
        assert (await ask(BODY)).text == "ok"
    assert (first.result().text, report.result().text) == ("ok", "ok")
    assert away.status_code == 503
    assert 1 <= int(away.headers["retry-after"]) <= 4
    assert away.json()["errors"][0]["extensions"]["code"] == "OVERLOADED"
    assert LOAD.shed[Kind.QUERY] == before + 1
    assert LOAD.now == {Kind.REPORT: 0, Kind.QUERY: 0}
