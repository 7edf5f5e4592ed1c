"""A wall of two screens: nothing lies behind their frames, and two computers show what one does."""

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


async def opened(page: Page, address: str, scene: str, query: str) -> None:
    await page.goto(f"{address}/wall?lang=en&scene={scene}&{query}")
    await page.wait_for_selector(f'[data-scene="{scene}"]')
    await page.wait_for_function("() => window.quankeDirector")
    await settled(page)


@pytest.mark.slow
async def test_nothing_is_behind_the_frames_and_two_halves_show_what_the_whole_does(
    page: Page, address: str, double: Double
) -> None:
    double.scene.danger = set(list(double.scene.open)[:1])
    middle = WIDE[0] / 2
    for scene in SCENES:
        await page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        await opened(page, address, scene, f"bezel={BEZEL}")
        behind = [
            one.text
            for one in await texts(page)
            if one.box[0] < middle + BEZEL / 2 and one.box[0] + one.box[2] > middle - BEZEL / 2
        ]
        assert behind == [], scene
        await opened(page, address, scene, "bezel=0")  # as large as on two computers
        whole = set(await page.evaluate(NAMED))
        await page.set_viewport_size({"width": WIDE[0] // 2, "height": WIDE[1]})
        halves = []
        for part in (1, 2):
            await opened(page, address, scene, f"part={part}")
            halves.append(set(await page.evaluate(NAMED)))
        assert halves[0] | halves[1] == whole, scene
        assert whole, scene


async def test_in_an_exercise_each_scene_says_so_across_the_screen(
    page: Page, address: str
) -> None:
    for query in ("exercise", "exercise&part=2"):
        for scene in SCENES:
            await opened(page, address, scene, query)
            assert "演练 EXERCISE" in await page.evaluate(DRILL), (scene, query)
