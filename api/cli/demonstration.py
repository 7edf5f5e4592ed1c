"""The demo district beside the platform: its year told at the start, then its days lived.

The platform knows nothing of it: the year passes the same dispatcher as any command, and
the days come over HTTP from a process of their own (`quanke demo drive`), with signed tokens.
"""

import gc
import os
import signal
import subprocess
import sys
from functools import partial
from typing import Final

import anyio
import structlog

from api.cli.progress import Progress
from api.cli.telling import second_teller
from api.demo.seeding import seed
from api.offspring import ending_with_us
from api.settings import REPOSITORY
from api.wiring import App
from eventlog.collector import collector_paused

AGAIN_S: Final = 5.0
POLL_S: Final = 0.5
STOP_S: Final = 5.0
LOG: Final = structlog.get_logger("quanke.demo")


async def found_demo(app: App) -> None:
    """Found the demo district and tell its year, unless this log has both already.

    Before the platform works: the reactor would warn today about last year's clocks, and
    the read models are built faster at once than page by page.
    """
    parts = app.platform
    founding, telling = Progress("founding the district"), Progress("telling its year")
    with collector_paused():
        await seed(
            parts.dispatcher, parts.log, parts.reference, parts.clock(), founding, telling,
            company=partial(second_teller, app.settings),
        )  # fmt: skip
        gc.freeze()  # what is there stays: looking through it would hold up the read models
    founding.close()
    telling.close()


async def live_demo(app: App, url: str) -> None:
    """Let the district live in a process of its own until cancelled; its end is not ours."""
    while True:
        process = _start(app, url)
        try:
            while process.poll() is None:
                await anyio.sleep(POLL_S)
        finally:
            _stop(process)
        LOG.error("the demo driver ended", code=process.returncode)
        await anyio.sleep(AGAIN_S)


def _start(app: App, url: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-m", "api", "demo", "drive", url]
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(
        [*command, "--data", str(app.settings.data_dir)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=env,
        start_new_session=True,
        preexec_fn=ending_with_us(signal.SIGKILL),  # noqa: PLW1509
    )


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
