"""`quanke sealer`: signs the log's head in a process of its own, with a key of its own.

`quanke run` starts one beside itself. Started by hand, as another account and with
QUANKE_SEALER_DIR in its hands alone, the platform can't read the key at all; then
QUANKE_SEALER=0 keeps the platform from starting its own. Witnesses that are to cosign
stand in the file `witnesses` beside the key (QUANKE_WITNESSES: another file).
"""

import asyncio

from api.cli.options import Data, read_settings, wait_for
from api.database import database
from api.settings import Settings
from api.telemetry import log_as_json
from eventlog.sealer import seal_for_ever
from eventlog.witnesses import ask_for_ever
from migrations import migrate


def sealer(*, data: Data = None) -> None:
    """Seal the log every 250 ms until stopped; wait for the database while it is away."""
    settings = read_settings(data)
    log_as_json(settings.log_level)
    wait_for(_sealer(settings))


async def _sealer(settings: Settings) -> None:
    async with database(settings, "sealer") as dsn:
        await migrate(dsn)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(seal_for_ever(dsn, settings.sealer_keys))
            tasks.create_task(ask_for_ever(dsn, settings.witness_policy))
