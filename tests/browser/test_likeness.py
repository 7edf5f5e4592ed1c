"""The signed-in screens beside pictures of themselves: what changed by mistake shows as pixels.

One small district at a fixed instant, in both languages. Every digit on the page becomes a
zero before the picture is taken (positions, ages and ids differ from run to run; widths do
not). `QUANKE_RETAKE=1` takes the pictures anew: look at them before they are committed.
"""

import asyncio
import io
import os
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from PIL import Image
from pixelmatch.contrib.PIL import pixelmatch
from playwright.async_api import Browser, Page, expect

import api.dispatch.deciding
from domain.actor import Role
from tests.api import ground
from tests.api.ground import DISTRICT, OTHER_GRID
from tests.browser.cell import Cell, running
from tests.browser.phone import SCREEN
from tests.browser.test_sign_in import token_of

LIKENESSES: Final = Path(__file__).parent / "likenesses"
MOST: Final = 0.002
"""Share of pixels that may differ: another build of Chromium smooths its letters otherwise."""
VISIBLE: Final = 24
SETTLED_S: Final = 30.0
"""On a busy machine the last line may come late: a picture counts once it is right."""
NOW_US: Final = 1_795_485_600_000_000
"""2026-11-24 10:00 in Shanghai, a Tuesday at work."""
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1366, "height": 768}}
PHONE: Final[dict[str, Any]] = {**SCREEN, "device_scale_factor": 1}
SCREENS: Final = {
    "console": ("console?", DESK, "acceptor", None),
    "field": ("field?", PHONE, "handler", "sanitation"),
    "audit": ("audit?view=history&subject=case:{number}&", DESK, "auditor", None),
    "admin": ("admin?view=policy&part=limits&", DESK, "administrator", None),
}
LEAST: Final = {"console": 0, "field": 0, "audit": 3, "admin": 3}
"""Which of its rows is there when a screen has its data."""
PLAIN: Final = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const plain = node.nodeValue.replace(/…[0-9a-z:]{4}/g, '…0000').replace(/[0-9]/g, '0');
    const hidden = plain.replace(/[0a-f]{8}-[0a-f-]{20,}/g, (id) => id.replace(/[a-f]/g, '0'));
    if (hidden !== node.nodeValue) node.nodeValue = hidden;
  }
  document.querySelector(':focus')?.blur();
}"""


@pytest.mark.slow
async def test_each_screen_looks_as_it_was_last_looked_at(
    windowed: Browser,
    built: Path,
    empty: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api.dispatch.deciding, "now_us", lambda: NOW_US)
    async with running(empty, tmp_path) as cell:
        await ground.found(cell.app.platform.dispatcher)
        number = await _told(cell)
        different = [
            found
            for lang in ("zh", "en")
            for name in SCREENS
            if (found := await _compared(windowed, cell, name, lang, number))
        ]
    assert different == []


async def _told(cell: Cell) -> str:
    """Three open cases, one of them with a department; the number of that one."""
    first = (await cell.report())["case"]
    await cell.report(category="06036", grid=OTHER_GRID)
    await cell.report(category="92003")
    for role, verb in (
        ("acceptor", "acceptCase"),
        ("duty_leader", "fileCase"),
        ("dispatcher", "dispatchCase"),
    ):
        await cell._as(Role(role)).done(verb, case=first["id"])
    assert await cell.app.caught_up(30)
    return str(first["number"])


async def _compared(browser: Browser, cell: Cell, name: str, lang: str, number: str) -> str:
    """How a screen differs from its picture, once everything on it has come."""
    where, kind, role, unit = SCREENS[name]
    context = await browser.new_context(**kind, reduced_motion="reduce")
    page = await context.new_page()
    await page.clock.install(time=NOW_US / 1e6)
    token = token_of(cell, role, DISTRICT if role != "auditor" else "", unit)
    query = where.format(number=number)
    await page.goto(f"{cell.address}/{query}lang={lang}&theme=light#token={token}")
    await _settled(page, name, number)
    found = await settled_like(lambda: picture(page), name, lang)
    await context.close()
    return found


async def picture(page: Page) -> Image.Image:
    """What is on a page, its digits all zeros."""
    await page.evaluate(PLAIN)
    shot = await page.screenshot(animations="disabled", caret="hide")
    return Image.open(io.BytesIO(shot)).convert("RGB")


async def settled_like(take: Callable[[], Awaitable[Image.Image]], name: str, lang: str) -> str:
    """Take pictures until one is like the one that is kept; after the deadline, how it differs."""
    give_up = time.monotonic() + SETTLED_S
    while (found := judged(await take(), name, lang)) and time.monotonic() < give_up:
        await asyncio.sleep(0.2)
    return found


async def _settled(page: Page, name: str, number: str) -> None:
    signs = {
        "console": page.get_by_role("listbox").get_by_role("option"),
        "field": page.get_by_role("link").filter(has_text=number),
        "audit": page.get_by_role("listitem").filter(has_text=re.compile("#")),
        "admin": page.get_by_role("row"),
    }
    await expect(signs[name].nth(LEAST[name])).to_be_visible()
    if name == "console":
        await expect(page.locator(".timeline li").first).to_be_visible()
        await page.wait_for_selector('[data-liveness="live"]')
    await page.evaluate("document.fonts.ready.then(() => undefined)")
    await page.wait_for_timeout(400)  # what comes late and is wrong is to be seen too


def judged(shot: Image.Image, name: str, lang: str) -> str:
    """Return how a picture differs from the one that is kept; empty when it does not."""
    path = LIKENESSES / f"{name}-{lang}.png"
    if os.environ.get("QUANKE_RETAKE"):
        shot.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    kept = Image.open(path).convert("RGB")
    if kept.size != shot.size:
        return f"{path.name}: {shot.size} was {kept.size}"
    apart = np.abs(np.asarray(kept, np.int16) - np.asarray(shot, np.int16)).max(axis=2) > VISIBLE
    if apart.mean() <= MOST:
        return ""
    rows, columns = np.nonzero(apart)
    box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    found = pixelmatch(kept.crop(box), shot.crop(box), threshold=0.15)
    if found <= MOST * apart.size:
        return ""
    shot.save(f"/tmp/quanke-{name}-{lang}-now.png")
    return f"{path.name}: {found} pixels differ, in {box}"
