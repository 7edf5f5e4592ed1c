"""The field app on a phone before the real platform, as each of its four people uses it."""

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, Route, expect

from api.attachments.storage import WHOLE
from api.graphql.ids import case_key
from domain.actor import Role
from domain.topics import decode, decode_meta
from tests.api.ground import DISTRICT, GRID
from tests.browser.cell import Cell, running
from tests.browser.desks import SEEN, office, upheld
from tests.browser.phone import fine, phone
from tests.browser.test_platform import until


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
        await until(lambda: _bound(cell, number, 0), 5)
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
    (event,) = await cell.app.platform.log.read_all(position - 1, 1)  # type: ignore[arg-type]
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


async def filed(cell: Cell, case: str) -> None:
    """Triage and dispatch at the desks, until it lies with the department."""
    await office(cell, Role.ACCEPTOR).done("acceptCase", case=case)
    await office(cell, Role.DUTY_LEADER).done("fileCase", case=case)
    await office(cell, Role.DISPATCHER).done("dispatchCase", case=case)


@pytest.mark.slow
async def test_a_department_handles_with_before_and_after_and_a_checker_passes(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        case = (await cell.report())["case"]
        await filed(cell, case["id"])
        async with phone(browser, cell) as handler:
            await handler.sign_in("handler", "acct:h1", "sanitation", DISTRICT)
            await handler.page.get_by_role("link", name="Exposed rubbish").click()
            await expect(handler.page.get_by_text("路边有垃圾")).to_be_visible()
            await fine(handler)
            await handler.tap("Acknowledge")
            await handler.tap("Acknowledge")
            await handler.arrived()
            await handler.place("Tasks")
            await handler.page.get_by_role("link", name="Exposed rubbish").click()
            await handler.tap("Report it done")
            await expect(
                handler.page.get_by_text("Still missing: After · What was done")
            ).to_be_visible()
            await handler.shoot("Before")
            await handler.shoot("After")
            await handler.page.get_by_label("What was done").fill("Cleared away")
            await fine(handler)
            await handler.tap("Send")
            await handler.arrived()
            await handler.tap("Back to the tasks")
            await expect(handler.page.get_by_text("Nothing to do")).to_be_visible()
            assert handler.complaints == []
        await office(cell, Role.DISPATCHER).done("requestCheck", case=case["id"])
        async with phone(browser, cell) as checker:
            await checker.sign_in("checker", "acct:c1", None, DISTRICT)
            await checker.page.get_by_role("link", name="Exposed rubbish").click()
            await expect(checker.page.get_by_text("Cleared away")).to_be_visible()
            await expect(checker.page.get_by_role("button", name="Enlarge")).to_have_count(2)
            await fine(checker)
            await checker.tap("Enlarge: After")
            await expect(checker.page.get_by_role("dialog", name="After")).to_be_visible()
            await fine(checker)
            await checker.tap("Close")
            await checker.tap("Fail the check")
            await checker.shoot("After")
            await checker.page.get_by_label("What is wrong").fill("Half of it is still there")
            await fine(checker)
            await checker.tap("Send back")
            await checker.arrived()
        seen = (await office(cell, Role.DISPATCHER).ask(SEEN, number=case["number"]))["case"]
        assert seen["status"] == "IN_PROGRESS"
        assert sorted(one["kind"] for one in seen["attachments"]) == ["after", "after", "before"]


@pytest.mark.slow
async def test_a_resident_reports_without_an_account_and_rates_what_became_of_it(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as resident:
        await resident.page.goto(f"{cell.address}/field?lang=en")
        await resident.tap("Report as a resident")
        await resident.report("Behind the bus stop")
        await resident.arrived()
        await fine(resident)
        number = await resident.page.locator(".number").inner_text()
        await resident.tap("See how it stands")
        await expect(resident.page.get_by_text("Behind the bus stop")).to_be_visible()
        await expect(resident.page.get_by_role("button", name="Enlarge")).to_have_count(1)
        await fine(resident)
        seen = (await office(cell, Role.DISPATCHER).ask(SEEN, number=number))["case"]
        await cell.close(seen["id"])
        await office(cell, Role.ACCEPTOR).done("sendFollowUp", case=seen["id"])
        await resident.page.reload()
        await resident.tap("Rate the handling")
        await resident.page.get_by_label("Solved", exact=True).check()
        await resident.page.get_by_label("Satisfied", exact=True).check()
        await fine(resident)
        await resident.tap("Send the rating")
        position = await resident.arrived()
        (event,) = await cell.app.platform.log.read_all(int(position) - 1, 1)  # type: ignore[arg-type]
        assert event.topic == "case.feedback_received"
        first = (await cell.app.platform.log.read_stream(case_key(seen["id"])))[0]
        assert event.actor == first.actor
        assert event.actor.startswith("resident:")
        await resident.report("Another one")
        await resident.arrived()
        other = await cell.app.platform.log.head()
        (second,) = await cell.app.platform.log.read_all(other - 1, 1)  # type: ignore[arg-type]
        assert second.topic == "case.reported"
        assert second.actor not in (first.actor, "")
        assert resident.complaints == []


async def test_a_link_rates_one_case_without_an_account(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, phone(browser, cell) as somebody:
        case = (await cell.report())["case"]
        await cell.close(case["id"])
        acceptor = office(cell, Role.ACCEPTOR)
        await acceptor.done("sendFollowUp", case=case["id"])
        asked = "query($id: ID!) { case(id: $id) { rateLink } }"
        link = (await acceptor.ask(asked, id=case["id"]))["case"]["rateLink"]
        path, _, fragment = link.partition("#")
        page = somebody.page
        await page.set_viewport_size({"width": 360, "height": 740})
        held = asyncio.Event()
        await page.route("**/field/rating", lambda route: _later(route, held))
        await page.goto(f"{cell.address}{path}?lang=en#{fragment}")
        await expect(page.get_by_role("status")).to_have_text("Opening")
        held.set()
        await expect(page.get_by_text(case["number"])).to_be_visible()
        await expect(page.locator(".digits span")).to_have_count(3)
        button = page.get_by_role("button", name="Send the rating")
        await expect(button).to_be_in_viewport(ratio=1)
        await expect(page.get_by_text("Answer both questions first.")).to_be_in_viewport()
        await fine(somebody)
        await page.get_by_label("Not solved").check()
        await page.get_by_label("Unsatisfied").check()
        await expect(page.get_by_text("Answer both questions first.")).to_be_hidden()
        await page.get_by_label("Comment").fill("It is back")
        head = await cell.app.platform.log.head()
        await somebody.context.set_offline(True)
        await somebody.tap("Send the rating")
        await expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
        await somebody.context.set_offline(False)
        await somebody.tap("Send the rating")
        await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        await expect(page.get_by_role("status")).to_contain_text(f"#{head + 1}")
        await fine(somebody)
        await page.reload()
        await expect(page.get_by_text("has been rated already")).to_be_visible()
        thanks = await page.get_by_role("heading", name="Thank you").bounding_box()
        assert thanks is not None
        assert thanks["y"] < 120, "what came of it stands at the top"
        await expect(page.get_by_role("link", name="see my reports")).to_be_visible()
        await fine(somebody)
        assert await cell.app.platform.log.head() == head + 1
        await page.goto("about:blank")
        await page.goto(f"{cell.address}/field?lang=en#rate=nothing")
        await expect(page.get_by_role("alert")).to_contain_text("not valid")
        await fine(somebody)


async def _later(route: Route, held: asyncio.Event) -> None:
    """Let a request go on once it may."""
    await held.wait()
    await route.continue_()


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
