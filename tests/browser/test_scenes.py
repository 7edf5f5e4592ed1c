"""Every scene at every size: nothing cut, nothing over another, large enough for its distance."""

import math
import os
import re
from dataclasses import dataclass
from typing import Final

import pytest
from playwright.async_api import Page, expect

from tests.browser.double import Double
from tests.browser.reading import overlaps, settled, texts

SCENES: Final = ("overview", "departments", "townships", "incident", "night")
LANGUAGES: Final = ("zh", "en")
EVERY: Final = os.environ.get("QUANKE_EVERY_SIZE") == "1"
"""Both languages at each size: minutes. Without it they take turns."""
ARC: Final = math.tan(math.radians(20 / 60))
"""What a hanzi must fill of the eye: 20 minutes."""


@dataclass(frozen=True)
class Size:
    """A screen, what its address says, and the smallest text it may show, in pixels."""

    width: int
    height: int
    query: str = ""
    smallest: float = 24

    def __str__(self) -> str:
        return f"{self.width}x{self.height} {self.query}".strip()


def seen_from(metres: float, diagonal: float, width: int, height: int) -> Size:
    """A screen of so many inches with its viewers so far off."""
    pitch_mm = diagonal * 25.4 / math.hypot(width, height)
    needed = metres * 1_000 * ARC / pitch_mm
    return Size(width, height, f"diag={diagonal}&dist={metres}", max(needed, height / 45))


SIZES: Final = (
    Size(1920, 1080),
    Size(1920, 1080, "exercise=1"),
    Size(3840, 1080, "bezel=60", 23),
    Size(1920, 1080, "part=1"),
    Size(1920, 1080, "part=2"),
    Size(3840, 2160, "", 48),
    seen_from(5, 86, 1920, 1080),
    seen_from(5, 55, 1920, 1080),
    seen_from(5, 55, 3840, 2160),
)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
async def test_nothing_is_cut_or_too_small_in_any_scene_at_any_size(
    page: Page, address: str, double: Double, lang: str
) -> None:
    double.scene.danger = set(list(double.scene.open)[:3])
    wrong: list[str] = []
    for size in SIZES if EVERY else SIZES[LANGUAGES.index(lang) :: len(LANGUAGES)]:
        await page.set_viewport_size({"width": size.width, "height": size.height})
        await page.goto(f"{address}/wall?lang={lang}&{size.query}")
        await page.wait_for_selector('[data-liveness="live"]')
        await page.wait_for_function("() => window.quankeDirector")
        for number, scene in enumerate(SCENES, start=1):
            await page.keyboard.press(str(number))
            await page.wait_for_selector(f'[data-scene="{scene}"]')
            if scene == "incident":
                await page.wait_for_selector(".posted, [data-near]", state="attached")
            await settled(page)
            wrong += [f"{size} {scene} {one}" for one in await defects(page, size)]
    assert wrong == []


async def defects(page: Page, size: Size) -> list[str]:
    """What a viewer would find wrong with the screen as it is."""
    found = await texts(page)
    assert len(found) > 5, "a screen that shows nothing has no defects"
    cut = [f"cut: {one.text}" for one in found if one.clipped(size.width, size.height)]
    over = [f"over: {one} | {other}" for one, other in overlaps(found)]
    small = [f"{one.size:.1f} px: {one.text}" for one in found if one.size < size.smallest - 0.1]
    faint = [f"{one.contrast:.1f}:1: {one.text}" for one in found if one.contrast < 7]
    moves = await page.evaluate(
        "document.documentElement.scrollHeight > innerHeight"
        " || document.documentElement.scrollWidth > innerWidth"
    )
    return [*cut, *over, *small, *faint, *(["it scrolls"] if moves else [])]


@pytest.mark.slow
async def test_danger_to_life_takes_the_wall_there_and_back(
    page: Page, address: str, double: Double
) -> None:
    await page.goto(f"{address}/wall?scene=departments&lang=en")
    await page.wait_for_selector('[data-scene="departments"]')
    await page.wait_for_function("() => window.quankeDirector")
    grid = next(iter(double.scene.open))
    double.scene.danger = {grid}
    double.tell(double.scene.message([grid]))
    await page.wait_for_selector('[data-scene="incident"]')
    await expect(page.locator("[data-incident]")).to_have_attribute("data-incident", grid)
    await expect(page.locator('[data-figure="lifeSafety"]')).to_have_text("1")
    await expect(page.locator(".mark")).to_be_visible()
    assert "scene=departments" in page.url, "the way back is in the address"
    double.scene.danger = set()
    double.tell(double.scene.message([grid]))
    await expect(page.locator('[data-figure="lifeSafety"]')).to_have_text("0")
    await page.evaluate("quankeDirector.tick(performance.now())")
    await page.evaluate("quankeDirector.tick(performance.now() + 10_001)")
    await page.wait_for_selector('[data-scene="departments"]')


async def test_scenes_take_turns_and_the_address_follows(page: Page, address: str) -> None:
    await page.clock.install()
    await page.goto(f"{address}/wall?rotate=20&turns=overview,departments,night")
    await page.wait_for_selector('[data-liveness="live"]')
    await page.wait_for_function("() => window.quankeDirector")
    for scene in ("departments", "night", "overview"):
        await page.clock.run_for(21_000)
        await page.wait_for_selector(f'[data-scene="{scene}"]')
        await expect(page).to_have_url(re.compile(f"scene={scene}"))


NAMED: Final = ("overview", "departments", "townships")


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_each_unit_and_place_keeps_a_name_that_is_whole(
    page: Page, address: str, lang: str
) -> None:
    shortened: list[str] = []
    await page.goto(f"{address}/wall?lang={lang}")
    await page.wait_for_function("() => window.quankeDirector")
    for number, scene in enumerate(NAMED, start=1):
        await page.keyboard.press(str(number))
        await page.wait_for_selector(f'[data-scene="{scene}"] .name[role=cell]')
        await settled(page)
        names = await page.locator(".name[role=cell]:visible").all_inner_texts()
        assert len(names) >= 15, scene
        shortened += [f"{scene}: {name}" for name in names if "…" in name]
    assert shortened == []


REACH: Final = """() => [...document.querySelectorAll('.line')].map((line) => {
  const [what, where] = ['.what', '.where'].map((part) => {
    const range = document.createRange();
    range.selectNodeContents(line.querySelector(part));
    return range.getBoundingClientRect();
  });
  return (where.left - what.left) / parseFloat(getComputedStyle(document.documentElement).fontSize);
})"""
FARTHEST_REM: Final = 28.0
"""From where a step's category begins to where its place begins."""


async def test_on_a_wide_wall_a_place_stands_beside_what_it_is_about(
    page: Page, address: str
) -> None:
    await page.set_viewport_size({"width": 3840, "height": 1080})
    for scene in ("overview", "night"):
        await page.goto(f"{address}/wall?lang=zh&scene={scene}&bezel=60")
        await page.wait_for_selector(f'[data-scene="{scene}"] .line .where')
        await settled(page)
        reach = await page.evaluate(REACH)
        assert len(reach) == 5
        assert max(reach) < FARTHEST_REM, scene
    await page.goto(f"{address}/wall?lang=en&bezel=60")
    bars = page.locator(".loads .departments .row:not(.head) .bar").filter(visible=True)
    await expect(bars).not_to_have_count(0)  # between a name and its first number


RIGHTS: Final = """() => ['.loads .danger .figure', '.townships .row:not(.head) .rate']
  .map((what) => Math.round(document.querySelector(what).getBoundingClientRect().right))"""


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_a_column_of_numbers_has_one_edge_and_the_chosen_language_comes_first(
    page: Page, address: str, lang: str
) -> None:
    await page.goto(f"{address}/wall?lang={lang}")
    await page.wait_for_selector(".townships .rate[data-rate]")
    await settled(page)
    assert len(set(await page.evaluate(RIGHTS))) == 1
    words = ("示意图 schematic", "schematic 示意图")[LANGUAGES.index(lang)]
    await expect(page.locator(".schematic")).to_have_text(words)
    await page.goto(f"{address}/wall?lang={lang}&scene=incident&bezel=60")
    await page.set_viewport_size({"width": 3840, "height": 1080})
    await page.wait_for_selector(".loads .townships")
    shown = page.locator('[data-figure="lifeSafety"]').filter(visible=True)
    await expect(shown).to_have_count(1)


STARTS: Final = """() =>
  ['.caption h2', '.row.head .name', '.row:not(.head) .name', '.row:not(.head)']
  .map((what) => document.querySelector(`.main ${what}`))
  .map((one) => Math.round(one.getBoundingClientRect().left))"""


@pytest.mark.parametrize("scene", ["departments", "townships"])
async def test_a_list_begins_where_its_heading_and_its_lines_do(
    page: Page, address: str, scene: str
) -> None:
    await page.goto(f"{address}/wall?lang=en&scene={scene}")
    await page.wait_for_selector(".main .row:not(.head) .name")
    await settled(page)
    assert len(set(await page.evaluate(STARTS))) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_from_five_metres_the_worst_place_can_be_named(
    page: Page, address: str, lang: str
) -> None:
    await page.goto(f"{address}/wall?lang={lang}&diag=55&dist=5")
    worst = page.locator("[data-worst]")
    await expect(worst).to_be_visible()
    await settled(page)
    assert "…" not in await worst.inner_text()


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_without_a_danger_the_scene_tells_how_the_last_one_ended(
    page: Page, address: str, double: Double, lang: str
) -> None:
    told = double.scene.calm()
    for line in double.scene.feed:
        line["topic"] = "case.check_passed"  # the longest of the words
    case, at = told["last"]["case"], LANGUAGES.index(lang)
    wrong: list[str] = []
    for size in (SIZES[0], SIZES[2], SIZES[5 + at], SIZES[7 + at]):
        await page.set_viewport_size({"width": size.width, "height": size.height})
        await page.goto(f"{address}/wall?scene=incident&lang={lang}&{size.query}")
        facts = page.locator(".facts")
        await expect(facts.locator("[data-calm]")).to_have_text(("2 天", "2 d")[at])
        for words in (str(told["ended"]), ("33 分", "33 min")[at]):
            await expect(facts).to_contain_text(words)
        await expect(facts.locator("[data-last]")).to_have_attribute("data-last", case["number"])
        if size == SIZES[0]:
            for words in (case["gridName"], case[("statusTitle", "statusTitleEn")[at]]):
                await expect(facts).to_contain_text(words)
        await settled(page)
        wrong += [f"{size} {one}" for one in await defects(page, size)]
    assert wrong == []


async def test_a_danger_says_who_has_it_until_when_and_what_is_near(
    page: Page, address: str, double: Double
) -> None:
    grid = list(double.scene.open)[600]
    double.scene.danger = {grid}
    told = double.scene.incident(grid)
    (case,) = told["cases"]
    await page.goto(f"{address}/wall?scene=incident&lang=en")
    facts = page.locator(".facts")
    await expect(facts.locator(".place-of")).to_have_attribute("data-incident", grid)
    for words in (case["number"], case["statusTitleEn"], "min", "left", "Part-time"):
        await expect(facts).to_contain_text(words)
    await expect(facts.locator(".line-of")).to_have_text(case["departmentEn"])
    await expect(page.locator("[data-step]")).to_have_count(len(case["steps"]))
    await expect(page.locator("[data-near]")).to_have_count(len(told["near"]))
    await page.wait_for_function("(code) => quankeMap?.centre(code)", arg=grid)
    await settled(page)
    x, y = await page.evaluate("(code) => quankeMap.centre(code)", grid)
    box = await page.locator(".map").bounding_box()
    assert box is not None
    assert abs(x - box["width"] / 2) < box["width"] / 10, "it lies in the middle of its picture"
    assert abs(y - box["height"] / 2) < box["height"] / 10


@pytest.mark.parametrize(("lang", "words"), [("zh", "前 {n}，共 27"), ("en", "{n} of 27")])
async def test_a_list_with_more_places_than_room_says_how_many_it_shows(
    page: Page, address: str, double: Double, lang: str, words: str
) -> None:
    """27, as many as the largest township of the district has communities."""
    scene = double.scene
    scene.townships = dict(list(scene.communities.items())[:27])
    for size in SIZES:
        if "part=1" in size.query:
            continue
        await page.set_viewport_size({"width": size.width, "height": size.height})
        await page.goto(f"{address}/wall?lang={lang}&scene=townships&{size.query}")
        await page.wait_for_selector("[data-place]")
        await settled(page)
        shown = await page.locator("[data-place]").filter(visible=True).count()
        said = page.locator(".row.head .name")
        if shown < 27:
            await expect(said).to_contain_text(words.format(n=shown))
        elif "diag" not in size.query:
            await expect(said).to_contain_text("27")
        assert await defects(page, size) == [], str(size)
