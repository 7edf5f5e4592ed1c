"""What is done to read models from a screen: held events, building anew, comparing.

The same functions as `./quanke quarantine`, `rebuild` and `verify`. The last two cost a core
for some seconds, so each is a process of its own; the answers that people wait for go on.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import anyio

from api.settings import REPOSITORY
from projections import release
from projections.port import ReadModel
from projections.quarantine import Held
from projections.rebuild import named
from projections.release import Released

LONGEST_S: Final = 3_600.0
ERRORS_KEPT: Final = 500
FAULTY: Final = 2
"""How `verify` ends when it has looked and something is wrong."""


class RebuildFailed(RuntimeError):
    """The rebuild ended without a new build; the message may be shown to administrators."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Works on the database at `dsn`."""

    dsn: str

    async def held(self) -> list[Held]:
        """Return every event in quarantine, skipped ones included."""
        return await release.listed(self.dsn, named([]))

    async def retry(self, read_model: str) -> list[Released]:
        """Apply a read model's held streams again. Raises UnknownReadModel."""
        return await release.retry(self.dsn, named([read_model]))

    async def skip(self, read_model: str, position: int, reason: str, by: str) -> list[Released]:
        """Decide that an event changes nothing; its stream goes on.

        Raises NothingHeld, UnknownReadModel, and ValueError without a reason.
        """
        (model,) = named([read_model])
        return await release.skip(self.dsn, model, position, reason, by)

    async def rebuild(self, read_models: Sequence[str]) -> None:
        """Build read models anew and swap them in. Raises UnknownReadModel, RebuildFailed.

        Whoever gives up waiting ends it: the live build stays as it is until the swap.
        """
        models: list[ReadModel] = named(read_models)
        done = await self._run("rebuild", *(one.name for one in models))
        if done.returncode:
            raise RebuildFailed(done.stderr.decode(errors="replace").strip()[-ERRORS_KEPT:])

    async def verify(self) -> bytes:
        """Recompute everything from the log and compare; the verdict as `verify --json` prints it.

        Raises RebuildFailed when the check itself could not be made.
        """
        done = await self._run("verify", "--json")
        if done.returncode not in (0, FAULTY):
            raise RebuildFailed(done.stderr.decode(errors="replace").strip()[-ERRORS_KEPT:])
        return done.stdout

    async def _run(self, *command: str) -> "subprocess.CompletedProcess[bytes]":
        """Run `quanke` beside this process; it ends when whoever waits for it gives up."""
        with anyio.fail_after(LONGEST_S):
            return await anyio.run_process(
                [sys.executable, "-P", "-m", "api", *command],
                check=False,
                cwd=REPOSITORY,
                env={**os.environ, "PYTHONPATH": str(REPOSITORY), "DATABASE_URL": self.dsn},
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
