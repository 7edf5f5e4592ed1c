"""The field app for a resident: a report without an account, and the rating by link."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from api.graphql.ids import case_key
from domain.actor import Role
from tests.api.client import event_at
from tests.browser.cell import running
from tests.browser.desks import SEEN, office, pictured
from tests.browser.phone import fine, phone
from tests.browser.reading import settled


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
        await pictured(cell, number, 1)
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
        event = await event_at(cell.app, int(position))
        assert event.topic == "case.feedback_received"
        first = (await cell.app.platform.log.read_stream(case_key(seen["id"])))[0]
        assert event.actor == first.actor
        assert event.actor.startswith("resident:")
        await resident.report("Another one")
        await resident.arrived()
        second = await event_at(cell.app, await cell.app.platform.log.head())
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
        await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        await settled(page)
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
