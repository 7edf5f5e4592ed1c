"""The plain doors: probes, metrics, geometry, screens."""

import gzip
from pathlib import Path

import httpx
import orjson
import pytest

from api.http.geometry import geometry
from api.http.screens import Screens
from api.reference import Reference
from api.wiring import App
from tests.api.client import Client
from tests.api.ground import GRID, OTHER_GRID


async def test_probes(app: App, client: Client) -> None:
    head = await app.platform.log.head()
    assert (await client.get("/live")).json() == {"live": True}
    assert (await client.get("/startup")).json() == {"started": True}
    assert (await client.get("/ready")).json() == {
        "ready": True, "position": head, "head": head, "quarantined_streams": 0,
    }  # fmt: skip
    app.gate._open = False
    for path in ("/startup", "/ready"):
        assert (await client.get(path)).status_code == 503


async def test_a_read_model_that_stands_still_is_not_ready(
    app: App, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from projections.reading import Standing, standing

    now, found = app.platform.clock(), await standing(app.platform.pool)

    async def stuck(_reads: object) -> Standing:
        return replace(found, position=7, oldest_unapplied_at=now - 40_000_000)

    monkeypatch.setattr("api.http.health.standing", stuck)
    answer = await client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["why"].startswith("the read models stand at 7 for 4")


async def test_metrics_carry_the_logs_position_without_labels(app: App, client: Client) -> None:
    lines = (await client.get("/metrics")).text.splitlines()
    assert f"quanke_log_position {float(await app.platform.log.head())}" in lines
    assert "quanke_database_up 1.0" in lines
    assert "quanke_live_groups 0.0" in lines


async def test_geometry_is_small_cached_and_decodes_to_the_drawn_rings(
    app: App, client: Client
) -> None:
    answer = await client.get("/geo.json", **{"accept-encoding": "identity"})
    found = answer.json()
    assert found["bounds"] == [118.0, 37.4, 118.02, 37.41]
    assert (found["scale"], found["schematic"]) == (100_000, True)
    assert [grid["code"] for grid in found["grids"]] == [GRID, OTHER_GRID]
    assert found["grids"][0]["township"] == "371602005"
    (ring,) = found["grids"][0]["rings"]
    assert ring == [11_800_000, 3_740_000, 1_000, 0, 0, 1_000, -1_000, 0, 0, -1_000]
    assert found["townships"] == [
        {"code": "371602005", "name": "彭李街道", "nameEn": "Pengli", "lon": 118.01, "lat": 37.405}
    ]
    again = await client.get("/geo.json", **{"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    transport = httpx.ASGITransport(app.asgi)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://test") as http,
        http.stream("GET", "/geo.json", headers={"accept-encoding": "gzip"}) as packed,
    ):
        raw = b"".join([chunk async for chunk in packed.aiter_raw()])
    assert orjson.loads(gzip.decompress(raw)) == found
    assert (await client.get("/geo.json?scope=9.")).status_code == 404


def test_an_empty_cell_has_an_empty_map() -> None:
    found = geometry(Reference(), "")
    assert (found["grids"], found["townships"], found["bounds"]) == ([], [], [0.0] * 4)


async def test_screens_come_with_a_policy_and_say_when_they_are_not_built(tmp_path: Path) -> None:
    from starlette.applications import Starlette

    def served(built: Path) -> httpx.AsyncClient:
        app = Starlette(routes=Screens(built).routes())
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")

    async with served(tmp_path / "dist") as http:
        missing = await http.get("/wall")
        assert missing.status_code == 503
        assert "./quanke run" in missing.text
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "wall.html").write_text("<h1>墙</h1>", encoding="utf-8")
    (tmp_path / "dist" / "assets" / "wall-1a2b.js").write_text("1", encoding="utf-8")
    async with served(tmp_path / "dist") as http:
        page, script = await http.get("/wall"), await http.get("/assets/wall-1a2b.js")
        assert page.headers["content-security-policy"].startswith("default-src 'self'")
        assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert (await http.get("/assets/../wall.html")).status_code == 404
        assert (await http.get("/console")).status_code == 503
    assert Screens(tmp_path / "dist").pages() == ["wall"]


async def test_the_root_leads_to_the_wall(client: Client) -> None:
    answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/wall")
