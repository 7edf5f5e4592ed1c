"""At random instants every number and colour on a screen is what `asOf` answers.

Twenty on the wall, whose day is folded in the browser, and a few on each screen that asks; on
days of the demo. What is expected is made here from the interface's answer: the texts, what
is amber or red, and the colour of every grid of the map.
"""

import json
import math
import random
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, Route

import api.dispatch.deciding
from api.graphql.scalars import rfc3339
from domain.actor import Role
from opscenter import ROOT
from tests.browser.asked import SCREENS, looked
from tests.browser.cell import Cell, running
from tests.browser.conftest import WALL
from tests.browser.test_platform import READ, until
from tests.browser.told import MIDNIGHT_US, NOW_US, tell

SEED: Final = 20261129
INSTANTS: Final = 20
DAY_US: Final = 86_400_000_000
ASKED: Final = """query($asOf: AsOf) { wall(asOf: $asOf) {
  overview { open reportedToday closedToday overdue lifeSafety closingRateBp acceptP50S }
  grids { code open overdue lifeSafety } departments { id open overdue closingRateBp }
  townships { code open overdue } feed { position topic overdue } } }"""
STOPS: Final = ((22, 31, 45), (20, 58, 92), (24, 98, 150), (62, 150, 205), (178, 224, 250))
STEPS: Final[tuple[float, ...]] = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
AMBER, RED = [255, 184, 46], [255, 77, 77]
MARKS: Final = """() => ({
  late: document.querySelector('[data-figure="overdue"]').closest('.card').matches('.amber'),
  danger: document.querySelector('.danger').matches('.red'),
  rows: Object.fromEntries([...document.querySelectorAll(
      '[data-township]:not([hidden]), [data-department]:not([hidden])')]
    .map((row) => [row.dataset.township ?? row.dataset.department,
      row.querySelector('[data-overdue]').matches('.amber')])),
  lines: Object.fromEntries([...document.querySelectorAll('[data-line]:not([hidden])')]
    .map((line) => [line.dataset.line, line.querySelector('.verb').matches('.amber')])),
})"""
SEEK: Final = """(at) => {
  const slider = document.querySelector('.scrub input[type=range]');
  slider.value = String(at);
  slider.dispatchEvent(new Event('input', { bubbles: true }));
}"""
SPOTS: Final = """(codes) => codes.map((code) => {
  const centre = quankeMap.centre(code);
  for (let far = 9; centre && far < 90; far += 2)
    for (let turn = 0; turn < 24; turn += 1) {
      const [x, y] = [far * Math.cos(turn * 0.262), far * Math.sin(turn * 0.262)]
        .map((by, axis) => Math.round(centre[axis] + by));
      const inside = [-1, 0, 1].every((dx) =>
        [-1, 0, 1].every((dy) => quankeMap.at(x + dx, y + dy) === code));
      if (inside) return [code, x, y, ...centre.map(Math.round)];
    }
  return [code];
}).filter((spot) => spot.length > 1)"""
"""A point of each grid that is off its border and off the mark in its middle."""
COLOURS: Final = """(spots) => {
  const canvas = document.querySelector('canvas.base');
  const ratio = canvas.width / canvas.clientWidth;
  const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const at = (x, y) => {
    const pixel = 4 * (Math.floor(y * ratio) * width + Math.floor(x * ratio));
    return [...data.slice(pixel, pixel + 3)];
  };
  return Object.fromEntries(spots.map(([code, x, y, cx, cy]) => [code, [at(x, y), at(cx, cy)]]));
}"""

RARE: Final = "鼍"
LOADED: Final = """(letter) => [...document.fonts].some((face) => face.status === 'loaded'
  && face.unicodeRange.split(',').some((range) => {
    const [first, last] = range.trim().slice(2).split('-').map((code) => parseInt(code, 16));
    return first <= letter.codePointAt(0) && letter.codePointAt(0) <= (last ?? first);
  }))"""
"""Whether the slice of the font that has a letter is there."""
PATIENCE_S: Final = 30.0
ALARM: Final = re.compile(r"^  '([a-z_.]+)': verb\(.*'alarm'", re.MULTILINE)
ALARMING: Final = frozenset(ALARM.findall((ROOT / "src/i18n/verbs.ts").read_text("utf-8")))
"""Steps that are amber whatever their case."""

Scene = dict[str, Any]


def instants() -> list[int]:
    """Twenty of yesterday, whole seconds, in milliseconds."""
    chance = random.Random(SEED)
    begin = (MIDNIGHT_US - DAY_US) // 1_000_000
    return [chance.randrange(begin, begin + 86_400) * 1_000 for _ in range(INSTANTS)]


def as_of(at_ms: int) -> dict[str, str]:
    return {"effectiveAt": rfc3339(at_ms * 1_000)}


def ramp(count: int, cap: int) -> list[int]:
    """The colour of so many open cases on a scale that ends at a number."""
    place = math.log1p(count) / math.log1p(cap) * (len(STOPS) - 1)
    low = min(len(STOPS) - 2, int(place))
    return [
        math.floor(a + (b - a) * (place - low) + 0.5)
        for a, b in zip(STOPS[low], STOPS[low + 1], strict=True)
    ]


def cap_of(counts: list[int]) -> int:
    """The scale's end: the largest count in round numbers, four at least."""
    largest = max([4, *counts])
    size: int = 10 ** int(math.log10(largest))
    return math.ceil(next(by for by in STEPS if by * size >= largest) * size)


def expected(said: Scene, read: Scene, spots: list[Any]) -> Scene:
    """What the page has to show where the interface says this; of lists, as many rows as fit."""
    by_code = {one["code"]: one for one in said["townships"]}
    by_unit = {one["id"]: one for one in said["departments"]}
    towns, units = ([row[0] for row in read[part]] for part in ("townships", "departments"))
    loads = {one["code"]: one for one in said["grids"]}
    cap = cap_of([one["open"] for one in said["grids"]])
    lines = said["feed"][:5]
    nothing = {"open": 0, "overdue": 0, "lifeSafety": 0}
    colours = {}
    for code, *_ in spots:
        load = loads.get(code, nothing)
        ground = ramp(load["open"], cap)
        middle = RED if load["lifeSafety"] else AMBER if load["overdue"] else ground
        colours[code] = [ground, middle]
    return {
        "figures": {
            name: "–" if value is None else str(value) for name, value in said["overview"].items()
        },
        "townships": [[code, *_counts(by_code[code])] for code in towns],
        "departments": [[unit, *_counts(by_unit[unit]), _rate(by_unit[unit])] for unit in units],
        "busiest": [_busiest(said[part], len(read[part])) for part in ("townships", "departments")],
        "lines": [[one["position"], one["topic"]] for one in lines],
        "late": said["overview"]["overdue"] > 0, "danger": said["overview"]["lifeSafety"] > 0,
        "amber": {
            **{code: by_code[code]["overdue"] > 0 for code in towns},
            **{unit: by_unit[unit]["overdue"] > 0 for unit in units},
        },
        "late lines": {
            one["position"] for one in lines if one["overdue"] or one["topic"] in ALARMING
        },
        "colours": colours,
    }  # fmt: skip


def _busiest(some: list[Scene], rows: int) -> list[list[str]]:
    """The counts of the busiest, in their order; of two alike either may be the first."""
    ranked = sorted(some, key=lambda one: (-one["open"], -one["overdue"]))
    return [_counts(one) for one in ranked[:rows]]


def _counts(one: Scene) -> list[str]:
    return [str(one["open"]), str(one["overdue"])]


def _rate(one: Scene) -> str:
    points = one["closingRateBp"]
    return "–" if points is None else f"{points / 100 + 1e-9:.1f}%"


async def shown(page: Page, spots: list[Any]) -> Scene:
    """What the page shows, in the same shape."""
    read = await page.evaluate(READ)
    marks = await page.evaluate(MARKS)
    return {
        **{name: read[name] for name in ("figures", "townships", "departments", "lines")},
        "busiest": [[row[1:3] for row in read[part]] for part in ("townships", "departments")],
        "late": marks["late"], "danger": marks["danger"], "amber": marks["rows"],
        "late lines": {line for line, amber in marks["lines"].items() if amber},
        "colours": await page.evaluate(COLOURS, spots),
    }  # fmt: skip


async def differing(page: Page, at_ms: int, said: Scene, spots: list[Any]) -> Scene | None:
    """What differs on the page from what the interface says; None: it shows another instant."""
    if await page.evaluate("() => quankeView.shownAt") != at_ms:
        return None
    read = await shown(page, spots)
    wanted = expected(said, read, spots)
    return {part: (read[part], wanted[part]) for part in wanted if read[part] != wanted[part]}


async def differences(page: Page, at_ms: int, said: Scene, spots: list[Any]) -> Scene | None:
    """Go to an instant; what still differs there once the page has had the time to show it."""
    await page.evaluate(SEEK, at_ms)
    found: list[Scene | None] = [None]

    async def same() -> bool:
        found[0] = await differing(page, at_ms, said, spots)
        return found[0] == {}

    with suppress(TimeoutError):
        await until(same, PATIENCE_S)
    return found[0]


async def past_wall(page: Page, cell: Cell, at_ms: int) -> list[Any]:
    """Open the wall at an instant and wait for its day; where its grids are on the page."""
    await page.goto(f"{cell.address}/wall?lang=en&at={rfc3339(at_ms * 1_000)}")
    await page.wait_for_selector("[data-day]", timeout=30_000)
    await page.wait_for_selector(".place")
    grids = await cell._as(Role.DUTY_LEADER).ask("{ grids(first: 100) { nodes { code } } }")
    codes = [one["code"] for one in grids["grids"]["nodes"]]
    spots: list[Any] = await page.evaluate(SPOTS, codes)
    assert len(spots) > len(codes) * 0.8, f"{len(spots)} of {len(codes)} grids have room for a look"
    return spots


async def lettered(page: Page, cell: Cell, at_ms: int) -> None:
    """Open the wall at an instant; a rare letter of a later line comes with the day, unseen."""
    await page.route("**/graphql", _rare)
    await page.goto(f"{cell.address}/wall?lang=zh&at={rfc3339(at_ms * 1_000)}")
    await page.wait_for_function(LOADED, arg=RARE, timeout=PATIENCE_S * 1_000)
    await page.unroute_all(behavior="ignoreErrors")  # the days beside may be on their way


async def _rare(route: Route) -> None:
    """Answer for a day whose last line has a letter that nothing else on a wall has."""
    answer = await route.fetch()
    said = await answer.json()
    if "WallDay" in (route.request.post_data or ""):
        said["data"]["wallDay"]["feed"][-1]["category"] = RARE
    await route.fulfill(response=answer, json=said)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform's clock stands where the telling ends."""
    monkeypatch.setattr(api.dispatch.deciding, "now_us", lambda: NOW_US)


@pytest.mark.slow
async def test_at_random_instants_each_screen_is_what_the_interface_says(
    browser: Browser,
    built: Path,
    empty: str,
    tmp_path: Path,
    clock: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with running(empty, tmp_path, acting=False) as cell:
        await tell(cell)
        times = instants()
        said = [
            (await cell._as(Role.DUTY_LEADER).ask(ASKED, asOf=as_of(at)))["wall"] for at in times
        ]
        with capsys.disabled():
            print(f"\ninstants (seed {SEED}): {[as_of(at)['effectiveAt'][:19] for at in times]}")
            print(f"open cases there: {[one['overview']['open'] for one in said]}")
        assert len({json.dumps(one, sort_keys=True) for one in said}) > INSTANTS / 2
        assert any(one["overview"]["overdue"] for one in said)
        page = await (await browser.new_context(viewport=WALL)).new_page()
        spots = await past_wall(page, cell, times[0])
        for at, one in zip(times, said, strict=True):
            assert await differences(page, at, one, spots) == {}, as_of(at)
        await lettered(page, cell, times[0])
        await page.context.close()
        # the control: one grid and one figure of the day are wrong, and both are found
        page = await (await browser.new_context(viewport=WALL)).new_page()
        await page.route("**/graphql", _one_more)
        spots = await past_wall(page, cell, times[0])
        at, one = max(zip(times, said, strict=True), key=lambda asked: asked[0])
        await page.evaluate(SEEK, at)

        async def told() -> bool:
            return {"figures", "colours"} <= set(await differing(page, at, one, spots) or {})

        await until(told, PATIENCE_S)
        for screen in SCREENS:
            seen = await looked(browser, cell, screen, sorted(times)[2::8])
            same_all_year = screen.role is Role.ADMINISTRATOR
            assert same_all_year or any(one != seen[0] for one in seen), screen.where


async def _one_more(route: Route) -> None:
    """Answer for a day with one open case more everywhere in its columns."""
    asked = route.request.post_data or ""
    answer = await route.fetch()
    said = await answer.json()
    if "WallDay" in asked:
        day = said["data"]["wallDay"]
        day["overview"][::9] = [count + 1 for count in day["overview"][::9]]
        day["grids"][2::5] = [count + 1 for count in day["grids"][2::5]]
    await route.fulfill(response=answer, json=said)
