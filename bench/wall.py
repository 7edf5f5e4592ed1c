"""The wall in a Chromium without a GPU, under a made-up feed: frames, busy thread, heap.

The feed is synthetic (`tests.browser.double`), so that only the screen is measured: 2,000
grid updates a second with 200 lines that pulse, 10,000 updates a second whose counters are
compared afterwards, 50 events a second, and a soak with scenes that take turns, lines that are
cut, and looks at the past. `--leak` plants 5 KB an event, or so many bytes: the soak must then
fail. What is being done goes to stderr; what does not come in time ends it, with exit code 2.

    ./quanke bench wall                    # frames, counters, load: half a minute
    ./quanke bench wall --soak 10          # and ten minutes of soak, after five that warm it
    ./quanke bench wall --soak 2 --leak    # must exit 1
    ./quanke bench wall --soak 10 --leak 100
    ./quanke bench wall --day              # and 24 hours of the page's clock
"""

import argparse
import asyncio
import json
import os
import statistics
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from playwright.async_api import Browser, CDPSession, Page, ViewportSize, async_playwright

from bench.heap import day
from bench.heap.feed import fed
from bench.heap.soak import goals, soak
from bench.patience import GAVE_UP, ended, say, within
from tests.browser.conftest import FLAGS, headless, served
from tests.browser.double import Double

SIZE: Final[ViewportSize] = {"width": 1920, "height": 1080}
GOALS: Final = {"fps": 55.0, "busy_50": 0.40, "fcp_ms": 500.0, "map_ms": 1_000.0}
PATIENCE_S: Final = 60.0
QUICK_S: Final = 300.0
"""Of quick life before a soak: its scenes and lines change as often as in two hours of it."""
DRAWN: Final = """new MutationObserver((_, watch) => {
  if (!document.querySelector('.place')) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.mapDrawn = performance.now(); }));
}).observe(document, { childList: true, subtree: true })"""
"""Notes when the map's names stand, which is after its first painting."""
FRAMES: Final = """() => { window.frames = []; window.watching = true;
  const look = (at) => { if (!watching) return; frames.push(at); requestAnimationFrame(look); };
  requestAnimationFrame(look); }"""


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench wall", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each load")
    parser.add_argument("--soak", type=float, default=0.0, help="minutes")
    parser.add_argument(
        "--leak", type=int, nargs="?", const=5_120, default=0, metavar="BYTES",
        help="plant a leak of so many bytes an event (5 KB): the soak must fail",
    )  # fmt: skip
    parser.add_argument(
        "--day", type=int, nargs="?", const=24, default=0, metavar="HOURS",
        help="let so many hours of the page's clock go by",
    )  # fmt: skip
    asked = parser.parse_args(arguments)
    figures = ended(run(asked))
    if figures is None:
        return GAVE_UP
    print(
        json.dumps(figures)
        if asked.json
        else "\n".join(f"{k:>24}  {v}" for k, v in figures.items())
    )
    return 1 if figures["missed"] else 0


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Return the figures, and which goals were missed."""
    double = Double()
    assert double.packed  # made once, as the platform does
    async with served(double) as address, async_playwright() as playwright:
        say("a browser")
        async with within(PATIENCE_S, "a browser with the wall's map in it"):
            browser = await playwright.chromium.launch(executable_path=headless(), args=list(FLAGS))
            page = await browser.new_page(viewport=SIZE)
            session = await page.context.new_cdp_session(page)
            await session.send("Performance.enable")
            figures = await loading(page, address)
        for updates, lines in ((50, 50), (2_000, 200), (10_000, 200)):
            say(f"{updates} updates/s for {asked.seconds:.0f} s")
            async with within(PATIENCE_S + asked.seconds, f"the frames at {updates} updates/s"):
                figures |= await under(page, session, double, updates, lines, asked.seconds)
            async with within(PATIENCE_S, f"the counters after {updates} updates/s"):
                figures[f"wrong at {updates}/s"] = await wrong(page, double)
        if asked.soak:
            say(f"soak: {QUICK_S:.0f} s of quick life, then {asked.soak:g} minutes")
            figures |= await soak(
                page, session, double, asked.soak * 60, asked.leak, quick_s=QUICK_S
            )
        if asked.day:
            await page.close()
            figures |= await aged(browser, double, address, asked.day)
        async with within(PATIENCE_S, "the browser's end"):
            await browser.close()
    figures["load"] = round(os.getloadavg()[0], 1)
    return figures | {"missed": missed(figures)}


async def aged(browser: Browser, double: Double, address: str, hours: int) -> dict[str, Any]:
    """Let hours go by on a page whose clock can be moved."""
    page = await browser.new_page(viewport=SIZE)
    session = await page.context.new_cdp_session(page)
    await day.opened(page, address)
    return await day.live(page, session, double, hours)


def missed(figures: dict[str, Any]) -> list[str]:
    """Name the goals that were not reached."""
    checks = (
        {
            "first contentful paint": figures["fcp_ms"] < GOALS["fcp_ms"],
            "map": figures["map_ms"] < GOALS["map_ms"],
            "main thread at 50/s": figures["busy at 50/s"] <= GOALS["busy_50"],
            "frames at 2,000/s": figures["fps at 2000/s"] >= GOALS["fps"],
            "counters": not any(figures[f"wrong at {n}/s"] for n in (50, 2_000, 10_000)),
        }
        | goals(figures)
        | day.goals(figures)
    )
    return [name for name, met in checks.items() if not met]


async def loading(page: Page, address: str) -> dict[str, Any]:
    """Open the wall in a cold page: first paint, and the map with its names."""
    await page.add_init_script(DRAWN)
    await page.goto(f"{address}/wall")
    await page.wait_for_selector(".place")
    drawn = await (await page.wait_for_function("() => window.mapDrawn")).json_value()
    await page.wait_for_function("() => window.quankeDirector")
    paint = await page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 1e9"
    )
    return {"fcp_ms": round(paint), "map_ms": round(drawn)}


async def under(
    page: Page, session: CDPSession, double: Double, updates: int, lines: int, seconds: float
) -> dict[str, Any]:
    """Feed so many updates a second and watch the frames."""
    async with fed(double, updates, lines):
        await asyncio.sleep(1)
        await page.evaluate(FRAMES)
        before, began = await _busy_s(session), time.monotonic()
        await asyncio.sleep(seconds)
        passed = time.monotonic() - began
        busy, worked = (
            (now - was) / passed for now, was in zip(await _busy_s(session), before, strict=True)
        )
        frames = await page.evaluate("() => { watching = false; return frames; }")
    gaps = [after - one for one, after in pairwise(frames)]
    return {
        f"fps at {updates}/s": round(1_000 / statistics.mean(gaps), 1),
        f"p5 fps at {updates}/s": round(1_000 / statistics.quantiles(gaps, n=20)[-1], 1),
        f"longest gap at {updates}/s": f"{max(gaps):.0f} ms",
        f"busy at {updates}/s": round(busy, 3),
        f"processor at {updates}/s": round(worked, 3),
    }


async def wrong(page: Page, double: Double) -> int:
    """Count the counters of the page that differ from the feed's, once it has caught up."""
    await page.wait_for_function(
        "(position) => quankeView.store.state.position >= position",
        arg=double.scene.position, timeout=0,
    )  # fmt: skip
    shown: dict[str, int] = dict(
        await page.evaluate(
            "[...quankeView.store.state.grids.values()].map((g) => [g.code, g.open])"
        )
    )
    total = await page.evaluate("quankeView.store.state.overview.open")
    differ = sum(shown.get(code) != count for code, count in double.scene.open.items())
    return differ + int(total != double.scene.overview()["open"])


async def _busy_s(session: CDPSession) -> tuple[float, float]:
    """Seconds that the main thread was busy so far, and those it had the processor.

    On a machine that others use the first counts its waiting too.
    """
    found = await session.send("Performance.getMetrics")
    metrics = {one["name"]: float(one["value"]) for one in found["metrics"]}
    return metrics["TaskDuration"], metrics.get("ThreadTime", 0.0)
