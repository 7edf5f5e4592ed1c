"""Does a replay keep its pace? A day of a platform played at ×600, as the wall's page hears it.

A running platform (the demo, say) and a Chromium without a GPU that opens the wall in the past,
at a pace. Each heartbeat names the instant that is told. How much later it came than the pace
wants, counted from the first message, is how far the telling is behind; the server's own word
for it stands beside. The end of a telling that falls behind is later than its beginning says.

    ./quanke run --data DIR --port 8000 &
    ./quanke bench play --address http://127.0.0.1:8000 --day 2026-11-20
"""

import argparse
import asyncio
import json
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

from playwright.async_api import Page, WebSocket, async_playwright

from bench.patience import GAVE_UP, ended, say, within
from bench.wall import FRAMES, SIZE
from tests.browser.conftest import FLAGS, headless

GOAL_S: Final = 0.5
"""Behind by more: two turns of the server, and what a message takes."""
PATIENCE_S: Final = 60.0
BUSY: Final = "T08:00:00+08:00"
"""From here a working day is played: when most happens."""


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when the telling fell behind."""
    parser = argparse.ArgumentParser(prog="quanke bench play", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--day", required=True, help="a day of the past, such as 2026-11-20")
    parser.add_argument("--speed", type=int, default=600, choices=(1, 10, 60, 600))
    parser.add_argument("--seconds", type=float, default=30.0)
    asked = parser.parse_args(arguments)
    found = ended(run(asked))
    if found is None:
        return GAVE_UP
    print(json.dumps(found) if asked.json else table(found))
    return 0 if found["worst_behind_s"] < GOAL_S else 1


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Return how far behind the telling was, what it told, and the frames meanwhile."""
    async with async_playwright() as playwright:
        say("a browser")
        heard = Heard()
        async with within(PATIENCE_S, "a wall that plays the past"):
            browser = await playwright.chromium.launch(executable_path=headless(), args=list(FLAGS))
            page = await browser.new_page(viewport=SIZE)
            page.on("websocket", heard.listen)
            at = datetime.fromisoformat(asked.day + BUSY).timestamp()
            await page.goto(f"{asked.address}/wall?at={_utc(at)}&speed={asked.speed}", timeout=0)
            await page.locator(".place").first.wait_for(timeout=0)
            await heard.begun.wait()
        say(f"x{asked.speed} for {asked.seconds:.0f} s")
        async with within(PATIENCE_S + asked.seconds, "the telling"):
            frames = await _frames(page, asked.seconds)
        await browser.close()
    gaps = [after - one for one, after in pairwise(frames)]
    return heard.figures(at, asked.speed) | {
        "day": asked.day, "speed": asked.speed, "load": round(os.getloadavg()[0], 1),
        "fps": round(1_000 * len(gaps) / sum(gaps), 1),
    }  # fmt: skip


class Heard:
    """The messages of a replay, with the instant at which each came."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self.begun = asyncio.Event()
        self._first = 0.0
        self._beats: list[tuple[float, float, float]] = []
        self._messages = self._lines = 0

    def listen(self, line: WebSocket) -> None:
        """Take what comes over one connection of the page."""
        line.on("framereceived", self.take)

    def take(self, frame: str | bytes) -> None:
        """Note a message of the replay; any other is none of ours."""
        message = (json.loads(frame).get("payload") or {}).get("data", {}).get("replay")
        if message is None:
            return
        now = self._now()
        self._messages += 1
        self._lines += len(message.get("feed", ()))
        if message["__typename"] == "WallSnapshot":
            self._first, self._beats = now, []
            self.begun.set()
        elif message["__typename"] == "Heartbeat":
            told = datetime.fromisoformat(message["serverTime"]).timestamp()
            self._beats.append((now, told, message["oldestUnappliedAgeMs"] / 1_000))

    def figures(self, begin: float, speed: int) -> dict[str, Any]:
        """How late the heartbeats were, in seconds of ours, for a telling from an instant on."""
        first = self._first
        behind = [(now - first) - (at - begin) / speed for now, at, _ in self._beats]
        return {
            "worst_behind_s": round(max(behind), 2), "behind_at_end_s": round(behind[-1], 2),
            "server_says_worst_s": round(max(late for *_, late in self._beats), 2),
            "told_h": round((self._beats[-1][1] - begin) / 3_600, 1),
            "took_s": round(self._beats[-1][0] - first, 1),
            "messages": self._messages, "events_shown": self._lines,
        }  # fmt: skip


async def _frames(page: Page, seconds: float) -> list[float]:
    """When the page's frames were, over so many seconds."""
    await page.evaluate(FRAMES)
    await asyncio.sleep(seconds)
    frames: list[float] = await page.evaluate("() => { watching = false; return frames; }")
    return frames


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def table(found: dict[str, Any]) -> str:
    """Return the figures as lines."""
    return (
        f"{found['day']} from 08:00 at x{found['speed']}: {found['told_h']} h told in"
        f" {found['took_s']} s, {found['messages']} messages, {found['events_shown']} events\n"
        f"  behind its pace     worst {found['worst_behind_s']} s, at the end"
        f" {found['behind_at_end_s']} s  (goal {GOAL_S} s)\n"
        f"  the server says     worst {found['server_says_worst_s']} s\n"
        f"  frames a second     {found['fps']}, load {found['load']}"
    )
