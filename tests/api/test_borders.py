"""A file of borders: codes matched, gaps and overlaps found, and each command as it is sent."""

from typing import Any

import httpx
import pytest

from api.wiring import App
from domain.actor import Actor, Role
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID, OTHER_GRID
from tests.api.steps import acting

NEW, FAR = "371602005036003", "371602005036004"


def square(west: float, south: float = 37.40, side: float = 0.01) -> dict[str, Any]:
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


CROSSED: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [[[118.02, 37.4], [118.03, 37.41], [118.03, 37.4], [118.02, 37.41]]],
}
"""A border that crosses itself."""


def feature(code: str, geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": {"code": code, **properties}}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


async def asked(app: App, document: Any, role: Role = Role.ADMINISTRATOR) -> httpx.Response:
    """Post a document to the door as somebody."""
    token = app.platform.tokens.issue(Actor(id="acct:x", role=role, scope=DISTRICT), 60)
    transport = httpx.ASGITransport(app.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        headers = {"authorization": f"Bearer {token}"}
        return await http.post("/admin/borders", json=document, headers=headers)


async def test_what_a_file_would_do_is_what_its_commands_then_do(app: App, client: Client) -> None:
    head = await app.platform.log.head()
    document = collection(
        feature(GRID, square(118.00)),
        feature(OTHER_GRID, square(118.01, side=0.009)),
        feature(NEW, square(118.02), name="第三网格"),
        feature("371602005037", None, level="community", name="新社区"),
        feature("371602005037001", square(118.00, 37.41), name="新社区一"),
    )
    said = (await asked(app, document)).json()
    plans = {one["code"]: one["mutation"] for one in said["features"]}
    assert plans == {
        GRID: "", OTHER_GRID: "redrawGrid", NEW: "drawGrid", "371602005037": "nameArea",
        "371602005037001": "drawGrid",
    }  # fmt: skip
    assert (said["gapCount"], said["overlapCount"]) == (0, 0)
    assert await app.platform.log.head() == head
    for one in said["features"]:
        if one["mutation"]:
            await acting(client, "admin").done(one["mutation"], **one["input"])
    again = (await asked(app, document)).json()
    assert [one["mutation"] for one in again["features"]] == [""] * 5
    assert app.platform.reference.grid_at(118_025_000, 37_405_000) is not None


async def test_gaps_and_overlaps_are_rings_with_their_codes(app: App) -> None:
    hole = square(118.00, side=0.03)
    hole["coordinates"] += square(118.01, 37.41)["coordinates"]
    document = collection(feature(GRID, hole), feature(OTHER_GRID, square(118.025, side=0.01)))
    said = (await asked(app, document)).json()
    assert said["gapCount"] == 1
    assert (
        sorted(said["gaps"][0][::2]) == [118_010_000] * 3 + [118_020_000] * 2
        or sorted(said["gaps"][0][::2]) == [118_010_000] * 2 + [118_020_000] * 3
    )
    (both,) = said["overlaps"]
    assert both["codes"] == [GRID, OTHER_GRID]
    (ring,) = both["rings"]
    assert {min(ring[::2]), max(ring[::2])} == {118_025_000, 118_030_000}


async def test_a_grid_that_is_not_in_the_file_is_overlapped_too(app: App) -> None:
    said = (await asked(app, collection(feature(NEW, square(118.005), name="第三")))).json()
    assert {tuple(sorted(one["codes"])) for one in said["overlaps"]} == {
        (GRID, NEW), (OTHER_GRID, NEW),
    }  # fmt: skip
    assert {one["code"] for one in said["beside"]} == {GRID, OTHER_GRID}


@pytest.mark.parametrize(
    ("one", "problem"),
    [
        (feature("", square(118.02)), "NO_CODE"),
        (feature(NEW, square(118.02)), "NO_NAME"),
        (feature("dorchester", square(118.02), name="x"), "NO_SCOPE"),
        (feature(NEW, {"type": "Point", "coordinates": [1, 2]}, name="x"), "NOT_A_POLYGON"),
        (feature("371602098001001", square(118.02), name="x"), "PARENT_AREA_UNKNOWN"),
        (feature(NEW, square(118.02), name="x", level="street"), "LEVEL_UNKNOWN"),
        (
            feature(NEW, CROSSED, name="x"),
            "BORDER_INVALID",
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_used_says_why_and_stops_nothing(
    app: App, one: dict[str, Any], problem: str
) -> None:
    said = (await asked(app, collection(one, feature(FAR, square(118.05), name="远")))).json()
    plans = {found["index"]: found for found in said["features"]}
    assert (plans[0]["problem"], plans[0]["mutation"]) == (problem, "")
    assert plans[1]["mutation"] == "drawGrid"


async def test_it_is_the_administrators_and_only_geojson(app: App) -> None:
    assert (await asked(app, collection(), Role.DISPATCHER)).status_code == 403
    answer = await asked(app, {"type": "Feature"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_GEOJSON"
    twice = collection(*(feature(NEW, square(118.02), name="x") for _ in range(2)))
    said = (await asked(app, twice)).json()
    assert [one["problem"] for one in said["features"]] == ["", "CODE_TWICE"]
