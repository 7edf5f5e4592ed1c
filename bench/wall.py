"""The wall in a Chromium without a GPU, under a made-up feed: frames, busy thread, heap.

The feed is synthetic (`tests.browser.double`), so that only the screen is measured: 2,000
grid updates a second with 200 lines that pulse, 10,000 updates a second whose counters are
compared afterwards, 50 events a second, and a soak with scenes that take turns and lines that
are cut. `--leak` plants 5 KB an event: the soak must then fail.

    ./quanke bench wall                    # frames, counters, load: half a minute
    ./quanke bench wall --soak 10          # and ten minutes of soak
    ./quanke bench wall --soak 2 --leak    # must exit 1
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any, Final

from playwright.async_api import CDPSession, Page, ViewportSize, async_playwright

from tests.browser.conftest import FLAGS, headless, served
from tests.browser.double import Double

SIZE: Final[ViewportSize] = {"width": 1920, "height": 1080}
BATCH_S: Final = 0.05
GOALS: Final = {"fps": 55.0, "busy_50": 0.40, "fcp_ms": 500.0, "map_ms": 1_000.0, "mb_h": 1.0}
SAMPLES: Final = 12
WARM: Final = 5
"""Turns before the first sample of a soak of minutes."""
LEAK: Final = """() => { window.kept = [];
  quankeView.store.subscribe((change) => {
    for (const line of change.feed ?? [])
      kept.push(Array.from({ length: 1280 }, (_, i) => i + Number(line.position)));
  }); }"""
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
    parser.add_argument("--leak", action="store_true", help="plant a leak: the soak must fail")
    asked = parser.parse_args(arguments)
    figures = asyncio.run(run(asked))
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
        browser = await playwright.chromium.launch(executable_path=headless(), args=list(FLAGS))
        page = await browser.new_page(viewport=SIZE)
        session = await page.context.new_cdp_session(page)
        await session.send("Performance.enable")
        figures = await loading(page, address)
        for updates, lines in ((50, 50), (2_000, 200), (10_000, 200)):
            figures |= await under(page, session, double, updates, lines, asked.seconds)
            figures[f"wrong at {updates}/s"] = await wrong(page, double)
        if asked.soak:
            figures |= await soak(page, session, double, asked.soak * 60, asked.leak, warm=WARM)
        await browser.close()
    return figures | {"missed": missed(figures)}


def missed(figures: dict[str, Any]) -> list[str]:
    """Name the goals that were not reached."""
    checks = {
        "first contentful paint": figures["fcp_ms"] < GOALS["fcp_ms"],
        "map": figures["map_ms"] < GOALS["map_ms"],
        "main thread at 50/s": figures["busy at 50/s"] <= GOALS["busy_50"],
        "frames at 2,000/s": figures["fps at 2000/s"] >= GOALS["fps"],
        "counters": not any(figures[f"wrong at {n}/s"] for n in (50, 2_000, 10_000)),
        "heap": figures.get("soak MB/h", 0.0) < GOALS["mb_h"],
        "nodes": figures.get("soak nodes growth", 0) <= 20,
    }
    return [name for name, met in checks.items() if not met]


async def loading(page: Page, address: str) -> dict[str, Any]:
    """Open the wall in a cold page: first paint, and the map with its names."""
    await page.add_init_script(DRAWN)
    await page.goto(f"{address}/wall")
    await page.wait_for_selector(".place")
    drawn = await page.evaluate("mapDrawn")
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


@asynccontextmanager
async def fed(double: Double, updates: int, lines: int) -> AsyncIterator[None]:
    """Feed so long as the context lasts."""
    async with asyncio.TaskGroup() as group:
        feeding = group.create_task(feed(double, updates, lines))
        yield
        feeding.cancel()


async def feed(double: Double, updates: int, lines: int) -> None:
    """Tell absolute values of random grids, and some lines, twenty times a second."""
    scene = double.scene
    codes = list(scene.open)
    due = asyncio.get_running_loop().time()
    owed_lines = owed = 0.0
    while True:
        owed, owed_lines = owed + updates * BATCH_S, owed_lines + lines * BATCH_S
        told = scene.advance(int(owed_lines)) if owed_lines >= 1 else scene.message([])
        touched = {one["grid"] for one in told["feed"]}
        for _ in range(int(owed) - int(owed_lines)):
            code = scene.chance.choice(codes)
            scene.open[code] = max(0, scene.open[code] + scene.chance.choice((-1, 1)))
            touched.add(code)
        owed, owed_lines = owed % 1, owed_lines % 1
        told |= {"grids": [scene._grid(code) for code in touched], "overview": scene.overview()}
        double._sent.clear()
        double.tell(told)
        due += BATCH_S
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))


async def wrong(page: Page, double: Double) -> int:
    """Count the counters of the page that differ from the feed's, once it has caught up."""
    await page.wait_for_function(
        "(position) => quankeView.store.state.position >= position",
        arg=double.scene.position, timeout=20_000,
    )  # fmt: skip
    shown: dict[str, int] = dict(
        await page.evaluate(
            "[...quankeView.store.state.grids.values()].map((g) => [g.code, g.open])"
        )
    )
    total = await page.evaluate("quankeView.store.state.overview.open")
    differ = sum(shown.get(code) != count for code, count in double.scene.open.items())
    return differ + int(total != double.scene.overview()["open"])


async def soak(
    page: Page,
    session: CDPSession,
    double: Double,
    seconds: float,
    leak: bool,
    samples: int = SAMPLES,
    warm: int = 2,
) -> dict[str, Any]:
    """Watch heap and nodes at 50 events a second while scenes change and three lines are cut.

    So many turns before the first sample: the first two load the scenes, and the engine goes on
    compiling what has been called often, and letting go what has not, for some minutes.
    """
    if leak:
        await page.evaluate(LEAK)
    heaps: list[tuple[float, float]] = []
    nodes: list[int] = []
    told: list[int] = []
    async with fed(double, 50, 50):
        for turn in range(-warm, samples):
            await _round(page, seconds / samples, cut=turn in (1, 4, 7))
            heap, count = await _heap(session)
            if turn >= 0:
                heaps.append((time.monotonic(), heap))
                told.append(double.scene.position)
                nodes.append(count)
    slope = statistics.linear_regression([at for at, _ in heaps], [size for _, size in heaps]).slope
    return {
        "soak MB": f"{heaps[0][1]:.2f} to {heaps[-1][1]:.2f} in {len(heaps)} samples",
        "soak samples": " ".join(f"{size:.3f}" for _, size in heaps),
        "soak MB/h": round(slope * 3_600, 2),
        "soak KB/event": round((heaps[-1][1] - heaps[0][1]) * 1_024 / (told[-1] - told[0]), 2),
        "soak nodes": f"{nodes[0]} to {nodes[-1]}",
        "soak nodes growth": nodes[-1] - nodes[0],
    }


async def _round(page: Page, seconds: float, cut: bool) -> None:
    """Show every scene once, and cut the line in one of them."""
    for scene in (2, 3, 4, 5, 1):
        await page.keyboard.press(str(scene))
        if cut and scene == 3:
            await page.evaluate("quankeFeed.drop()")
        await asyncio.sleep(seconds / 5)


async def _heap(session: CDPSession) -> tuple[float, int]:
    """Megabytes of live heap and nodes of the document, garbage collected first."""
    for _ in range(2):
        await session.send("HeapProfiler.collectGarbage")
    used = await session.send("Runtime.getHeapUsage")
    counters = await session.send("Memory.getDOMCounters")
    return float(used["usedSize"]) / 2**20, int(counters["nodes"])


async def _busy_s(session: CDPSession) -> tuple[float, float]:
    """Seconds that the main thread was busy so far, and those it had the processor.

    On a machine that others use the first counts its waiting too.
    """
    found = await session.send("Performance.getMetrics")
    metrics = {one["name"]: float(one["value"]) for one in found["metrics"]}
    return metrics["TaskDuration"], metrics.get("ThreadTime", 0.0)
