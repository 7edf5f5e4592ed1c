"""The time machine on audit, admin and the phone: as it was, and nothing is done there."""

import asyncio
import time
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Page, expect

from api.graphql.scalars import rfc3339
from domain.actor import Role
from tests.api.ground import COMMUNITY, DISTRICT, GRID
from tests.browser.cell import Cell, running
from tests.browser.conftest import Watched
from tests.browser.dress import Mirror
from tests.browser.phone import Phone, phone
from tests.browser.test_sign_in import token_of

THEN: Final = """query($asOf: AsOf) {
  overview(asOf: $asOf) { total open closed overdue } wall(asOf: $asOf) { feed { position } } }"""
CASE: Final = "query($number: String!) { case(number: $number) { id } }"
TILES: Final = {
    "casesThen": "total", "openThen": "open", "closedThen": "closed", "overdueThen": "overdue",
}  # fmt: skip
STEPS: Final = (
    "() => [...document.querySelectorAll('tr[data-then]')].map((one) => one.dataset.then)"
)


async def between() -> str:
    """An instant after what was done and before what comes; addresses have milliseconds."""
    at_ms = time.time_ns() // 1_000_000 + 1
    while time.time_ns() // 1_000_000 <= at_ms:
        await asyncio.sleep(0.001)
    return rfc3339(at_ms * 1_000)


async def opened(page: Page, cell: Cell, role: str, where: str, at: str = "") -> None:
    token = token_of(cell, role, "" if role == "auditor" else DISTRICT)
    await page.goto("about:blank")
    await page.goto(f"{cell.address}/{where}&lang=en{at and f'&at={at}'}#token={token}")


async def said(cell: Cell, at: str) -> dict[str, Any]:
    return await cell._as(Role.AUDITOR).ask(THEN, asOf={"effectiveAt": at})


async def live_again(page: Page) -> None:
    """By the bar's own way back."""
    bar = page.get_by_role("region", name="REPLAY")
    await bar.get_by_role("button", name="Back to live").click()
    await expect(bar).to_have_count(0)


async def test_audit_shows_what_was_and_says_what_has_no_past(
    watched: Watched, built: Path, database: str, tmp_path: Path
) -> None:
    page, seen = watched.page, Mirror(watched.page)
    async with running(database, tmp_path) as cell:
        case = (await cell.report())["case"]
        at = await between()
        await cell.close(case["id"])
        await cell.report()
        words = "query($id: ID!) { case(id: $id) { text { description } } }"
        assert (await cell._as(Role.DISPATCHER).ask(words, id=case["id"]))["case"]["text"]
        assert await cell.app.caught_up(30)
        was = await said(cell, at)
        await opened(page, cell, "auditor", "audit?", at)
        for tile, name in TILES.items():
            figure = page.locator(f".tiles [data-then={tile}]")
            await expect(figure).to_have_text(str(was["overview"][name]))
        steps = [one["position"] for one in was["wall"]["feed"]]
        await expect(page.locator("tr[data-then]")).to_have_count(len(steps))
        assert await page.evaluate(STEPS) == steps
        head = page.get_by_role("region", name="The log then").locator(".figure")
        await expect(head).to_have_text(f"{int(steps[0]):,}")
        await expect(page.get_by_text("Nobody has read anything.")).to_be_visible()
        await seen.look("overview")
        await opened(
            page, cell, "auditor", f"audit?view=compare&subject=case:{case['number']}&from=1", at
        )
        status = page.get_by_role("row").filter(has_text="Status")
        await expect(status).to_contain_text("Reported")
        await live_again(page)
        await expect(status).to_contain_text("Closed")
        await (
            page.get_by_role("navigation", name="Views")
            .get_by_role("button", name="Read models")
            .click()
        )
        again = page.get_by_role("button", name="Rebuild and compare")
        await expect(again).to_be_visible()
        await page.keyboard.press("@")
        await expect(again).to_have_count(0)
        await expect(page.get_by_role("note").filter(has_text="no past")).to_have_count(2)
        await seen.look("what has no past")
        await page.keyboard.press("Escape")
        await expect(again).to_be_visible()
        await (
            page.get_by_role("navigation", name="Views")
            .get_by_role("button", name="Readings")
            .click()
        )
        await expect(page.get_by_role("row").filter(has_text="acct:dispatcher")).to_be_visible()
        assert (seen.found, watched.complaints) == ({}, [])


async def test_admin_shows_the_office_as_it_was_and_takes_no_orders(
    watched: Watched, built: Path, database: str, tmp_path: Path
) -> None:
    page, seen = watched.page, Mirror(watched.page)
    async with running(database, tmp_path) as cell:
        office = cell._as(Role.ADMINISTRATOR)
        await office.done("openAccount", account="acct:li", kind="person", scope=DISTRICT)
        at = await between()
        await office.done("grantRole", account="acct:li", role="acceptor", scope=DISTRICT)
        await office.done("openAccount", account="display:hall", kind="display", scope=DISTRICT)
        await office.done("setStageLimit", owner="371602", clock="accept", limit="9H")
        await office.done("postWorker", worker="w1", grid=GRID)
        assert await cell.app.caught_up(30)
        row = page.get_by_role("row")
        form = page.get_by_role("form")
        note = page.get_by_role("note").filter(has_text="acting is off")
        await opened(page, cell, "administrator", "admin?view=accounts&account=acct:li", at)
        await expect(row.filter(has_text="acct:li")).to_contain_text("none yet")
        await expect(row.filter(has_text="display:hall")).to_have_count(0)
        await expect(note).to_be_visible()
        await expect(form).to_have_count(0)
        await seen.look("accounts")
        await live_again(page)
        await expect(row.filter(has_text="acct:li")).to_contain_text("Acceptor")
        await expect(form.first).to_be_visible()
        await opened(page, cell, "administrator", "admin?view=policy&part=limits", at)
        accept = row.filter(has_text="accept")
        await expect(accept).to_contain_text("1 urgent hour")
        await expect(form).to_have_count(0)
        await page.keyboard.press("Escape")
        await expect(accept).to_contain_text("9 working hours")
        await opened(page, cell, "administrator", f"admin?view=areas&in={COMMUNITY}", at)
        grid = row.filter(has_text=GRID)
        await expect(grid).to_be_visible()
        await expect(grid).not_to_contain_text("w1")
        await seen.look("areas")
        await live_again(page)
        await expect(grid).to_contain_text("w1")
        await opened(page, cell, "administrator", "admin?", at)
        first = page.get_by_role("region", name="Look at these first")
        await expect(first).to_contain_text("People without a role")
        await expect(page.get_by_role("region", name="Displays")).to_contain_text("0")
        await expect(page.get_by_role("region", name="Streams held")).to_have_count(0)
        await seen.look("overview")
        for view in ("displays", "health"):
            await opened(page, cell, "administrator", f"admin?view={view}", at)
            await expect(page.get_by_role("note").filter(has_text="no past")).to_be_visible()
            await expect(form).to_have_count(0)
        await opened(page, cell, "privacy_officer", "admin?", at)
        await expect(page.get_by_role("note").filter(has_text="no past")).to_be_visible()
        await expect(form).to_have_count(0)
        assert (seen.found, watched.complaints) == ({}, [])


async def test_the_phone_shows_tasks_and_reports_of_then_and_sends_as_ever(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        async with phone(browser, cell) as worker:
            await _worker_looks_back(cell, worker)
        async with phone(browser, cell) as resident:
            await _resident_looks_back(cell, resident)


async def _worker_looks_back(cell: Cell, worker: Phone) -> None:
    """A grid worker: a task that is done by now, an own report, and nothing to be done."""
    page = worker.page
    await worker.sign_in("grid_worker", "acct:w1")
    await worker.report(photos=0)
    await worker.arrived()
    at = await between()
    number = await page.locator(".number").inner_text()
    seen = await cell._as(Role.DISPATCHER).ask(CASE, number=number.replace(" ", ""))
    await cell._as(Role.ACCEPTOR).done("acceptCase", case=seen["case"]["id"])
    await worker.place("Tasks")
    await expect(page.get_by_text("Nothing to do")).to_be_visible()
    await page.get_by_role("button", name="Look back").click()
    bar = page.get_by_role("region", name="REPLAY")
    await expect(bar.get_by_role("slider")).to_be_visible()
    await page.goto(f"{cell.address}/field?lang=en&at={at}")
    task = page.get_by_role("link").filter(has_text="reported")
    await expect(task).to_have_count(1)
    await _fits(worker)
    await task.click()
    note = page.get_by_role("note").filter(has_text="acting is off")
    await expect(note).to_be_visible()
    await expect(page.get_by_role("region", name="Actions")).to_have_count(0)
    await _fits(worker)
    await worker.place("Report")
    await expect(page.get_by_role("note").filter(has_text="A report is of now")).to_be_visible()
    await worker.place("Outbox")
    await expect(task).to_have_count(1)
    await expect(page.get_by_role("note").filter(has_text="has no past")).to_be_visible()
    await _fits(worker)
    await page.context.set_offline(True)
    await bar.get_by_role("button", name="One day back").click()
    await expect(page.get_by_role("alert")).to_contain_text("needs a network")
    await page.context.set_offline(False)
    await expect(page.get_by_text("Nothing of yours had been reported")).to_be_visible()
    await bar.get_by_role("button", name="Back to live").click()
    await expect(page.get_by_text("Arrived", exact=True)).to_be_visible()


async def _resident_looks_back(cell: Cell, resident: Phone) -> None:
    """A resident: the own report, under the id that it was reported with."""
    page = resident.page
    before = await between()
    await page.goto(f"{cell.address}/field?lang=en")
    await resident.tap("Report as a resident")
    await resident.report(photos=0)
    number = await page.locator(".number").inner_text()
    await resident.arrived()
    at = await between()
    seen = await cell._as(Role.DISPATCHER).ask(CASE, number=number.replace(" ", ""))
    await cell._as(Role.ACCEPTOR).done("acceptCase", case=seen["case"]["id"])
    await page.goto(f"{cell.address}/field?lang=en&view=outbox&at={at}")
    report = page.get_by_role("link")
    await expect(report).to_contain_text("reported")
    await resident.tap("Back to live")
    await expect(page.get_by_text("Arrived", exact=True)).to_be_visible()
    await page.goto(f"{cell.address}/field?lang=en&view=outbox&at={before}")
    await expect(page.get_by_text("Nothing of yours had been reported")).to_be_visible()
    await _fits(resident)


async def _fits(one: Phone) -> None:
    await one.mirror.look("shown")
    assert one.mirror.found == {}
    assert await one.small_targets() == []
