"""A process that works beside ours: it ends with us, and is started again when it fails.

What it does is not needed for an answer to a request, so its failure is logged and
counted and never stops the platform.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Final

import anyio
import structlog
from prometheus_client import Counter

from api.offspring import ending_with_us
from api.settings import REPOSITORY

POLL_S: Final = 0.2
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
STEADY_S: Final = 60.0
"""Who has worked for so long is started again at once, as if for the first time."""
STOP_S: Final = 5.0
RESTARTS: Final = Counter(
    "quanke_companion_restarts",
    "How often a process beside ours had to be started again.",
    ["name"],
)
_LOG: Final = structlog.get_logger(__name__)


async def keep(name: str, arguments: Sequence[str]) -> None:
    """Keep `quanke NAME …` running until cancelled; started from the main thread."""
    pause_s = FIRST_PAUSE_S
    while True:
        began = time.monotonic()
        code = await _run(name, arguments)
        if time.monotonic() - began > STEADY_S:
            pause_s = FIRST_PAUSE_S
        RESTARTS.labels(name).inc()
        _LOG.error("companion ended", name=name, code=code, again_in_s=pause_s)
        await anyio.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


async def _run(name: str, arguments: Sequence[str]) -> int:
    process = _spawn(name, arguments)
    try:
        while (code := process.poll()) is None:
            await anyio.sleep(POLL_S)
    finally:
        _end(process)
    return code


def _spawn(name: str, arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "api", name, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=ending_with_us(signal.SIGTERM),  # noqa: PLW1509
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it and wait; it has nothing to save that is not saved already."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_S)
