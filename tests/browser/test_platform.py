"""The wall before the real platform: PostgreSQL, log, read models, subscription, pixels."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from eventlog.beside import beside
from tests.api.ground import GRID, OTHER_GRID, found
from tests.browser.cell import Cell, running
from tests.browser.conftest import Watched
from tests.browser.late import lateness
from tests.browser.reading import TURNS, overlaps, settled, texts

FIGURES = ("open", "reportedToday", "closedToday", "overdue", "lifeSafety")
PIXEL = """([code, dx, dy]) => {
  const [x, y] = quankeMap.centre(code);
  const canvas = document.querySelector('canvas.base');
  const ratio = canvas.width / canvas.clientWidth;
  return [...canvas.getContext('2d').getImageData((x + dx) * ratio, (y + dy) * ratio, 1, 1).data];
}"""
READ = """() => ({
  position: document.querySelector('[data-position]').dataset.position,
  figures: Object.fromEntries([...document.querySelectorAll('[data-figure]')]
    .map((e) => [e.dataset.figure, e.dataset.exact ?? e.textContent])),
  departments: [...document.querySelectorAll('[data-department]:not([hidden])')].map((e) => [
    e.dataset.department, e.querySelector('[data-open]').textContent,
    e.querySelector('[data-overdue]').dataset.overdue,
    e.querySelector('[data-rate]')?.textContent]),
  townships: [...document.querySelectorAll('[data-township]:not([hidden])')].map((e) => [
    e.dataset.township, e.querySelector('[data-open]').textContent,
    e.querySelector('[data-overdue]').dataset.overdue]),
  lines: [...document.querySelectorAll('[data-line]:not([hidden])')].map((e) => [
    e.dataset.line, e.dataset.topic]),
})"""

Scene = dict[str, Any]


async def until(look: Callable[[], Awaitable[bool]], seconds: float) -> float:
    """Look again and again until it is so; the seconds it took. Fails at the deadline."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while not await look():
            await asyncio.sleep(0.02)
    return time.monotonic() - began


async def opened(page: Page, cell: Cell, query: str = "") -> None:
    """Open the wall and wait until it is live and its map is drawn."""
    await page.goto(f"{cell.address}/wall?{query}")
    await page.wait_for_selector(".place")
    await page.wait_for_selector('[data-liveness="live"]')


async def same(page: Page, cell: Cell) -> tuple[Scene, Scene]:
    """The page and the interface at the same position."""
    found: list[Scene] = [{}, {}]

    async def alike() -> bool:
        found[:] = [await page.evaluate(READ), await cell.wall()]
        return bool(found[0]["position"] == found[1]["position"])

    await until(alike, 30)
    return found[0], found[1]


async def test_a_report_shows_on_the_map_in_the_figure_and_in_the_feed_within_a_second(
    watched: Watched, built: Path, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = watched.page
    async with running(database, tmp_path) as cell:
        await opened(page, cell)
        spot = [GRID, 12, 12]
        before = await page.evaluate(PIXEL, spot)
        took = []
        async with lateness(page) as late:
            for number in range(1, 5):
                began = time.monotonic()
                position = (await cell.report())["event"]["position"]

                async def shown(
                    position: str = position, number: int = number, was: list[int] = before
                ) -> bool:
                    read = await page.evaluate(READ)
                    return bool(
                        read["figures"]["open"] == str(number)
                        and [position, "case.reported"] in read["lines"]
                        and await page.evaluate(PIXEL, spot) != was
                    )

                await until(shown, 30)
                seen, committed = time.time(), await cell.recorded_at(int(position))
                took.append((round(seen - committed, 3), round(time.monotonic() - began, 3)))
                before = await page.evaluate(PIXEL, spot)
            late_s = await late.seconds()
        with capsys.disabled():
            print(f"\nwall: (commit, request) → colour, figure and feed read: {took} s")
        assert max(since_commit for since_commit, _ in took) < 1 + late_s
        assert await page.evaluate(PIXEL, [OTHER_GRID, 12, 12]) != before
        assert [one for one in watched.complaints if "getImageData" not in one] == []
        assert {url.split("/")[2] for url in watched.requests} == {cell.address[7:]}


async def test_every_number_equals_the_interface_at_the_shown_position(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await opened(page, cell)
        first = await cell.report()
        await cell.report(grid=OTHER_GRID)
        await cell.report(category="06036")
        await cell.close(first["case"]["id"])
        read, said = await same(page, cell)
        overview = said["overview"]
        assert overview["open"] == 2
        assert overview["closedToday"] == 1
        assert read["figures"] == {
            **{name: str(overview[name]) for name in FIGURES},
            "closingRateBp": str(overview["closingRateBp"]),
            "acceptP50S": str(overview["acceptP50S"]),
        }
        assert sorted(read["departments"]) == sorted(
            [one["id"], str(one["open"]), str(one["overdue"]), _rate(one["closingRateBp"])]
            for one in said["departments"]
        )
        assert sorted(read["townships"]) == sorted(
            [one["code"], str(one["open"]), str(one["overdue"])] for one in said["townships"]
        )
        assert read["lines"] == [[one["position"], one["topic"]] for one in said["feed"]][:5]


def _rate(basis_points: int | None) -> str:
    return "–" if basis_points is None else f"{basis_points / 100 + 1e-9:.1f}%"


@pytest.mark.slow
async def test_a_stopped_projector_shows_stale_while_the_server_lives(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await opened(page, cell)
        await cell.report()
        await page.wait_for_selector('[data-line][data-topic="case.reported"]')
        await page.evaluate(TURNS)
        cell.projector.cancel()
        head = await cell.app.platform.log.head()

        async def reported() -> bool:
            return await cell.app.platform.log.head() > head

        async def reporting() -> None:  # it waits for the projector
            await cell.report()

        async with lateness(page) as late, beside(reporting()):
            await until(reported, 30)
            await page.wait_for_selector('[data-liveness="stale"]')
            written_at = await cell.recorded_at(int(head) + 1)
            took = float(await page.evaluate("turns.stale")) - written_at
            assert 4.5 < took < 5.5 + await late.seconds()
        assert await page.inner_text('[data-figure="open"]') == "1"
        await expect(page.locator(".as-of")).to_contain_text("数据处理停滞")


@pytest.mark.slow
async def test_a_restart_is_survived_without_a_reload(
    page: Page, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        await opened(page, cell)
        await cell.report()
        await page.wait_for_selector('[data-line][data-topic="case.reported"]')
        await page.evaluate("window.survivor = 'yes'")
        port = cell.port
    await page.wait_for_selector('[data-liveness="stale"]')
    figure = page.locator('[data-figure="open"]')
    await expect(figure).to_have_text("1")
    async with running(database, tmp_path, port) as cell:
        assert cell.port == port
        await page.wait_for_selector('[data-liveness="live"]')
        await cell.report()
        await expect(figure).to_have_text("2")
        assert await page.evaluate("window.survivor") == "yes"


@pytest.mark.slow
async def test_an_empty_platform_says_what_to_do_and_shows_the_district_when_it_comes(
    page: Page, built: Path, empty: str, tmp_path: Path
) -> None:
    async with running(empty, tmp_path) as cell:
        await page.goto(f"{cell.address}/wall?lang=en")
        await page.wait_for_selector('[data-notice="empty"]')
        await found(cell.app.platform.dispatcher)
        await page.wait_for_selector(".wall")
        await expect(page.locator("h1")).to_contain_text("Bincheng")


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_real_wall_is_legible_too(
    page: Page, built: Path, database: str, tmp_path: Path, lang: str
) -> None:
    async with running(database, tmp_path) as cell:
        await opened(page, cell, f"lang={lang}")
        for category in ("06010", "06036", "06010"):
            await cell.report(category)
        await expect(page.locator("[data-line]:visible")).to_have_count(3)
        await settled(page)
        found = await texts(page)
        assert min(one.size for one in found) >= 24
        assert max(one.size for one in found if one.text[0].isdigit()) >= 80
        assert [one.text for one in found if one.clipped(1920, 1080)] == []
        assert overlaps(found) == []
