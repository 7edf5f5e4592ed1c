"""The server away under load: old data says so in time, and the wall is back at once and right.

Stopped and started again, silent on an open line, a read model built anew, a clock ten minutes
off. `quanke check outage` has it away for a minute; here it is for some seconds.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.api.ground import GRID, OTHER_GRID
from tests.api.test_upkeep import asked
from tests.browser.cell import Cell, running
from tests.browser.conftest import Watched
from tests.browser.reading import TURNS
from tests.browser.test_platform import opened, same, until
from tests.browser.wire import wired

ALONE = "QUANKE_OUTAGE_S" in os.environ
"""`quanke check outage` asks for a minute and has the machine for itself; then it is also timed."""
AWAY_S = float(os.environ.get("QUANKE_OUTAGE_S", "7"))
STALE_S, OFFLINE_S, BACK_S = 5.0, 15.0, 1.0 if ALONE else 5.0
RIGHT = "no reload, every figure right"
BEAT_S = 2.0
BETWEEN_S = 0.05
SLACK_S = 0.0 if ALONE else 2.0
"""A busy machine shows the badge late; one that has nothing else to do within the five seconds."""
EARLY_S = 1.0
SKEW_MS = 600_000
SKEWED = f"""(() => {{
  const Real = Date;
  window.Date = class extends Real {{
    constructor(...given) {{ given.length ? super(...given) : super(Real.now() + {SKEW_MS}); }}
    static now() {{ return Real.now() + {SKEW_MS}; }}
  }};
}})()"""
"""The browser's clock goes ten minutes before the server's."""

OPEN_SHOWN = """() => Number(document.querySelector('[data-figure="open"]').textContent) > 0"""


@asynccontextmanager
async def load(cell: Cell) -> AsyncIterator[None]:
    """Report cases in two grids, one after the other, for as long as the block runs."""
    grids = cycle((GRID, OTHER_GRID))

    async def reporting() -> None:
        while True:
            await cell.report(grid=next(grids))
            await asyncio.sleep(BETWEEN_S)

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(reporting())
        yield
        task.cancel()


async def watching(page: Page) -> None:
    """Mark the page, so that a reload would show, and note its badge's words from here on.

    Once it has all its parts: one whose server went away before loads anew by itself
    (`test_guard.py`), and a quick machine stops the server half a second after a page was opened.
    """
    await page.wait_for_function("() => window.quankeDirector")
    await page.wait_for_load_state("networkidle")
    await page.evaluate("window.survivor = 'yes'")
    await page.evaluate(TURNS)


async def away(page: Page, gone_at: float) -> str:
    """See it away: stale and offline in time, counted from the last heartbeat at most; when."""
    await asyncio.sleep(max(0.0, gone_at + AWAY_S - time.time()))
    last = "offline" if AWAY_S > OFFLINE_S else "stale"
    await page.wait_for_function("(last) => turns[last]", arg=last)
    turns = await page.evaluate("turns")
    assert STALE_S - BEAT_S - EARLY_S < turns["stale"] - gone_at < STALE_S + SLACK_S
    if AWAY_S > OFFLINE_S:
        assert turns["offline"] - gone_at < OFFLINE_S + SLACK_S
    await page.evaluate(TURNS)
    said = [f"{word.upper()} after {at - gone_at:.1f} s" for word, at in turns.items()]
    return f"away {AWAY_S:g} s, {', '.join(said)}"


def told(capsys: pytest.CaptureFixture[str], what: str) -> None:
    """Print a line of what was seen, with the machine's load."""
    with capsys.disabled():
        print(f"\nwall: {what} (load {os.getloadavg()[0]:.1f})")


async def _reached(page: Page, cell: Cell) -> bool:
    """Whether the page shows what is at the head, and nothing more is on its way."""
    position = await page.get_attribute("[data-position]", "data-position")
    return int(position or 0) == await cell.app.platform.log.head()


async def back(page: Page, cell: Cell, came_at: float) -> float:
    """See it back: live within a second, without a reload, every number right; the seconds."""
    await page.wait_for_function("() => turns.live")
    took = float(await page.evaluate("turns.live")) - came_at
    assert await page.evaluate("window.survivor") == "yes"
    assert await cell.app.caught_up(30)
    await until(lambda: _reached(page, cell), 30)
    read, said = await same(page, cell)
    assert read["figures"]["open"] == f"{said['overview']['open']:,}"
    assert sorted(read["townships"]) == sorted(
        [one["code"], f"{one['open']:,}", f"{one['overdue']:,}"] for one in said["townships"]
    )
    grids = await page.evaluate(
        "[...quankeView.store.state.grids.values()].map((g) => [g.code, g.open]).sort()"
    )
    assert grids == sorted([one["code"], one["open"]] for one in said["grids"])
    return took


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_server_that_was_stopped_under_load(
    page: Page, built: Path, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(database, tmp_path) as cell:
        await opened(page, cell)
        await watching(page)
        async with load(cell):
            await page.wait_for_function(OPEN_SHOWN, timeout=30_000)
        gone_at, port = time.time(), cell.port
        shown = await page.inner_text('[data-figure="open"]')
    gone = await away(page, gone_at)
    assert int(await page.inner_text('[data-figure="open"]')) >= int(shown) > 0
    async with running(database, tmp_path, port) as cell:
        came_at = time.time()
        async with load(cell):
            await page.wait_for_function("() => turns.live")
        took = await back(page, cell, came_at)
    told(capsys, f"server stopped under load: {gone}; back {took:.2f} s after it, {RIGHT}")
    assert took < BACK_S


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_line_that_stays_open_and_carries_nothing(
    page: Page, built: Path, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(database, tmp_path) as cell, wired(cell.port) as (wire, address):
        await page.goto(f"{address}/wall")
        await page.wait_for_selector('[data-liveness="live"]')
        await watching(page)
        async with load(cell):
            await asyncio.sleep(1)
            wire.freeze()
            gone = await away(page, time.time())
            wire.thaw()
            came_at = time.time()
            await page.wait_for_function("() => turns.live")
        took = await back(page, cell, came_at)
    told(capsys, f"half-open socket: {gone}; back {took:.2f} s after it lives, {RIGHT}")
    assert took < BACK_S


async def test_a_read_model_that_is_built_anew_under_the_wall(
    page: Page, built: Path, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(database, tmp_path) as cell:
        await opened(page, cell)
        await watching(page)
        async with load(cell):
            for model in ("grid_load", "case_board"):
                answer = await asked(cell.app, "/admin/rebuild", {"readModel": model})
                assert answer.status_code == 200
        assert await cell.app.caught_up(30)
        turns = await page.evaluate("turns")
        assert "offline" not in turns
        await page.evaluate("window.turns.live = 1")
        await back(page, cell, 0)
        await page.evaluate("quankeFeed.drop()")  # its cursor is of the build before
        await cell.report()
        await back(page, cell, 0)
    words = ", ".join(turns) or "nothing else"
    told(capsys, f"two read models rebuilt under load: badge said {words}; {RIGHT}")


@pytest.mark.slow
async def test_a_browser_clock_ten_minutes_off(
    watched: Watched, built: Path, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = watched.page
    await page.add_init_script(SKEWED)
    async with running(database, tmp_path) as cell, wired(cell.port) as (wire, address):
        await page.goto(f"{address}/wall?lang=en")
        await page.wait_for_selector('[data-liveness="live"]')
        await cell.report()
        await page.wait_for_selector('[data-line][data-topic="case.reported"]')
        before = time.time()
        server_now = await page.evaluate("quankeView.serverNow()") / 1_000
        assert before - 1 < server_now < time.time() + 1
        shown, now = _seconds(await page.inner_text(".clock time")), _seconds_now()
        assert min((shown - now) % 86_400, (now - shown) % 86_400) < 3
        await page.evaluate(TURNS)
        wire.freeze()
        frozen_at = time.time()
        await page.wait_for_function("() => turns.stale")
        stale_s = await page.evaluate("turns.stale") - SKEW_MS / 1_000 - frozen_at
        assert stale_s < STALE_S + SLACK_S
        wire.thaw()
        await page.wait_for_selector('[data-liveness="live"]')
        told(capsys, f"browser's clock 10 min off: clock right, STALE after {stale_s:.1f} s, live")


def _seconds_now() -> float:
    """The time of day in the district."""
    return (time.time() + 8 * 3_600) % 86_400


def _seconds(clock: str) -> int:
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return hours * 3_600 + minutes * 60 + seconds
