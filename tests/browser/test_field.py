"""The field app on a phone before the real platform, as each of its four people uses it."""

import io
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, expect

from api.attachments.storage import WHOLE
from api.graphql.ids import case_key
from domain.actor import Role
from domain.topics import decode
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID
from tests.browser.axe import violations
from tests.browser.cell import Cell, running
from tests.browser.phone import Phone, phone
from tests.browser.test_platform import until

SEEN = """query($number: String!) { case(number: $number) {
  id status grid { code } text { description } attachments { id kind } } }"""


def office(cell: Cell, role: Role, unit: str | None = None) -> Client:
    """Somebody at a desk, through the interface."""
    return Client(cell.app).acting(role, DISTRICT, unit)


async def fine(one: Phone) -> None:
    """The shown view breaks no rule of WCAG, and everything in it fits a thumb."""
    assert await violations(one.page) == []
    assert await one.small_targets() == []


async def test_a_worker_reports_in_three_steps_with_photo_and_place(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as worker:
        await worker.page.goto(f"{cell.address}/field?lang=en")
        await expect(worker.page.get_by_role("button", name="Report as a resident")).to_be_visible()
        await fine(worker)
        await worker.sign_in("grid_worker", "acct:w1")
        await expect(worker.page.get_by_text("Nothing to do")).to_be_visible()
        await fine(worker)
        await worker.place("Report")
        await fine(worker)
        await worker.report("By the school gate", photos=2)
        position = await worker.arrived()
        await fine(worker)
        (event,) = await cell.app.platform.log.read_all(int(position) - 1, 1)  # type: ignore[arg-type]
        assert (event.topic, event.actor) == ("case.reported", "acct:w1")
        told = decode(event.topic, event.schema, event.state)
        number = told.number  # type: ignore[attr-defined]
        assert await worker.page.locator(".number").inner_text() == number
        await until(lambda: _bound(cell, number, 2), 5)
        seen = (await office(cell, Role.DISPATCHER).ask(SEEN, number=number))["case"]
        assert seen["grid"]["code"] == GRID
        assert seen["text"]["description"] == "By the school gate"
        for picture in await cell.app.platform.attachments.of_case(case_key(seen["id"])):
            whole = await cell.app.platform.attachments.read(picture, WHOLE)
            with Image.open(io.BytesIO(whole)) as image:
                assert image.size == (1600, 1200)  # made small on the phone
                assert dict(image.getexif()) == {}
                assert image.getpixel((800, 100))[0] > 150  # type: ignore[index]
                assert image.getpixel((800, 1100))[2] > 150  # type: ignore[index]
        proof = await worker.page.get_by_role("link", name="Download the proof").get_attribute(
            "href"
        )
        assert proof == f"/log/proof/{position}.tlog-proof"
        await worker.place("Outbox")
        await expect(worker.page.get_by_text("Arrived", exact=True)).to_be_visible()
        await fine(worker)
        assert worker.complaints == []
        assert {url.split("/")[2] for url in worker.requests if "//" in url} == {cell.address[7:]}


async def _bound(cell: Cell, number: str, count: int) -> bool:
    seen = await office(cell, Role.DISPATCHER).ask(SEEN, number=number)
    return seen["case"] is not None and len(seen["case"]["attachments"]) == count


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
        await expect(worker.page.get_by_text("No network now")).to_be_visible()
        await fine(worker)
        await worker.page.reload()
        await expect(worker.state()).to_contain_text("Kept on this phone, waiting")
        assert await cell.app.platform.log.head() == head
        await worker.context.set_offline(False)
        position = await worker.arrived()
        assert int(position) == head + 1
        assert await cell.app.platform.log.head() == head + 1


async def test_a_refused_report_keeps_its_words_and_photo_and_is_corrected(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as worker:
        await worker.sign_in("grid_worker", "acct:w1")
        await worker.context.set_geolocation({"longitude": 10.0, "latitude": 10.0, "accuracy": 8})
        head = await cell.app.platform.log.head()
        await worker.report("Somewhere else")
        await expect(worker.state()).to_contain_text("Refused, not submitted")
        await expect(worker.state()).to_contain_text("the place lies in no live grid")
        assert await cell.app.platform.log.head() == head
        await fine(worker)
        await worker.page.reload()
        await worker.tap("Correct and resend")
        await expect(worker.page.get_by_role("img", name="Photo 1")).to_be_visible()
        await worker.tap("Next")
        await expect(worker.page.get_by_label("Description")).to_have_value("Somewhere else")
        await expect(worker.page.get_by_label("Exposed rubbish")).to_be_checked()
        await worker.tap("Next")
        await worker.page.get_by_label("Choose the grid").check()
        await worker.page.get_by_label("Grid", exact=True).select_option("第一网格")
        await fine(worker)
        await worker.tap("Send the report")
        await worker.arrived()
        assert await cell.app.platform.log.head() == head + 1
        await worker.place("Outbox")
        await expect(worker.page.get_by_role("listitem")).to_have_count(1)
