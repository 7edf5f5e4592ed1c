"""axe-core on a page: what it finds against WCAG 2.2 A and AA, as readable lines.

It is put on a page once for all looks at it, and only what is broken comes back: the lists of
what was passed are megabytes, which nobody reads.
"""

from functools import cache

from playwright.async_api import Page

from opscenter import ROOT

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
THERE = "() => 'axe' in window"
LOOK = """async (rules) => {
  const asked = { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] };
  const { violations } = await axe.run(document, asked);
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
}"""


@cache
def _axe() -> str:
    return (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")


async def violations(page: Page) -> list[str]:
    """Return each rule that is broken, with the first place where it is."""
    if not await page.evaluate(THERE):
        await page.evaluate(_axe())
    found: list[str] = await page.evaluate(LOOK, RULES)
    return found
