"""The log in PostgreSQL.

One writer task and one LISTEN connection per process, and a few readers. What is
promised stands in `port.py`; how it is written, in `writer.py` and the functions
`quanke_append…` of `migrations/` (0001, 0195, 0197).
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import starmap
from typing import Final
from uuid import UUID

import asyncpg

from eventlog.beside import beside
from eventlog.collector import collector_paused
from eventlog.connection import (
    SINCE_1970,
    connect,
    connect_reader,
    options,
    patiently,
    refuse_lossy,
)
from eventlog.errors import LogDamaged
from eventlog.readers import Readers
from eventlog.record import Appended, Position, Recorded, Step, Unchanged, Write
from eventlog.tail import Tail
from eventlog.wake import Doorbell, follow, listen
from eventlog.writer import Writer

_COLUMNS: Final = (
    "notification_id, originator_id, originator_version, topic, schema, "
    f"recorded_at + {SINCE_1970}, command_id, command_index, actor, meta, state"
)
_HEAD: Final = "select notification_id from quanke_log order by notification_id desc limit 1"
_ALL: Final = f"""
select {_COLUMNS} from quanke_log
 where notification_id > $1 order by notification_id limit $2
"""
_STREAM: Final = f"""
select {_COLUMNS} from quanke_log
 where originator_id = $1 and originator_version > $2 order by originator_version limit $3
"""
_STEPS: Final = """
select originator_version, topic, schema, actor, meta, state from quanke_log
 where originator_id = $1 and originator_version > $2 order by originator_version limit $3
"""
_STREAMS: Final = f"""
select {_COLUMNS} from quanke_log
 where originator_id = any ($1) order by originator_id, originator_version
"""
_REFERENCE: Final = f"""
select {_COLUMNS} from quanke_log
 where notification_id > $1 and topic not like 'case.%' and topic not like 'access.%'
 order by notification_id limit $2
"""
_ACCESS: Final = f"""
select {_COLUMNS} from quanke_log
 where topic like 'access.%' and convert_from(state, 'UTF8')::jsonb ->> 'subject' = any ($1)
 order by notification_id
"""


class PostgresLog:
    """Append, read, follow. Made by `open`; one per process."""

    def __init__(self, readers: Readers, writer: Writer, bell: Doorbell) -> None:
        self._readers = readers
        self._writer = writer
        self._bell = bell
        self._tail = Tail(self.read_all, bell)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        dsn: str,
        *,
        capacity: int = 8_192,
        deadline_s: float = 15.0,
        readers: int = 4,
        allow_lossy: bool = False,
    ) -> "AsyncIterator[PostgresLog]":
        """Open the log of a migrated database.

        `capacity` commands may wait, each at most about `deadline_s`. Raises LogUnsafe
        when synchronous_commit is off, unless `allow_lossy` (the kill check's control).
        """
        writer = Writer(lambda: connect(dsn, "quanke writer"), capacity, deadline_s)
        bell = Doorbell()
        sessions = Readers(lambda: connect_reader(dsn, "quanke log"), readers)
        try:
            if not allow_lossy:
                await refuse_lossy(sessions.fetch)
            ears = listen(lambda: asyncpg.connect(dsn, **options("quanke doorbell")), bell)
            async with beside(writer.run(), ears):
                try:
                    yield cls(sessions, writer, bell)
                finally:
                    await writer.close()
        finally:
            sessions.close()

    @property
    def waiting(self) -> int:
        """How many commands wait to be written."""
        return self._writer.waiting

    async def append(
        self,
        command_id: UUID,
        actor: str,
        writes: Sequence[Write],
        unchanged: Sequence[Unchanged] = (),
    ) -> Appended:
        """Append the events of one command, all or nothing; see `port.EventLog`."""
        return await self._writer.submit(command_id, actor, writes, unchanged)

    async def head(self) -> Position:
        """Return the last position, 0 for an empty log."""
        rows = await patiently(self._readers, self._readers.fetch, _HEAD)
        return Position(rows[0][0] if rows else 0)

    async def read_stream(
        self, stream: UUID, after_version: int = 0, limit: int = 10_000
    ) -> list[Recorded]:
        """Read one stream in version order, starting just after a version."""
        return await self._fetch(_STREAM, stream, after_version, limit)

    async def read_steps(
        self, stream: UUID, after_version: int = 0, limit: int = 10_000
    ) -> list[Step]:
        """Read one stream as `read_stream` does, only what folding it to its state takes."""
        readers = self._readers
        rows = await patiently(readers, readers.fetch, _STEPS, stream, after_version, limit)
        return list(starmap(Step, rows))

    async def read_streams(self, streams: Sequence[UUID]) -> list[Recorded]:
        """Read several whole streams in one round trip, ordered by stream, then version."""
        return await self._fetch(_STREAMS, streams)

    async def read_reference(self, after: Position, limit: int = 10_000) -> list[Recorded]:
        """Read what is neither of cases nor of access, in position order, just after a position.

        Few events among many, by an index of their own; positions have holes.
        """
        return await self._fetch(_REFERENCE, after, limit)

    async def read_access(self, subjects: Sequence[str]) -> list[Recorded]:
        """Read who has opened what of these subjects. All access events are gone through."""
        return await self._fetch(_ACCESS, list(subjects))

    async def read_all(self, after: Position, limit: int = 1_000) -> list[Recorded]:
        """Read the log in position order, starting just after a position.

        Raises LogDamaged when a position is missing, LogUnavailable.
        """
        with collector_paused(limit):
            page = await self._fetch(_ALL, after, limit)
        if page and page[-1].position != after + len(page):
            raise _hole(page, after)
        return page

    def follow(self, after: Position, limit: int = 5_000) -> AsyncIterator[list[Recorded]]:
        """Yield page after page for ever, waiting at the head for what comes."""
        return follow(self._tail.read, self._bell, after, limit)

    async def follow_reference(self, after: Position) -> AsyncIterator[list[Recorded]]:
        """Yield what is not about cases, for ever; a page costs nothing while only cases come."""
        async for page in self.follow(after):
            found = [one for one in page if not one.topic.startswith("case.")]
            if found:
                yield found

    async def _fetch(self, query: str, *parameters: object) -> list[Recorded]:
        rows = await patiently(self._readers, self._readers.fetch, query, *parameters)
        return list(starmap(Recorded, rows))


def _hole(page: list[Recorded], after: Position) -> LogDamaged:
    for step, recorded in enumerate(page, start=1):
        if recorded.position != after + step:
            return LogDamaged(after + step, f"the next one stored is {recorded.position}")
    raise AssertionError(page)
