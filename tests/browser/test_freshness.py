"""Old data is never shown as live, and the wall comes back by itself."""

import asyncio
import time

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import served
from tests.browser.double import Double
from tests.browser.late import lateness
from tests.browser.reading import TURNS

MARK = "window.survivor = 'yes'"


async def live(page: Page, address: str) -> None:
    """Open the wall, wait for LIVE, and mark the window so that a reload would show."""
    await page.goto(f"{address}/wall")
    await page.wait_for_selector('[data-liveness="live"]')
    await page.evaluate(MARK)


@pytest.mark.slow
async def test_a_stuck_projector_shows_stale_within_five_seconds_of_the_oldest_event(
    page: Page, address: str, double: Double
) -> None:
    await live(page, address)
    double.projecting = False
    shown = await page.inner_text('[data-figure="open"]')
    await page.evaluate(TURNS)
    async with lateness(page) as late:
        stuck_at = time.time()
        double.step(1)
        await page.wait_for_selector('[data-liveness="stale"]')
        took = float(await page.evaluate("turns.stale")) - stuck_at
        assert 4.4 < took < 5.0 + await late.seconds()
    await expect(page.locator(".as-of")).to_contain_text("数据处理停滞")
    assert await page.inner_text('[data-figure="open"]') == shown
    double.projecting = True
    double.step(1)
    await page.wait_for_selector('[data-liveness="live"]')


@pytest.mark.slow
async def test_silence_on_an_open_line_is_noticed_and_mended(
    page: Page, address: str, double: Double
) -> None:
    await live(page, address)
    double.silent = True
    await page.wait_for_selector('[data-liveness="stale"]')
    await expect(page.locator(".as-of")).to_contain_text("与服务器失去联系")
    async with asyncio.timeout(30):
        while len(double.asked) < 2:
            await asyncio.sleep(0.05)
    double.silent = False
    await page.wait_for_selector('[data-liveness="live"]')
    assert double.asked[1] == f"c{double.scene.position}"
    assert await page.evaluate("window.survivor") == "yes"


@pytest.mark.slow
async def test_a_restart_shows_offline_then_live_without_a_reload(
    page: Page, built: object
) -> None:
    first = Double()
    async with served(first) as address:
        await live(page, address)
        shown = await page.inner_text('[data-figure="open"]')
    await page.wait_for_selector('[data-liveness="stale"]')
    await page.wait_for_selector('[data-liveness="offline"]')
    assert await page.inner_text('[data-figure="open"]') == shown
    second = Double()
    second.scene = first.scene
    port = int(address.rpartition(":")[2])
    async with served(second, port):
        await page.wait_for_selector('[data-liveness="live"]')
        assert second.asked[0] == f"c{first.scene.position}"
        second.step(1)
        await page.wait_for_selector(f'[data-position="{first.scene.position}"]')
        assert await page.evaluate("window.survivor") == "yes"


async def test_without_a_district_it_says_what_to_do(
    page: Page, address: str, double: Double
) -> None:
    double.refusal = "NO_DISTRICT"
    await page.goto(f"{address}/wall?lang=en")
    await expect(page.locator('[data-notice="empty"] h1')).to_have_text("No district yet")
    await expect(page.locator("code").nth(1)).to_contain_text("./quanke import")
    double.refusal = None
    await page.wait_for_selector('[data-liveness="live"]')


async def test_a_refusal_is_told_and_tried_again(page: Page, address: str, double: Double) -> None:
    double.refusal = "FORBIDDEN"
    await page.goto(f"{address}/wall?lang=zh&scope=9.")
    await expect(page.locator('[data-notice="error"] .detail')).to_have_text("FORBIDDEN: refused")
    double.refusal = None
    await page.wait_for_selector('[data-liveness="live"]')
