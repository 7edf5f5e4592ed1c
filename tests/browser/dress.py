"""A screen in each of its dresses, two languages by two themes, and axe-core on it.

A state is looked at in one dress in turn, so that a run of all tests sees every dress on many
states; `./quanke check axe` puts every dress on every state. Nothing is loaded anew: language
and colours are in the address, which the page follows.
"""

import os
from typing import Final

from playwright.async_api import Page

from api.check.axe import EVERY_DRESS
from tests.browser.axe import violations

DRESSES: Final = (("zh", "dark"), ("en", "light"), ("zh", "light"), ("en", "dark"))
PUT_ON: Final = """([lang, theme]) => {
  const query = new URLSearchParams(location.search);
  query.set('lang', lang); query.set('theme', theme);
  history.replaceState(history.state, '', `?${query}${location.hash}`);
  dispatchEvent(new PopStateEvent('popstate'));
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


class Mirror:
    """What was found so far, state by state; asked once at the end."""

    def __init__(self, page: Page, *, lang: str = "en", theme: str = "light") -> None:
        self.page = page
        self.looked = 0
        self.found: dict[str, list[str]] = {}
        self._own = (lang, theme)

    async def look(self, state: str) -> None:
        """Look at the page as it is, dressed; then put its own dress back on."""
        every = os.environ.get(EVERY_DRESS) == "1"
        for dress in DRESSES if every else (DRESSES[self.looked % len(DRESSES)],):
            await self.page.evaluate(PUT_ON, list(dress))
            if broken := await violations(self.page):
                self.found[f"{state} ({' '.join(dress)})"] = broken
        self.looked += 1
        await self.page.evaluate(PUT_ON, list(self._own))

    async def plain(self, state: str) -> None:
        """Look at a page that has no dress to change."""
        if broken := await violations(self.page):
            self.found[state] = broken
        self.looked += 1
