"""`quanke psql`: the database, through the psql of the server's own binaries."""

import shutil
import signal
import subprocess
from typing import Annotated

from cyclopts import Parameter

from api.cli.failure import Failed
from api.cli.options import Data, read_settings, wait_for
from api.database import database
from api.database.binaries import find_binaries
from api.settings import Settings
from migrations import migrate


def psql(
    *arguments: Annotated[str, Parameter(allow_leading_hyphen=True)], data: Data = None
) -> int:
    """Open the database; arguments go to psql (quanke psql -c 'select 1').

    Parameters
    ----------
    arguments
        What psql takes.
    """
    return wait_for(_psql(read_settings(data), arguments))


async def _psql(settings: Settings, arguments: tuple[str, ...]) -> int:
    program = _program(settings)
    async with database(settings, "psql") as dsn:
        await migrate(dsn)
        # Ctrl-C belongs to psql, which cancels its query and goes on.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            done = subprocess.run([program, *arguments, "--dbname", dsn], check=False)  # noqa: ASYNC221
        finally:
            signal.signal(signal.SIGINT, before)
    return done.returncode


def _program(settings: Settings) -> str:
    inside = find_binaries(settings.pg_bin).bin / "psql"
    found = str(inside) if inside.is_file() else shutil.which("psql")
    if found is None:
        raise Failed("there is no psql here: apt-get install postgresql-client")
    return found
