"""What a person does with the wall's time machine, and how much the page was told meanwhile.

The day before by its arrow, some instants of it by the scrubber, two paces while the scenes turn,
and back to live by Escape: all in one page. Nothing here keeps a handle on an element: that would
keep whatever the page has taken away around it.
"""

import asyncio
import random
from typing import Final

from playwright.async_api import Page

from bench.patience import within

SEEKS: Final = 3
PACES: Final = ("×60", "×600")
REACH_MS: Final = 20 * 3_600_000
"""Of a day: what is played from there ends before it does."""
SCENES: Final = (2, 3, 4, 5, 1)
PATIENCE_S: Final = 60.0
COUNTING: Final = """() => { window.toldOfThePast = 0;
  quankeView.store.subscribe(({ kind }) => {
    if (kind === 'delta' && quankeView.past) toldOfThePast += 1;
  }); }"""


class Looking:
    """The times a page looked back: for each the messages of the past that moved its picture."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._chance = random.Random(5)
        self.told: list[int] = []

    async def begin(self) -> None:
        """Count from here on."""
        await self._page.evaluate(COUNTING)

    async def back(self, seconds: float) -> None:
        """Look back and play for so long, then see the wall live again."""
        async with within(PATIENCE_S + seconds, "looking back"):
            before = int(await self._page.evaluate("toldOfThePast"))
            await self._seek()
            await self._play(seconds)
            self.told.append(int(await self._page.evaluate("toldOfThePast")) - before)
        async with within(PATIENCE_S, "back to live"):
            await self._page.keyboard.press("Escape")
            await self._page.locator(".time-bar").wait_for(state="detached", timeout=0)
            await self._page.locator('[data-liveness="live"]').wait_for(timeout=0)

    async def _seek(self) -> None:
        """Yesterday, and some instants of it."""
        page = self._page
        await page.keyboard.press("@")
        day_before = page.locator(".time-bar button").first
        await day_before.click(timeout=0)
        scrubber = page.locator(".scrub input")
        begin = int(await scrubber.get_attribute("min") or 0)
        for _ in range(SEEKS):
            at = begin + self._chance.randrange(0, REACH_MS, 1_000)
            await scrubber.fill(str(at), timeout=0)
            await page.wait_for_function("(at) => quankeView.shownAt === at", arg=at, timeout=0)

    async def _play(self, seconds: float) -> None:
        """Each pace for its share of the time, while the scenes turn."""
        for pace in PACES:
            await self._page.get_by_role("button", name=pace, exact=True).click(timeout=0)
            await self._page.evaluate("document.activeElement.blur()")
            for scene in SCENES:
                await self._page.keyboard.press(str(scene))
                await asyncio.sleep(seconds / len(PACES) / len(SCENES))
