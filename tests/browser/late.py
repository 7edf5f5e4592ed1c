"""How late the machine made a page and its test.

What is promised to people within seconds is held to those seconds. A machine that runs four test
processes on two processors now and then has no time for a page: so long is not the wall's.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Page

from eventlog.beside import beside

LOOK_S: Final = 0.02
WATCH: Final = """(look) => {
  window.lateS = 0;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    window.lateS = Math.max(window.lateS, (now - last) / 1000 - look);
    last = now;
  }, look * 1000);
}"""


class Late:
    """The longest that each was kept from going on, so far."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._loop_s = 0.0

    async def watch(self) -> None:
        """Note how late this loop is."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(LOOK_S)
            self._loop_s = max(self._loop_s, time.monotonic() - began - LOOK_S)

    async def seconds(self) -> float:
        """Return both together: one waited for the other."""
        return self._loop_s + float(await self._page.evaluate("lateS"))


@asynccontextmanager
async def lateness(page: Page) -> AsyncIterator[Late]:
    """Watch a page that stays, and this loop."""
    late = Late(page)
    await page.evaluate(WATCH, LOOK_S)
    async with beside(late.watch()):
        yield late
