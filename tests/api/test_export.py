"""Exports: the same rows in three forms, under scope and publicity, safe in a spreadsheet."""

import asyncio
import csv
import io
from collections.abc import MutableMapping
from typing import Any

import httpx
import orjson
import pytest
from arro3.io import read_parquet

from api.export import taking
from api.export.columns import CASES, FIGURES
from api.export.forms import as_csv
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import COMMUNITY, DISTRICT, GRID, OTHER_GRID
from tests.api.test_live import HELP, RUBBISH


async def fetched(client: Client, path: str) -> httpx.Response:
    headers = {} if client.token is None else {"authorization": f"Bearer {client.token}"}
    return await client.get(path, **headers)


async def lines(client: Client, path: str) -> list[dict[str, Any]]:
    answer = await fetched(client, path)
    assert answer.status_code == 200, answer.text
    return [orjson.loads(line) for line in answer.content.splitlines()]


async def test_three_forms_carry_the_same_public_cases(app: App, worker: Client) -> None:
    exact = {"point": {"lon": 118.00449, "lat": 37.40551}, "address": "学苑路"}
    said = {**RUBBISH, "place": exact, "description": "=1+1"}
    first = (await worker.done("reportCase", **said))["case"]
    second = (await worker.done("reportCase", **{**RUBBISH, "place": {"grid": OTHER_GRID}}))["case"]
    await worker.done("reportCase", **HELP)
    assert await app.caught_up(30)
    auditor = worker.acting(Role.AUDITOR)
    told = await lines(auditor, "/export/cases.ndjson")
    assert [one["number"] for one in told] == [second["number"], first["number"]]
    assert list(told[0]) == list(CASES)
    assert (told[1]["lon"], told[1]["lat"], told[1]["grid"]) == (118.004, 37.406, GRID)
    assert told[1]["category_name"] == "暴露垃圾"
    answer = await fetched(auditor, "/export/cases.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    plain = [{name: _text(value) for name, value in one.items()} for one in told]
    assert rows == plain
    packed = await fetched(auditor, "/export/cases.parquet")
    table = read_parquet(io.BytesIO(packed.content)).read_all()
    assert table.column_names == list(CASES)
    assert table.column("number").to_pylist() == [one["number"] for one in told]
    assert "学苑路" not in answer.text
    assert "=1+1" not in answer.text


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


async def test_scope_and_filter_are_those_of_cases(app: App, worker: Client) -> None:
    await worker.done("reportCase", **RUBBISH)
    await worker.done("reportCase", **{**RUBBISH, "category": "06036"})
    assert await app.caught_up(30)

    async def count(role: Role, scope: str, query: str = "") -> int:
        return len(await lines(worker.acting(role, scope), f"/export/cases.ndjson{query}"))

    assert await count(Role.INTEGRATOR, COMMUNITY) == 2
    assert await count(Role.INTEGRATOR, "371602.001.") == 0
    assert await count(Role.INTEGRATOR, "371602.001.", f"?scope={COMMUNITY}") == 0
    narrow = "?category=06036&status=reported&open=true"
    assert await count(Role.ADMINISTRATOR, DISTRICT, narrow) == 1
    assert await count(Role.ADMINISTRATOR, DISTRICT, "?overdue=true") == 0
    assert await count(Role.ADMINISTRATOR, DISTRICT, "?reportedFrom=2100-01-01T00:00:00Z") == 0


async def test_figures_of_a_window(app: App, worker: Client) -> None:
    await worker.done("reportCase", **RUBBISH)
    assert await app.caught_up(30)
    told = await lines(worker.acting(Role.AUDITOR, DISTRICT), "/export/figures.ndjson")
    assert list(told[0]) == list(FIGURES)
    assert {one["key"] for one in told} == {DISTRICT}
    packed = await fetched(worker.acting(Role.AUDITOR), "/export/figures.parquet")
    assert packed.content[:4] == b"PAR1"


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (None, "cases.csv", 401),
        (Role.HANDLER, "cases.csv", 403),
        (Role.GRID_WORKER, "figures.csv", 403),
        (Role.AUDITOR, "cases.xls", 404),
        (Role.AUDITOR, "cases.csv?status=ajar", 400),
        (Role.AUDITOR, "cases.csv?open=ajar", 400),
        (Role.AUDITOR, "cases.csv?severity=ajar", 400),
        (Role.AUDITOR, "cases.csv?reportedFrom=today", 400),
        (Role.AUDITOR, "figures.csv?level=moon", 400),
        (Role.AUDITOR, "figures.csv?since=2100-01-01T00:00:00Z", 400),
    ],
)
async def test_what_is_not_exported(
    client: Client, role: Role | None, path: str, status: int
) -> None:
    asking = client if role is None else client.acting(role, DISTRICT, unit="sanitation")
    assert (await fetched(asking, f"/export/{path}")).status_code == status


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@sum", "\tx", "\rx", "a,b", 'say "x"', ""])
async def test_no_text_becomes_a_formula(text: str) -> None:
    async def pages() -> Any:
        yield [{"number": text, "lon": -1.5}]

    told = b"".join([chunk async for chunk in as_csv(pages(), CASES)]).decode()
    (row,) = csv.DictReader(io.StringIO(told, newline=""))
    assert not row["number"].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert row["number"].removeprefix("'") == text
    assert row["lon"] == "-1.5"


async def stalled(app: App, client: Client, path: str) -> list[str]:
    """Ask for an export and take its head, then nothing; what was sent before it ended."""
    told: list[str] = []
    name, value = next(iter(client.bearing("GET", path).items()))
    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "scheme": "http",
        "query_string": b"", "headers": [(b"host", b"test"), (name.encode(), value.encode())],
        "client": ("203.0.113.9", 1), "server": None, "root_path": "", "asgi": {}, "state": {},
        "http_version": "1.1",
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        told.append(message["type"])
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async with asyncio.timeout(20):
        await app.asgi(scope, receive, send)
    return told


async def test_who_does_not_take_an_export_is_let_go_and_holds_no_snapshot(
    app: App, worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "STALLED_S", 0.2)
    await worker.done("reportCase", **RUBBISH)
    assert await app.caught_up(30)
    auditor = worker.acting(Role.AUDITOR)
    path = "/export/cases.ndjson"
    async with asyncio.TaskGroup() as tasks:
        busy = [tasks.create_task(stalled(app, auditor, path)) for _ in range(taking.AT_ONCE)]
    for one in busy:
        assert one.result() == ["http.response.start", "http.response.body"]
    pool = app.platform.reads
    async with asyncio.timeout(30):
        while pool.get_idle_size() < pool.get_size():
            await asyncio.sleep(0.02)
    assert len(await lines(auditor, "/export/cases.ndjson")) == 1  # every turn was given back


async def test_only_a_few_exports_are_under_way_at_once(
    app: App, worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "AT_ONCE", 0)
    answer = await fetched(worker.acting(Role.AUDITOR), "/export/cases.csv")
    assert (answer.status_code, int(answer.headers["retry-after"])) == (429, 30)
