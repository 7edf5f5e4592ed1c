"""A phone that begins without a network: what it lacks is asked for until it has come."""

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.api.ground import GRID
from tests.browser.cell import running
from tests.browser.phone import fine, phone
from tests.browser.test_platform import until

KEPT = """(key) => new Promise((done) => {
  indexedDB.open('quanke-field').onsuccess = ({ target }) => {
    const asked = target.result.transaction('kept').objectStore('kept').get(key);
    asked.onsuccess = () => done(asked.result !== undefined);
  };
})"""
"""Whether the phone keeps an answer."""


async def test_a_resident_who_begins_without_a_network_needs_no_second_visit(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as resident:
        page = resident.page
        await page.goto(f"{cell.address}/field?lang=en")
        await expect(page.get_by_role("button", name="Report as a resident")).to_be_visible()
        await resident.context.set_offline(True)
        await resident.tap("Report as a resident")
        await resident.tap("Continue without a photo")
        lacking = page.get_by_text("The categories are not on this phone yet")
        await expect(lacking).to_be_visible()
        await page.get_by_label("Description").fill("By the gate")
        await fine(resident)
        await resident.context.set_offline(False)
        await page.get_by_label("Exposed rubbish").check()
        await expect(lacking).to_be_hidden()
        await expect(page.get_by_label("Description")).to_have_value("By the gate")


async def test_the_first_report_may_be_one_without_a_network(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as worker:
        page = worker.page
        await worker.sign_in("grid_worker", "acct:w1")
        await until(lambda: page.evaluate(KEPT, "categories"), 30)
        await worker.context.set_offline(True)
        await worker.place("Report")
        await worker.tap("Continue without a photo")
        await page.get_by_label("Exposed rubbish").check()
        await worker.tap("Next")
        await page.get_by_label("Choose the grid").check()
        await expect(page.get_by_text("The grids are not on this phone yet")).to_be_visible()
        await fine(worker)
        await worker.context.set_offline(False)
        await page.get_by_label("Grid", exact=True).select_option(GRID)
        await expect(page.get_by_text("The grids are not on this phone yet")).to_be_hidden()
