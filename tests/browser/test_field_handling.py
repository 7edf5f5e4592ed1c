"""The field app in the hands of a department, and of the checker who comes after it."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from domain.actor import Role
from tests.api.ground import DISTRICT
from tests.browser.cell import running
from tests.browser.desks import SEEN, filed, office, pictured
from tests.browser.phone import fine, phone


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
        await pictured(cell, case["number"], 2)
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
        await pictured(cell, case["number"], 3)
        seen = (await office(cell, Role.DISPATCHER).ask(SEEN, number=case["number"]))["case"]
        assert seen["status"] == "IN_PROGRESS"
        assert sorted(one["kind"] for one in seen["attachments"]) == ["after", "after", "before"]
