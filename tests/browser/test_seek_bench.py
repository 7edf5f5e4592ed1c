"""`quanke bench seek` moves what a person moves: the slider, a day back, a day that is typed.

Once the field for a day was another one, and the bench ended with an error that nobody saw.
"""

from datetime import date, timedelta

import pytest
from playwright.async_api import Page

from bench.seek import PAINTED

GIVEN_UP_MS = 20_000
BEGIN = "Number(document.querySelector('.scrub input[type=range]').min)"


@pytest.mark.parametrize("move", ["slider", "day back", "day"])
async def test_each_move_changes_what_is_shown(page: Page, address: str, move: str) -> None:
    await page.goto(f"{address}/wall")
    await page.wait_for_function("() => window.quankeDirector")
    await page.keyboard.press("@")
    await page.wait_for_selector("[data-day]")
    await page.wait_for_function("() => quankeView.shownAt !== null")
    was = await page.evaluate("quankeView.shownAt")
    day = date.fromisoformat((await page.evaluate("quankeView.day"))[:10])
    given = {
        "slider": await page.evaluate(f"{BEGIN} + 1_800_000"),
        "day": (day - timedelta(3)).isoformat(),
    }
    took = await page.evaluate(PAINTED, given.get(move, move))
    assert took < GIVEN_UP_MS
    assert await page.evaluate("quankeView.shownAt") != was
