"""A day in columns: folded to any of its instants it is what the wall was, number by number."""

from typing import Any

import pytest

from api.graphql.replay.day import NOBODY
from api.graphql.scalars import parse_instant, rfc3339
from api.wiring import App
from tests.api.client import Client
from tests.api.ground import TOWN
from tests.api.test_replay import LONG_AGO, now, told_cases

PARTS = """
  overview { open reportedToday closedToday overdue lifeSafety total closed closingRateBp
    acceptP50S }
  grids { code open overdue lifeSafety }
  departments { id name open overdue handled closingRateBp }
  townships { scope name open overdue closingRateBp }
  feed { position topic number category overdue }
"""
WALL = f"query($at: DateTime!) {{ wall(asOf: {{ effectiveAt: $at }}) {{ position {PARTS} }} }}"
DAY = f"""query($at: DateTime!, $scope: String) {{ wallDay(at: $at, scope: $scope) {{
  start end told position at overview gridCodes grids duties loads lines
  departments {{ id name open overdue handled closingRateBp }}
  areas {{ scope name open overdue closingRateBp }}
  feed {{ position topic number category overdue }}
  scene {{ {PARTS} }}
}} }}"""
OVERVIEW = (
    "open", "reportedToday", "closedToday", "overdue", "lifeSafety", "total", "closed",
    "closingRateBp", "acceptP50S",
)  # fmt: skip
FEED_LENGTH = 30


def rows(cells: list[int], width: int, step: int) -> list[list[int]]:
    """The rows of a column up to and with a step."""
    found = [cells[at : at + width] for at in range(0, len(cells), width)]
    return [row[1:] for row in found if row[0] <= step]


def known(value: int) -> int | None:
    """A column's number, or that there is none."""
    return None if value == NOBODY else value


def folded(day: dict[str, Any], step: int) -> dict[str, Any]:
    """The wall after a step of its day, in the shape of `wall`."""
    scene = day["scene"]
    grids = {one["code"]: one for one in scene["grids"]}
    for place, opened, late, danger in rows(day["grids"], 5, step):
        code = day["gridCodes"][place]
        grids[code] = {"code": code, "open": opened, "overdue": late, "lifeSafety": danger}
    units = {one["id"]: one for one in scene["departments"]}
    for place, opened, late, handled, rate in rows(day["duties"], 6, step):
        unit = day["departments"][place]
        units[unit["id"]] = unit | {
            "open": opened, "overdue": late, "handled": handled, "closingRateBp": known(rate),
        }  # fmt: skip
    areas = {one["scope"]: one for one in scene["townships"]}
    for place, opened, late, rate in rows(day["loads"], 5, step):
        area = day["areas"][place]
        areas[area["scope"]] = area | {
            "open": opened, "overdue": late, "closingRateBp": known(rate),
        }  # fmt: skip
    lines = [line for line, at in zip(day["feed"], day["lines"], strict=True) if at <= step]
    numbers = day["overview"][step * len(OVERVIEW) : (step + 1) * len(OVERVIEW)]
    overview = dict(zip(OVERVIEW, map(known, numbers), strict=True)) if step >= 0 else None
    return {
        "position": day["position"], "overview": overview or scene["overview"],
        "grids": counting(grids.values()), "departments": by("id", had_cases(units.values())),
        "townships": by("scope", had_cases(areas.values())),
        "feed": [*reversed(lines), *scene["feed"]][:FEED_LENGTH],
    }  # fmt: skip


def counting(grids: Any) -> list[dict[str, Any]]:
    """Grids with something to show: one without is painted like one that never had a case."""
    return by("code", [one for one in grids if one["open"] + one["overdue"] + one["lifeSafety"]])


def had_cases(found: Any) -> list[dict[str, Any]]:
    """Those that are left with a case, such as after one was dispatched anew."""
    return [one for one in found if one["closingRateBp"] is not None]


def by(key: str, found: Any) -> list[dict[str, Any]]:
    """Things in the order of their key."""
    return sorted(found, key=lambda one: one[key])


async def test_every_instant_of_a_day_is_what_the_wall_was(app: App, client: Client) -> None:
    await told_cases(app, client)
    day = (await client.ask(DAY, at=now(client)))["wallDay"]
    start = parse_instant(day["start"])
    assert len(day["at"]) > 20
    assert day["at"] == sorted(day["at"])
    assert parse_instant(day["end"]) - start == 86_400_000_000
    steps = [at for at, after in zip(day["at"], [*day["at"][1:], -1], strict=True) if at != after]
    for moment in [0, *steps]:
        step = sum(at <= moment for at in day["at"]) - 1
        instant = rfc3339(start + moment * 1_000)
        wall = (await client.ask(WALL, at=instant))["wall"]
        wall["grids"] = counting(wall["grids"])
        wall["departments"] = by("id", wall["departments"])
        wall["townships"] = by("scope", wall["townships"])
        assert folded(day, step) == wall, (moment, step)


async def test_a_day_of_a_place_tells_of_that_place_alone(app: App, client: Client) -> None:
    await told_cases(app, client)
    day = (await client.ask(DAY, at=now(client), scope=TOWN))["wallDay"]
    assert day["areas"]
    assert all(one["scope"].startswith(TOWN) for one in day["areas"])
    whole = (await client.ask(DAY, at=now(client)))["wallDay"]
    assert set(day["gridCodes"]) <= set(whole["gridCodes"])


@pytest.mark.parametrize("given", [{"at": "2999-01-01T00:00:00Z"}, {"at": LONG_AGO, "scope": "9."}])
async def test_a_day_says_what_is_wrong(client: Client, given: dict[str, Any]) -> None:
    assert await client.refused(DAY, **given) == "BAD_INPUT"
