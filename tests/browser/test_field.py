"""The field app on a phone before the real platform: a grid worker reports."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, expect

from api.attachments.storage import WHOLE
from api.graphql.ids import case_key
from domain.actor import Role
from domain.topics import decode
from tests.api.client import event_at
from tests.api.ground import GRID
from tests.browser.cell import running
from tests.browser.desks import SEEN, office, pictured
from tests.browser.phone import fine, phone


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
        event = await event_at(cell.app, int(position))
        assert (event.topic, event.actor) == ("case.reported", "acct:w1")
        told = decode(event.topic, event.schema, event.state)
        number = told.number  # type: ignore[attr-defined]
        await expect(worker.page.locator(".number")).to_have_text(number)
        await pictured(cell, number, 2)
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


async def test_a_grid_chosen_by_hand_outlasts_a_late_position(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as worker:
        page = worker.page
        await page.add_init_script(
            """navigator.geolocation.getCurrentPosition = (found) => { window.late = () =>
            found({coords: {longitude: 10, latitude: 10, accuracy: 9}}); }"""
        )
        await worker.sign_in("grid_worker", "acct:w1")
        await worker.place("Report")
        await worker.tap("Continue without a photo")
        await page.get_by_label("Exposed rubbish").check()
        await worker.tap("Next")
        await expect(page.get_by_text("Finding")).to_be_visible()
        await page.get_by_label("Choose the grid").check()
        grid = page.get_by_label("Grid", exact=True)
        await grid.select_option(value=GRID)
        await page.evaluate("window.late()")
        await expect(grid).to_have_value(GRID)
        await worker.tap("Send the report")
        await worker.arrived()
        number = await page.locator(".number").inner_text()
        await pictured(cell, number, 0)
        seen = (await office(cell, Role.DISPATCHER).ask(SEEN, number=number))["case"]
        assert seen["grid"]["code"] == GRID


async def test_a_face_is_rubbed_out_by_finger_before_the_photo_leaves_the_phone(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as worker:
        await worker.sign_in("grid_worker", "acct:w1")
        await worker.place("Report")
        await worker.shoot(picture=chequered())
        await worker.tap("Blur faces or plates in photo 1")
        paper = worker.page.get_by_role("button", name="Photo: rub")
        await fine(worker)
        box = await paper.bounding_box()
        assert box is not None
        await paper.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
        await worker.tap("Undo")
        await paper.press("ArrowRight")
        await paper.press("Space")
        await worker.tap("Done")
        await worker.tap("Next")
        await worker.page.get_by_label("Exposed rubbish").check()
        await worker.tap("Next")
        await worker.tap("Send the report")
        await worker.arrived()
        (row,) = await cell.app.platform.pool.fetch("select id from quanke_attachment")
        picture = await cell.app.platform.attachments.find(row["id"])
        assert picture is not None
        whole = await cell.app.platform.attachments.read(picture, WHOLE)
        with Image.open(io.BytesIO(whole)) as image:
            assert image.size == (800, 600)
            assert contrast(image, (400 + 32, 300)) < 40  # the cross had moved to the right
            assert contrast(image, (200, 300)) > 150  # taken back


def chequered() -> bytes:
    """A photo of squares, ten pixels each, black and white."""
    squares = Image.new("L", (80, 60))
    squares.putdata([255 * ((x + y) % 2) for y in range(60) for x in range(80)])
    written = io.BytesIO()
    squares.resize((800, 600), Image.Resampling.NEAREST).convert("RGB").save(written, "PNG")
    return written.getvalue()


def contrast(image: Image.Image, middle: tuple[int, int]) -> int:
    """How far apart the darkest and the lightest pixel around a point are."""
    x, y = middle
    lowest, highest = image.convert("L").crop((x - 12, y - 12, x + 12, y + 12)).getextrema()
    return int(highest) - int(lowest)  # type: ignore[arg-type]


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


@pytest.mark.slow
async def test_every_view_in_chinese_in_the_dark(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as worker:
        case = (await cell.report())["case"]["id"]
        await worker.sign_in("grid_worker", "acct:w1")
        await worker.report("Behind the school")
        await worker.arrived()
        await worker.place("Outbox")
        entry = worker.page.locator("a.entry")
        item = (await entry.get_attribute("href") or "").partition("item=")[2]
        for view, sign in VIEWS.items():
            where = f"{cell.address}/field?lang=zh&theme=dark&case={case}&item={item}&view={view}"
            await worker.page.goto(where)
            await expect(worker.page.locator("main")).to_contain_text(sign)
            await expect(worker.page.locator("html")).to_have_attribute("lang", "zh-CN")
            await fine(worker)
        assert worker.complaints == []


VIEWS = {
    "tasks": "暴露垃圾",
    "task": "自行处置",
    "act&verb=selfHandleCase": "处置前",
    "report&step=1": "拍照",
    "report&step=2": "问题类别",
    "report&step=3": "我现在的位置",
    "item": "已提交",
    "outbox": "已达",
    "me": "网格员",
}
"""Each view by its address, and what is to be read there."""
