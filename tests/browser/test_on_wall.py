"""Each number in the wall's tables can be asked why on the console, and is told the same there."""

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from domain.actor import Role
from tests.api.ground import COMMUNITY, GRID_SCOPE, OTHER_GRID, TOWN
from tests.browser.axe import violations
from tests.browser.cell import Cell, running
from tests.browser.desk import desk
from tests.browser.test_platform import until

Numbers = dict[str, list[str]]

LISTED: Final = """() => Object.fromEntries([...document.querySelectorAll('.on-wall [data-of]')]
  .map((row) => [row.dataset.of.replaceAll('.', ''),
    [...row.querySelectorAll('[data-asks]')].map((cell) => cell.textContent)]))"""
SHOWN: Final = """() => Object.fromEntries(
  [...document.querySelectorAll('[data-place]:not([hidden]), [data-department]:not([hidden])')]
  .map((row) => [row.dataset.place ?? row.dataset.department,
    [...row.querySelectorAll('.number')].map((cell) => cell.textContent)]))"""
FIGURES: Final = """() => [...document.querySelectorAll('[data-figure]')]
  .map((one) => one.dataset.figure)"""
SCENES: Final = (
    ("departments", None), ("townships", None), ("townships", TOWN), ("townships", COMMUNITY),
)  # fmt: skip
WITHOUT_A_TEST_OF_THEIR_OWN: Final = (
    "[data-of=sanitation] [data-asks=open]",
    f"[data-of='{TOWN}'] [data-asks=closingRateBp]",
    "[data-of=sanitation] [data-asks=handled]",
    "[data-of=sanitation] [data-asks=closingRateBp]",
    "[data-asks=dangersOver]",
)
"""The others: `test_why.py`."""
NONE: Final = {"–": "0"}
"""The wall has a dash where nothing is overdue."""


def plain(numbers: Numbers) -> Numbers:
    """Without signs and units; a place without a rate has an empty cell for it on the wall."""
    stripped = {
        key: [re.sub(r"[▲%\s]", "", one) for one in cells] for key, cells in numbers.items()
    }
    return {
        key: [NONE.get(one, one) if at == 1 else one for at, one in enumerate(cells) if one]
        for key, cells in stripped.items()
    }


async def opened(page: Page, cell: Cell, scene: str, focus: str | None) -> None:
    """A scene of the wall, and its table."""
    more = f"&focus={focus}" if focus else ""
    await page.goto(f"{cell.address}/wall?lang=en&scene={scene}{more}")
    await page.wait_for_selector(f'[data-scene="{scene}"]')
    if focus:
        await page.wait_for_function("() => quankeView.inner?.picture")
        await page.wait_for_selector("[data-level='communities'], [data-level='grids']")
    await expect(page.locator("[data-place], [data-department]").first).to_be_visible()


async def told_alike(wall: Page, asking: Page) -> None:
    """Each number of the wall's table is in the console's list, which comes answer by answer."""
    seen: list[object] = []

    async def alike() -> bool:
        wanted, told = plain(await wall.evaluate(SHOWN)), plain(await asking.evaluate(LISTED))
        names = await asking.locator(".on-wall [data-asks]").evaluate_all(
            "all => all.map((one) => one.dataset.asks)"
        )
        figures = set(await wall.evaluate(FIGURES)) - set(names)
        seen[:] = [wanted, told, figures]
        return bool(wanted) and not figures and all(told.get(key) == wanted[key] for key in wanted)

    try:
        await until(alike, 30)
    except TimeoutError:
        raise AssertionError(f"the wall, the list, figures not asked: {seen}") from None


async def worked(cell: Cell) -> None:
    """Cases: one closed, one with a department, one in which it assists another, one reported."""
    await cell.close((await cell.report())["case"]["id"])
    dispatcher = cell._as(Role.DISPATCHER)
    for given in ({}, {"department": "urban"}):
        case = (await cell.report())["case"]["id"]
        await cell._as(Role.ACCEPTOR).done("acceptCase", case=case)
        await cell._as(Role.DUTY_LEADER).done("fileCase", case=case)
        await dispatcher.done("dispatchCase", case=case, **given)
    await dispatcher.done("addAssist", case=case, department="sanitation")
    await cell.report(grid=OTHER_GRID)
    assert await cell.app.caught_up(30)


async def inside(page: Page, scope: str) -> None:
    """Into a place of the list, by its name's button."""
    await page.locator(f"[data-of='{scope}'] .into").press("Enter")
    await expect(page.locator(f"[data-of='{scope}']")).to_have_count(0)


async def says_the_same(page: Page, where: str) -> None:
    """Open the why of a number: it says the same. Back to the list afterwards."""
    number = page.locator(f".on-wall {where}")
    text = await number.inner_text()
    await number.press("Enter")
    why = page.get_by_role("dialog", name=re.compile("^Why this figure"))
    await expect(why).to_be_visible()
    rated = "why=closingRateBp" in page.url
    told = why.locator("[data-why-rate]" if rated else "[data-why-value]").first
    await expect(told).to_have_text(re.compile(rf"^\s*{re.escape(text.strip('▲ '))}\s*$"))
    if where == "[data-of=sanitation] [data-asks=open]":
        await expect(why).to_contain_text("Also listed: 1 in which it assists, not counted.")
        await expect(why.get_by_text("assists, not counted · ")).to_have_count(1)
    await page.keyboard.press("Escape")
    await page.keyboard.press("#")
    await expect(page.locator(".on-wall [data-asks]").first).to_be_visible()


@pytest.mark.slow
async def test_every_number_of_the_walls_tables_is_listed_and_its_why_says_the_same(
    browser: Browser, page: Page, database: str, built: Path, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await worked(cell)
        async with desk(browser, cell, "duty_leader", "lang=en") as leader:
            asking = leader.page
            await asking.keyboard.press("#")
            for scene, focus in SCENES:
                if focus:
                    await inside(asking, focus)
                await opened(page, cell, scene, focus)
                await told_alike(page, asking)
            assert await violations(asking) == []
            await says_the_same(asking, f"[data-of='{GRID_SCOPE}'] [data-asks=closingRateBp]")
            for number in WITHOUT_A_TEST_OF_THEIR_OWN:
                await says_the_same(asking, number)
            await inside(asking, TOWN)
            await asking.keyboard.press("Backspace")
            await expect(asking.locator(f"[data-of='{TOWN}']")).to_be_visible()
            assert leader.complaints == []
