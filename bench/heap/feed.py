"""The made-up feed of the wall's benchmarks: grid updates and lines, so many a second."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from tests.browser.double import Double

BATCH_S: Final = 0.05


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
        double.forget()
        double.tell(told)
        due += BATCH_S
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
