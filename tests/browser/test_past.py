"""The time machine on wall and console: an instant, a pace, and always the way back."""

import re
import time
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from api.graphql.scalars import rfc3339
from domain.actor import Role
from tests.browser.axe import violations
from tests.browser.cell import running
from tests.browser.desk import desk, row, rows

WALL = (
    """query($at: DateTime!) { wall(asOf: { effectiveAt: $at }) { overview { open } position } }"""
)


async def test_the_wall_shows_what_the_interface_says_it_was(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await cell.report()
        between = _now()
        await cell.report()
        await page.goto(f"{cell.address}/wall?lang=en&at={between}")
        await expect(page.locator('[data-figure="open"]')).to_have_text("1")
        said = await cell._as(Role.DUTY_LEADER).ask(WALL, at=between)
        assert said["wall"]["overview"]["open"] == 1
        shown = page.locator("[data-position]")
        await expect(shown).to_have_attribute("data-position", said["wall"]["position"])
        bar = page.get_by_role("region", name="REPLAY")
        assert [one for one in await violations(page) if "scrub" in one or "time-bar" in one] == []
        await bar.get_by_role("button", name="×600").press("Enter")
        await expect(page).to_have_url(_live(cell.address), timeout=30_000)
        await page.wait_for_selector('[data-liveness="live"]')
        await expect(page.locator('[data-figure="open"]')).to_have_text("2")
        await page.keyboard.press("@")
        await expect(bar).to_be_visible()
        await page.wait_for_selector('[data-notice="empty"]')  # an hour ago there was no district
        await page.keyboard.press("Escape")
        await expect(page.locator('[data-figure="open"]')).to_have_text("2")


async def test_the_console_looks_back_and_does_not_touch(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await cell.report()
        between = _now()
        await cell.report()
        async with desk(browser, cell, "acceptor") as acceptor:
            page = acceptor.page
            await expect(rows(page)).to_have_count(2)
            await page.goto(f"{cell.address}/console?lang=en&at={between}")
            await expect(rows(page)).to_have_count(1)
            await expect(page.get_by_text("Replay: look, but do not touch")).to_be_visible()
            await page.keyboard.press("a")
            await expect(page.get_by_role("dialog")).to_have_count(0)
            assert await violations(page) == []
            await page.get_by_label("Instant").focus()
            await page.keyboard.press("End")
            await expect(rows(page)).to_have_count(2)
            await page.get_by_role("button", name="Back to live").press("Enter")
            await expect(page.get_by_role("button", name="Accept", exact=True)).to_be_visible()
            await expect(page).not_to_have_url(re.compile("at="))


async def test_the_words_of_a_case_of_the_past_are_those_of_then(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        case = (await cell.report())["case"]
        between = _now()
        await cell.close(case["id"])
        async with desk(browser, cell, "duty_leader", f"lang=en&case={case['number']}") as leader:
            page = leader.page
            words = page.get_by_role("region", name="Description")
            await expect(words).to_contain_text("已清理")
            await page.goto(f"{cell.address}/console?lang=en&at={between}&case={case['number']}")
            await expect(words).to_contain_text("路边有垃圾")
            await expect(words).not_to_contain_text("已清理")
            await page.keyboard.press(",")
            why = page.get_by_role("dialog", name="How the deadlines are counted")
            await expect(why.get_by_role("region").first).to_be_visible()
            await expect(why.get_by_role("region", name="handling")).to_have_count(0)


def _now() -> str:
    return rfc3339(time.time_ns() // 1_000)


def _live(address: str) -> str:
    return f"{address}/wall?lang=en"


async def test_a_pace_on_the_console_is_told_by_the_feed_of_the_past(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        first = (await cell.report())["case"]
        begin = time.time()
        for _ in range(2):
            await cell.report()
        await cell.close(first["id"])
        end = time.time()
        async with desk(browser, cell, "duty_leader", "lang=en&order=newest") as leader:
            page = leader.page
            await expect(rows(page)).to_have_count(2)
            lines: list[str] = []
            page.on(
                "websocket", lambda line: line.on("framesent", lambda one: lines.append(str(one)))
            )
            at = rfc3339(int(begin * 1e6))
            await page.goto(f"{cell.address}/console?lang=en&order=newest&at={at}")
            await expect(rows(page)).to_have_count(1)
            await expect(rows(page)).to_contain_text(first["number"])
            await page.get_by_role("button", name="×1", exact=True).press("Enter")
            await expect(rows(page)).to_have_count(2, timeout=(end - begin + 30) * 1_000)
            await expect(row(page, first["number"])).to_have_count(
                0, timeout=(end - begin + 30) * 1_000
            )
            assert any("replayCases" in one for one in lines)
            await page.get_by_role("button", name="×600").press("Enter")
            await expect(page.get_by_role("button", name="Back to live")).to_have_count(0)
            await page.wait_for_selector('[data-liveness="live"]')
            await expect(rows(page)).to_have_count(2)
            await expect(page).not_to_have_url(re.compile("at="))
