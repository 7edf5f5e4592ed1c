"""A grid's appeal on the phone: begun in the outbox or by a number, and what came of it."""

from pathlib import Path

from playwright.async_api import Browser, expect

from domain.actor import Role
from tests.browser.cell import running
from tests.browser.desks import SEEN, office, upheld
from tests.browser.phone import fine, phone


async def test_a_grid_appeals_from_the_phone_by_the_number_of_the_case_or_from_the_outbox(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as worker:
        await worker.sign_in("grid_worker", "acct:w1")
        await worker.report("By the gate", photos=0)
        assert await cell.app.platform.reached(int(await worker.arrived()), 30)
        number = await worker.page.locator(".number").inner_text()
        await worker.tap("Appeal")
        await worker.page.get_by_label("check on time").check()
        await worker.page.get_by_label("Note").fill("The road was closed")
        await fine(worker)
        await worker.tap("File the appeal")
        assert await cell.app.platform.reached(int(await worker.arrived()), 30)
        seen = (await office(cell, Role.DISPATCHER).ask(SEEN, number=number))["case"]
        await upheld(cell, seen["id"])
        await worker.place("Me")
        await worker.tap("Look")
        await expect(worker.page.get_by_text("Upheld")).to_be_visible()
        await worker.page.get_by_label("Which case?").fill("1")
        await worker.tap("Open the case")
        await expect(worker.page.get_by_text("No such number")).to_be_visible()
        await fine(worker)
        await worker.page.get_by_label("Which case?").fill(f" {number[:6]} {number[6:]} ")
        await worker.tap("Open the case")
        await expect(worker.page.get_by_role("button", name="Appeal", exact=True)).to_be_visible()
        await worker.place("Tasks")
        await expect(worker.page.get_by_role("link", name="Exposed rubbish")).to_be_visible()
