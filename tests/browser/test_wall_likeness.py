"""The wall's scenes beside pictures of themselves: in both languages, wide and far, for all eyes.

A made-up district at a fixed instant. Pictures are kept at half their size, which still shows
whatever moved, vanished or changed its colour. `QUANKE_RETAKE=1` takes them anew: look at them
before they are committed.
"""

import os
from functools import partial
from typing import Any, Final

import pytest
from PIL import Image
from playwright.async_api import Browser, Page

from tests.browser import double, scene
from tests.browser.conftest import served
from tests.browser.double import Double
from tests.browser.test_likeness import NOW_US, picture, settled_like

NOW: Final = "2026-11-24T02:01:00+00:00"
"""10:01 in Shanghai: a wall moves by two pixels every three minutes, at 10:00 too."""
NOW_S: Final = NOW_US / 1e6 + 60
USUAL: Final = (1920, 1080)
LIKENESSES: Final = {
    "wall-overview-zh": ("lang=zh", USUAL, ""),
    "wall-overview-en": ("lang=en", USUAL, ""),
    "wall-departments-zh": ("lang=zh&scene=departments", USUAL, ""),
    "wall-townships-en": ("lang=en&scene=townships", USUAL, ""),
    "wall-incident-zh": ("lang=zh&scene=incident", USUAL, ""),
    "wall-night-en": ("lang=en&scene=night", USUAL, ""),
    "wall-3840x1080-zh": ("lang=zh&bezel=60", (3840, 1080), ""),
    "wall-3840x2160-en": ("lang=en", (3840, 2160), ""),
    "wall-left-zh": ("lang=zh&part=1&bezel=60", USUAL, ""),
    "wall-right-en": ("lang=en&part=2&bezel=60", USUAL, ""),
    "wall-overview-deuteranopia": ("lang=zh", USUAL, "deuteranopia"),
    "wall-overview-achromatopsia": ("lang=en", USUAL, "achromatopsia"),
    "wall-incident-deuteranopia": ("lang=zh&scene=incident", USUAL, "deuteranopia"),
    "wall-incident-achromatopsia": ("lang=en&scene=incident", USUAL, "achromatopsia"),
}
"""By name: the address, the screen, and how the eye sees colours."""
USUALLY: Final = (
    "wall-overview-zh", "wall-townships-en", "wall-3840x1080-zh", "wall-3840x2160-en",
    "wall-left-zh", "wall-overview-deuteranopia", "wall-incident-achromatopsia",
)  # fmt: skip
"""What every test run compares; `QUANKE_EVERY_SIZE=1` compares all."""
EVERY: Final = {"QUANKE_EVERY_SIZE", "QUANKE_RETAKE"} & set(os.environ)


@pytest.mark.slow
async def test_each_scene_looks_as_it_was_last_looked_at(
    windowed: Browser, built: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (double, scene):
        monkeypatch.setattr(module, "now", lambda *_: NOW)
    district = Double()
    district.scene.danger = set(list(district.scene.open)[:2])
    different = []
    async with served(district) as address:
        for name in LIKENESSES if EVERY else USUALLY:
            query, size, eye = LIKENESSES[name]
            page = await _opened(windowed, f"{address}/wall?{query}", size, eye)
            taking = partial(_half, page, size)
            different.append(await settled_like(taking, *name.rsplit("-", 1)))
            await page.context.close()
    assert [one for one in different if one] == []


async def _opened(browser: Browser, address: str, size: tuple[int, int], eye: str) -> Page:
    """A scene, once everything stands."""
    screen: Any = {"width": size[0], "height": size[1]}
    context = await browser.new_context(viewport=screen, reduced_motion="reduce")
    page = await context.new_page()
    await page.clock.install(time=NOW_S)
    if eye:
        session = await context.new_cdp_session(page)
        await session.send("Emulation.setEmulatedVisionDeficiency", {"type": eye})
    await page.goto(address)
    await _settled(page)
    return page


async def _half(page: Page, size: tuple[int, int]) -> Image.Image:
    """A picture of it at half its size."""
    whole = await picture(page)
    return whole.resize((size[0] // 2, size[1] // 2), Image.Resampling.BOX)


async def _settled(page: Page) -> None:
    await page.wait_for_selector('[data-liveness="live"], .night')
    await page.wait_for_function("() => window.quankeDirector")
    if await page.locator(".map").count():
        await page.wait_for_selector(".place")
    await page.evaluate("document.fonts.ready.then(() => undefined)")
    await page.wait_for_timeout(400)  # what comes late and is wrong is to be seen too
