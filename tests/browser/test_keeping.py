"""What keeps a wall for years: dimming, a picture that moves, stillness for who wants it, a day."""

from typing import Final

import pytest
from playwright.async_api import Page

from tests.browser.conftest import served
from tests.browser.double import Double

NIGHT: Final = "2026-11-23T15:00:00+00:00"
"""23:00 in Shanghai."""
NOON: Final = "2026-11-24T04:00:00+00:00"
ORBIT_S: Final = 180
STILL: Final = """() => {
  const over = document.querySelector('canvas.over');
  const { data } = over.getContext('2d').getImageData(0, 0, over.width, over.height);
  return new Uint32Array(data.buffer).filter((pixel) => pixel !== 0).length;
}"""
SEEN: Final = f"""() => {{
  window.seen = [0];
  const look = () => {{
    const now = ({STILL})();
    if (now !== seen.at(-1)) seen.push(now);
    requestAnimationFrame(look);
  }};
  look();
}}"""
"""From here on the page notes, frame by frame, when its rings become others."""
STOOD: Final = """(now) => {
  quankeDirector.tick(now);
  const { scrollHeight, scrollWidth } = document.documentElement;
  return [document.body.style.translate, scrollHeight > innerHeight || scrollWidth > innerWidth];
}"""
HEARD: Final = """(position) => quankeView.store.state.position >= position
  && quankeView.freshness.liveness(performance.now()) === 'live'"""
PLACES: Final = 8
"""Where the picture stands in turn."""


async def opened(page: Page, address: str, query: str = "") -> None:
    await page.goto(f"{address}/wall?{query}")
    await page.wait_for_selector('[data-liveness="live"]')
    await page.wait_for_function("() => window.quankeDirector")


@pytest.mark.parametrize(("at", "dim"), [(NIGHT, True), (NOON, False)])
async def test_it_is_dimmed_in_the_night_of_the_district(
    page: Page, address: str, monkeypatch: pytest.MonkeyPatch, at: str, dim: bool
) -> None:
    for module in ("double", "scene"):
        monkeypatch.setattr(f"tests.browser.{module}.now", lambda *_: at)
    await opened(page, address, "night=22-6")
    await page.evaluate("quankeDirector.tick(performance.now())")
    assert await page.evaluate("document.documentElement.classList.contains('dim')") is dim
    light = await page.evaluate("getComputedStyle(document.querySelector('.wall')).filter")
    assert light == ("brightness(0.72)" if dim else "none")


async def test_no_pixel_shows_the_same_for_ever(page: Page, address: str) -> None:
    await opened(page, address)
    stood = [await page.evaluate(STOOD, turn * ORBIT_S * 1_000 + 1) for turn in range(PLACES)]
    assert len({place for place, _ in stood}) == PLACES
    assert {scrolls for _, scrolls in stood} == {False}


async def test_who_wants_stillness_sees_rings_that_do_not_move(
    page: Page, address: str, double: Double
) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await opened(page, address)
    await page.wait_for_selector(".place")
    assert await page.evaluate(STILL) == 0
    await page.evaluate(SEEN)
    double.step(3)
    await page.wait_for_function("() => seen.length > 1 && seen.at(-1) === 0")
    _, *rings = await page.evaluate("seen")
    assert rings == sorted(rings, reverse=True)
    assert len(rings) <= 3, "the ordinary go first, then those of alarms"
    assert await page.evaluate("document.getAnimations().length") == 0


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_the_same_page_lives_through_a_day(page: Page, address: str, double: Double) -> None:
    """Every three hours: silent for long, heard again, a minute of scenes that take turns."""
    await page.clock.install()
    await opened(page, address, "rotate=20")
    await page.evaluate("window.survivor = 'yes'")
    nodes = []
    for _ in range(8):
        double.silent = True
        await page.clock.fast_forward("02:59:00")
        await page.wait_for_selector('[data-liveness="offline"]')
        double.silent = False
        double.step(5)
        await page.wait_for_function(HEARD, arg=double.scene.position)
        await page.wait_for_selector('[data-liveness="live"]')  # over a new line, it may be
        await page.clock.run_for(59_000)
        nodes.append(await page.evaluate("document.querySelectorAll('*').length"))
        shown = int(await page.evaluate("quankeView.store.state.overview.open"))
        assert shown == double.scene.overview()["open"]
    assert await page.evaluate("window.survivor") == "yes"
    assert max(nodes[4:]) <= max(nodes[:4]) + 20


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_it_is_loaded_anew_only_while_its_server_answers(page: Page, built: object) -> None:
    """Minutes without a server leave the page; one that lives and says nothing ends it."""
    double = Double()
    double.lives = True
    await page.clock.install()
    async with served(double) as address:
        await opened(page, address)
        await page.evaluate("window.survivor = 'yes'")
        shown = await page.inner_text('[data-figure="open"]')
    for _ in range(6):
        await page.clock.run_for(30_000)
    await page.wait_for_selector('[data-liveness="offline"]')
    assert await page.inner_text('[data-figure="open"]') == shown
    assert await page.evaluate("window.survivor") == "yes"
    double.silent = True
    async with served(double, int(address.rpartition(":")[2])):
        async with page.expect_navigation(url="**/wall?*"):
            await page.clock.run_for(60_000)
        assert await page.evaluate("window.survivor") is None
