"""A sealed log and its export, made once for the tests that judge one."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from eventlog.export import export
from eventlog.postgres import PostgresLog
from eventlog.sealer import Sealer
from eventlog.tlog.notes import Verifier, parse_vkey
from tests.databases import clone
from tests.eventlog.samples import put

HELD, COUNT = 300, 600


@dataclass(frozen=True)
class Exported:
    """An export of 600 events, an older one of 300, and the key of both."""

    now: Path
    held: Path
    key: Verifier
    dsn: str

    def copy(self, to: Path) -> Path:
        """Return a copy of the export that may be spoilt."""
        return shutil.copytree(self.now, to / "copy")


def make(postgres: str, template: str, home: Path) -> Exported:
    """Fill a database of its own and export it twice."""
    dsn = clone(postgres, template, f"quanke_exported_{uuid4().hex[:8]}")
    loop = asyncio.new_event_loop()
    try:
        key = loop.run_until_complete(_fill(dsn, home))
    finally:
        loop.close()
    return Exported(home / "now", home / "held", key, dsn)


async def _fill(dsn: str, home: Path) -> Verifier:
    for count, place in ((HELD, "held"), (COUNT - HELD, "now")):
        async with PostgresLog.open(dsn) as log:
            for _ in range(count // 100):
                await put(log, uuid4(), count=100)
        async with Sealer.open(dsn, home / "sealer") as sealer:
            while await sealer.step():
                pass
            key = parse_vkey(sealer.vkey)
        await export(dsn, home / place)
    return key
