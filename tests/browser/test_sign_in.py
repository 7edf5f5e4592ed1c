"""The way into the signed-in screens: by link, by pasting, and out again."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from api.auth.signing import signing_key
from api.auth.tokens import InvalidToken, make_token
from domain.actor import Actor, Role
from tests.browser.cell import Cell, running
from tests.browser.conftest import Watched


def token_of(
    cell: Cell, role: str, scope: str = "", unit: str | None = None, subject: str | None = None
) -> str:
    """A token as `./quanke token` prints it."""
    return make_token(signing_key(cell.app.settings.keys_dir), role, scope, unit, subject)


async def test_a_token_by_link_or_by_pasting_and_none_that_does_not_hold(
    watched: Watched, built: Path, database: str, tmp_path: Path
) -> None:
    page = watched.page
    async with running(database, tmp_path) as cell:
        await _refused(page, cell)
        await page.get_by_label("Access token").fill(token_of(cell, "dispatcher"))
        await page.get_by_role("button", name="Sign in with the token").press("Enter")
        await expect(page.get_by_role("heading", name="Console")).to_be_visible()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_label("Account")).to_be_focused()
        mine, phone = (token_of(cell, "duty_leader", subject="acct:sun") for _ in range(2))
        await page.goto(f"{cell.address}/console?lang=zh#token={mine}")
        await expect(page.get_by_text("值班长")).to_be_visible()
        await expect(page).to_have_url(f"{cell.address}/console?lang=zh")
        await page.reload()
        await expect(page.get_by_text("值班长")).to_be_visible()
        assert cell.app.platform.tokens.read(phone).actor.id == "acct:sun"
        await page.get_by_text("值班长").click()
        await page.get_by_role("button", name="退出所有设备").click()
        await expect(page.get_by_label("账号")).to_be_focused()
        with pytest.raises(InvalidToken):
            cell.app.platform.tokens.read(phone)
        assert {url.split("/")[2] for url in watched.requests} == {cell.address[7:]}
        assert [one for one in watched.complaints if not _expected(one)] == []


def _expected(complaint: str) -> bool:
    """A refused token, and a line that was being opened when its page was left."""
    return "401" in complaint or "closed before the connection is established" in complaint


async def _refused(page: Page, cell: Cell) -> None:
    await page.goto(f"{cell.address}/console?lang=en")
    await page.get_by_text("With an access token instead").click()
    await page.get_by_label("Access token").fill("no token")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("This is not a token")).to_be_visible()
    await expect(page.get_by_label("Access token")).to_be_focused()
    await page.get_by_label("Access token").fill(make_token(b"x" * 32, "dispatcher"))
    await page.get_by_role("button", name="Sign in with the token").click()
    refusal = page.get_by_role("alert").filter(has_text="does not accept this token")
    await expect(refusal).to_be_visible()
    await page.get_by_text("With an access token instead").click()


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_language_and_colours_are_remembered(
    page: Page, built: Path, database: str, tmp_path: Path, theme: str
) -> None:
    async with running(database, tmp_path) as cell:
        token = token_of(cell, "dispatcher")
        await page.goto(f"{cell.address}/console?theme={theme}&lang=zh#token={token}")
        root = page.locator("html")
        await expect(root).to_have_attribute("data-theme", theme)
        other = {"dark": "浅色", "light": "深色"}[theme]
        await page.get_by_role("button", name=other).click()
        await page.get_by_role("button", name="English").click()
        await page.goto(f"{cell.address}/console")
        await expect(root).not_to_have_attribute("data-theme", theme)
        await expect(root).to_have_attribute("lang", "en")


async def test_a_providers_session_is_kept_by_touch_and_ended_on_signing_out(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        platform = cell.app.platform
        assert platform.presence is not None
        actor = Actor(id="acct:li", role=Role.AUDITOR, scope="")
        session = await platform.presence.begin(actor.id, 3_600, 1_800)
        token = platform.tokens.issue(actor, 3_600, session=session)
        told: list[str] = []
        page.on("request", lambda one: told.append(f"{one.method} {one.url[len(cell.address) :]}"))
        await page.goto(f"{cell.address}/audit?lang=en#token={token}")
        await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        assert not [one for one in told if "/auth/session" in one], "a page alone is nobody"
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        async with page.expect_request("**/auth/oidc/logout"):
            await page.get_by_role("button", name="Sign out").click()
        asked = [one for one in told if "/auth/" in one and not one.endswith("/auth/oidc")]
        assert asked == ["POST /auth/session", "DELETE /auth/session", "GET /auth/oidc/logout"]
