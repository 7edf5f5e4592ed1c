"""axe-core on every signed-in screen and the wall: signed out, empty, full, failed, with a dialog.

One platform and one page a screen; the states follow one another as somebody would bring them
about. Which language and theme a state is seen in: `dress.py`.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, expect

from domain.actor import Role
from eventlog.sealer import Sealer
from tests.api.ground import DISTRICT, GRID
from tests.api.test_borders import collection, feature, square
from tests.api.test_upkeep import REFUSE
from tests.browser.cell import Cell, running
from tests.browser.desk import VERBS
from tests.browser.double import Double
from tests.browser.dress import Mirror
from tests.browser.reading import settled
from tests.browser.test_sign_in import token_of

pytestmark = pytest.mark.timeout(300)
PATIENCE_MS = 30_000
DEAD = "**/{graphql,audit/verify,export/**,log/proof/**,admin/held,displays/seen}"
TEXT = "query($id: ID!) { case(id: $id) { text { description } } }"


async def cut(route: Route) -> None:
    await route.abort()


@asynccontextmanager
async def mirror(browser: Browser) -> AsyncIterator[Mirror]:
    """A page of a desk, and what is found on it."""
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    seen = Mirror(await context.new_page())
    yield seen
    await context.close()
    assert seen.found == {}


async def signed_out(seen: Mirror, cell: Cell, screen: str) -> None:
    """The way in, before and after a token that is none."""
    await seen.page.goto(f"{cell.address}/{screen}?lang=en&theme=light")
    await expect(seen.page.get_by_label("Password")).to_be_visible()
    await seen.look("signed out")
    await seen.page.get_by_text("With an access token instead").click()
    await seen.page.get_by_label("Access token").fill("no token")
    await seen.page.keyboard.press("Tab")
    await seen.page.keyboard.press("Enter")
    await expect(seen.page.get_by_text("This is not a token")).to_be_visible()
    await seen.look("no token")


async def signed_in(seen: Mirror, cell: Cell, screen: str, role: str, scope: str = "") -> None:
    token = token_of(cell, role, scope)
    await seen.page.goto("about:blank")
    await seen.page.goto(f"{cell.address}/{screen}?lang=en&theme=light#token={token}")


async def tab(page: Page, name: str) -> None:
    """Go to a view of the bar above."""
    views = page.get_by_role("navigation", name="Views")
    await views.get_by_role("button", name=name, exact=True).click()


@pytest.mark.slow
async def test_audit(browser: Browser, built: Path, database: str, tmp_path: Path) -> None:
    async with (
        running(database, tmp_path) as cell,
        Sealer.open(database, tmp_path / "sealer") as sealer,
        mirror(browser) as seen,
    ):
        page = seen.page
        await signed_out(seen, cell, "audit")
        await signed_in(seen, cell, "audit", "auditor")
        await expect(page.get_by_text("Nobody has read anything.")).to_be_visible()
        await seen.look("overview of an unsealed log")
        for view in ("History", "Compare", "Proof", "Readings", "Read models", "Exports"):
            await tab(page, view)
            await seen.look(f"{view}, nothing chosen")
        case = (await cell.report())["case"]
        await cell.close(case["id"])
        assert (await cell._as(Role.DISPATCHER).ask(TEXT, id=case["id"]))["case"]["text"]
        await sealer.step()
        await page.reload()
        await _audit_full(seen, str(case["number"]))
        await page.route(DEAD, cut)
        await _audit_failed(seen)


async def _audit_full(seen: Mirror, number: str) -> None:
    page = seen.page
    await tab(page, "Overview")
    await expect(page.get_by_role("row").filter(has_text="handling").first).to_be_visible()
    await seen.look("overview")
    await page.get_by_label("Case number, #position").fill("nothing of ours")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Nothing found")
    await seen.look("overview, nothing found")
    await page.get_by_label("Case number, #position").fill(number)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Check it here")).to_be_visible()
    await seen.look("history")
    await page.get_by_role("button", name="Check it here").click()
    await expect(page.get_by_role("heading", name="It holds")).to_be_visible()
    await seen.look("proof holds")
    await page.get_by_label("Position").fill("999999")
    await page.get_by_role("button", name="Check", exact=True).click()
    await expect(page.get_by_text("not sealed yet")).to_be_visible()
    await seen.look("proof, not sealed")
    await tab(page, "Compare")
    await page.get_by_label("From position").fill("3")
    await page.get_by_role("button", name="Side by side").click()
    await expect(page.get_by_role("row").nth(3)).to_be_visible()
    await seen.look("compare")
    await tab(page, "Readings")
    await expect(page.get_by_role("row").nth(1)).to_be_visible()
    await seen.look("readings")


async def _audit_failed(seen: Mirror) -> None:
    page = seen.page
    await tab(page, "Read models")
    await page.get_by_role("button", name="Rebuild and compare").click()
    await expect(page.get_by_text("Not compared")).to_be_visible()
    await seen.look("read models, not compared")
    await tab(page, "Exports")
    await page.get_by_role("button", name="Download CSV").click()
    await expect(page.get_by_text("Not downloaded")).to_be_visible()
    await seen.look("exports, not downloaded")
    for view, told in (("Overview", "overview"), ("Readings", "readings"), ("History", "history")):
        await tab(page, view)
        await expect(page.get_by_text("cannot be reached").first).to_be_visible(timeout=9_000)
        await seen.look(f"{told}, unreachable")


@pytest.mark.slow
async def test_admin(browser: Browser, built: Path, database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path) as cell, mirror(browser) as seen:
        page = seen.page
        await signed_out(seen, cell, "admin")
        await signed_in(seen, cell, "admin", "administrator", DISTRICT)
        await expect(page.get_by_text("Grids without a grid worker: 2")).to_be_visible()
        await seen.look("overview")
        for view, there in (
            ("Accounts", "There are no accounts"),
            ("Displays", "A display shows a code"),
        ):
            await tab(page, view)
            await expect(page.get_by_text(there)).to_be_visible()
            await seen.look(f"{view}, empty")
        await _accounts(seen, cell)
        await _areas(seen, tmp_path)
        await _policy(seen, cell)
        await _health(seen, cell)
        await page.route(DEAD, cut)
        for view in ("Overview", "Accounts", "Policy", "Health"):
            await tab(page, view)
            await expect(page.get_by_text("cannot be reached").first).to_be_visible(timeout=9_000)
            await seen.look(f"{view}, unreachable")
        await page.unroute(DEAD)
        await signed_in(seen, cell, "admin", "privacy_officer", DISTRICT)
        form = page.get_by_role("form", name="Erase personal data")
        await form.get_by_label("Subject").fill("nobody")
        await form.locator("[type=submit]").click()
        await expect(form.get_by_role("status")).to_contain_text("Refused")
        await seen.look("privacy, refused")


async def _accounts(seen: Mirror, cell: Cell) -> None:
    page, office = seen.page, cell._as(Role.ADMINISTRATOR)
    await office.done("openAccount", account="acct:li", kind="person", scope=DISTRICT)
    await office.done("openAccount", account="sys:hotline", kind="system", scope=DISTRICT)
    await office.done("openAccount", account="display:hall", kind="display", scope=DISTRICT)
    await office.done("grantRole", account="acct:li", role="auditor", scope=DISTRICT)
    for view in ("Accounts", "Displays"):
        await tab(page, view)
    await expect(page.get_by_role("region", name="display:hall")).to_be_visible()
    await seen.look("a display that was never heard")
    await tab(page, "Accounts")
    await page.get_by_role("button", name="acct:li").click()
    await seen.look("a person")
    await page.get_by_role("button", name="sys:hotline").click()
    form = page.get_by_role("form", name="Issue key")
    await form.locator("[type=submit]").click()
    await expect(page.get_by_text("qk_")).to_be_visible()
    await seen.look("a key shown once")
    form = page.get_by_role("form", name="Open account")
    await form.get_by_label("Account id").fill("Zhang San")
    await form.locator("[type=submit]").click()
    await expect(form.get_by_role("status")).to_contain_text("ACCOUNT_MALFORMED")
    await seen.look("an account refused")


async def _areas(seen: Mirror, home: Path) -> None:
    page, file = seen.page, home / "grids.geojson"
    await tab(page, "Areas and grids")
    await seen.look("areas, no file")
    over = feature("371602005036003", square(118.018), name="第三网格")
    file.write_text(json.dumps(collection(over, feature("", square(118.04)))))
    await page.get_by_label("GeoJSON file").set_input_files(file)
    await expect(page.get_by_role("region", name="Unusable")).to_be_visible(timeout=20_000)
    await seen.look("areas with an overlap")
    await page.get_by_role("button", name="Send 1 command").click()
    await expect(page.get_by_role("region", name="Result")).to_contain_text("Committed #")
    await seen.look("areas sent")
    file.write_text("no json")
    await page.get_by_label("GeoJSON file").set_input_files(file)
    await expect(page.get_by_text("This file cannot be used")).to_be_visible()
    await seen.look("areas, no GeoJSON")


async def _policy(seen: Mirror, cell: Cell) -> None:
    page = seen.page
    await cell.close((await cell.report())["case"]["id"])
    await tab(page, "Policy")
    await expect(page.get_by_role("row").nth(1)).to_be_visible()
    await seen.look("categories")
    for part in ("Routing", "Calendar", "Stage limits"):
        await page.get_by_role("button", name=part, exact=True).click()
        await expect(page.get_by_role("row").nth(1)).to_be_visible()
        await seen.look(part)
    form = page.get_by_role("form", name="Set stage limit")
    await form.get_by_label("Limit").fill("3U")
    await form.get_by_role("button", name="Try on last month").click()
    await expect(page.get_by_role("status", name="Dry run")).to_be_visible()
    await seen.look("a dry run")


async def _health(seen: Mirror, cell: Cell) -> None:
    page = seen.page
    await tab(page, "Health")
    await expect(page.get_by_text("Every read model has caught up.")).to_be_visible()
    await seen.look("health")
    await cell.app.platform.pool.execute(REFUSE)
    urgent = {"channel": "LEADER", "category": "06010", "severity": "URGENT"}
    await cell._as(Role.DUTY_LEADER).done("reportCase", place={"grid": GRID}, **urgent)
    held = page.get_by_role("region", name="Held events")
    await expect(held.get_by_role("row")).to_have_count(2, timeout=PATIENCE_MS)
    await seen.look("an event held")
    await tab(page, "Overview")
    await expect(page.get_by_text("Streams held back")).to_be_visible()
    await seen.look("overview with danger")


@pytest.mark.slow
async def test_console(browser: Browser, built: Path, database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path) as cell, mirror(browser) as seen:
        page = seen.page
        await signed_out(seen, cell, "console")
        await page.route("**/graphql", cut)
        await signed_in(seen, cell, "console", "duty_leader", DISTRICT)
        await expect(page.get_by_text("The open cases cannot be read now")).to_be_visible()
        await seen.look("unreachable")
        await page.unroute("**/graphql", cut)
        await page.wait_for_selector('[data-liveness="live"]')
        await expect(page.get_by_text("No open case", exact=True)).to_be_visible()
        await seen.look("empty")
        for category in ("06010", "06036", "92003"):
            await cell.report(category)
        given = {"channel": "LEADER", "category": "06010", "severity": "LIFE_SAFETY"}
        await cell._as(Role.DUTY_LEADER).done("reportCase", place={"grid": GRID}, **given)
        await expect(page.locator(".timeline li").first).to_be_visible()
        await expect(page.get_by_role("button", name="Alarms")).to_contain_text("1")
        await seen.look("full")
        await page.keyboard.press("x")
        await expect(page.get_by_role("group").first).to_be_visible()
        await seen.look("selected")
        await page.keyboard.press("Escape")
        for key in ("?", "Control+K", "!", "n", "v", "Shift+A", ",", "#"):
            await _dialog(seen, key)
        await page.keyboard.press("@")
        await expect(page.locator(".time-bar")).to_be_visible()
        await seen.look("the past")
        await page.goto(f"{cell.address}/console?lang=en&theme=light&case=none")
        await page.get_by_text("none").first.wait_for()
        await seen.look("a case that is not there")
        await page.goto(f"{cell.address}/console?lang=en&theme=light&why=open&area={DISTRICT}")
        await page.wait_for_selector("dialog[open], [role=dialog]")
        await seen.look("why a figure says so")


async def _dialog(seen: Mirror, key: str) -> None:
    verbs = seen.page.get_by_role("group", name=VERBS)
    await expect(verbs.get_by_role("button").first).to_be_visible()
    await seen.page.keyboard.press(key)
    await seen.page.wait_for_selector("dialog[open]")
    await seen.look(f"dialog {key}")
    if key.startswith("Shift"):
        await seen.page.keyboard.press("Control+Enter")
        await seen.look(f"dialog {key}, refused")
    await seen.page.keyboard.press("Escape")
    await expect(seen.page.locator("dialog[open]")).to_have_count(0)


THEN = "2026-11-23T06:00:00Z"
SCENES = ("overview", "departments", "townships", "incident", "night")


@pytest.mark.slow
async def test_wall(browser: Browser, address: str, double: Double) -> None:
    """Dark only, and its language is chosen by the address it begins with."""
    context = await browser.new_context(viewport={"width": 1920, "height": 1080})
    seen = Mirror(await context.new_page(), theme="dark")
    for lang, first in (("en", 1), ("zh", 0)):
        await seen.page.goto(f"{address}/wall?lang={lang}&exercise")
        await seen.page.wait_for_selector('[data-liveness="live"]')
        await seen.page.wait_for_function("() => window.quankeDirector")
        for scene in SCENES[first::2]:
            await seen.page.keyboard.press(str(SCENES.index(scene) + 1))
            await seen.page.wait_for_selector(f'[data-scene="{scene}"]')
            await settled(seen.page)
            await seen.plain(f"{scene} ({lang})")
    double.silent = True
    await seen.page.wait_for_selector('[data-liveness="stale"]', timeout=PATIENCE_MS)
    await seen.plain("stale")
    await seen.page.wait_for_selector('[data-liveness="offline"]', timeout=PATIENCE_MS)
    await seen.plain("offline")
    double.silent = False
    await seen.page.goto(f"{address}/wall?lang=zh&at={THEN}")
    await seen.page.wait_for_selector(".time-bar")
    await seen.plain("the past")
    for refusal, notice in (("FORBIDDEN", "error"), ("NO_DISTRICT", "empty")):
        double.refusal = refusal
        await seen.page.goto(f"{address}/wall?lang=en")
        await seen.page.wait_for_selector(f'[data-notice="{notice}"]')
        await seen.plain(notice)
    await context.close()
    assert seen.found == {}
