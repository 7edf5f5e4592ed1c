"""From commit to pixel: how old an event is when the wall has drawn it.

The whole way: commands over HTTP to one platform with fsync on, PostgreSQL, the read models,
the wall's subscription, a Chromium without a GPU, all on the same processors. An event's age
counts from `recorded_at`, which the log writes before it commits, to the end of the frame in
which the map was painted after the event had come: its ring and its grid's colour. Told apart
are the message's age when the page took it, and the figures', which follow at their own pace,
four times a second at most. What the display takes after the page's own frame is not in it. At
the end every number of the page is compared with the interface's, at the same position.

Where the machine can't take the commands at the rate that was asked for, the next lower one
is tried, and which it was is said.
"""

import argparse
import asyncio
import json
import os
import time
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final

from playwright.async_api import Page, ViewportSize, async_playwright

from api.wiring import App
from bench import shares
from bench.mutations import platform
from bench.mutations import reported as report
from bench.patience import GAVE_UP, Late, ended, say, within
from domain.actor import Actor, Role
from eventlog.record import Position
from tests.api.client import Client
from tests.browser.cell import WALL
from tests.browser.conftest import FLAGS, headless

SIZE: Final[ViewportSize] = {"width": 1920, "height": 1080}
GOALS: Final = {50: (100.0, 250.0), 1_000: (None, 400.0)}
"""By rate: p50 and p99 in milliseconds."""
LOWER: Final = 0.8
LEAST: Final = 100
"""Events a second below which no lower rate is tried."""
BULK_FROM: Final = 200
"""From so many events a second on, reports come twenty in a request, as in a surge."""
BULK: Final = 20
CONNECTIONS: Final = 16
PATIENCE_S: Final = 60.0
PROBE: Final = """() => {
  const { port1, port2 } = new MessageChannel();
  const wall = () => performance.timeOrigin + performance.now();
  window.marks = [];
  window.probing = true;
  let [drawn, told] = [0, 0];
  quankeView.store.subscribe(({ kind, state, feed }) => {
    if (kind === 'delta' && feed.length > 0)
      marks.push({ position: state.position, at: performance.now(), heard: wall() });
  });
  port1.onmessage = () => {
    const shown = Number(document.querySelector('[data-position]').dataset.position);
    for (; drawn < marks.length && marks[drawn].at <= quankeMap.drawnAt; drawn += 1)
      marks[drawn].drawn = wall();
    for (; told < marks.length && marks[told].position <= shown; told += 1)
      marks[told].told = wall();
    if (probing) requestAnimationFrame(() => port2.postMessage(0));
  };
  requestAnimationFrame(() => port2.postMessage(0));
}"""
"""Notes after each frame which messages have been drawn, and which the figures tell."""
HELD: Final = """() => { const { state } = quankeView.store; return {
  position: String(state.position), overview: state.overview,
  grids: [...state.grids.values()].map((g) => [g.code, g.open, g.overdue]).sort(),
}; }"""


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench pixel", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rates", default="50,1000", help="events a second")
    parser.add_argument("--seconds", type=float, default=15.0)
    asked = parser.parse_args(arguments)
    found = ended(run([int(one) for one in asked.rates.split(",")], asked.seconds))
    if found is None:
        return GAVE_UP
    print(json.dumps(found) if asked.json else table(found))
    return 0 if all(one["met"] for one in found) else 1


async def run(rates: Sequence[int], seconds: float) -> list[dict[str, Any]]:
    """Return for each rate the ages in milliseconds, and what differed at the end."""
    async with platform() as (app, url), async_playwright() as playwright:
        say("a browser")
        async with within(PATIENCE_S, "a browser with the live wall in it"):
            browser = await playwright.chromium.launch(executable_path=headless(), args=list(FLAGS))
            page = await browser.new_page(viewport=SIZE)
            await page.goto(f"http://{url}/wall", timeout=0)
            await page.wait_for_selector(".place", timeout=0)
            await page.wait_for_selector('[data-liveness="live"]', timeout=0)
        async with within(PATIENCE_S, "the first reports"):
            await load(app, url, 20, 2.0)  # warm: keys, plans, pages
        found = []
        for rate in rates:
            figures = await sustained(app, page, url, rate, seconds)
            figures["met"] = met(figures)
            found.append(figures)
        async with within(PATIENCE_S, "the browser's end"):
            await browser.close()
    return found


async def sustained(app: App, page: Page, url: str, rate: int, seconds: float) -> dict[str, Any]:
    """Measure at the rate, or at the next lower one that the machine takes."""
    offered = rate
    while True:
        say(f"{offered} events/s for {seconds:.0f} s")
        before = await app.platform.log.head()
        async with within(3 * PATIENCE_S + seconds, f"{offered} events/s"):
            await page.evaluate(PROBE)
            began, had = time.monotonic(), shares.seconds()
            failure = await load(app, url, offered, seconds)
            used = shares.cores(had, shares.seconds(), time.monotonic() - began)
        if not await app.caught_up(PATIENCE_S):
            raise Late(f"the read models at {offered} events/s are not there after {PATIENCE_S} s")
        recorded = await written(app, before)
        async with within(PATIENCE_S, f"the last of {len(recorded)} events on the page"):
            marks = await _marks(page, recorded[-1][0])
        span = (recorded[-1][1] - recorded[0][1]) / 1e6
        reached = len(recorded) / span
        if (failure is None and reached >= 0.95 * offered) or offered * LOWER < LEAST:
            return {
                "asked": rate, "offered": offered, "events": len(recorded),
                "per_s": round(reached), "refused": failure,
                "message": ages(recorded, marks, "heard"),
                "pixel": ages(recorded, marks, "drawn"), "figures": ages(recorded, marks, "told"),
                "wrong": await wrong(app, page), "cores": used,
                "load": round(os.getloadavg()[0], 1),
            }  # fmt: skip
        offered = int(offered * LOWER)


async def load(app: App, url: str, rate: int, seconds: float) -> str | None:
    """Report cases all over the district at a rate; what went wrong, None for nothing."""
    reporter = Actor(id="acct:bench", role=Role.ACCEPTOR, scope="371602.")
    bulk = BULK if rate >= BULK_FROM else 0
    grids = [grid.code for grid in app.platform.reference.grids_under("371602.")]
    job = {
        "url": url, "token": app.platform.tokens.issue(reporter, 3600, "simulated"),
        "connections": CONNECTIONS, "seconds": seconds, "grids": grids,
        "rate": rate / (bulk or 1), "bulk": bulk,
    }  # fmt: skip
    try:
        await report(job)
    except RuntimeError as problem:
        return str(problem)[:200]
    return None


async def written(app: App, after: int) -> list[tuple[int, int]]:
    """Return position and recorded_at (microseconds) of what was reported."""
    found: list[tuple[int, int]] = []
    while page := await app.platform.log.read_all(Position(after), 5_000):
        found += [(one.position, one.recorded_at) for one in page if one.topic == "case.reported"]
        after = page[-1].position
    return found


async def _marks(page: Page, position: int) -> list[dict[str, float]]:
    """Return the page's notes, once it tells of a position."""
    await page.wait_for_function(
        "(position) => { const last = marks.at(-1);"
        " return last && last.position >= position && last.drawn && last.told; }",
        arg=position, timeout=0,
    )  # fmt: skip
    marks: list[dict[str, float]] = await page.evaluate("() => { probing = false; return marks; }")
    return marks


def ages(recorded: list[tuple[int, int]], marks: list[dict[str, float]], when: str) -> Any:
    """Return quantiles of the ages in milliseconds, each event's at the message that covers it."""
    positions = [mark["position"] for mark in marks]
    found = sorted(
        marks[bisect_left(positions, position)][when] - at / 1_000 for position, at in recorded
    )
    return {
        "p50_ms": round(found[len(found) // 2], 1),
        "p99_ms": round(found[int(len(found) * 0.99)], 1),
        "worst_ms": round(found[-1], 1),
    }


async def wrong(app: App, page: Page) -> list[str]:
    """Name what the page holds otherwise than the interface says, at one position."""
    asking = Client(app, Actor(id="acct:bench", role=Role.DUTY_LEADER, scope="371602."))
    async with within(PATIENCE_S, "the page at the interface's position"):
        while True:
            held = await page.evaluate(HELD)
            said = (await asking.ask(WALL))["wall"]
            if held["position"] == said["position"]:
                break
            await asyncio.sleep(0.1)
    grids = sorted([one["code"], one["open"], one["overdue"]] for one in said["grids"])
    differ = [name for name, value in said["overview"].items() if held["overview"][name] != value]
    return [*differ, *(str(one) for one in grids if one not in held["grids"])]


def met(figures: dict[str, Any]) -> bool:
    """Whether the rate was reached and its ages lie within the goal."""
    p50, p99 = GOALS.get(figures["asked"], (None, None))
    pixel = figures["pixel"]
    within = (p50 is None or pixel["p50_ms"] < p50) and (p99 is None or pixel["p99_ms"] < p99)
    return within and not figures["wrong"] and figures["offered"] == figures["asked"]


def table(found: Sequence[dict[str, Any]]) -> str:
    """Return the figures as lines."""
    lines = [f"{'commands/s':>10} {'events':>7} {'':8} {'p50 ms':>8} {'p99 ms':>8} {'worst':>8}"]
    for one in found:
        for name in ("message", "pixel", "figures"):
            ms = one[name]
            lines.append(
                f"{one['per_s']:>10} {one['events']:>7} {name:8} {ms['p50_ms']:>8} "
                f"{ms['p99_ms']:>8} {ms['worst_ms']:>8}"
            )
        if one["offered"] != one["asked"]:
            lines.append(f"  asked for {one['asked']}/s: the machine takes {one['per_s']}/s")
        lines.append(f"  processors: {one['cores']}")
        lines.append(f"  numbers that differ from the interface: {one['wrong'] or 0}")
        lines.append(f"  load {one['load']}: {'reached' if one['met'] else 'MISSED'}")
    lines.append("goals: p50 < 100 and p99 < 250 ms at 50/s, p99 < 400 ms at 1,000/s (pixel)")
    return "\n".join(lines)
