"""A soak: heap and nodes at 50 events a second, scenes turning, lines cut, the past looked at.

First the wall lives quickly for a while: what an engine does for a script's sake, compiling what
is called often, hangs on how often it was called, not on the time, and in life it is over after
the first hours. Only then is the heap looked at, over the minutes asked for. A sample is a
snapshot: what lives, to the byte. What the engine says it uses has, on a busy machine, some
hundred kilobytes more or less that nobody holds. All are taken in one state, live in the first
scene, and long enough after a look at the past for its lines to have gone.
"""

import asyncio
import statistics
import time
from collections.abc import Collection
from typing import Any, Final, NamedTuple

from playwright.async_api import CDPSession, Page

from bench.heap.feed import fed
from bench.heap.looking import SCENES, Looking
from bench.heap.snapshot import kept
from bench.patience import say, within
from tests.browser.double import Double

SAMPLES: Final = 12
EVENTS: Final = 50
CUT_IN: Final = (1, 4, 7)
LOOKS_BACK_IN: Final = (0, 3, 6, 9)
LOOK_BACK: Final = 0.25
"""Of a turn is played in the past."""
QUICK_S: Final = 2.0
"""A turn of all five scenes while the wall lives quickly, its line cut in each."""
QUICK_LOOK_IN: Final = 3
"""Of so many quick turns one looks back as well, and plays for a second."""
MOST_QUICK, BLOCKS = 3, 5
"""Quick life goes on by a fifth of its time until the engine is done, thrice the time at most."""
SETTLED_KB: Final = 24.0
PATIENCE_S: Final = 60.0
SNAPSHOT_S: Final = 180.0
LOOKS: Final = 3
"""At the nodes: what the page has just taken away is counted until it is collected."""
GOALS: Final = {"mb_h": 1.0, "nodes": 20, "replays": 3, "reconnects": 3}
LEAK: Final = """(slots) => { window.kept = [];
  quankeView.store.subscribe((change) => {
    for (const line of change.feed ?? [])
      kept.push(Array.from({ length: slots }, (_, i) => i + Number(line.position)));
  }); }"""
SLOT_BYTES: Final = 4


class Sample(NamedTuple):
    """Kilobytes that live, nodes of the document, when, and at which position of the feed."""

    page: float
    engine: float
    nodes: int
    at: float
    position: int

    @property
    def heap(self) -> float:
        """Megabytes of all that lives, the page's and what the engine made of its scripts."""
        return (self.page + self.engine) / 1_024


async def soak(
    page: Page,
    session: CDPSession,
    double: Double,
    seconds: float,
    leak: int = 0,
    samples: int = SAMPLES,
    quick_s: float = 0.0,
    looks_back_in: Collection[int] = LOOKS_BACK_IN,
    weighed_in: Collection[int] | None = None,
) -> dict[str, Any]:
    """Watch for so many seconds, after `quick_s` of quick life; `leak` bytes an event planted.

    A sample is taken after every turn, or after those of `weighed_in` alone: it costs 2.7 s
    of the processor, and growth from the first to the last needs none between.
    """
    looking = Looking(page)
    await looking.begin()
    if leak:
        await page.evaluate(LEAK, leak // SLOT_BYTES)
    turn_s = seconds / samples
    async with fed(double, EVENTS, EVENTS):
        if quick_s:
            await _settle(page, session, double, looking, quick_s)
        elif looks_back_in:
            await looking.back(turn_s * LOOK_BACK)
        await _round(page, turn_s, cut=False)
        looking.told.clear()
        asked, found = len(double.asked), []
        for turn in range(samples):
            await _turn(page, looking, turn_s, turn in CUT_IN, turn in looks_back_in)
            if weighed_in is None or turn in weighed_in:
                found.append(await sample(session, double))
                _say(found, samples, looking)
    return _figures(found) | {
        "soak replays": sum(told > 0 for told in looking.told),
        "soak replay messages": sum(looking.told),
        "soak reconnects": len(double.asked) - asked - len(looking.told),
    }


def goals(figures: dict[str, Any]) -> dict[str, bool]:
    """Which goals of a soak were reached; none of them where no soak was made."""
    if "soak MB/h" not in figures:
        return {}
    return {
        "heap": figures["soak MB/h"] < GOALS["mb_h"],
        "nodes": figures["soak nodes growth"] <= GOALS["nodes"],
        "replay": figures["soak replays"] >= GOALS["replays"],
        "reconnects": figures["soak reconnects"] >= GOALS["reconnects"],
    }


async def _settle(
    page: Page, session: CDPSession, double: Double, looking: Looking, seconds: float
) -> None:
    """Live quickly for so long, and longer until the engine has next to nothing left to make.

    On a busy machine fewer turns go into the same time.
    """
    until, engine = time.monotonic() + MOST_QUICK * seconds, 0.0
    await _live_quickly(page, looking, seconds)
    while time.monotonic() < until:
        before, engine = engine, (await sample(session, double)).engine
        say(f"soak: the engine made {engine:.0f} KB, {engine - before:+.0f}")
        if engine - before < SETTLED_KB:
            return
        await _live_quickly(page, looking, seconds / BLOCKS)


async def _live_quickly(page: Page, looking: Looking, seconds: float) -> None:
    until = time.monotonic() + seconds
    turn = 0
    while time.monotonic() < until:
        await _round(page, QUICK_S, cut=True)
        if turn % QUICK_LOOK_IN == 0:
            await looking.back(1.0)
        if turn % 15 == 0:
            say(f"soak: quick life, {until - time.monotonic():.0f} s of it left")
        turn += 1


async def _turn(page: Page, looking: Looking, seconds: float, cut: bool, looks_back: bool) -> None:
    """One turn of so many seconds, in which the past may be looked at first."""
    until = time.monotonic() + seconds
    if looks_back:
        await looking.back(seconds * LOOK_BACK)
    await _round(page, max(seconds / 4, until - time.monotonic()), cut)


def _say(found: list[Sample], samples: int, looking: Looking) -> None:
    last = found[-1]
    say(
        f"soak: sample {len(found)} of {samples}: {last.heap:.3f} MB, {last.nodes} nodes;"
        f" looked back {len(looking.told)} times, {sum(looking.told)} messages"
    )


def _figures(found: list[Sample]) -> dict[str, Any]:
    heaps, at = [one.heap for one in found], [one.at for one in found]
    first, last = found[0], found[-1]
    slope = statistics.linear_regression(at, heaps).slope
    per_event = (last.heap - first.heap) * 1_024 / (last.position - first.position)
    return {
        "soak MB": f"{heaps[0]:.2f} to {heaps[-1]:.2f} in {len(heaps)} samples",
        "soak samples": " ".join(f"{size:.3f}" for size in heaps),
        "soak MB/h": round(slope * 3_600, 2),
        "soak KB/event": round(per_event, 3),
        "soak engine KB": f"{first.engine:.0f} to {last.engine:.0f}",
        "soak page KB": f"{first.page:.0f} to {last.page:.0f}",
        "soak nodes": f"{first.nodes} to {last.nodes}",
        "soak nodes growth": last.nodes - first.nodes,
    }


async def _round(page: Page, seconds: float, cut: bool) -> None:
    """Show every scene once, and cut the line in one of them."""
    async with within(PATIENCE_S + seconds, "a turn of the scenes"):
        for scene in SCENES:
            await page.keyboard.press(str(scene))
            if cut and scene == 3:
                await page.evaluate("quankeFeed.drop()")
            await asyncio.sleep(seconds / len(SCENES))


async def sample(session: CDPSession, double: Double) -> Sample:
    """What lives now, garbage collected first."""
    async with within(SNAPSHOT_S, "a snapshot of the heap"):
        nodes = min([await _nodes(session) for _ in range(LOOKS)])
        lives = await kept(session)
    return Sample(
        lives["page"] / 1_024, lives["engine"] / 1_024, nodes,
        time.monotonic(), double.scene.position,
    )  # fmt: skip


async def _nodes(session: CDPSession) -> int:
    """Nodes of the document and those that are held, garbage collected first."""
    await session.send("HeapProfiler.collectGarbage")
    return int((await session.send("Memory.getDOMCounters"))["nodes"])
