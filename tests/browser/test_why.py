"""Why a figure says what it says, on the console: the address, both versions, the events behind."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.api.ground import DISTRICT
from tests.browser.axe import violations
from tests.browser.cell import running
from tests.browser.desk import desk


async def test_a_rate_opens_its_cases_and_events(
    browser: Browser, database: str, built: Path, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        first = (await cell.report())["case"]
        await cell.close(first["id"])
        await cell.report()
        async with desk(browser, cell, "duty_leader", f"lang=en&why=K1&area={DISTRICT}") as leader:
            page = leader.page
            why = page.get_by_role("dialog", name=re.compile("^Why this figure"))
            part = why.get_by_role("region", name="K1")
            await expect(part.locator("[data-why-value]")).to_have_text("50.0 %")
            await expect(part).to_contain_text("1 of 2")
            await expect(part.get_by_role("table")).to_contain_text("filed by the end")
            await expect(part.get_by_role("button", name=first["number"])).to_be_visible()
            filed = part.get_by_role("listitem").filter(has_text="filed_at")
            position = await cell.app.platform.pool.fetchval(
                "select notification_id from quanke_log where topic = 'case.filed'"
            )
            await expect(filed.last).to_contain_text(f"#{position}")
            assert await violations(page) == []
            await part.get_by_role("button", name="Population").click()
            await expect(part).to_contain_text("not in the numerator")
            await part.get_by_role("button", name=first["number"]).click()
            await expect(why).to_be_hidden()
            await expect(page).to_have_url(re.compile(f"case={first['number']}"))
            await expect(page).not_to_have_url(re.compile("why="))
            assert leader.complaints == []


async def test_two_versions_of_a_definition_stand_side_by_side(
    browser: Browser, database: str, built: Path, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await cell.close((await cell.report())["case"]["id"])
        async with desk(browser, cell, "duty_leader", "lang=en&why=K15.total") as leader:
            table = leader.page.get_by_role("region", name="K15.total").get_by_role("table")
            await expect(table.get_by_role("columnheader")).to_have_text(
                [re.compile("K15.total@2.*in force"), re.compile("@1.*earlier")]
            )
            await expect(table).to_contain_text("closed_at - reported_at")


@pytest.mark.parametrize(
    ("figure", "wall"),
    [("open", "open"), ("reportedToday", "reportedToday"), ("closedToday", "closedToday"),
     ("lifeSafety", "lifeSafety"), ("overdue", "overdue")],
)  # fmt: skip
async def test_a_count_of_the_wall_is_explained_by_as_many_cases(
    browser: Browser, database: str, built: Path, tmp_path: Path, figure: str, wall: str
) -> None:
    async with running(database, tmp_path) as cell:
        await cell.close((await cell.report())["case"]["id"])
        await cell.report()
        await cell.report()
        shown = (await cell.wall())["overview"][wall]
        query = f"lang=en&why={figure}&area={DISTRICT}"
        async with desk(browser, cell, "duty_leader", query) as leader:
            part = leader.page.get_by_role("dialog").locator(".why-part")
            await expect(part.locator("[data-why-value]")).to_have_text(str(shown))
            await expect(part.locator(".why-cases > li")).to_have_count(shown)


async def test_the_closing_rate_and_what_is_no_figure(
    browser: Browser, database: str, built: Path, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await cell.close((await cell.report())["case"]["id"])
        await cell.report()
        async with desk(browser, cell, "duty_leader", "lang=zh&why=closingRateBp") as leader:
            page = leader.page
            await expect(page.locator("[data-why-rate]")).to_have_text("50.0 %")
            assert await violations(page) == []
            await page.keyboard.press("Escape")
            await page.goto(f"{cell.address}/console?lang=zh&why=K99")
            await expect(page.get_by_role("alert")).to_contain_text("没有名为 K99 的指标")
            assert await violations(page) == []
            await page.keyboard.press("Escape")
            await page.keyboard.press("Control+K")
            await page.keyboard.type("why open")
            await page.keyboard.press("Enter")
            await expect(page.locator("[data-why-value]")).to_have_text("1")


async def test_whoever_sees_the_wall_asks_its_figures_why_by_keys_alone(
    browser: Browser, database: str, built: Path, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await cell.report()
        wall = await cell.wall()
        async with desk(browser, cell, "duty_leader", "lang=en") as leader:
            page = leader.page
            await page.keyboard.press("#")
            listed = page.get_by_role("dialog", name=re.compile("^On the wall now"))
            first = listed.locator("[data-asks]").first
            await expect(first).to_have_text(str(wall["overview"]["open"]))
            assert await violations(page) == []
            await page.keyboard.press("ArrowDown")
            await expect(first).to_be_focused()
            await page.keyboard.press("Enter")
            await expect(listed).to_be_hidden()
            why = page.get_by_role("dialog", name=re.compile("^Why this figure"))
            await expect(why.locator("[data-why-value]")).to_have_text(
                re.compile(str(wall["overview"]["open"]))
            )
            await expect(page).to_have_url(re.compile("why=open"))
            assert leader.complaints == []
