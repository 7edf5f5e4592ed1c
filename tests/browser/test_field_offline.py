"""The field app without a network, and with a clock that is wrong: nothing is lost or misdated."""

from pathlib import Path

from playwright.async_api import Browser, expect

from domain.topics import decode_meta
from tests.api.client import event_at
from tests.api.ground import DISTRICT
from tests.browser.cell import Cell, running
from tests.browser.desks import filed, upheld
from tests.browser.phone import fine, phone


async def test_offline_it_waits_survives_a_reload_and_goes_out_when_online(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as worker:
        await worker.sign_in("grid_worker", "acct:w1")
        await worker.place("Report")
        await worker.page.get_by_role("navigation").get_by_role("button", name="Tasks").click()
        await worker.page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        await worker.page.reload()  # from here on the worker answers
        await worker.report("Online once", photos=0)
        await worker.arrived()
        head = await cell.app.platform.log.head()
        await worker.context.set_offline(True)
        await worker.report("Far out", photos=1)
        await expect(worker.state()).to_contain_text("Kept on this phone, waiting")
        await expect(worker.page.get_by_text("Submitted")).to_have_count(0)
        await expect(worker.page.get_by_text("Carry on")).to_be_visible()
        await fine(worker)
        await worker.page.reload()
        await expect(worker.state()).to_contain_text("Kept on this phone, waiting")
        assert await cell.app.platform.log.head() == head
        await worker.context.set_offline(False)
        position = await worker.arrived()
        assert int(position) == head + 1
        assert await cell.app.platform.log.head() == head + 1


YEAR_MS = 365 * 86_400_000
BEHIND = f"const now = Date.now; Date.now = () => now() - {YEAR_MS}"
EARLIER = """() => new Promise((done) => {
  indexedDB.open('quanke-field').onsuccess = ({ target }) => {
    const items = target.result.transaction('items', 'readwrite').objectStore('items');
    items.getAll().onsuccess = ({ target: { result: [item] } }) => {
      items.put({ ...item, made: item.made - 7_200_000 }, item.id).onsuccess = () => done();
    };
  };
})"""
"""As if the one item had been written two hours ago."""


async def test_a_phone_whose_clock_is_a_year_behind_tells_the_right_time(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as worker:
        await worker.context.add_init_script(BEHIND)
        await worker.sign_in("grid_worker", "acct:w1")
        await worker.report("Just now", photos=0)
        assert abs(await _written_ago_s(cell, int(await worker.arrived()))) < 60
        await worker.place("Outbox")
        await worker.page.get_by_role("link", name="Exposed rubbish").click()
        await worker.place("Outbox")
        await worker.tap("Clear what has arrived")
        await worker.context.set_offline(True)
        await worker.report("Two hours ago", photos=0)
        await worker.page.evaluate(EARLIER)
        await worker.context.set_offline(False)
        assert abs(await _written_ago_s(cell, int(await worker.arrived())) - 7_200) < 60


async def _written_ago_s(cell: Cell, position: int) -> float:
    """How long before it was recorded an event is said to have happened."""
    event = await event_at(cell.app, position)
    return (event.recorded_at - decode_meta(event.meta).occurred_at) / 1_000_000


async def test_a_task_never_opened_can_be_done_without_a_network_and_a_shared_phone_tells_little(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as handler:
        case = (await cell.report())["case"]["id"]
        await filed(cell, case)
        await handler.sign_in("handler", "acct:h1", "sanitation", DISTRICT)
        await expect(handler.page.get_by_role("link", name="Exposed rubbish")).to_be_visible()
        await handler.context.set_offline(True)
        await handler.page.get_by_role("link", name="Exposed rubbish").click()
        await handler.tap("Acknowledge")
        await handler.tap("Acknowledge")
        await expect(handler.state()).to_contain_text("Kept on this phone, waiting")
        await handler.context.set_offline(False)
        await handler.arrived()
        await handler.place("Tasks")
        await handler.page.get_by_role("link", name="Exposed rubbish").click()
        await handler.tap("Give it back")
        await handler.page.get_by_label("Not our duty").check()
        await handler.page.get_by_label("Note").fill("Ours only on Mondays")
        await handler.context.set_offline(True)
        await handler.tap("Ask to give it back")
        await expect(handler.page.get_by_text("Ours only on Mondays")).to_be_visible()
        await handler.context.set_offline(False)
        await handler.arrived()
        await handler.place("Me")
        await expect(handler.page.locator(".facts")).to_contain_text("Sanitation")
        await handler.tap("Look")
        await expect(handler.page.get_by_text("No appeals yet")).to_be_visible()
        await handler.place("Tasks")
        await handler.page.get_by_role("link", name="Exposed rubbish").click()
        await handler.tap("Appeal")
        await handler.page.get_by_label("rework rate").check()
        await handler.tap("File the appeal")
        position = await handler.arrived()
        assert await cell.app.platform.reached(int(position), 30)
        await upheld(cell, case)
        await handler.place("Me")
        await handler.tap("Look")
        await expect(handler.page.get_by_text("Upheld")).to_be_visible()
        await fine(handler)
        await handler.tap("Show what was written and why")
        await expect(handler.page.get_by_text("The notice was there")).to_be_visible()
        await handler.place("Me")
        await handler.tap("Sign out")
        await handler.tap("Report as a resident")
        await handler.place("My reports")
        await expect(handler.page.get_by_text("The outbox is empty")).to_be_visible()
