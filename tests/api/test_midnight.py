"""At midnight of the district's time what is followed says the new day, though nothing happens.

The clock is injected: it stands where it is until the test moves it to the end of the day.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from api.graphql.load import local_day
from api.wiring import App
from tests.api.client import Client, Socket, socket
from tests.api.ground import DISTRICT, GRID

TODAY = "overview { total reportedToday closedToday acceptP50S }"
FEEDS = {
    "wall": ("Wall", f"scene {{ {TODAY} }}"),
    "districtOverview": ("Overview", TODAY),
}


def asked(field: str) -> str:
    kind, held = FEEDS[field]
    return f"""subscription($after: String) {{ {field}(after: $after) {{ __typename
        ... on {kind}Snapshot {{ cursor position {held} }}
        ... on {kind}Delta {{ position {TODAY} }} ... on Resync {{ reason position }} }} }}"""


async def until_snapshot(door: Socket, field: str, name: str = "1") -> list[dict[str, Any]]:
    """Return what is said up to the next snapshot, heartbeats left out."""
    found: list[dict[str, Any]] = []
    while not found or not found[-1]["__typename"].endswith("Snapshot"):
        message = await door.hear()
        assert message["type"] == "next", message
        if message["id"] == name:
            one = message["payload"]["data"][field]
            found += [one] if one["__typename"] != "Heartbeat" else []
    return found


def counts(snapshot: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = snapshot.get("scene", snapshot)["overview"]
    return found


@pytest.fixture
def move_to(app: App) -> Callable[[int], None]:
    """A clock of the platform's that stands still until it is moved."""
    stands = [app.platform.clock()]
    object.__setattr__(app.platform, "clock", lambda: stands[0])
    return lambda instant: stands.__setitem__(0, instant)


@pytest.mark.parametrize("field", FEEDS)
async def test_a_silent_day_turns_by_itself(
    app: App, worker: Client, move_to: Callable[[int], None], field: str
) -> None:
    await worker.done("reportCase", channel="GRID_WORKER", category="06010", place={"grid": GRID})
    assert await app.caught_up(30)
    zone = app.platform.reference.timezone(DISTRICT)
    ends = local_day(app.platform.clock(), zone)[1]
    async with asyncio.timeout(90), socket(app) as door, socket(app) as back:
        await door.init(worker.token)
        await door.subscribe(asked(field))
        (before,) = await until_snapshot(door, field)
        assert (counts(before)["total"], counts(before)["reportedToday"]) == (1, 1)
        move_to(ends)
        resync, after = (await until_snapshot(door, field))[-2:]
        assert (resync["__typename"], resync["reason"]) == ("Resync", "day")
        assert (counts(after)["total"], counts(after)["reportedToday"]) == (1, 0)
        assert after["position"] == before["position"]
        assert after["cursor"] != before["cursor"]
        await back.init(
            worker.token
        )  # who slept through midnight has the position, but not the day
        await back.subscribe(asked(field), after=before["cursor"])
        lost, anew = await until_snapshot(back, field)
        assert (lost["reason"], anew) == ("day", after)
        await back.subscribe(asked(field), name="2", after=after["cursor"])
        await worker.done("reportCase", channel="GRID_WORKER", category="06010",
                          place={"grid": GRID})  # fmt: skip
        while (message := await back.hear())["id"] != "2" or "Delta" not in str(message):
            assert "Snapshot" not in str(message) or message["id"] != "2"
    assert counts(message["payload"]["data"][field])["reportedToday"] == 1
