"""`quanke import FILE --source …`: real service requests into the log, and nothing invented.

Beside a running platform it writes to the same log; alone it brings its own server and
its own projector, so that what was imported can be seen and verified when it ends.
"""

import sys
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
from api.settings import Settings
from api.wiring import App

PROBLEMS_SHOWN: Final = 20


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
    summary = wait_for(_import(read_settings(data), file, source, timezone))
    for problem in summary.problems[:PROBLEMS_SHOWN]:
        print(f"{file}: {problem}", file=sys.stderr)
    if len(summary.problems) > PROBLEMS_SHOWN:
        print(f"… and {len(summary.problems) - PROBLEMS_SHOWN} more", file=sys.stderr)
    print(summary.line())


async def _import(settings: Settings, file: Path, source: str, timezone: str | None) -> Summary:
    async with (
        database(settings, "import") as dsn,
        App.open(settings, dsn) as app,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(app.runner.run)
        progress = Progress(f"importing {file.name}")
        try:
            summary = await load(app.platform, file, source, timezone, progress)
        except FileRefused as error:
            raise Failed(f"{file}: {error}") from error
        progress.close()
        await caught_up(app)
        tasks.cancel_scope.cancel()
    return summary
