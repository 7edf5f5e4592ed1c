"""A day and a night of the page's own clock in some minutes, on one page.

The soak has the events of a wall, this has its hours: everything that waits for a time gets its
turn, the date changes, scenes turn by themselves, once an hour the line is cut and the past looked
at. The page's clock jumps by some seconds at a time, and with it what the server says it is.
At the end the page must be the one that was opened, live, with every counter right.
"""

import time
from typing import Any, Final

from playwright.async_api import CDPSession, Page

from bench.heap.looking import Looking
from bench.heap.soak import PATIENCE_S, Sample, sample
from bench.patience import say, within
from tests.browser.double import Double

STEP_S: Final = 4.0
"""Between two heartbeats that the page hears; from 5 s on it would be stale."""
EVENTS: Final = 8
"""In a step: 2 a second, some 250 times the demo's."""
ROTATE_S: Final = 30
PLAYED_S: Final = 2.0
HOUR_S: Final = 3_600.0
SETTLED: Final = 0.25
"""Of the hours go by before the heap is compared: meanwhile the engine compiles."""
GOALS: Final = {"kb": 1_024, "nodes": 20}
REACHED: Final = """async ([position, aheadMs]) => {
  const { store } = quankeView;
  const there = () => Number(store.state.position) >= position;
  if (!there()) await new Promise((done) => {
    const stop = store.subscribe(() => { if (there()) { stop(); done(); } });
  });
  if (aheadMs > 0) await __pwClock.controller.fastForward(aheadMs);
}"""
"""Wait for a position, then move the clock. `page.clock.fast_forward` would do it too, but leaves a
script with the browser each time, for documents to come: twenty thousand of them in a day.
"""
OPENED: Final = "window.survivor = 'yes'"
TOLD: Final = """() => ({ same: window.survivor === 'yes', grids: Object.fromEntries(
  [...quankeView.store.state.grids.values()].map(({ code, open }) => [code, open])) })"""


async def opened(page: Page, address: str) -> None:
    """Open the wall under a clock that can be moved, its scenes turning.

    Its watchdog loads it anew at four each morning. It asks `/live` first and is not answered
    here: this page has to live by itself.
    """
    async with within(PATIENCE_S, "a wall under a clock of its own"):
        await page.route("**/live", lambda route: route.abort())
        await page.clock.install()
        await page.goto(f"{address}/wall?rotate={ROTATE_S}", timeout=0)
        await page.locator(".place").first.wait_for(timeout=0)
        await page.wait_for_function("() => window.quankeDirector", timeout=0)
        await page.evaluate(OPENED)


async def live(
    page: Page, session: CDPSession, double: Double, hours: int, hour_s: float = HOUR_S
) -> dict[str, Any]:
    """Let so many hours go by; what the heap did, and what is right at the end."""
    began, looking = time.monotonic(), Looking(page)
    await looking.begin()
    found = []
    for hour in range(hours):
        for _ in range(int(hour_s / STEP_S)):
            async with within(PATIENCE_S, f"hour {hour}"):
                await _step(page, double)
        await page.evaluate("quankeFeed.drop()")
        await looking.back(PLAYED_S)
        await page.keyboard.press("1")
        found.append(await sample(session, double))
        say(f"day: hour {hour + 1} of {hours}: {found[-1].heap:.3f} MB, {found[-1].nodes} nodes")
    return _figures(found, looking) | await right(page, double) | {
        "day took": f"{hours} h in {time.monotonic() - began:.0f} s",
    }  # fmt: skip


async def _step(page: Page, double: Double) -> None:
    """Some events, a heartbeat, and the clock jumps."""
    double.tell(double.scene.advance(EVENTS))
    double.tell(double.heartbeat())
    double.forget()
    double.ahead_s += STEP_S
    await page.evaluate(REACHED, [double.scene.position, STEP_S * 1_000])


async def right(page: Page, double: Double) -> dict[str, Any]:
    """Whether it is the page that was opened, and how many of its counters are wrong."""
    async with within(PATIENCE_S, "the page after a day"):
        await page.locator('[data-liveness="live"]').wait_for(timeout=0)
        await page.evaluate(REACHED, [double.scene.position, 0])
        told = await page.evaluate(TOLD)
    wrong = sum(told["grids"].get(code) != count for code, count in double.scene.open.items())
    return {"day same page": told["same"], "day wrong": wrong}


def _figures(found: list[Sample], looking: Looking) -> dict[str, Any]:
    first = found[int(len(found) * SETTLED)]
    last = found[-1]
    return {
        "day MB": " ".join(f"{one.heap:.2f}" for one in found),
        "day page KB": f"{first.page:.0f} to {last.page:.0f}",
        "day page KB growth": round(last.page - first.page),
        "day nodes growth": last.nodes - first.nodes,
        "day replays": sum(told > 0 for told in looking.told),
    }


def goals(figures: dict[str, Any]) -> dict[str, bool]:
    """Which goals of a day were reached; none of them where none was lived."""
    if "day took" not in figures:
        return {}
    return {
        "a day on one page": figures["day same page"] and not figures["day wrong"],
        "a day's heap": figures["day page KB growth"] < GOALS["kb"],
        "a day's nodes": figures["day nodes growth"] <= GOALS["nodes"],
        "a day's replays": figures["day replays"] > 0,
    }
