"""axe-core on a page: what it finds against WCAG 2.2 A and AA, as readable lines."""

from functools import cache
from typing import Any

from playwright.async_api import Page

from opscenter import ROOT

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})"


@cache
def _axe() -> str:
    return (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")


async def violations(page: Page) -> list[str]:
    """Return each rule that is broken, with the first place where it is."""
    await page.evaluate(_axe())
    found: dict[str, Any] = await page.evaluate(LOOK, RULES)
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
