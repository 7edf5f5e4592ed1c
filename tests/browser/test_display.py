"""A display is let in by its code, looks into the district's places, and tells of itself."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from domain.actor import Actor, Role
from tests.api.ground import COMMUNITY, DISTRICT, TOWN
from tests.browser.axe import violations
from tests.browser.cell import Cell, running
from tests.browser.test_sign_in import token_of


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
        await expect(page).to_have_url(re.compile("focus="))
        await page.keyboard.press("Enter")
        await page.wait_for_function(
            f"() => quankeView.inner?.picture?.district.scope === '{COMMUNITY}'"
        )
        await expect(page.locator('[data-figure="open"]')).to_have_text("1")
        await expect(page.locator("[data-level]")).to_have_attribute("data-level", "grids")
        names = page.locator("[data-place] .name")
        await expect(names).to_have_text(["第一网格", "第二网格"])
        await cell.report()
        await expect(page.locator('[data-figure="open"]')).to_have_text("2")
        await page.keyboard.press("Backspace")
        await page.wait_for_function(
            f"() => quankeView.inner?.picture?.district.scope === '{TOWN}'"
        )
        await page.keyboard.press("Backspace")
        await page.wait_for_function("() => quankeView.inner === null")


@pytest.mark.slow
async def test_a_display_tells_an_administrator_what_it_shows(
    page: Page, browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await cell.report()
        await page.goto(f"{cell.address}/wall?display=hall&lang=en")
        code = page.locator(".admission p").first
        await expect(code).to_have_text(re.compile("^[A-Z]{4}-[A-Z]{4}$"))
        assert await violations(page) == []
        async with page.expect_response("**/displays/seen", timeout=60_000) as told:
            await approve(cell, await code.inner_text())
            await page.wait_for_selector('.wall [data-liveness="live"]')
        assert (await told.value).status == 200
        office = await browser.new_page()
        token = token_of(cell, "administrator", DISTRICT)
        await office.goto(f"{cell.address}/admin?lang=en&view=displays#token={token}")
        card = office.get_by_role("region", name=re.compile("^display:"))
        await expect(card).to_contain_text("LIVE")
        await expect(card).to_contain_text("/wall?display=hall")
        await expect(card).to_contain_text("1920 × 1080")
        await expect(card.get_by_text(re.compile("^wall-"))).to_be_visible()
        await expect(card.get_by_role("img", name="Its latest picture")).to_be_visible()
        await office.wait_for_function(COLOURS)
        assert await violations(office) == []
        await office.close()
        who = Actor(id="acct:worker", role=Role.GRID_WORKER, scope=DISTRICT)
        other = cell.app.platform.tokens.issue(who, 600, "observed")
        assert await _answered(cell, "GET", other) == 403
        assert await _answered(cell, "POST", other) == 403


COLOURS = """() => {
  const canvas = document.querySelector('.portrait canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let at = 0; at < data.length; at += 4) seen.add(data.slice(at, at + 3).join());
  return canvas.width === 480 && seen.size > 50;
}"""
"""The picture has come, and there is something on it."""


async def _answered(cell: Cell, method: str, token: str) -> int:
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=cell.address, headers=headers) as client:
        answer = await client.request(method, "/displays/seen", json={})
    return answer.status_code
