"""Several cases at once on the console: one request, each decided for itself, taken back."""

import re
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from domain.actor import Role
from eventlog.record import Position
from tests.api.ground import GRID, OTHER_GRID
from tests.browser.axe import violations
from tests.browser.cell import Cell, running
from tests.browser.desk import choose, desk


def batch(page: Page, verb: str) -> Locator:
    """The line at the foot that tells of a verb for several cases."""
    return page.get_by_label("Sent commands").get_by_role("listitem").filter(has_text=verb)


def _asked(page: Page) -> list[str]:
    """What is posted from now on."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.post_data or ""))
    return asked


async def _topics(cell: Cell) -> list[str]:
    return [event.topic for event in await cell.app.platform.log.read_all(Position(0), 9_999)]


async def test_one_request_for_many_each_is_told_its_own_outcome(
    browser: Browser, database: str, built: Path, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        first = (await cell.report())["case"]
        for _ in range(4):
            await cell.report()
        async with desk(browser, cell, "acceptor", "lang=en&order=newest") as acceptor:
            page = acceptor.page
            await expect(page.get_by_text("5 cases", exact=True)).to_be_visible()
            await choose(page, first)
            await page.keyboard.press("*")
            await expect(
                page.get_by_label("5 selected").get_by_role("button", name="Accept")
            ).to_be_enabled()
            asked = _asked(page)
            await page.keyboard.press("a")
            await expect(page.get_by_role("dialog", name="Accept")).to_be_visible()
            await cell._as(Role.ACCEPTOR).done("acceptCase", case=first["id"])
            await page.keyboard.press("Enter")
            line = batch(page, "Accept")
            await expect(line).to_contain_text("4 committed")
            await expect(line).to_contain_text("1 not done")
            sent = [one for one in asked if "acceptCases(" in one]
            assert len(sent) == 1
            assert sent[0].count("clientMutationId") == 5
            assert not [one for one in asked if "acceptCase(" in one]
            assert (await _topics(cell)).count("case.accepted") == 5
            await page.keyboard.press(";")
            told = page.get_by_role("dialog", name=re.compile("^Accept"))
            refused = told.get_by_role("region", name="VERSION_CONFLICT")
            await expect(refused.get_by_role("listitem")).to_contain_text(first["number"])
            await expect(
                told.get_by_role("region", name="Done").get_by_role("listitem")
            ).to_have_count(4)
            assert await violations(page) == []
            await page.keyboard.press("Escape")
            await expect(page.get_by_label("1 selected")).to_be_visible()


async def test_a_batch_is_taken_back_and_each_case_gets_back_its_own(
    browser: Browser, database: str, built: Path, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        for category, grid in (("06010", GRID), ("06036", OTHER_GRID), ("06010", OTHER_GRID)):
            await cell.report(category, grid)
        async with desk(browser, cell, "acceptor", "lang=en&order=newest") as acceptor:
            page = acceptor.page
            await expect(page.get_by_text("3 cases", exact=True)).to_be_visible()
            await page.wait_for_selector("[data-case]")
            for _ in range(3):
                await page.keyboard.press("x")
            picked = page.get_by_label("3 selected")
            await expect(picked.get_by_role("button", name="Change category")).to_be_enabled()
            await page.keyboard.press("y")
            form = page.get_by_role("dialog", name="Change category")
            await form.get_by_label("Category").fill("92003")
            await page.keyboard.press("Enter")
            await page.keyboard.press("Control+Enter")
            line = batch(page, "Change category").filter(has_text="3 committed")
            await expect(line).to_be_visible()
            await page.keyboard.press("Control+Z")
            await expect(
                form.get_by_text("Each case gets back what it had before.")
            ).to_be_visible()
            await expect(form.get_by_label("Category")).to_have_count(0)
            await page.keyboard.press("Control+Enter")
            await expect(line).to_have_count(2)
            assert await cell.app.caught_up(30)
            wanted = sorted(["06010", "06036", "06010"])
            cases = await cell._as(Role.DUTY_LEADER).ask(
                "{ cases(first: 9) { nodes { categoryCode } } }"
            )
            assert sorted(one["categoryCode"] for one in cases["cases"]["nodes"]) == wanted
            assert (await _topics(cell)).count("case.classified") == 6


async def test_what_only_some_allow_is_offered_for_those(
    browser: Browser, database: str, built: Path, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        accepted = (await cell.report())["case"]
        await cell.report()
        await cell._as(Role.ACCEPTOR).done("acceptCase", case=accepted["id"])
        async with desk(browser, cell, "duty_leader", "lang=en&order=newest") as leader:
            page = leader.page
            await expect(page.get_by_text("2 cases", exact=True)).to_be_visible()
            await page.wait_for_selector("[data-case]")
            await page.keyboard.press("x")
            await page.keyboard.press("x")
            some = page.get_by_label("2 selected").get_by_role("button", name="File")
            await expect(some).to_contain_text("1")
            await expect(some).to_be_enabled()
            await page.keyboard.press("f")
            await expect(page.get_by_role("dialog", name="File")).to_contain_text(
                accepted["number"]
            )
            await page.keyboard.press("Enter")
            await expect(page.get_by_label("Sent commands")).to_contain_text("committed")
            assert (await _topics(cell)).count("case.filed") == 1
