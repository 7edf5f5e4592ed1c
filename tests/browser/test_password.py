"""An account's password on the screens: signing in with it, and changing one's own."""

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.api.client import Client
from tests.api.test_sign_in import PASSWORD, account
from tests.browser.cell import running
from tests.browser.dress import Mirror
from tests.browser.phone import phone

NEW = "correct horse battery"


async def _sign_in(page: Page, name: str, password: str) -> None:
    await page.get_by_label("Account", exact=True).fill(name)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def _type(page: Page, current: str, fresh: str, again: str) -> None:
    await page.get_by_label("Current password").fill(current)
    await page.get_by_label("New password (12 to 256 characters)").fill(fresh)
    await page.get_by_label("New password once more").fill(again)
    await page.get_by_role("button", name="Save the new password").click()


async def test_one_signs_in_and_changes_the_own_password_where_one_looks_for_it(
    browser: Browser, page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await account(Client(cell.app), "acct:zhao", "dispatcher", "auditor")
        seen = Mirror(page)
        await page.goto(f"{cell.address}/audit?lang=en&theme=light")
        await _sign_in(page, "acct:zhao", "not the password")
        await expect(page.get_by_role("alert")).to_contain_text("Account or password is wrong")
        await _sign_in(page, "acct:zhao", PASSWORD)
        who = page.locator("details.who")
        await expect(who).to_contain_text("Auditor")  # of two roles the one of the screen
        before = await page.evaluate("Object.values(sessionStorage)[0]")

        await who.locator("summary").click()
        await who.get_by_role("button", name="Change password").click()
        await _type(page, PASSWORD, NEW, "something else here")
        await expect(page.get_by_text("The two new passwords differ")).to_be_visible()
        await _type(page, "not the password", NEW, NEW)
        await expect(page.get_by_text("The current password is wrong")).to_be_visible()
        await seen.look("a password that is refused")
        await _type(page, PASSWORD, NEW, NEW)
        await expect(page.get_by_text("The password is changed")).to_be_visible()
        await page.wait_for_function(
            "(before) => Object.values(sessionStorage)[0] !== before", arg=before
        )
        await page.keyboard.press("Escape")
        await expect(page.get_by_label("Current password")).to_be_hidden()
        await page.get_by_role("button", name="Readings", exact=True).click()
        await expect(page.get_by_text("Nobody has read anything")).to_be_visible()

        async with phone(browser, cell) as hand:
            await hand.page.goto(f"{cell.address}/field?lang=en")
            await hand.tap("Staff sign-in")
            await _sign_in(hand.page, "acct:zhao", NEW)
            await hand.place("Me")
            await hand.page.get_by_text("Change password").click()
            await _type(hand.page, NEW, PASSWORD, PASSWORD)
            await expect(hand.page.get_by_text("The password is changed")).to_be_visible()
            assert await hand.small_targets() == []
            await hand.mirror.look("a new password")
            assert hand.mirror.found == {}
        assert seen.found == {}
