"""A display is let in by its code, knows then of alarms, and looks into the district's places."""

import asyncio
from pathlib import Path

import httpx
from playwright.async_api import Page, expect

from domain.actor import Actor, Role
from tests.api.ground import COMMUNITY, DISTRICT, TOWN
from tests.browser.cell import Cell, running


async def test_a_display_is_let_in_once_and_is_told_of_danger(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await page.goto(f"{cell.address}/wall?display=hall&lang=en")
        code = await page.inner_text(".admission p >> nth=0")
        async with asyncio.timeout(10):
            while "-" not in code:
                await asyncio.sleep(0.05)
                code = await page.inner_text(".admission p >> nth=0")
        assert await page.locator(".wall").count() == 0
        await approve(cell, code)
        await page.wait_for_selector('.wall [data-liveness="live"]', timeout=15_000)
        assert await page.locator(".admission").count() == 0
        await page.wait_for_function("() => quankeView.alarms !== null", timeout=10_000)
        await page.reload()
        await page.wait_for_selector('.wall [data-liveness="live"]', timeout=10_000)
        assert await page.locator(".admission").count() == 0


async def approve(cell: Cell, code: str) -> None:
    """Let in the display that shows a code, as an administrator does."""
    who = Actor(id="acct:admin", role=Role.ADMINISTRATOR, scope=DISTRICT)
    token = cell.app.platform.tokens.issue(who, 600, "observed")
    async with httpx.AsyncClient(base_url=cell.address) as client:
        answer = await client.post(
            "/auth/device/approve",
            json={"userCode": code, "scope": DISTRICT},
            headers={"authorization": f"Bearer {token}"},
        )
    assert answer.status_code == 200, answer.text


async def test_the_townships_scene_goes_down_to_the_grids(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await cell.report()
        await page.goto(f"{cell.address}/wall?scene=townships&lang=en")
        await expect(page.locator("[data-place] [data-open]").first).to_have_text("1")
        await page.wait_for_function("() => window.quankeDirector")
        await page.keyboard.press("Enter")
        await page.wait_for_function(
            f"() => quankeView.inner?.picture?.district.scope === '{TOWN}'"
        )
        assert "focus=" in page.url
        await page.keyboard.press("Enter")
        await page.wait_for_function(
            f"() => quankeView.inner?.picture?.district.scope === '{COMMUNITY}'"
        )
        await expect(page.locator('[data-figure="open"]')).to_have_text("1")
        await cell.report()
        await expect(page.locator('[data-figure="open"]')).to_have_text("2")
        await page.keyboard.press("Backspace")
        await page.wait_for_function(
            f"() => quankeView.inner?.picture?.district.scope === '{TOWN}'"
        )
        await page.keyboard.press("Backspace")
        await page.wait_for_function("() => quankeView.inner === null")
