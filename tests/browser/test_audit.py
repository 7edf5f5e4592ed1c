"""The audit screen on a real platform: history, proof in the browser, two positions, readers."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.async_api import Page, expect

from api.graphql.ids import case_key
from domain.actor import Role
from eventlog.sealer import Sealer
from tests.api.client import event_at
from tests.browser.axe import violations
from tests.browser.cell import Cell, running
from tests.browser.conftest import Watched
from tests.browser.test_sign_in import token_of


@asynccontextmanager
async def audited(database: str, home: Path) -> AsyncIterator[tuple[Cell, Sealer, dict[str, Any]]]:
    """A platform with one case that went round the loop, sealed."""
    async with running(database, home) as cell, Sealer.open(database, home / "sealer") as sealer:
        case: dict[str, Any] = (await cell.report())["case"]
        await cell.close(case["id"])
        await sealer.step()
        yield cell, sealer, case


async def opened(page: Page, cell: Cell, more: str = "", lang: str = "en") -> None:
    assert await cell.app.caught_up(30)  # who has read what, too
    token = token_of(cell, "auditor")
    await page.goto(f"{cell.address}/audit?lang={lang}{more}#token={token}")


@pytest.mark.slow
async def test_from_a_case_number_to_a_proof_that_holds(
    watched: Watched, built: Path, database: str, tmp_path: Path
) -> None:
    page = watched.page
    async with audited(database, tmp_path) as (cell, _, case):
        await opened(page, cell)
        await expect(page.get_by_role("region", name="Last checkpoint")).to_be_visible()
        assert await violations(page) == []
        await page.get_by_label("Case number, #position").fill(case["number"])
        await page.keyboard.press("Enter")
        steps = page.get_by_role("region", name=case["number"]).get_by_role("listitem")
        last = await event_at(cell.app, await cell.app.platform.log.head())
        history = await cell.app.platform.log.read_stream(last.stream)
        await expect(steps).to_have_count(len(history))
        await steps.nth(3).get_by_role("button").click()
        await expect(
            page.get_by_role("heading", name="Dispatched", exact=False).last
        ).to_be_visible()
        assert await violations(page) == []
        await page.get_by_role("button", name="Check it here").click()
        await expect(page.get_by_role("heading", name="It holds")).to_be_visible()
        checks = page.get_by_role("status").get_by_role("list").get_by_role("listitem")
        await expect(checks).to_have_count(6)
        await expect(page.get_by_role("region", name="Pinned here")).to_contain_text("SHA-256")
        assert await violations(page) == []
        assert watched.complaints == []
        assert {url.split("/")[2] for url in watched.requests} == {cell.address[7:]}


async def test_a_history_is_told_up_to_the_instant_in_the_address(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with audited(database, tmp_path) as (cell, _, case):
        where = f"&view=history&subject=case:{case['number']}"
        await opened(page, cell, where)
        steps = page.get_by_role("region", name=case["number"]).get_by_role("listitem")
        history = await cell.app.platform.log.read_stream(case_key(case["id"]))
        await expect(steps.locator("time")).to_have_count(len(history))
        times = [
            str(await one.get_attribute("datetime"))[:23]
            for one in await steps.locator("time").all()
        ]
        until = times[len(times) // 2]
        told = sum(one <= until for one in times)
        assert 0 < told < len(times)
        await opened(page, cell, f"{where}&at={until}Z")
        await page.reload()
        bar = page.get_by_role("region", name="REPLAY")
        await expect(bar.get_by_role("slider")).to_be_visible()
        await expect(steps).to_have_count(told)
        assert await violations(page) == []
        await bar.get_by_role("button", name="×600").click()  # it meets the present at once
        await expect(steps).to_have_count(len(times))
        await expect(bar).to_have_count(0)
        await page.get_by_role("button", name="Look back").click()
        await expect(bar).to_be_visible()
        await bar.get_by_role("button", name="One day back").click()
        await expect(page.get_by_text("Up to this instant nothing had happened")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(steps).to_have_count(len(times))


async def test_the_overview_says_where_the_log_stands_and_leads_on(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with audited(database, tmp_path) as (cell, sealer, case):
        dispatcher = cell._as(Role.DISPATCHER)
        query = "query($id: ID!) { case(id: $id) { text { description } } }"
        assert (await dispatcher.ask(query, id=case["id"]))["case"]["text"]["description"]
        await sealer.step()
        head = await cell.app.platform.log.head()
        await opened(page, cell)
        checkpoint = page.get_by_role("region", name="Last checkpoint")
        await expect(checkpoint).to_contain_text(f"Signed head up to #{head}")
        await expect(checkpoint).to_contain_text("No event waits for its seal")
        await expect(page.get_by_role("region", name="Witnesses")).to_contain_text("Nobody outside")
        verification = page.get_by_role("region", name="Last verification")
        await expect(verification).to_contain_text("None yet")
        newest = page.get_by_role("region", name="Newest events").get_by_role("row")
        await expect(newest.nth(1)).to_contain_text(f"#{head}")
        opened_words = page.get_by_role("region", name="Personal data opened of late")
        await expect(opened_words.get_by_role("row").nth(1)).to_contain_text("acct:dispatcher")
        find = page.get_by_label("Case number, #position")
        await find.fill("nobody knows this")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("Nothing found")
        await page.get_by_role("button", name="case 3716").click()
        await expect(page.get_by_role("region", name=case["number"])).to_be_visible()
        await page.go_back()
        await find.fill(f"#{head}")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="It holds")).to_be_visible()


async def test_a_tree_that_was_tampered_with_is_found_in_the_browser(
    watched: Watched, built: Path, database: str, tmp_path: Path
) -> None:
    page = watched.page
    async with audited(database, tmp_path) as (cell, sealer, _):
        await opened(page, cell, "&view=proof&position=2")
        await expect(page.get_by_role("heading", name="It holds")).to_be_visible()
        await cell.report()
        await sealer.step()
        await _rewritten(database)
        head = await cell.app.platform.log.head()
        await page.get_by_label("Position").fill(str(head))
        await page.get_by_role("button", name="Check", exact=True).click()
        await expect(page.get_by_role("heading", name="It does not hold")).to_be_visible()
        failed = page.get_by_role("listitem").filter(has_text="✗")
        await expect(failed).to_contain_text("The entry is in the signed tree")


async def _rewritten(database: str) -> None:
    """Change one early tile as the database's superuser would."""
    async with await psycopg.AsyncConnection.connect(database) as connection:
        await connection.execute(
            "update quanke_tile set hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 255)"
            " where level = 0"
        )


@pytest.mark.parametrize(
    ("lang", "title"), [("zh", "两处完全相同。"), ("en", "Both are the same.")]
)
async def test_two_positions_side_by_side(
    page: Page, built: Path, database: str, tmp_path: Path, lang: str, title: str
) -> None:
    async with audited(database, tmp_path) as (cell, _, case):
        head = await cell.app.platform.log.head()
        first = int(case["version"]) and await _position_of(cell, "case.reported")
        subject = f"&view=compare&subject=case:{case['number']}"
        await opened(page, cell, f"{subject}&from={first}&to={head}", lang)
        row = page.get_by_role("row").filter(has_text=re.compile("^(Status|状态)"))
        before, after = ("待受理", "已结案") if lang == "zh" else ("Reported", "Closed")
        await expect(row).to_contain_text(before)
        await expect(row.locator("mark")).to_have_text(after)
        assert await violations(page) == []
        await opened(page, cell, f"{subject}&from={head}&to={head}", lang)
        await expect(page.get_by_text(title)).to_be_visible()


async def _position_of(cell: Cell, topic: str) -> int:
    found = await cell.app.platform.pool.fetchval(
        "select max(notification_id) from quanke_log where topic = $1", topic
    )
    return int(found)


async def test_who_has_read_personal_words(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with audited(database, tmp_path) as (cell, _, case):
        dispatcher = cell._as(Role.DISPATCHER)
        query = "query($id: ID!) { case(id: $id) { text { description } } }"
        assert (await dispatcher.ask(query, id=case["id"]))["case"]["text"]["description"]
        await opened(page, cell, "&view=readings")
        row = page.get_by_role("row").filter(has_text="acct:dispatcher")
        await expect(row.first).to_contain_text("description")
        await expect(row.first).to_contain_text("handling")
        await page.get_by_label("Reader").fill("acct:nobody")
        await page.get_by_role("button", name="Filter").click()
        await expect(page.get_by_text("Nobody has read anything.")).to_be_visible()
        await page.goto(f"{cell.address}/audit?lang=en&view=models")
        await expect(page.get_by_role("row").filter(has_text="case_board")).to_be_visible()
        await page.get_by_role("button", name="Rebuild and compare").click()
        await expect(page.get_by_text("All equal")).to_be_visible(timeout=60_000)
        assert await violations(page) == []


@pytest.mark.slow
async def test_exports_are_downloaded_under_the_readers_own_scope(
    watched: Watched, built: Path, database: str, tmp_path: Path
) -> None:
    page = watched.page
    async with audited(database, tmp_path) as (cell, _, case):
        await opened(page, cell, "&view=exports")
        lines = [json.loads(line) for line in (await _saved(page, "NDJSON")).splitlines()]
        assert [one["number"] for one in lines] == [case["number"]]
        assert case["number"] in (await _saved(page, "CSV")).decode()
        assert (await _saved(page, "PARQUET"))[:4] == b"PAR1"
        await page.get_by_label("What").select_option("figures")
        figures = [json.loads(line) for line in (await _saved(page, "NDJSON")).splitlines()]
        assert "K7" in {one["code"] for one in figures}
        assert await violations(page) == []
        assert watched.complaints == []
        await page.get_by_label("From").fill("2026-02-01")
        await page.get_by_label("To").fill("2026-01-01")
        await page.get_by_role("button", name="Download CSV").click()
        await expect(page.get_by_role("status").last).to_contain_text("since comes before until")
        await _a_day_speaks_the_screens_language(page)


async def _a_day_speaks_the_screens_language(page: Page) -> None:
    """The month is that of the language chosen here, not the browser's; keys lead through it."""
    await page.get_by_role("button", name="中文").click()
    until = page.locator("div", has=page.get_by_label("至")).last
    await until.get_by_role("button", name="选择日期").click()
    month = page.get_by_role("dialog", name="选择日期")
    await expect(month).to_contain_text("2026年1月")
    await expect(month).to_contain_text("一二三四五六日")
    assert await violations(page) == []
    await page.keyboard.press("ArrowLeft")
    await expect(month).to_contain_text("2025年12月")
    await page.keyboard.press("Enter")
    await expect(page.locator("#export-until")).to_have_value("2025-12-31")
    await expect(month).to_be_hidden()


async def _saved(page: Page, form: str) -> bytes:
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name=f"Download {form}").click()
    await expect(page.get_by_text("Downloaded ")).to_be_visible()
    return Path(await (await waiting.value).path()).read_bytes()
