"""GraphQL over HTTP as its specification's own audits see it, and what a browser may send."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from urllib.parse import quote
from uuid import uuid4

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.auth.tokens import InvalidToken
from api.cli.serving import free_socket, serving
from api.graphql.documents import document_id
from api.graphql.negotiation import JSON, NEWER, media_type
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import DISTRICT

HERE = Path(__file__).parent
SCREENS = HERE.parent.parent / "opscenter"
ME = "{ me { role } }"


@pytest.mark.timeout(60)
async def test_all_of_graphql_https_audits_pass(app: App, client: Client) -> None:
    node = shutil.which("node")
    assert node is not None, "node is not on the PATH: ./quanke test puts it there"
    token = client.acting(Role.INTEGRATOR, DISTRICT).token
    listening = free_socket("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
    async with serving(app.asgi, listening):
        running = await asyncio.create_subprocess_exec(
            node, str(HERE / "audits.mjs"), str(SCREENS), url, str(token),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await running.communicate()
    assert running.returncode == 0, err.decode()
    results = json.loads(out)
    assert [one for one in results if one["status"] != "ok"] == []
    assert len(results) == 61


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (NEWER, NEWER),
        (f"{NEWER}, {JSON};q=0.9", NEWER),
        (f"{NEWER};q=0.1, {JSON};q=0.9", JSON),
        (f"{JSON}, {NEWER}", JSON),
        (f"{NEWER}, {JSON}", NEWER),
        (f"text/html, {NEWER};q=0, */*;q=0.1", JSON),
        ("text/html", None),
        (f"{NEWER};q=nonsense", None),
    ],
)
def test_the_accept_header_chooses(accept: str, chosen: str | None) -> None:
    assert media_type(accept) == chosen


async def test_who_takes_neither_media_type_is_told_so(client: Client) -> None:
    answer = await client.post({"query": ME}, accept="text/html")
    assert answer.status_code == 406
    assert JSON in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("kind", ["text/plain", f"{JSON}; charset=gb2312", ""])
async def test_a_post_is_json_in_utf_8(client: Client, kind: str) -> None:
    answer = await client.post({"query": ME}, **{"content-type": kind})
    assert answer.status_code == 415


async def test_a_refusal_of_the_whole_has_a_status_in_the_newer_type_only(client: Client) -> None:
    for query, status in (("{ overview { open } }", 401), ("{ nothing }", 400)):
        newer = await client.post({"query": query}, accept=NEWER)
        assert (newer.status_code, "data" in newer.json()) == (status, False)
        older = await client.post({"query": query}, accept=JSON)
        assert older.status_code == 200
    display = client.acting(Role.DISPLAY, DISTRICT)
    answer = await display.post({"query": "{ readModels { name } }"}, accept=NEWER)
    assert answer.status_code == 403


async def test_an_error_below_the_root_leaves_the_status_alone(client: Client) -> None:
    known = client.acting(Role.DISPATCHER, DISTRICT)
    answer = await known.post({"query": '{ case(id: "x") { number } }'}, accept=NEWER)
    assert answer.status_code == 200
    assert answer.json()["data"] == {"case": None}


async def test_a_document_is_asked_again_by_its_id_alone(client: Client) -> None:
    known = client.acting(Role.DISPATCHER, DISTRICT)
    text = "query Again($first: Int!) { cases(first: $first) { nodes { id } } }"
    body = {"documentId": document_id(text), "variables": {"first": 1}}
    unknown = (await known.post(body)).json()
    assert unknown["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_FOUND"
    first = (await known.post({**body, "query": text})).json()
    again = (await known.post(body)).json()
    assert again == first
    assert again["data"] == {"cases": {"nodes": []}}


async def test_a_document_id_that_is_not_the_texts_is_refused(client: Client) -> None:
    answer = await client.post({"query": ME, "documentId": document_id("{ other }")}, accept=NEWER)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("role", [None, Role.DISPLAY])
async def test_displays_and_the_public_ask_the_screens_documents_only(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch, role: Role | None
) -> None:
    object.__setattr__(app.platform, "registered_only", True)
    asking = client if role is None else client.acting(role, DISTRICT)
    refused = await asking.post({"query": ME}, accept=NEWER)
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_REGISTERED"
    identity = app.doors.engine.documents.register(ME)
    answer = {"data": {"me": {"role": role.value if role else "public"}}}
    assert (await asking.post({"query": ME})).json() == answer
    assert (await asking.post({"documentId": identity})).json() == answer
    known = client.acting(Role.DISPATCHER, DISTRICT)
    assert (await known.post({"query": "{ me { id role } }"})).status_code == 200


async def test_the_slowest_way_is_for_those_who_compare(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(app.platform, "stock_for_all", False)
    taken: list[bool] = []
    really = app.doors.engine._stock

    async def noted(*given: Any) -> dict[str, Any]:
        taken.append(True)
        return await really(*given)

    monkeypatch.setattr(app.doors.engine, "_stock", noted)
    body = {"query": "{ cases(first: 1) { nodes { id } } }"}
    ways = {Role.ADMINISTRATOR: b"stock", Role.AUDITOR: b"stock"}
    for role in (Role.DISPATCHER, Role.INTEGRATOR, Role.HANDLER, *ways):
        asking, way = client.acting(role, DISTRICT, "urban"), ways.get(role, b"usual")
        taken.clear()
        answer = await asking.post(body, **{"x-execution": "stock"})
        assert (answer.status_code, answer.json()["data"]) == (200, {"cases": {"nodes": []}})
        assert answer.headers["x-execution"].encode() == way
        assert taken == [True] * (way == b"stock")
        assert "x-execution" not in (await asking.post(body)).headers
    object.__setattr__(app.platform, "stock_for_all", True)
    answer = await client.acting(Role.DISPATCHER, DISTRICT).post(body, **{"x-execution": "stock"})
    assert answer.headers["x-execution"] == "stock"


async def test_screens_built_after_the_platform_was_made_are_known_when_it_is_told(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    object.__setattr__(app.platform, "registered_only", True)
    monkeypatch.setattr("api.app.DIST", tmp_path)
    app.doors.know_screens()
    assert (await client.post({"query": ME}, accept=NEWER)).status_code == 403
    (tmp_path / "documents.json").write_text(json.dumps({document_id(ME): ME}))
    app.doors.know_screens()
    assert (await client.post({"query": ME}, accept=NEWER)).status_code == 200


async def test_a_document_another_has_asked_is_no_permission(app: App, client: Client) -> None:
    object.__setattr__(app.platform, "registered_only", True)
    await client.acting(Role.DISPATCHER, DISTRICT).post({"query": ME})
    refused = await client.post({"documentId": document_id(ME)}, accept=NEWER)
    assert refused.status_code == 403


async def test_a_mutation_by_get_is_a_405_and_writes_nothing(app: App, client: Client) -> None:
    before = await app.platform.log.head()
    given = (
        f'clientMutationId:"{uuid4()}",channel:HOTLINE,category:"06010",place:{{unlocated:true}}'
    )
    text = f"mutation{{reportCase(input:{{{given}}}){{event{{position}}}}}}"
    token = client.acting(Role.ACCEPTOR, DISTRICT).token
    answer = await client.get(f"/graphql?query={quote(text)}", authorization=f"Bearer {token}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert await app.platform.log.head() == before


async def test_a_known_head_is_not_parsed_again_and_its_token_is_asked_anew(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting = client.acting(Role.AUDITOR, DISTRICT)
    lines = (
        f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: {JSON}\r\naccept: {NEWER}\r\n"
        f"authorization: Bearer {acting.token}\r\ncontent-length: "
    )
    listening = free_socket("127.0.0.1", 0)
    parsed = []
    real = HttpToolsProtocol.on_headers_complete

    def noted(self: HttpToolsProtocol) -> None:
        parsed.append(self)
        real(self)

    monkeypatch.setattr(HttpToolsProtocol, "on_headers_complete", noted)
    async with serving(app.asgi, listening), asyncio.timeout(60):
        reader, writer = await asyncio.open_connection("127.0.0.1", listening.getsockname()[1])

        async def asked(body: str) -> tuple[int, str, Any]:
            writer.write(f"{lines}{len(body.encode())}\r\n\r\n{body}".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.partition("content-length: ")[2].partition("\r")[0])
            return int(head.split()[1]), head, json.loads(await reader.readexactly(length))

        first = await asked(json.dumps({"query": ME}))
        second = await asked(json.dumps({"query": "{ me { role id } }"}))
        assert first[2]["data"] == {"me": {"role": "auditor"}}
        assert second[2]["data"]["me"]["role"] == "auditor"
        assert {one for one in first[1].split("\r\n") if not one.startswith(CHANGING)} == {
            one for one in second[1].split("\r\n") if not one.startswith(CHANGING)
        }
        assert (await asked("{"))[0] == 400
        assert (await asked(json.dumps({"query": "{ nothing }"})))[0] == 400
        revoked = InvalidToken("the token is not valid or has expired")
        monkeypatch.setattr(app.platform.tokens, "still", Mock(side_effect=revoked))
        assert (await asked(json.dumps({"query": ME})))[0] == 401
        writer.close()
    assert len(parsed) == 1


CHANGING = ("x-request-id", "content-length", "date")
