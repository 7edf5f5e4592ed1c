"""A wall of two screens: nothing lies behind their frames, and two computers show what one does."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
from playwright.async_api import Page

from tests.browser.double import Double
from tests.browser.reading import settled, texts

SCENES: Final = ("overview", "departments", "townships", "incident", "night")
WIDE: Final = (3840, 1080)
BEZEL: Final = 90
NAMED: Final = """() => {
  const found = (name) => [...document.querySelectorAll(`[data-${name}]`)]
    .filter((one) => one.checkVisibility()).map((one) => `${name} ${one.dataset[name]}`);
  const names = ['figure', 'township', 'department', 'place', 'line', 'incident'];
  return [...new Set(names.flatMap(found))];
}"""
"""Which figures, rows, steps and dangers are on the page."""
DRILL: Final = (
    """() => getComputedStyle(document.querySelector('.wall.exercise'), '::after').content"""
)


async def opened(page: Page, address: str, query: str) -> None:
    await page.goto(f"{address}/wall?lang=en&{query}")
    await page.wait_for_function("() => window.quankeDirector")


async def scenes(page: Page) -> AsyncIterator[str]:
    """Show one scene after the other on a page that stays, and name it once it stands."""
    for number, scene in enumerate(SCENES, start=1):
        await page.keyboard.press(str(number))
        await page.wait_for_selector(f'[data-scene="{scene}"]')
        await settled(page)
        yield scene


async def shown(page: Page, address: str, query: str) -> dict[str, set[str]]:
    """What each scene shows."""
    await opened(page, address, query)
    return {scene: set(await page.evaluate(NAMED)) async for scene in scenes(page)}


@pytest.mark.slow
async def test_nothing_is_behind_the_frames_and_two_halves_show_what_the_whole_does(
    page: Page, address: str, double: Double
) -> None:
    double.scene.danger = set(list(double.scene.open)[:1])
    middle = WIDE[0] / 2
    await page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    await opened(page, address, f"bezel={BEZEL}")
    async for scene in scenes(page):
        behind = [
            one.text
            for one in await texts(page)
            if one.box[0] < middle + BEZEL / 2 and one.box[0] + one.box[2] > middle - BEZEL / 2
        ]
        assert behind == [], scene
    whole = await shown(page, address, "bezel=0")  # as large as on two computers
    await page.set_viewport_size({"width": WIDE[0] // 2, "height": WIDE[1]})
    left, right = [await shown(page, address, f"part={part}") for part in (1, 2)]
    for scene in SCENES:
        assert left[scene] | right[scene] == whole[scene], scene
        assert whole[scene], scene


async def test_in_an_exercise_each_scene_says_so_across_the_screen(
    page: Page, address: str
) -> None:
    for query in ("exercise", "exercise&part=2"):
        await opened(page, address, query)
        async for scene in scenes(page):
            assert "演练 EXERCISE" in await page.evaluate(DRILL), (scene, query)
