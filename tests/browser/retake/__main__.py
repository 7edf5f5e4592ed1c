"""Take the pictures of docs/ anew: `python -m tests.browser.retake --data DIR`.

Only what a person can bring about: addresses, keys, buttons. Parts are taken in an order in
which none disturbs the next: the danger to life, which is on every wall afterwards, comes last.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from playwright.async_api import async_playwright

from tests.browser.phone import chromium
from tests.browser.retake import desks, phones, walls
from tests.browser.retake.camera import PICTURES, Camera

FLAGS: Final = ("--headless", "--no-sandbox", "--disable-gpu")
PARTS: Final[dict[str, Callable[[Camera], Awaitable[None]]]] = {
    "views": desks.views, "refused": desks.refused, "alarms": desks.alarms,
    "proof": desks.proof, "policy": desks.policy, "areas": desks.areas,
    "field": phones.field_app, "replay": walls.replay, "walls": walls.walls,
}  # fmt: skip


async def main() -> None:
    """Take the parts that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help=" ".join(PARTS))
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--into", type=Path, default=PICTURES)
    given = parser.parse_args()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        camera = Camera(browser, given.address, given.data, given.into)
        for name, take in PARTS.items():
            if not given.only or name in given.only:
                await take(camera)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
