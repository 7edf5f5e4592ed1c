"""The demo district beside the platform: its year told at the start, then its days lived.

The platform knows nothing of it: the year passes the same dispatcher as any command, and
the days come over HTTP from a process of their own, with signed tokens.
"""

import subprocess
import sys
from typing import Final

import anyio
import structlog

from api.cli.progress import Progress
from api.demo.seeding import seed
from api.settings import REPOSITORY
from api.wiring import App

GRACE_S: Final = 3.0
AGAIN_S: Final = 5.0
"""How long after it has ended by itself the living district is started again."""
LOG: Final = structlog.get_logger("quanke.demo")


async def found_demo(app: App) -> None:
    """Found the demo district and tell its year, unless this log has it already."""
    parts = app.platform
    founding, telling = Progress("founding the district"), Progress("telling its year")
    await seed(parts.dispatcher, parts.log, parts.reference, parts.clock(), founding, telling)
    founding.close()
    telling.close()


async def live_demo(app: App, url: str) -> None:
    """Let the demo live in a process of its own until cancelled."""
    while True:
        await _live_once(app, url)
        LOG.warning("the demo's people went home; they come back", after_s=AGAIN_S)
        await anyio.sleep(AGAIN_S)


async def _live_once(app: App, url: str) -> None:
    command = [
        sys.executable, "-m", "api", "demo", "drive", url,
        "--data", str(app.settings.data_dir),
    ]  # fmt: skip
    process = await anyio.open_process(
        command, cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=None
    )
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            with anyio.CancelScope(shield=True), anyio.move_on_after(GRACE_S):
                await process.wait()
        if process.returncode is None:
            process.kill()
