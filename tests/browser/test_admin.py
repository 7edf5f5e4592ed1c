"""The admin screen on a real platform: accounts and keys, a display, a category, an erasure."""

import json
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.async_api import Page, expect

from domain.actor import Role
from tests.api.ground import DISTRICT, GRID
from tests.api.screen import Screen
from tests.api.test_borders import collection, feature, square
from tests.api.test_upkeep import MEND, REFUSE
from tests.browser.axe import violations
from tests.browser.cell import Cell, running
from tests.browser.conftest import Watched
from tests.browser.test_sign_in import token_of

ME = {"query": "{ me { id role scope } }"}


async def opened(page: Page, cell: Cell, view: str, role: str = "administrator") -> None:
    token = token_of(cell, role, DISTRICT)
    await page.goto(f"{cell.address}/admin?lang=en&view={view}#token={token}")


async def asked(
    cell: Cell, path: str, said: dict[str, str], token: str = "", screen: Screen | None = None
) -> httpx.Response:
    async with httpx.AsyncClient(base_url=cell.address, trust_env=False) as http:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if screen is not None:
            headers["dpop"] = screen.proof(cell.app, "POST", path, host=cell.address)
        return await http.post(path, json=said, headers=headers)


async def test_the_overview_says_what_needs_somebody_first(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        office = cell._as(Role.ADMINISTRATOR)
        await office.done("openAccount", account="acct:new", kind="person", scope=DISTRICT)
        await office.done("openAccount", account="display:hall", kind="display", scope=DISTRICT)
        await opened(page, cell, "")
        items = page.get_by_role("region", name="Look at these first").get_by_role("listitem")
        await expect(items.filter(has_text="People without a role")).to_contain_text("acct:new")
        await expect(items.filter(has_text="said nothing for three")).to_contain_text(
            "display:hall"
        )
        await expect(items.filter(has_text="Grids without a grid worker: 2")).to_contain_text(GRID)
        await expect(items.first).to_contain_text("Events not sealed")
        held = page.get_by_role("region", name="Streams held")
        await expect(held).to_contain_text("No event is held back")
        assert await violations(page) == []
        await office.done("grantRole", account="acct:new", role="acceptor", scope=DISTRICT)
        await page.get_by_role("button", name="Go to Accounts").click()
        await expect(page.get_by_role("button", name="acct:new")).to_be_visible()
        await page.go_back()
        await expect(items.filter(has_text="Grids without a grid worker: 2")).to_be_visible()
        await expect(items.filter(has_text="without a role")).to_have_count(0)


async def test_a_system_gets_a_key_that_works_until_it_is_revoked(
    watched: Watched, built: Path, database: str, tmp_path: Path
) -> None:
    page = watched.page
    async with running(database, tmp_path) as cell:
        await opened(page, cell, "accounts")
        await expect(page.get_by_text("There are no accounts yet.")).to_be_visible()
        assert await violations(page) == []
        form = page.get_by_role("form", name="Open account")
        await form.get_by_label("Account id").fill("sys:hotline")
        await form.get_by_label("Kind").select_option("system")
        await form.locator("[type=submit]").click()
        await expect(form.get_by_role("status")).to_contain_text("Committed #")
        await page.get_by_role("button", name="sys:hotline").click()
        await page.get_by_role("form", name="Issue key").locator("[type=submit]").click()
        key = await page.get_by_text("qk_").inner_text()
        answer = await asked(cell, "/graphql", ME, key)
        assert answer.json()["data"]["me"]["role"] == "integrator"
        assert await violations(page) == []
        revoke = page.get_by_role("form", name="Revoke key")
        await revoke.get_by_label("Reason").fill("rotation")
        await revoke.locator("[type=submit]").click()
        await expect(revoke).to_be_hidden()
        assert (await asked(cell, "/graphql", ME, key)).status_code == 401
        assert watched.complaints == []


async def test_a_form_names_its_scope_tells_a_refusal_and_keeps_what_was_typed(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await opened(page, cell, "accounts")
        form = page.get_by_role("form", name="Open account")
        await form.get_by_label("Account id").fill("Zhang San")
        await form.locator("[type=submit]").click()
        await expect(form.get_by_role("status")).to_contain_text("ACCOUNT_MALFORMED")
        await expect(form.get_by_label("Account id")).to_have_value("Zhang San")
        await expect(form.get_by_label("Scope Bincheng")).to_have_value(DISTRICT)
        await form.get_by_label("Scope").fill("")
        await expect(form.get_by_label("Scope everywhere")).to_be_visible()
        assert await violations(page) == []


async def test_a_display_is_let_in_by_the_code_it_shows(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        screen = Screen()
        shown = (await asked(cell, "/auth/device", {"device": "hall"}, screen=screen)).json()
        await opened(page, cell, "displays")
        await expect(page.get_by_text("Open /wall?display=NAME")).to_be_visible()
        form = page.get_by_role("form", name="Approve")
        await form.get_by_label("Code on the display").fill("BBBB-BBBB")
        await form.get_by_role("button", name="Approve").click()
        await expect(form.get_by_role("status")).to_contain_text("No display shows this code")
        await form.get_by_label("Code on the display").fill(shown["userCode"])
        await form.get_by_role("button", name="Approve").click()
        await expect(form.get_by_role("status")).to_contain_text("Approved hall as display:")
        await expect(page.get_by_text("Open /wall?display=NAME")).to_be_hidden()
        waiting = {"deviceCode": shown["deviceCode"]}
        token = await asked(cell, "/auth/device/token", waiting, screen=screen)
        assert token.json()["role"] == "display"
        assert await violations(page) == []


async def test_a_category_is_defined_and_shown(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await opened(page, cell, "policy")
        form = page.get_by_role("form", name="Define category")
        for label, text in (("Code", "06098"), ("Name in English", "New"), ("Limit", "2W")):
            await form.get_by_label(label).first.fill(text)
        await form.get_by_label("Name", exact=True).fill("新类")
        await form.locator("[type=submit]").click()
        await expect(form.get_by_role("status")).to_contain_text("Committed #")
        await expect(page.get_by_role("row").filter(has_text="06098")).to_contain_text("New")
        assert await violations(page) == []
        await page.goto(f"{cell.address}/admin?lang=zh&view=health")
        await expect(page.get_by_text("所有读模型都已跟上。")).to_be_visible()
        assert await violations(page) == []


@pytest.mark.parametrize("role", ["privacy_officer"])
async def test_the_privacy_officer_erases_a_subject_and_sees_nothing_else(
    page: Page, built: Path, database: str, tmp_path: Path, role: str
) -> None:
    async with running(database, tmp_path) as cell:
        case = (await cell.report())["case"]
        await opened(page, cell, "accounts", role)
        await expect(page.get_by_role("button", name="Accounts")).to_be_hidden()
        form = page.get_by_role("form", name="Erase personal data")
        await form.get_by_label("Subject").fill(case["number"])
        await expect(form.get_by_role("button", name="Erase personal data")).to_be_visible()
        await form.locator("[type=submit]").click()
        await expect(form.get_by_role("status")).to_contain_text("#")
        query = "query($id: ID!) { case(id: $id) { text { description erased } } }"
        worker = cell._as(Role.DISPATCHER)
        assert (await worker.ask(query, id=case["id"]))["case"]["text"]["erased"]
        hold = page.get_by_role("form", name="Place a legal hold")
        for label, text in (("Subject", case["number"]), ("Reference", "h1"), ("Reason", "suit")):
            await hold.get_by_label(label).fill(text)
        await hold.locator("[type=submit]").click()
        await expect(hold.get_by_role("status")).to_contain_text("Committed #")
        await page.get_by_label("Subject").nth(1).fill(case["number"])
        async with page.expect_download() as waiting:
            await page.get_by_role("button", name="Export and download").click()
        document = json.loads(Path(await (await waiting.value).path()).read_text("utf-8"))
        assert document
        await expect(page.get_by_text("Downloaded subject-")).to_be_visible()
        assert await violations(page) == []


ENDS: Final = """() => [...document.querySelectorAll('.trial table:first-of-type tr')]
  .map((row) => {
    const range = document.createRange();
    range.selectNodeContents(row.cells[5]);
    return Math.round(range.getBoundingClientRect().right);
  })"""
"""Where the numbers of late deadlines end, the heading first."""
SEEN: Final = """() => ['.ground figcaption', '.ground svg']
  .map((what) => document.querySelector(what).getBoundingClientRect().bottom)"""
TRIED = {
    "Routing": {
        "Rule": "R9",
        "Category (may be empty)": "06010",
        "Why, in Chinese": "试",
        "Why, in English": "a try",
    },
    "Calendar": {"Version": "2026.2"},
}
"""What is filled in for a routing rule and a calendar that are tried alike."""


async def test_a_limit_is_tried_on_last_month_before_it_is_set(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await cell.close((await cell.report())["case"]["id"])
        await opened(page, cell, "policy")
        await page.get_by_role("button", name="Stage limits").click()
        form = page.get_by_role("form", name="Set stage limit")
        await form.get_by_label("Stage").select_option("accept")
        await form.get_by_label("Limit").fill("3U")
        head = await cell.app.platform.log.head()
        await form.get_by_role("button", name="Try on last month").click()
        told = page.get_by_role("status", name="Dry run")
        await expect(told).to_contain_text("1 case would differ")
        await expect(told.get_by_role("row").filter(has_text="accept").first).to_contain_text("1")
        assert len(set(await page.evaluate(ENDS))) == 1, "numbers stand below one another"
        assert await cell.app.platform.log.head() == head
        assert await violations(page) == []
        await form.get_by_label("Limit").fill("soon")
        await form.get_by_role("button", name="Try on last month").click()
        await expect(form.get_by_role("status")).to_contain_text("LIMIT_MALFORMED")
        await form.get_by_label("Limit").fill("3U")
        await form.locator("[type=submit]").click()
        await expect(form.get_by_role("status")).to_contain_text("Committed #")
        limit = page.get_by_role("row").filter(has_text="accept").last
        await expect(limit).to_contain_text("3 urgent hours")
        head = await cell.app.platform.log.head()
        for part, labels in TRIED.items():
            await page.get_by_role("button", name=part, exact=True).click()
            await expect(page.get_by_role("row").nth(1)).to_be_visible()
            form = page.get_by_role("form").first
            for label, text in labels.items():
                await form.get_by_label(label, exact=True).fill(text)
            await form.get_by_role("button", name="Try on last month").click()
            await expect(told).to_contain_text("1 case")
            assert await violations(page) == [], part
        assert await cell.app.platform.log.head() == head


async def test_what_was_typed_stays_while_another_part_is_looked_at_and_lists_come_anew(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await opened(page, cell, "policy&part=limits")
        await page.get_by_role("form", name="Set stage limit").get_by_label("Limit").fill("4U")
        await page.get_by_role("button", name="Calendar", exact=True).click()
        form = page.get_by_role("form", name="Publish calendar")
        await form.get_by_label("Version").fill("2027.1")
        await form.get_by_label("Days off").fill("2027-01-01")
        await page.get_by_role("button", name="Stage limits").click()
        limit = page.get_by_role("form", name="Set stage limit").get_by_label("Limit")
        await expect(limit).to_have_value("4U")
        await page.get_by_role("button", name="Calendar", exact=True).click()
        await expect(form.get_by_label("Version")).to_have_value("2027.1")
        await form.locator("[type=submit]").click()
        await expect(page.get_by_role("row").filter(has_text="2027.1")).to_be_visible()
        await expect(form.get_by_role("status")).to_contain_text("Committed #")
        await expect(form.get_by_label("Version")).to_have_value("")
        await expect(form.get_by_label("Days off")).to_have_value("2027-01-01")


async def test_grids_from_a_file_are_checked_painted_and_sent(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await page.set_viewport_size({"width": 1440, "height": 900})
        await opened(page, cell, "areas")
        await expect(page.locator("#areas-chosen")).to_have_text("No file chosen")
        assert await violations(page) == []
        file = tmp_path / "grids.geojson"
        overlapping = feature("371602005036003", square(118.018), name="第三网格")
        file.write_text(json.dumps(collection(overlapping, feature("", square(118.04)))))
        await page.get_by_label("GeoJSON file").set_input_files(file)
        ground = page.get_by_role("img", name="Map of the grids: 1 grid, 0 gaps, 1 overlap")
        await expect(ground).to_be_visible(timeout=20_000)  # the first check loads the geometry
        await expect(page.locator("#areas-chosen")).to_have_text("grids.geojson")
        assert max(await page.evaluate(SEEN)) <= 900, "map and legend are seen whole"
        await expect(page.get_by_role("region", name="Unusable")).to_contain_text("no code")
        assert await violations(page) == []
        await page.get_by_role("button", name="Send 1 command").click()
        await expect(page.get_by_role("region", name="Result")).to_contain_text("Committed #")
        assert cell.app.platform.reference.grid("371602005036003") is not None
        assert await violations(page) == []
        file.write_text("no json")
        await page.get_by_label("GeoJSON file").set_input_files(file)
        await expect(page.get_by_text("This file cannot be used")).to_be_visible()


@pytest.mark.slow
async def test_read_models_are_looked_after(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        pool = cell.app.platform.pool
        await pool.execute(REFUSE)
        leader = cell._as(Role.DUTY_LEADER)
        urgent = {"channel": "LEADER", "category": "06010", "severity": "URGENT"}
        for _ in range(2):
            await leader.done("reportCase", place={"grid": GRID}, **urgent)
        await opened(page, cell, "health")
        model = page.get_by_role("row").filter(has_text="case_board v").first
        await expect(model.get_by_role("cell").nth(1)).to_have_text("2")
        held = page.get_by_role("region", name="Held events")
        await expect(held.get_by_role("row")).to_have_count(3)
        assert await violations(page) == []
        skip = held.get_by_role("button", name="Skip").first
        await expect(skip).to_be_disabled()
        await held.get_by_role("textbox").first.fill("made up for this test")
        await skip.click()
        await expect(held).to_contain_text("made up for this test")
        await pool.execute(MEND)
        await held.get_by_role("button", name="Retry").first.click()
        await expect(model.get_by_role("cell").nth(1)).to_have_text("0")
        built_before = await model.get_by_role("cell").nth(2).inner_text()
        await page.get_by_role("button", name="Rebuild case_board").click()
        await expect(model.get_by_role("cell").nth(2)).to_have_text(
            str(int(built_before) + 1), timeout=30_000
        )
        assert await violations(page) == []
