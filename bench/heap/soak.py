"""A soak: heap and nodes at 50 events a second while scenes change and three lines are cut.

First the wall lives quickly for a while: what an engine does for a script's sake, compiling what
is called often, hangs on how often it was called, not on the time, and in life it is over after
the first hours. Only then is the heap looked at, over the minutes asked for. Each sample is the
least of a few: what a collection leaves for the next one only adds.
"""

import asyncio
import statistics
import time
from typing import Any, Final, NamedTuple

from playwright.async_api import CDPSession, Page

from bench.heap.feed import fed
from bench.heap.snapshot import kept
from tests.browser.double import Double

SAMPLES: Final = 12
EVENTS: Final = 50
CUT_IN: Final = (1, 4, 7)
QUICK_S: Final = 2.0
"""A turn of all five scenes while the wall lives quickly, its line cut in each."""
LOOKS, LOOK_S = 4, 0.3
LEAK: Final = """(slots) => { window.kept = [];
  quankeView.store.subscribe((change) => {
    for (const line of change.feed ?? [])
      kept.push(Array.from({ length: slots }, (_, i) => i + Number(line.position)));
  }); }"""
SLOT_BYTES: Final = 4


class Sample(NamedTuple):
    """Megabytes of live heap, nodes of the document, when, and at which position of the feed."""

    heap: float
    nodes: int
    at: float
    position: int


async def soak(
    page: Page,
    session: CDPSession,
    double: Double,
    seconds: float,
    leak: int = 0,
    samples: int = SAMPLES,
    quick_s: float = 0.0,
) -> dict[str, Any]:
    """Watch for so many seconds, after `quick_s` of quick life; `leak` bytes an event planted.

    With a quick life also what the heap holds by kind, at the beginning and at the end.
    """
    if leak:
        await page.evaluate(LEAK, leak // SLOT_BYTES)
    turn_s = seconds / samples
    async with fed(double, EVENTS, EVENTS):
        await _live_quickly(page, quick_s)
        await _round(page, turn_s, cut=False)
        before = await kept(session) if quick_s else {}
        await _round(page, turn_s, cut=False)
        found = []
        for turn in range(samples):
            await _round(page, turn_s, cut=turn in CUT_IN)
            found.append(Sample(*await _least(session), time.monotonic(), double.scene.position))
        after = await kept(session) if quick_s else {}
    return _figures(found) | {
        f"soak {kind} KB": f"{before[kind] / 1_024:.0f} to {size / 1_024:.0f}"
        for kind, size in after.items()
    }


async def _live_quickly(page: Page, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await _round(page, QUICK_S, cut=True)


def _figures(found: list[Sample]) -> dict[str, Any]:
    heaps, nodes, at, told = zip(*found, strict=True)
    slope = statistics.linear_regression(at, heaps).slope
    return {
        "soak MB": f"{heaps[0]:.2f} to {heaps[-1]:.2f} in {len(heaps)} samples",
        "soak samples": " ".join(f"{size:.3f}" for size in heaps),
        "soak MB/h": round(slope * 3_600, 2),
        "soak KB/event": round((heaps[-1] - heaps[0]) * 1_024 / (told[-1] - told[0]), 3),
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


async def _least(session: CDPSession) -> tuple[float, int]:
    """The least of a few looks, in megabytes of live heap and nodes of the document."""
    looks = []
    for _ in range(LOOKS):
        looks.append(await _heap(session))
        await asyncio.sleep(LOOK_S)
    heaps, nodes = zip(*looks, strict=True)
    return min(heaps), min(nodes)


async def _heap(session: CDPSession) -> tuple[float, int]:
    """Megabytes of live heap and nodes of the document, garbage collected first."""
    for _ in range(2):
        await session.send("HeapProfiler.collectGarbage")
    used = await session.send("Runtime.getHeapUsage")
    counters = await session.send("Memory.getDOMCounters")
    return float(used["usedSize"]) / 2**20, int(counters["nodes"])
