"""The past again: its density, and the wall told once more."""

import pytest

from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID, TOWN
from tests.api.steps import report

DENSITY = """query($from: DateTime, $to: DateTime, $buckets: Int! = 10, $scope: String) {
    logDensity(from: $from, to: $to, buckets: $buckets, scope: $scope) {
    scope first last start end bucketS counts total } }"""


async def test_density_counts_what_happened_for_anybody(app: App, client: Client) -> None:
    empty = (await client.ask(DENSITY))["logDensity"]
    assert (empty["first"], empty["counts"], empty["total"]) == (None, [0], 0)
    worker = client.acting(Role.GRID_WORKER, DISTRICT)
    times = ["2026-01-01T00:00:00Z", "2026-01-01T00:30:00Z", "2026-01-02T12:00:00Z"]
    for at in times:
        await worker.done("reportCase", **report("x").given, occurredAt=at)
    assert await app.caught_up(10)
    day = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-03T00:00:00Z"}
    found = (await client.ask(DENSITY, **day, buckets=2))["logDensity"]
    assert found.pop("last") >= "2026-01-02T12:00:00.000000Z"  # a clock of theirs may have passed
    assert found == {
        "scope": DISTRICT, "first": "2026-01-01T00:00:00.000000Z",
        "start": "2026-01-01T00:00:00.000000Z", "end": "2026-01-03T00:00:00.000000Z",
        "bucketS": 86_400, "counts": [2, 1], "total": 3,
    }  # fmt: skip
    town = (await client.ask(DENSITY, **day, buckets=2, scope=TOWN))["logDensity"]
    assert town["counts"] == [2, 1]
    everything = (await client.ask(DENSITY))["logDensity"]
    assert everything["total"] == sum(everything["counts"]) >= 3
    assert (everything["start"], len(everything["counts"])) == (day["from"][:-1] + ".000000Z", 10)


@pytest.mark.parametrize(
    "given",
    [
        {"buckets": 0},
        {"buckets": 1_001},
        {"scope": "9."},
        {"scope": GRID},
        {"from": "2026-01-02T00:00:00Z", "to": "2026-01-02T00:00:00Z"},
    ],
)
async def test_density_says_what_is_wrong(client: Client, given: dict[str, object]) -> None:
    assert await client.refused(DENSITY, **given) == "BAD_INPUT"
