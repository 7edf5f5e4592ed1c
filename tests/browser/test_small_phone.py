"""On the narrowest phone: lines end where clauses do, what is tapped lies apart, questions ask."""

from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Page, expect

from tests.browser.cell import Cell, running
from tests.browser.phone import PHOTO, SCREEN
from tests.browser.reading import settled

SMALL: Final[dict[str, Any]] = {**SCREEN, "viewport": {"width": 360, "height": 740}}
APART_PX: Final = 24
ENDS: Final = "，。；：、！？）”·"
BREAKS: Final = """() => [...document.querySelectorAll('main :is(p, small)')].flatMap((told) => {
  const walk = document.createTreeWalker(told, NodeFilter.SHOW_TEXT);
  const [found, range] = [[], document.createRange()];
  let before = null;
  for (let node = walk.nextNode(); node; node = walk.nextNode())
    [...node.data].forEach((letter, at) => {
      if (letter.trim() === '') return;
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const { top, bottom } = range.getBoundingClientRect();
      if (before && top >= before.bottom - 2) found.push([before.letter, told.textContent]);
      before = { letter, bottom };
    });
  return found;
})"""
"""The last letter of each line but the last, and the paragraph it is of."""
BOXES: Final = """() => [...document.querySelectorAll('.over')].map((one) => {
  const { x, y, width, height } = one.getBoundingClientRect();
  return [x, y, width, height];
})"""
INK: Final = """(dress) => {
  document.documentElement.dataset.theme = dress;
  const style = getComputedStyle(document.querySelector('input[type=radio]:not(:checked)'));
  return [style.appearance, style.backgroundColor];
}"""


async def broken(page: Page) -> list[tuple[str, str]]:
    """Where a line of Chinese ends in the middle of a clause, once letters and photos stand."""
    await page.wait_for_function("() => [...document.images].every((one) => one.complete)")
    await settled(page)
    return [(last, told) for last, told in await page.evaluate(BREAKS) if last not in ENDS]


async def test_lines_end_with_clauses_and_a_photos_buttons_lie_apart(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        context = await browser.new_context(**SMALL)
        page = await context.new_page()
        await page.goto(f"{cell.address}/field?lang=zh")
        await expect(page.get_by_role("button", name="我是居民，要上报")).to_be_visible()
        assert await broken(page) == []
        await page.get_by_role("button", name="我是居民，要上报").click()
        one: Any = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": PHOTO}
        await page.locator("input[type=file]").set_input_files(one)
        await expect(page.locator(".over")).to_have_count(2)
        assert await broken(page) == []
        assert len(await page.evaluate(BREAKS)) > 0, "there is a paragraph of two lines"
        (left, top, wide, high), (x, y, w, h) = await page.evaluate(BOXES)
        gap = max(left - x - w, x - left - wide, top - y - h, y - top - high)
        assert gap >= APART_PX, "who hides a face does not throw the photo away"
        assert await page.locator(".over").nth(1).inner_text() == "遮挡"
        await page.get_by_role("button", name="下一步").click()
        await expect(page.locator("input[type=radio]").first).to_be_visible()
        for dress in ("dark", "light"):
            assert await page.evaluate(INK, dress) == ["none", "rgba(0, 0, 0, 0)"]
        await _waiting(page, cell)
        await context.close()


async def _waiting(page: Page, cell: Cell) -> None:
    await page.get_by_label("暴露垃圾").check()
    await page.get_by_role("button", name="下一步").click()
    await expect(page.get_by_role("status").filter(has_text="误差约")).to_be_visible()
    await page.get_by_role("button", name="提交上报").click()
    await expect(page.locator(".receipt")).to_be_visible()
    assert await broken(page) == []
    await page.get_by_role("navigation").get_by_role("button", name="我的", exact=True).click()
    await expect(page.get_by_role("heading", name="我的")).to_be_visible()
    assert await broken(page) == []
    await page.goto(f"{cell.address}/field?lang=zh#rate=nothing")
    await page.reload()
    await expect(page.get_by_role("alert")).to_contain_text("两周")
    assert await broken(page) == []
