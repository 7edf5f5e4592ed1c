"""The demo's year told by two processes: deciding a command is one core's work.

A first start waits for nothing so long as for its year. A second process beside `run` takes
every other matter through a dispatcher of its own; the log orders what both append, as it
does for any two writers.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import anyio

from api.cli.failure import Failed
from api.database import opened
from api.demo.arrivals import CASES_A_YEAR
from api.demo.history import YEAR_DAYS, tell
from api.demo.pace import DONE, InStep, Share, in_step, lay_out
from api.demo.seeding import DispatchedCases, Others, alone
from api.dispatch.deciding import deciding
from api.offspring import ending_with_us
from api.settings import REPOSITORY, Settings
from eventlog.collector import collector_paused

TELLERS: Final = 2
POLL_S: Final = 0.05


@asynccontextmanager
async def second_teller(
    settings: Settings, days_back: int = YEAR_DAYS, a_year: int = CASES_A_YEAR
) -> AsyncIterator[Others]:
    """Start the second teller; leaving waits for it. On one core we tell alone.

    Raises Failed when it fails: the year would have holes.
    """
    if (os.cpu_count() or 1) < TELLERS:
        async with alone() as others:
            yield others
        return
    with tempfile.TemporaryDirectory(prefix="quanke-telling-") as folder:
        path = Path(folder) / "pace"
        lay_out(path, TELLERS)
        process = _start(settings, path, days_back, a_year)
        try:
            with in_step(path, Share(0, TELLERS)) as pace:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_ended_well, process)
                    yield lambda end: _begin(pace, end)
                    pace.reach(DONE)
        finally:
            process.kill()
            process.wait()


def _begin(pace: InStep, end: int) -> tuple[Share, InStep]:
    pace.set_year_end(end)
    return Share(0, TELLERS), pace


async def _ended_well(process: "subprocess.Popen[bytes]") -> None:
    while (code := process.poll()) is None:
        await anyio.sleep(POLL_S)
    if code:
        raise Failed(f"the second teller of the demo's year ended with code {code} (see above)")


def _start(
    settings: Settings, path: Path, days_back: int, a_year: int
) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-m", "api", "demo", "tell", str(path)]
    share = ["--rest", "1", "--tellers", str(TELLERS)]
    share += ["--days-back", str(days_back), "--a-year", str(a_year)]
    where = ["--data", str(settings.data_dir)] if settings.external_dsn is None else []
    return subprocess.Popen(
        [*command, *share, *where],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        start_new_session=True,
        preexec_fn=ending_with_us(signal.SIGKILL),  # noqa: PLW1509
    )


async def tell_share(
    settings: Settings, path: Path, share: Share, *, days_back: int, a_year: int
) -> None:
    """Wait until the district is founded, then tell our share of its year.

    Raises the platform's errors.
    """
    async with opened(settings, "demo tell") as database:
        with in_step(path, share) as pace, collector_paused():
            end = await pace.year_end()
            async with deciding(settings, database.dsn) as parts:
                cases = DispatchedCases(parts.dispatcher)
                await tell(cases, end, days_back=days_back, a_year=a_year, share=share, pace=pace)
