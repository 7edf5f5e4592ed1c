"""Readable from the back of the room: size, contrast, nothing cut, nothing over another."""

import io
import re
from typing import Final

import numpy as np
import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.double import Double
from tests.browser.reading import Text, overlaps, settled, texts

LANGUAGES = ("zh", "en")
SIZE_OF = "(what) => parseFloat(getComputedStyle(document.querySelector(what)).fontSize)"
BOX_OF = """(what) => {
  const { x, y, width, height } = document.querySelector(what).getBoundingClientRect();
  return [x, y, width, height];
}"""


async def opened(page: Page, address: str, query: str = "") -> list[Text]:
    """Open the wall and wait until its names are on the map."""
    await page.goto(f"{address}/wall?{query}")
    await page.wait_for_selector(".place")
    await page.wait_for_selector('[data-liveness="live"]')
    await settled(page)
    return await texts(page)


async def moved(page: Page, double: Double, events: int) -> list[Text]:
    """Let so many events happen, and wait until the wall has fitted its rows to them."""
    double.step(events)
    await page.wait_for_selector(f'[data-position="{double.scene.position}"]')
    await settled(page)
    return await texts(page)


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_smallest_text_is_24_px_beside_a_figure_of_80_and_contrast_seven_to_one(
    page: Page, address: str, lang: str
) -> None:
    found = await opened(page, address, f"lang={lang}")
    assert min((one.size, one.text) for one in found)[0] >= 24
    assert max(one.size for one in found if one.text[0].isdigit()) >= 80
    assert {one.text: one.contrast for one in found if one.contrast < 7} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_nothing_is_clipped_or_overlaps(
    page: Page, address: str, double: Double, lang: str
) -> None:
    found = await opened(page, address, f"lang={lang}")
    for _ in range(6):
        assert [one.text for one in found if one.clipped(1920, 1080)] == []
        assert overlaps(found) == []
        found = await moved(page, double, 3)
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_large_numbers_and_a_burst_still_fit(
    page: Page, address: str, double: Double, lang: str
) -> None:
    double.scene.magnify(40)
    await opened(page, address, f"lang={lang}")
    double.rate = 60
    await page.wait_for_selector(".feed.summing .line")
    double.rate = 0
    await page.wait_for_selector(f'[data-position="{double.scene.position}"]')
    await settled(page)
    found = await texts(page)
    assert [one.text for one in found if one.clipped(1920, 1080)] == []
    assert overlaps(found) == []
    assert min(one.size for one in found) >= 24
    shown = page.locator('[data-figure="open"]')
    await expect(shown).to_have_text(f"{double.scene.overview()['open']:,}")


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_at_a_quarter_of_its_size_worst_place_overdue_and_age_can_be_named(
    page: Page, address: str, double: Double, lang: str
) -> None:
    await opened(page, address, f"lang={lang}")
    most = max(double.scene.overdue_in(code) for code in double.scene.townships)
    shown = page.locator(".worst")
    assert double.scene.overdue_in(await shown.get_attribute("data-worst") or "") == most
    await expect(shown).to_have_text(re.compile(r"^[^…]+ \d+$"))
    shot = Image.open(io.BytesIO(await page.screenshot())).convert("L")
    quarter = np.asarray(shot.resize((480, 270), Image.Resampling.LANCZOS), np.int16)
    for what in (".worst", '[data-figure="overdue"]', "[data-age]"):
        assert await page.evaluate(SIZE_OF, what) / 4 >= 9, what
        x, y, wide, high = (value / 4 for value in await page.evaluate(BOX_OF, what))
        seen = quarter[int(y) : int(y + high), int(x) : int(x + wide)]
        assert seen.max() - seen.min() > 110, what


EQUALS: Final = {"zh": (r"\S+等3个", "最多 各{}"), "en": (r"\S+( and|,) 2 more", "Most, {} each")}
"""What is said of three that are equal."""
WALLS: Final = ("", "diag=86&dist=5", "diag=55&dist=5")


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_one_of_several_equals_is_not_named_as_if_it_were_alone(
    page: Page, address: str, double: Double, lang: str
) -> None:
    scene = double.scene
    most = 1 + max(scene.overdue_in(code) for code in scene.townships)
    for code in list(scene.townships)[:3]:
        grid = next(one for one in scene.open if one.startswith(code))
        scene.late[grid] += most - scene.overdue_in(code)
    for query in WALLS:
        await opened(page, address, f"lang={lang}&{query}")
        name, heading = EQUALS[lang]
        short = r"\S+ \+2" if query and lang == "en" else name
        await expect(page.locator(".worst")).to_have_text(re.compile(f"^({name}|{short})$"))
        if not query:
            whole = heading.format(most)
            told = re.compile(f"^({whole}|{whole.split(maxsplit=1)[1]})$")
            await expect(page.locator(".late .most")).to_have_text(told)
        assert overlaps(await texts(page)) == []


async def test_the_scale_follows_the_screen(page: Page, address: str) -> None:
    await page.set_viewport_size({"width": 3840, "height": 2160})
    found = await opened(page, address)
    assert min(one.size for one in found) >= 48
    assert [one.text for one in found if one.clipped(3840, 2160)] == []
    assert overlaps(found) == []


async def test_the_words_follow_the_address(page: Page, address: str) -> None:
    zh = {one.text for one in await opened(page, address)}
    en = {one.text for one in await opened(page, address, "lang=en")}
    assert {"滨城区全科大网格指挥中心", "青田", "综合行政执法局", "在办"} <= zh
    assert {"Bincheng District Grid Operations Centre", "Qingtian", "Urban Management"} <= en
    assert await page.get_attribute("html", "lang") == "en"


async def test_nothing_off_origin_and_no_complaint(
    watched: Watched, address: str, double: Double
) -> None:
    await opened(watched.page, address)
    double.step(5)
    await watched.page.wait_for_selector(f'[data-position="{double.scene.position}"]')
    host = address.removeprefix("http://")
    assert [url for url in watched.requests if url.split("/")[2] != host] == []
    assert any(url.endswith(".woff2") for url in watched.requests)
    assert watched.complaints == []


async def test_reduced_motion_still_shows_events(page: Page, address: str, double: Double) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await opened(page, address)
    double.step(4)
    await page.wait_for_selector(f'[data-position="{double.scene.position}"]')
    animated = await page.evaluate("document.getAnimations().length")
    assert animated == 0
