"""The wall's heap under events, in short: the wall itself has no leak, one planted in it is seen.

Ten minutes of it with every goal are `./quanke bench wall --soak 10`.
"""

import pytest
from playwright.async_api import Page

from bench.heap import day
from bench.heap.soak import goals, soak
from tests.browser.double import Double

SECONDS = 6.0
LEAK = 5_120
LEAK_KB = 2.5
"""Growth of the heap for each event: the planted leak keeps 5 KB, the wall nothing."""


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_leak_of_5_kb_an_event_is_told_from_none(
    page: Page, address: str, double: Double
) -> None:
    await page.goto(f"{address}/wall")
    await page.wait_for_function("() => window.quankeDirector")
    await page.evaluate("window.survivor = 'yes'")
    session = await page.context.new_cdp_session(page)
    found = await soak(page, session, double, SECONDS, samples=4, weighed_in=(0, 3))
    assert found["soak KB/event"] <= LEAK_KB, found
    assert found["soak replays"] == 2
    assert 0 < found["soak replay messages"] < double.history.sent
    assert double.history.asked["replay"] == 2 * 3
    assert found["soak reconnects"] == 1
    assert goals(found | {"soak replays": 3})["replay"] is True
    assert goals(found | {"soak replays": 0})["replay"] is False
    leaking = await soak(
        page, session, double, SECONDS, LEAK, samples=4, looks_back_in=(), weighed_in=(0, 3)
    )
    assert leaking["soak KB/event"] > LEAK_KB, leaking
    assert await page.evaluate("window.survivor") == "yes"


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_hours_go_by_on_one_page_and_it_stays_right(
    page: Page, address: str, double: Double
) -> None:
    await day.opened(page, address)
    session = await page.context.new_cdp_session(page)
    before = await page.evaluate("quankeView.serverNow()")
    found = await day.live(page, session, double, hours=2, hour_s=60.0)
    assert await page.evaluate("quankeView.serverNow()") - before > 2 * 60_000
    assert (found["day same page"], found["day wrong"], found["day replays"]) == (True, 0, 2)
    reached = day.goals(found)  # of the heap two minutes tell nothing: scenes come the first time
    assert reached["a day on one page"]
    assert reached["a day's replays"]
    assert day.goals(found | {"day page KB growth": 1_024})["a day's heap"] is False
    assert day.goals(found | {"day wrong": 1})["a day on one page"] is False
    await page.reload()
    await page.wait_for_function("() => window.quankeDirector")
    assert (await day.right(page, double))["day same page"] is False
