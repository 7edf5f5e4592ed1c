"""What lies under one another has one edge, what is long keeps a width the eye can follow."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Page, expect

from api.graphql.scalars import rfc3339
from domain.actor import Role
from tests.api.ground import DISTRICT, GRID
from tests.browser.cell import Cell, running
from tests.browser.reading import settled
from tests.browser.test_sign_in import token_of

EDGES: Final = """() => ['.status.large', '.standing .due kbd', '.claim-line kbd'].map((what) =>
  Math.round(document.querySelector(what).getBoundingClientRect().right))"""
TOPS: Final = """() => [...document.querySelectorAll('.actions > *')]
  .map((one) => one.getBoundingClientRect()).filter(({ height }) => height > 0)
  .map(({ top, height }) => Math.round(top + height / 2))"""
BEYOND_LAST: Final = """() => {
  const last = document.querySelector('.steps li:last-child');
  const dot = last.querySelector('.dot').getBoundingClientRect();
  return parseFloat(getComputedStyle(last, '::before').width) - dot.width;
}"""
GAPS: Final = """() => [...document.querySelectorAll('.steps li')].slice(0, -1)
  .map((step) => step.clientWidth - parseFloat(getComputedStyle(step, '::before').width))"""
"""How much of the way to the next step is not drawn."""
LEFTS: Final = """() => ['#similar-title', '.similar .link b']
  .map((what) => Math.round(document.querySelector(what).getBoundingClientRect().left))"""
ROOM: Final = """(what) => {
  const field = document.querySelector(what);
  const style = getComputedStyle(field);
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = `${style.fontSize} ${style.fontFamily}`;
  return field.clientWidth - 2 * parseFloat(style.paddingLeft)
    - pen.measureText(field.placeholder).width;
}"""
"""What is left of a field's width beside what it asks for."""
WORDS: Final = """() => {
  const boxes = [...document.querySelectorAll('.steps b')].map((one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    return range.getBoundingClientRect();
  });
  return boxes.slice(1).map(({ left }, at) => left - boxes[at].right);
}"""
"""How far the words of the loop's line are from one another."""
ROWS: Final = """() => new Set([...document.querySelectorAll('.views > *')]
  .map((one) => Math.round(one.getBoundingClientRect().top))).size"""
"""In how many rows the queue's views stand."""
CODES: Final = """() => ['th:first-child', 'tbody th:first-child .link'].map((what) => {
  const range = document.createRange();
  range.selectNodeContents(document.querySelector(`.ground-list ${what}`));
  return Math.round(range.getBoundingClientRect().left);
})"""
"""Where the letters of a column's heading begin, and those of its first code."""
BAR: Final = """() => {
  const parts = '.brand, .top-bar h1, .freshness, .top-bar > button, .top-bar .who';
  const boxes = [...document.querySelectorAll(parts)].map((one) => one.getBoundingClientRect());
  return boxes.map(({ right }, at) => (boxes[at + 1]?.left ?? innerWidth) - right);
}"""
"""How much room is after each thing in the bar."""
STEP: Final = """() => ['.ask', '.step', '.step .actions', '.steps li:last-child'].map((what) => {
  const { right, bottom } = document.querySelector(what).getBoundingClientRect();
  return [Math.round(right), Math.round(bottom)];
})"""
LABELS: Final = """() => {
  const box = (what) => document.querySelector(what).getBoundingClientRect();
  const label = box('label[for=password]');
  return [label.top - box('#account').bottom, box('#password').top - label.bottom];
}"""
"""How far a label is from the field above it, and from its own."""
BURST: Final = """() => [...document.querySelectorAll('dialog[open] kbd')]
  .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"""
WIDTHS: Final = """() => [...document.querySelectorAll('main > *')]
  .map((one) => one.getBoundingClientRect().width / parseFloat(
    getComputedStyle(document.documentElement).fontSize))"""
NUMBER: Final = "query($id: ID!) { case(id: $id) { number } }"
WIDEST_REM: Final = 108
NARROW_REM: Final = 72


async def opened(page: Page, cell: Cell, screen: str, role: str, scope: str = DISTRICT) -> None:
    await page.goto(f"{cell.address}/{screen}#token={token_of(cell, role, scope)}")


@pytest.mark.slow
async def test_edges_meet_and_lines_end(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        case = (await cell.report())["case"]["id"]
        await cell.report()
        await page.set_viewport_size({"width": 1366, "height": 768})
        await opened(page, cell, "console?lang=zh", "acceptor")
        await expect(page.locator(".claim-line kbd")).to_be_visible()
        await expect(page.locator(".standing .due")).to_be_visible()
        await settled(page)
        assert len(set(await page.evaluate(EDGES))) == 1, "status, deadline and claim end alike"
        assert len(set(await page.evaluate(TOPS))) == 1, "the verbs are one row"
        assert abs(await page.evaluate(BEYOND_LAST)) < 1, "the loop ends where its last step is"
        assert max(map(abs, await page.evaluate(GAPS))) < 1, "the loop's line has no gap"
        await expect(page.locator(".similar .link b").first).to_be_visible()
        await settled(page)
        assert len(set(await page.evaluate(LEFTS))) == 1, "a list begins where its heading does"
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await page.evaluate(BURST) == []

        await page.set_viewport_size({"width": 1280, "height": 720})
        await cell._as(Role.ACCEPTOR).done("acceptCase", case=case)
        await cell._as(Role.DUTY_LEADER).done("fileCase", case=case)
        await opened(page, cell, "console?lang=en", "dispatcher")
        await expect(page.locator(".claim-line kbd")).to_be_visible()
        await settled(page)
        assert min(await page.evaluate(WORDS)) > 5, "the loop's words stand apart"
        assert len(set(await page.evaluate(TOPS))) == 1, "the verbs are one row"
        assert await page.evaluate(ROOM, ".finding input") > 0, "nor what may be searched"
        await page.set_viewport_size({"width": 1366, "height": 768})

        await opened(page, cell, "audit?lang=en", "auditor", "")
        await expect(page.locator("#find")).to_be_visible()
        await settled(page)
        assert await page.evaluate(ROOM, "#find") > 0, "what may be looked up is not cut"
        await opened(page, cell, "audit?lang=zh", "auditor", "")
        await page.locator("#find").fill("nothing-is-called-so")
        await page.keyboard.press("Enter")
        await expect(page.locator(".find [role=alert]")).to_contain_text("没有找到。")

        await _a_step_and_the_way_in(page, cell, case)

        founded = datetime.fromtimestamp(cell.app.platform.clock() / 1e6, UTC)
        await opened(page, cell, f"admin?lang=en&at={founded:%Y-%m-%dT%H:%M:%SZ}", "administrator")
        await expect(page.locator(".ground-list .link").first).to_be_visible()
        await settled(page)
        assert len(set(await page.evaluate(CODES))) == 1, "a column begins where its heading does"
        await expect(page.locator(".ground-list h2")).to_contain_text("Bincheng")

        await page.set_viewport_size({"width": 2560, "height": 1440})
        await opened(page, cell, "console?lang=en", "dispatcher")
        await expect(page.locator(".views > *").first).to_be_visible()
        await settled(page)
        assert await page.evaluate(ROWS) == 1, "the views are one row"
        await opened(page, cell, "admin?lang=zh", "administrator")
        await expect(page.locator(".who")).to_contain_text("滨城区")
        await expect(page.locator(".state")).to_be_visible()
        await settled(page)
        assert max(await page.evaluate(WIDTHS)) < WIDEST_REM
        await opened(page, cell, "audit?lang=zh&view=models", "auditor", "")
        await expect(page.get_by_role("row").filter(has_text="辖区负荷")).to_be_visible()
        await settled(page)
        table = await page.evaluate(WIDTHS)
        assert min(table) <= NARROW_REM < max(table)


async def _a_step_and_the_way_in(page: Page, cell: Cell, case: str) -> None:
    number = (await cell._as(Role.AUDITOR).ask(NUMBER, id=case))["case"]["number"]
    await opened(page, cell, f"audit?lang=en&subject=case:{number}", "auditor", "")
    await expect(page.locator(".step .actions")).to_be_visible()
    await settled(page)
    form, step, acts, _ = await page.evaluate(STEP)
    assert form[0] == step[0], "what is asked for ends where the answer does"
    assert acts[1] < 768 // 2, "what can be done with a step is in sight"
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator("#password")).to_be_visible()
    await settled(page)
    above, own = await page.evaluate(LABELS)
    assert above > 1.5 * own, "a label belongs to the field below it"
    await expect(page.locator(".sign-in .brand")).to_contain_text("Audit · Quanke")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_at_1280_nothing_in_the_bar_lies_over_another_while_an_alarm_is_up(
    page: Page, built: Path, database: str, tmp_path: Path, lang: str
) -> None:
    await page.set_viewport_size({"width": 1280, "height": 720})
    async with running(database, tmp_path) as cell:
        given = {"channel": "LEADER", "category": "06010", "severity": "LIFE_SAFETY"}
        leader = cell._as(Role.DUTY_LEADER)
        await leader.done("reportCase", place={"grid": GRID}, **given)
        past = rfc3339(cell.app.platform.clock())
        for role in ("acceptor", "dispatcher", "duty_leader", "district_leader"):
            for at in ("", f"&at={past}"):
                await page.goto("about:blank")
                await opened(page, cell, f"console?lang={lang}{at}", role)
                await expect(page.locator(".alarm-button b")).to_have_text("1")
                await expect(page.locator(".freshness .position")).to_be_visible()
                await settled(page)
                assert min(await page.evaluate(BAR)) > 3, (role, at)
