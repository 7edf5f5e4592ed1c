"""`quanke import` and `quanke replay`: real service requests, and nothing invented.

Beside a running platform they write to the same log; alone they bring their own server
and projector, so that what came in can be seen and verified when they end.
"""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import anyio

from api.cli.catching_up import caught_up
from api.cli.failure import Failed
from api.cli.options import Data, read_settings, wait_for
from api.cli.progress import Progress
from api.database import database
from api.importers.load import Summary
from api.importers.load import import_file as load
from api.importers.refused import FileRefused
from api.replay import SPEED, replay_file
from api.settings import Settings
from api.wiring import App

PROBLEMS_SHOWN: Final = 20

Feed = Callable[[App, Progress], Awaitable[Summary]]


def import_file(file: Path, *, source: str, timezone: str | None = None, data: Data = None) -> None:
    """Import a file of service requests; the same file again adds nothing.

    Parameters
    ----------
    file
        CSV, JSON or XML in any form the portal publishes.
    source
        boston-311, nyc-311 or open311.
    timezone
        Of times that state none: an IANA name. The two cities have their own.
    """

    async def feed(app: App, progress: Progress) -> Summary:
        return await load(app.platform, file, source, timezone, progress)

    _report(file, wait_for(_feed(read_settings(data), f"importing {file.name}", feed)))


def replay(
    file: Path,
    *,
    source: str,
    speed: float = SPEED,
    timezone: str | None = None,
    data: Data = None,
) -> None:
    """Feed a file's rows live, at a multiple of their own pace: the wall moves with the city.

    Parameters
    ----------
    file
        CSV, JSON or XML in any form the portal publishes.
    source
        boston-311, nyc-311 or open311.
    speed
        600: ten minutes of the city in one second.
    timezone
        Of times that state none: an IANA name.
    """
    if speed <= 0:
        raise Failed("--speed must be greater than 0")

    async def feed(app: App, progress: Progress) -> Summary:
        return await replay_file(app.platform, file, source, speed, timezone, progress)

    _report(file, wait_for(_feed(read_settings(data), f"replaying {file.name}", feed)))


async def _feed(settings: Settings, label: str, feed: Feed) -> Summary:
    summary: Summary | None = None
    async with (
        database(settings, label.split()[0]) as dsn,
        App.open(settings, dsn) as app,
        anyio.create_task_group() as tasks,
    ):
        progress = Progress(label)
        try:
            summary = await feed(app, progress)
        except FileRefused as error:
            raise Failed(f"{label.partition(' ')[2]}: {error}") from error
        progress.close()
        tasks.start_soon(app.runner.run)  # after it: a page of thousands is cheaper than of tens
        await caught_up(app)
        tasks.cancel_scope.cancel()
    assert summary is not None, "what ends the block otherwise is raised"
    return summary


def _report(file: Path, summary: Summary) -> None:
    for problem in summary.problems[:PROBLEMS_SHOWN]:
        print(f"{file}: {problem}", file=sys.stderr)
    if len(summary.problems) > PROBLEMS_SHOWN:
        print(f"… and {len(summary.problems) - PROBLEMS_SHOWN} more", file=sys.stderr)
    print(summary.line())
