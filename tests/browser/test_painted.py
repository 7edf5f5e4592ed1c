"""Every number painted on a wall can be asked why on the console, or is named as no figure."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from domain.directory.commands import PostWorker
from domain.topics import decode_meta
from eventlog.beside import beside
from tests.api.client import Client, event_at
from tests.api.ground import ADMIN, COMMUNITY, GRID, OTHER_GRID, TOWN
from tests.api.steps import acting
from tests.api.test_wall_incident import danger
from tests.browser.axe import violations
from tests.browser.cell import Cell, running
from tests.browser.desk import desk, rows
from tests.browser.test_on_wall import worked
from tests.browser.test_platform import until

PAINTED: Final = """(known) => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const [text, at] = [node.textContent.trim(), node.parentElement];
    if (!/\\d/.test(text) || !at.checkVisibility({ visibilityProperty: true })) continue;
    let title = at.closest('dd');
    while (title && title.tagName !== 'DT') title = title.previousElementSibling;
    const place = title?.textContent ?? known.find((one) => at.closest(one)) ?? '';
    found.push([at.closest('[data-figure]')?.dataset.figure ?? place, text]);
  }
  return found;
}"""
ASKS: Final = {
    **{name: name for name in (
        "open", "reportedToday", "closedToday", "closingRateBp", "acceptP50S", "overdue",
        "lifeSafety",
    )},
    ".worst": "overdue", ".most": "overdue", ".number.overdue": "overdue",
    ".number.handled": "handled", ".number.rate": "closingRateBp", ".number": "open",
    "Grid workers posted": "posted", ".rest h2 .soft": "near", "Until": "deadline",
    ".facts > p.soft": "lifeSafety", ".times": "steps", ".pace": "rate",
    "In 90 days": "dangersOver", "Half ended": "dangersOver", "For how long": "dangersOver",
}  # fmt: skip
"""Where a figure is painted, as a selector or by the words before it, and its name there."""
NO_FIGURES: Final = {
    "time of a clock": (
        "time",
        ".night > .soft",
        ".as-of",
        ".clock",
        ".day",
        ".past",
        ".minor",
        "Since",
    ),
    "age of data, case or danger": ("[data-age]", ".age", "For", "Outcome"),
    "id or name": ("[data-position]", ".place", ".place-of", ".what", ".where", ".name", "Number"),
    "axis": (".ticks",),
    "how many rows a list has": (".caption", ".row.head"),
    "words of a heading": ("dt",),
}
"""What is painted beside: neither counted nor measured of cases, workers or events."""
NOTED: Final = """(one) => one.addEventListener(
  'click', () => { window.asked = one.textContent; }, { capture: true, once: true })"""
"""What it says in the moment in which it is asked: the list comes anew every five seconds."""
SUMMED: Final = """(times) => [...document.querySelectorAll('.feed.summing .line')]
  .find((line) => line.querySelector('.times')?.textContent.trim() === times)
  ?.querySelector('.verb').textContent"""
"""The verb of a sum of so many steps."""
KNOWN: Final = [*ASKS, *(one for all_ in NO_FIGURES.values() for one in all_)]
POSTING: Final = (
    "select notification_id from quanke_log where topic = 'directory.worker_posted'"
    " order by 1 desc limit 1"
)
PENGLI: Final = "Pengli"
BURST: Final = 30
"""Reports at once, so that the feed tells sums."""
WINDOW_US: Final = 10_000_000


async def painted(page: Page, cell: Cell, query: str, shown: str = ".wall") -> set[str]:
    """The names of the figures that a scene paints; a number of nowhere fails."""
    await page.goto(f"{cell.address}/wall?lang=en&{query}")
    scene = re.search(r"scene=(\w+)", query)
    await page.wait_for_selector(f'[data-scene="{scene[1] if scene else "overview"}"]')
    await page.wait_for_selector(shown)
    return await figures(page)


async def figures(page: Page) -> set[str]:
    selectors = [one for one in KNOWN if one[0] in ".[" or one.islower()]
    found = await page.evaluate(PAINTED, selectors)
    assert [one for one in found if one[0] not in KNOWN] == []
    return {ASKS[where] for where, _ in found if where in ASKS}


async def why(page: Page, number: Locator) -> Locator:
    """Ask a number of the list why: the figure that is told there is the same."""
    await number.evaluate(NOTED)
    await number.press("Enter")
    text = str(await page.evaluate("asked")).strip().strip("▲+ ")
    told = page.get_by_role("dialog", name=re.compile("^Why this figure"))
    await expect(told.locator("[data-why-value]")).to_have_text(text)
    return told


async def listed(page: Page) -> Locator:
    await page.keyboard.press("Escape")
    await page.keyboard.press("#")
    asked = page.locator(".on-wall [data-asks]")
    await expect(asked.first).to_be_visible()
    return page.locator(".on-wall")


SCENES: Final = (
    "", "scene=departments", "scene=townships", f"scene=townships&focus={TOWN}",
    f"scene=townships&focus={COMMUNITY}", "scene=night",
)  # fmt: skip


async def endangered(cell: Cell, grid: str) -> None:
    leader = acting(Client(cell.app), "leader")
    await leader.done(
        "reportCase", place={"grid": grid}, channel="LEADER", severity="LIFE_SAFETY",
        category="06010", description="a wall that leans",
    )  # fmt: skip


async def prepared(cell: Cell) -> None:
    """Cases in every state, a danger that is over, a worker at his post."""
    await worked(cell)
    leader = acting(Client(cell.app), "leader")
    await leader.done("cancelCase", case=(await danger(leader))["id"], reason="test")
    post = PostWorker(worker="w1", grid=GRID)
    await cell.app.platform.dispatcher.dispatch(post, actor=ADMIN, command_id=uuid4())
    assert await cell.app.caught_up(30)


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_every_number_of_every_scene_can_be_asked_why_or_is_no_figure(
    browser: Browser, page: Page, database: str, built: Path, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await prepared(cell)
        asked = await painted(page, cell, "scene=incident", ".calm-for")
        instant = datetime.fromtimestamp(cell.app.platform.clock() / 1_000_000, UTC)
        for query in (*SCENES, f"at={instant.isoformat().replace('+00:00', 'Z')}"):
            asked |= await painted(page, cell, query)
        async with desk(browser, cell, "duty_leader", "lang=en") as watched:
            on_wall = await listed(watched.page)
            before = await names(on_wall)
            for grid in (GRID, OTHER_GRID):
                await endangered(cell, grid)
            assert await cell.app.caught_up(30)
            asked |= await painted(page, cell, "scene=incident", ".posted dd")
            assert {"posted", "near", "deadline", "dangersOver"} <= asked
            on_wall = await listed(watched.page)
            await expect(on_wall.locator("[data-asks=posted]").first).to_be_visible()
            summed = {"steps", "rate"}  # a test of their own: they come and go

            async def all_asked() -> bool:  # a danger's rows come with an answer of their own
                return not asked - summed - before - await names(on_wall)

            await until(all_asked, 30)
            assert await violations(watched.page) == []
            told = await why(watched.page, on_wall.locator("[data-asks=postedAround]").last)
            events = told.locator(".why-cases ol > li")
            await expect(events).to_have_count(2)
            position = await cell.app.platform.pool.fetchval(POSTING)
            await expect(events.last).to_contain_text(f"#{position}")
            await expect(events.last).to_contain_text("→ 第一网格")
            assert await violations(watched.page) == []
            on_wall = await listed(watched.page)
            await why(watched.page, on_wall.locator("[data-asks=near]").first)
            on_wall = await listed(watched.page)
            await on_wall.locator("[data-asks=deadline]").first.press("Enter")
            reckoning = watched.page.get_by_role("dialog").filter(visible=True)
            await expect(reckoning.get_by_role("heading", level=3).first).to_be_visible()
            assert watched.complaints == []


@pytest.mark.slow
async def test_whom_the_wall_counted_then_is_told_as_of_then(
    browser: Browser, database: str, built: Path, tmp_path: Path
) -> None:
    """Both dangers stand a moment after the second; the worker was sent on later."""
    async with running(database, tmp_path) as cell:
        await prepared(cell)
        await endangered(cell, GRID)
        instant = datetime.fromtimestamp(cell.app.platform.clock() / 1_000_000, UTC)
        post = PostWorker(worker="w1", grid=OTHER_GRID)
        await cell.app.platform.dispatcher.dispatch(post, actor=ADMIN, command_id=uuid4())
        assert await cell.app.caught_up(30)
        at = instant.isoformat().replace("+00:00", "Z")
        for query, here in ((f"lang=zh&at={at}", "1"), ("lang=zh", "0")):
            async with desk(browser, cell, "duty_leader", "lang=zh") as watched:
                await watched.page.goto(f"{cell.address}/console?{query}")
                await expect(rows(watched.page).first).to_be_visible()
                await watched.page.keyboard.press("#")
                number = watched.page.locator(".on-wall [data-asks=posted]")
                await expect(number).to_have_text(here)
                await number.press("Enter")
                told = watched.page.get_by_role("dialog", name=re.compile("^指标由来"))
                await expect(told.locator("[data-why-value]")).to_have_text(here)
                await expect(told.locator(".why-cases > li")).to_have_count(int(here))


@pytest.mark.slow
async def test_a_sum_of_the_feed_opens_the_steps_that_it_counts(
    browser: Browser, page: Page, database: str, built: Path, tmp_path: Path
) -> None:
    """Live its last ten seconds pass while one looks; in the past they stand still."""
    async with running(database, tmp_path) as cell:
        await page.goto(f"{cell.address}/wall?lang=en")
        await page.wait_for_selector('[data-liveness="live"]')
        async with desk(browser, cell, "duty_leader", "lang=en") as watched:
            positions = await burst(cell)
            found = await page.wait_for_function(SUMMED, arg=f"+{BURST}")
            shown = str(await found.json_value()).strip("● ")
            async with beside(trickling(cell)):

                async def both() -> bool:
                    return await figures(page) >= {"steps", "rate"}

                await until(both, 30)
                await why(watched.page, await summed(watched.page, shown))
            instant_ms = await moment_us(cell, positions[-1]) // 1_000 + 1
            times = [await moment_us(cell, one) for one in positions]
            counted = sum(one > instant_ms * 1_000 - WINDOW_US for one in times)
            at = datetime.fromtimestamp(instant_ms / 1_000, UTC).isoformat()
            await watched.page.goto(
                f"{cell.address}/console?lang=en&at={at.replace('+00:00', 'Z')}"
            )
            await expect(rows(watched.page).first).to_be_visible()
            told = await why(watched.page, await summed(watched.page, shown))
            await expect(told.locator("[data-why-value]")).to_have_text(str(counted))
            await expect(told.locator(".why-cases > li")).to_have_count(20)
            await expect(told.locator(".why-cases li li").first).to_contain_text(
                f"#{positions[-1]} "
            )
            await told.get_by_role("button", name="Next 20").press("Enter")
            await expect(told.locator(".why-cases > li")).to_have_count(counted - 20)
            assert await violations(watched.page) == []
            assert watched.complaints == []


async def burst(cell: Cell) -> list[int]:
    """Report many cases at once; where they stand in the log."""
    async with asyncio.TaskGroup() as tasks:
        told = [tasks.create_task(cell.report()) for _ in range(BURST)]
    return sorted(int(one.result()["event"]["position"]) for one in told)


async def trickling(cell: Cell) -> None:
    """Go on reporting, so that a busy machine finds sums of the last ten seconds too."""
    while True:
        await cell.report()
        await asyncio.sleep(0.1)


async def summed(page: Page, verb: str) -> Locator:
    """The number of steps of a kind in the list of what the wall shows."""
    row = (await listed(page)).locator("li", has=page.locator("[data-asks^=steps]"))
    await expect(row).to_contain_text(re.compile(f"{PENGLI} · {verb}"))
    return row.locator("[data-asks^=steps]")


async def moment_us(cell: Cell, position: int) -> int:
    """When an event happened, in microseconds since 1970."""
    return decode_meta((await event_at(cell.app, position)).meta).effective_at


async def names(on_wall: Locator) -> set[str]:
    return set(
        await on_wall.locator("[data-asks]").evaluate_all(
            "all => all.map((one) => one.dataset.asks)"
        )
    )
