"""What goes on with pictures beside requests: bound to their cases, looked at again, swept.

Binding follows the log, so that a crash between an event and its picture heals itself;
how far it has come is kept in the database. What no event names within a week is dropped:
a device that still wants it sends it again under the same id.
"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import asyncpg
import structlog

from api.attachments import rows
from api.attachments.attachments import Attachments, PictureGone
from api.attachments.rows import SQL
from api.attachments.scanning import Verdict
from api.attachments.storage import Storage, StorageFailed
from domain.case.values import Evidence
from domain.topics import EVENT_TYPES, decode
from eventlog.connection import AWAY, patiently
from eventlog.port import EventLog
from eventlog.record import Position, Recorded

TOPICS: Final = frozenset(
    topic for topic, event in EVENT_TYPES.items() if "evidence" in event.__struct_fields__
)
NAMES_SOME: Final = b'"evidence":['
SWEEP_EVERY_S: Final = 60.0
LOOSE_FOR: Final = timedelta(days=7)
ORPHANS_AFTER: Final = timedelta(days=1)
ORPHANS_EVERY: Final = 60
"""Sweeps between two listings of the store."""
AT_ONCE: Final = 50
STEP: Final = 10_000
LOG: Final = structlog.get_logger("quanke.attachments")


class Keeper:
    """Binds and sweeps. One per process; several do no harm."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        log: EventLog,
        attachments: Attachments,
        storage: Storage,
    ) -> None:
        self._pool = pool
        self._log = log
        self._attachments = attachments
        self._storage = storage

    async def run(self) -> None:
        """Keep for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            tasks.create_task(self._sweep_for_ever())

    async def _follow(self) -> None:
        after = noted = await self.start()
        async for page in self._log.follow(after):
            bound = await self._bind(page)
            after = page[-1].position
            if bound or after - noted >= STEP:
                await patiently(self._pool, self._pool.execute, SQL["read_to"], after)
                noted = after

    async def start(self) -> Position:
        """Return where to go on: at the log's head when no picture waits for an event."""
        head = await self._log.head()
        if not await self._pool.fetchval(SQL["anything_loose"]):
            await self._pool.execute(SQL["read_to"], head)
            return head
        return Position(await self._pool.fetchval(SQL["reader"]))

    async def _bind(self, page: Iterable[Recorded]) -> bool:
        """Bind what a page's events name; False when they name nothing."""
        any_named = False
        for one in page:
            if one.topic not in TOPICS or NAMES_SOME not in one.state:
                continue
            event = decode(one.topic, one.schema, one.state)
            evidence: tuple[Evidence, ...] = getattr(event, "evidence", ())
            try:
                await self._attachments.bind(one, evidence)
            except PictureGone:
                LOG.exception("a picture lost its key before its event", position=one.position)
            any_named = True
        return any_named

    async def _sweep_for_ever(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            try:
                await self.sweep()
                if turn % ORPHANS_EVERY == 0:
                    await self.sweep_orphans()
            except (StorageFailed, *AWAY) as error:
                LOG.warning("pictures could not be swept", error=str(error))
            turn += 1

    async def sweep(self) -> None:
        """Look at what is in quarantine and drop what nobody names. Raises StorageFailed."""
        for row in await rows.fetch(self._pool, "quarantined", AT_ONCE):
            if await self._attachments.look_again(row) is Verdict.QUARANTINED:
                break  # the scanner is away
        stale = await rows.fetch(self._pool, "stale", LOOSE_FOR, AT_ONCE)
        if stale:
            await self._attachments.drop(stale)

    async def sweep_orphans(self) -> int:
        """Delete objects that no row names and return how many: a crash while receiving."""
        before = await self._pool.fetchval(SQL["older_than"], ORPHANS_AFTER)
        names: set[str] = set()
        async for name, written in self._storage.names():
            if written < before:
                names.add(name)
        found = await self._pool.fetch(SQL["objects"], sorted(names))
        orphans = sorted(names - {one["object"] for one in found})
        await self._storage.delete(orphans)
        return len(orphans)
