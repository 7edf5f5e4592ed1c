"""A server that is thrown away, and a log filled with made-up histories."""

import datetime as dt
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import asyncpg

from api.database import Database, opened
from api.settings import Settings
from bench.histories import YEAR, stories
from migrations import migrate

EVENTS_A_CASE: Final = 10
CHUNK: Final = 50_000
COLUMNS: Final = (
    "originator_id", "originator_version", "topic", "state", "notification_id", "schema",
    "recorded_at", "command_id", "command_index", "actor", "meta",
)  # fmt: skip


@asynccontextmanager
async def server(name: str) -> AsyncIterator[Database]:
    """Open a migrated database on a server of its own with fsync on."""
    home = Path(tempfile.mkdtemp(prefix=f"quanke-{name}-", dir="/tmp"))
    home.chmod(0o711)
    try:
        async with opened(Settings(data=home / "data"), "bench", exclusive=True) as served:
            await migrate(served.dsn)
            yield served
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def fill(dsn: str, events: int) -> int:
    """Copy made-up histories into the log; return how many events they came to.

    However many cases, they are a year's: a few hundred to a thousand are open at a time.
    """
    connection = await asyncpg.connect(dsn, command_timeout=600)
    rows, count = _rows(events), 0
    while chunk := list(islice(rows, CHUNK)):
        await connection.copy_records_to_table("quanke_log", records=chunk, columns=COLUMNS)
        count += len(chunk)
        print(f"filled {count:,} events", file=sys.stderr)
    await connection.execute("vacuum analyze quanke_log")
    await connection.execute("checkpoint")
    await connection.close()
    return count


def _rows(events: int) -> Iterator[tuple[Any, ...]]:
    now = dt.datetime.fromtimestamp(time.time(), tz=dt.UTC)
    cases = max(events // EVENTS_A_CASE, 1)
    for position, step in enumerate(stories(cases, apart=YEAR // cases), start=1):
        new = step.new()
        yield (
            step.stream, step.version, new.topic, new.state, position, new.schema, now,
            uuid4(), 0, "system:bench", new.meta,
        )  # fmt: skip
