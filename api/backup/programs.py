"""The server's own programs, run as children that end with us."""

import subprocess
from collections.abc import Sequence
from typing import Final

from anyio import to_thread

from api.database.binaries import Binaries
from api.database.cluster import CLEAN_ENV
from api.database.errors import DatabaseError

PATIENCE_S: Final = 24 * 3600.0
TAIL: Final = 2_000


class ProgramFailed(DatabaseError):
    """A program of the server failed; the end of what it said."""


async def run(binaries: Binaries, name: str, arguments: Sequence[str]) -> None:
    """Run one to its end. Raises ProgramFailed."""
    await to_thread.run_sync(_run, binaries.program(name), name, list(arguments))


def _run(program: str, name: str, arguments: list[str]) -> None:
    done = subprocess.run(
        [program, *arguments],
        cwd="/",
        env=CLEAN_ENV,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=PATIENCE_S,
        check=False,
    )
    if done.returncode != 0:
        raise ProgramFailed(f"{name} failed ({done.returncode}):\n{done.stderr.strip()[-TAIL:]}")
