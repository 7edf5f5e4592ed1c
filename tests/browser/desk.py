"""People at the console: signed in, with only roles, labels and keys."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from tests.api.ground import DISTRICT
from tests.browser.cell import Cell
from tests.browser.conftest import Watched
from tests.browser.test_sign_in import token_of
from tests.deadlines import parting

QUEUE = re.compile("^(Queue|待办队列)$")
VERBS = re.compile("^(Next|下一步)$")
"""What may be done with the chosen case; a key that is pressed before is lost."""
SIZE: ViewportSize = {"width": 1440, "height": 900}


@asynccontextmanager
async def desk(
    browser: Browser, cell: Cell, role: str, query: str = "lang=en", unit: str | None = None
) -> AsyncIterator[Watched]:
    """Somebody at a console of their own."""
    context = await browser.new_context(viewport=SIZE, reduced_motion="reduce")
    watched = Watched(await context.new_page())
    token = token_of(cell, role, DISTRICT, unit)
    await watched.page.goto(f"{cell.address}/console?{query}#token={token}")
    await watched.page.wait_for_selector('[data-liveness="live"]')
    try:
        yield watched
    finally:
        async with parting():
            await context.close()


def rows(page: Page) -> Locator:
    """The rows of the queue."""
    return page.get_by_role("listbox", name=QUEUE).get_by_role("option")


def row(page: Page, number: str) -> Locator:
    """The queue's row of a case."""
    return rows(page).filter(has_text=number)


async def choose(page: Page, case: dict[str, Any], title: str = "Exposed rubbish") -> None:
    """Choose a case in the queue and wait until it is shown."""
    await row(page, case["number"]).click()
    whole = page.get_by_role("region", name="Case")
    await expect(whole.get_by_role("heading", name=title)).to_be_visible()
    await expect(whole.get_by_text(case["number"]).filter(visible=True)).to_be_visible()


async def committed(page: Page, verb: str) -> None:
    """Wait until the newest command of a verb has its position."""
    sent = page.get_by_label("Sent commands").get_by_role("listitem").filter(has_text=verb)
    await expect(sent.first).to_contain_text("committed")


def stands(page: Page, status: str) -> Locator:
    """Where the chosen case says that it stands."""
    return page.get_by_role("region", name="Case").get_by_text(status, exact=True).first
