"""From the past to the present in one page: nothing of the past stays or is seen too soon."""

import asyncio
import json
import re
import time

from playwright.async_api import Page, Route, expect

from tests.browser.double import Double
from tests.browser.test_platform import until

LATE_S = 1.5
CLOCK_S = 5
TOLD = """() => ({ past: quankeView.past, day: quankeView.day, shownAt: quankeView.shownAt,
  mode: document.documentElement.dataset.mode ?? null, survivor: window.survivor ?? null,
  position: Number(document.querySelector('[data-position]').dataset.position),
  open: quankeView.picture.overview.open, sums: document.querySelectorAll('.pace').length,
  lines: quankeView.picture.feed.map(({ position }) => position) })"""


async def _opened(page: Page, address: str, query: str = "") -> None:
    await page.goto(f"{address}/wall{query}")
    await page.wait_for_function("() => window.quankeDirector")
    await page.wait_for_selector('[data-liveness="live"]')
    await page.evaluate("window.survivor = 'yes'")


async def _gone(page: Page) -> None:
    await page.keyboard.press("@")
    await page.wait_for_selector(".time-bar")
    await page.locator(".time-bar button").first.click()
    await page.wait_for_selector("[data-day]")


async def _present(page: Page, double: Double) -> None:
    """See the double's present and nothing else, on the page that was there before."""
    await page.wait_for_selector(".time-bar", state="detached")
    scene = double.scene
    await until(lambda: _at(page, scene.position), 30)
    assert await page.evaluate(TOLD) == {
        "past": False, "day": None, "shownAt": None, "mode": None, "survivor": "yes",
        "position": scene.position, "open": scene.overview()["open"], "sums": 0,
        "lines": [line["position"] for line in scene.feed],
    }  # fmt: skip
    await expect(page).not_to_have_url(re.compile("at="))
    double.step(1)
    await until(lambda: _at(page, scene.position), 30)


async def _at(page: Page, position: int) -> bool:
    told = await page.evaluate(TOLD)
    return bool(told["position"] == position)


async def test_the_past_stays_until_the_present_is_there(
    page: Page, address: str, double: Double
) -> None:
    await _opened(page, address)
    await _gone(page)
    shown, now = _of_day(await page.inner_text(".clock time")), _now_of_day()
    assert min((shown - now) % 86_400, (now - shown) % 86_400) < CLOCK_S
    await page.locator(".pace button").last.click()
    await until(lambda: _heard(page), 30)
    double.refusal = "UNAVAILABLE"
    asked = len(double.asked)
    await page.keyboard.press("Escape")
    await until(lambda: _asked(double, asked + 2), 30)
    assert (await page.evaluate(TOLD))["mode"] == "replay"
    await expect(page.locator(".time-bar")).to_be_visible()
    double.refusal = None
    await _present(page, double)
    await _gone(page)  # and again
    await page.locator(".time-bar button.primary").click()
    await _present(page, double)


async def test_whoever_moves_the_scrubber_on_the_way_back_stays(
    page: Page, address: str, double: Double
) -> None:
    await _opened(page, address)
    await _gone(page)
    double.refusal = "UNAVAILABLE"
    await page.keyboard.press("Escape")
    begin = await page.get_attribute(".scrub input", "min")
    await page.locator(".scrub input").fill(begin or "")
    await page.wait_for_function("(at) => quankeView.shownAt === Number(at)", arg=begin)
    double.refusal = None
    await asyncio.sleep(1)
    told = await page.evaluate(TOLD)
    assert (told["past"], told["mode"]) == (True, "replay")
    await page.keyboard.press("Escape")
    await _present(page, double)


async def test_an_answer_of_the_past_that_comes_late_is_not_shown(
    page: Page, address: str, double: Double
) -> None:
    await _opened(page, address)

    async def late(route: Route) -> None:
        if "WallPast" in json.loads(route.request.post_data or "{}")["query"]:
            await asyncio.sleep(LATE_S)
        await route.continue_()

    await page.route("**/graphql", late)
    async with page.expect_response("**/graphql"):
        await page.keyboard.press("@")
        await page.wait_for_selector(".time-bar")
        await page.keyboard.press("Escape")
        await page.wait_for_selector(".time-bar", state="detached")
    await asyncio.sleep(LATE_S)
    await until(lambda: _counted(double, "wall", 1), 30)
    await _present(page, double)


async def test_an_instant_is_shown_whose_day_came_while_it_was_asked_for(
    page: Page, address: str
) -> None:
    await _opened(page, address)
    asked: list[str] = []
    again, day = asyncio.Event(), asyncio.Event()

    async def crossed(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "{}")["query"])
        if "WallDay" in asked[-1]:
            await again.wait()
            await route.fulfill(response=await route.fetch())
            day.set()
            return
        if sum("WallPast" in one for one in asked) == 2:
            again.set()
            await day.wait()
            await asyncio.sleep(LATE_S / 3)
        await route.continue_()

    await page.route("**/graphql", crossed)
    await page.keyboard.press("@")
    await page.wait_for_function("() => quankeView.shownAt !== null")
    begin = await page.get_attribute(".scrub input", "min")
    await page.locator(".scrub input").fill(begin or "")
    await page.wait_for_function("(at) => quankeView.shownAt === Number(at)", arg=begin)
    assert day.is_set()


async def test_what_a_scene_looks_into_goes_along_and_comes_back(
    page: Page, address: str, double: Double
) -> None:
    await _opened(page, address, "?scene=townships&focus=371602.005.")
    await until(lambda: _asked(double, 2), 30)
    await _gone(page)
    await until(lambda: _inner(page, past=True), 30)
    await page.keyboard.press("Escape")
    await _present(page, double)
    await until(lambda: _inner(page, past=False), 30)
    assert len(double.asked) == 4


async def _inner(page: Page, past: bool) -> bool:
    """Whether the inner view stands where the outer one does."""
    found = await page.evaluate(
        "() => quankeView.inner?.picture ? quankeView.inner.shownAt !== null : null"
    )
    return found is past


def _of_day(clock: str) -> int:
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return hours * 3_600 + minutes * 60 + seconds


def _now_of_day() -> float:
    """The time of day in the double's zone: in the past the clock stays real."""
    return (time.time() + 8 * 3_600) % 86_400


async def _heard(page: Page) -> bool:
    before = (await page.evaluate(TOLD))["position"]
    await asyncio.sleep(0.3)
    return bool((await page.evaluate(TOLD))["position"] != before)


async def _asked(double: Double, times: int) -> bool:
    return len(double.asked) >= times


async def _counted(double: Double, name: str, times: int) -> bool:
    return double.history.asked[name] >= times
