"""The wall's heap under events, in short: a planted leak is seen, the wall itself has none.

Ten minutes of it with every goal are `./quanke bench wall --soak 10`.
"""

import pytest
from playwright.async_api import Page

from bench.heap.soak import soak
from tests.browser.double import Double

SECONDS = 4.0
LEAK_KB = 2.5
"""Growth of the heap for each event: the planted leak keeps 5 KB, the wall nothing."""


@pytest.mark.slow
@pytest.mark.parametrize("leak", [0, 5_120])
async def test_a_leak_of_5_kb_an_event_is_told_from_none(
    page: Page, address: str, double: Double, leak: int
) -> None:
    await page.goto(f"{address}/wall")
    await page.wait_for_function("() => window.quankeDirector")
    session = await page.context.new_cdp_session(page)
    found = await soak(page, session, double, SECONDS, leak, samples=4)
    assert (found["soak KB/event"] > LEAK_KB) is bool(leak), found
