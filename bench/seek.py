"""How long a wall takes from the scrubber's move to the painted frame, anywhere in a day.

A running platform (the demo, say) and a Chromium without a GPU. Two pages look at the same
instants of one day: the first moves its scrubber, folding the day in the browser; afterwards
the second is opened anew for each and asks the server, `wall(asOf:)`. Both must read the same,
number by number, and their maps must be the same picture, pixel by pixel.

Beside the time of each seek stands what the page's main thread computed for it and for the
frames after it: on a machine that does other things too, the time is mostly waiting. The day
before is there already when it is asked for; days far away are not, they are asked for.

    ./quanke run --data DIR --port 8000 &
    ./quanke bench seek --address http://127.0.0.1:8000 --day 2026-11-20
"""

import argparse
import asyncio
import json
import random
import statistics
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from playwright.async_api import Browser, CDPSession, Page, ViewportSize, async_playwright

from tests.browser.conftest import FLAGS, headless

GOAL_MS: Final = 100.0
SETTLED_MS: Final = 150
"""After a seek's frame, until what it has begun beside, letters say, is over as well."""
FAR: Final = (7, 12, 17)
SIZE: Final[ViewportSize] = {"width": 1920, "height": 1080}
PAINTED: Final = """(move) => new Promise((done) => {
  const slider = document.querySelector('.scrub input[type=range]');
  const was = quankeView.shownAt;
  const began = performance.now();
  if (move === 'day back') document.querySelector('.time-bar button').click();
  else if (typeof move === 'string') {
    const day = document.querySelector('.time-bar input[inputmode]');
    day.value = move;
    day.dispatchEvent(new Event('input', { bubbles: true }));
  } else {
    slider.value = String(move);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }
  const painted = () => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now() - began);
    port2.postMessage(0);
  });
  const look = () => quankeView.shownAt !== was || performance.now() - began > 20_000
    ? painted() : setTimeout(look, 1);
  look();
})"""
"""Milliseconds from a move of the scrubber to the end of the frame that shows it."""
READ: Final = """async () => {
  const look = async () => {
    const texts = [...document.querySelectorAll(
      '[data-figure], [data-township], [data-department], [data-line], .legend')]
      .filter((one) => !one.hidden).map((one) => one.textContent.replace(/\\s+/g, ' ').trim());
    const canvas = document.querySelector('canvas.base');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const hash = await crypto.subtle.digest('SHA-256', data);
    const map = [...new Uint8Array(hash)].join();
    return { texts, map, grids: quankeView.store.state.grids.size };
  };
  for (let last = '', turn = 0; ; turn += 1) {
    await new Promise((done) => setTimeout(done, 200));
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    const read = await look();
    if (JSON.stringify(read) === last || turn > 50) return read;
    last = JSON.stringify(read);
  }
}"""
"""What a page reads once it no longer changes: on a busy machine the map comes late."""


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a seek is slow or a picture differs."""
    parser = argparse.ArgumentParser(prog="quanke bench seek", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--day", required=True, help="a day of the past, such as 2026-11-20")
    parser.add_argument("--instants", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    figures = asyncio.run(run(asked))
    print(json.dumps(figures) if asked.json else _table(figures))
    return 0 if figures["worst_ms"] < GOAL_MS and not figures["differ"] else 1


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Return the times in milliseconds and the instants whose pictures differ."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=headless(), args=list(FLAGS))
        page = await _opened(browser, f"{asked.address}/wall?at={asked.day}T04:00:00Z")
        await page.wait_for_selector("[data-day]", timeout=60_000)
        begin, end = await page.evaluate(
            "() => { const r = document.querySelector('.scrub input[type=range]');"
            " return [Number(r.min), Number(r.max)]; }"
        )
        chance = random.Random(asked.seed)
        instants = [chance.randrange(begin, end, 1_000) for _ in range(asked.instants)]
        seeks = [await _seek(page, at) for at in instants]
        back = await page.evaluate(PAINTED, "day back")
        far = [await _jump(page, asked.day, days) for days in FAR]
        said = [await _said(browser, asked.address, at) for at in instants]
        await browser.close()
    times = [one["ms"] for one in seeks]
    return {
        "day": asked.day, "instants": len(times), "grids": said[0]["grids"],
        "p50_ms": round(statistics.median(times), 1), "worst_ms": round(max(times), 1),
        "main_thread_p50_ms": round(statistics.median(one["cpu_ms"] for one in seeks), 1),
        "main_thread_worst_ms": round(max(one["cpu_ms"] for one in seeks), 1),
        "day_before_ms": round(back, 1), "far_days_ms": [round(one, 1) for one in far],
        "differ": [
            at for at, one, told in zip(instants, seeks, said, strict=True) if one["read"] != told
        ],
    }  # fmt: skip


async def _seek(page: Page, at: int) -> dict[str, Any]:
    """Move the scrubber; the milliseconds, those of the main thread, and what is read then."""
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = await _computed_ms(session)
    passed = await page.evaluate(PAINTED, at)
    await page.wait_for_timeout(SETTLED_MS)
    computed = await _computed_ms(session) - before
    await session.detach()
    return {"ms": passed, "cpu_ms": computed, "read": await page.evaluate(READ)}


async def _computed_ms(session: CDPSession) -> float:
    found = await session.send("Performance.getMetrics")
    metrics = {one["name"]: float(one["value"]) for one in found["metrics"]}
    return 1_000 * metrics["ThreadTime"]


async def _jump(page: Page, day: str, days: int) -> float:
    """Go to a day so far away, of which the page knows nothing; the milliseconds."""
    there = date.fromisoformat(day) - timedelta(days)
    passed: float = await page.evaluate(PAINTED, there.isoformat())
    await page.wait_for_function(  # before the next, this one's columns are there
        "(at) => quankeView.day && Math.abs(Date.parse(quankeView.day) - Date.parse(at)) < 864e5",
        arg=there.isoformat(), timeout=60_000,
    )  # fmt: skip
    return passed


async def _opened(browser: Browser, address: str) -> Page:
    context = await browser.new_context(viewport=SIZE)
    page = await context.new_page()
    await page.goto(address)
    await page.wait_for_selector(".place", timeout=60_000)
    return page


async def _said(browser: Browser, address: str, at: int) -> dict[str, Any]:
    """What a fresh page reads that has asked the server for this instant alone."""
    page = await _opened(browser, f"{address}/wall?at={_iso(at)}")
    await page.wait_for_function("(at) => quankeView.shownAt === at", arg=at, timeout=60_000)
    await page.wait_for_function("() => window.quankeDirector", timeout=60_000)  # its last part
    read: dict[str, Any] = await page.evaluate(READ)
    await page.context.close()
    return read


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _table(figures: dict[str, Any]) -> str:
    return (
        f"day {figures['day']}: {figures['instants']} random instants, {figures['grids']} grids\n"
        f"  scrubber to painted frame   p50 {figures['p50_ms']} ms, worst {figures['worst_ms']} ms"
        f"  (goal {GOAL_MS:.0f})\n"
        f"  of it the main thread       p50 {figures['main_thread_p50_ms']} ms,"
        f" worst {figures['main_thread_worst_ms']} ms\n"
        f"  the day before, there already   {figures['day_before_ms']} ms\n"
        f"  days far away, asked for   {figures['far_days_ms']} ms\n"
        f"  pictures that differ from wall(asOf:)   {len(figures['differ'])} {figures['differ']}"
    )
