"""A log that ended at a position: an empty database that is told the beginning of another's.

Read models are built in it from nothing by the same code as everywhere, under their own
names, so that live queries there answer what would have been answered then. It only ever
goes forward, so many positions cost one pass.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from eventlog.format import leaf_entry, leaf_hash
from eventlog.record import Position
from migrations import migrate
from projections import checkpoint
from projections.build import Build
from projections.checkpoint import Checkpoint
from projections.history import History
from projections.port import Connection, ReadModel
from projections.registry import schema_of
from projections.session import connect

NAME: Final = "quanke_stopped"
PAGE: Final = 10_000
COLUMNS: Final = (
    "originator_id", "originator_version", "topic", "state", "notification_id", "schema",
    "recorded_at", "command_id", "command_index", "actor", "meta",
)  # fmt: skip
_READ: Final = f"""
select {", ".join(COLUMNS)} from quanke_log
 where notification_id > $1 and notification_id <= $2 order by notification_id
"""


class Stopped:
    """The database and the read models in it, all at one position of the source."""

    def __init__(
        self, source: Connection, connection: Connection, reader: Connection,
        models: tuple[ReadModel, ...],
    ) -> None:  # fmt: skip
        self.connection = connection
        self._source = source
        self._models = models
        self._history = History(reader)
        self._build = Build(connection, self._history, models, schema_of)
        self.position = 0

    async def begin(self) -> None:
        """Make the empty tables."""
        await self._build.create()
        await self._build.index()

    async def go_to(self, position: int) -> None:
        """Take the source's log up to a position, and build on to there."""
        while self.position < position:
            until = min(position, self.position + PAGE)
            rows = await self._source.fetch(_READ, self.position, until)
            await self.connection.copy_records_to_table(
                "quanke_log", records=[tuple(row) for row in rows], columns=COLUMNS
            )
            self.position = until
        await self._build.catch_up(position)
        assert not any(self._build.failures.values()), self._build.failures
        (last,) = await self._history.read_all(Position(position - 1), 1)
        for model in self._models:
            here = Checkpoint(
                read_model=model.name, version=model.version, rebuild=0, position=position,
                recorded_at=last.recorded_at, leaf=leaf_hash(leaf_entry(last)), holds=0,
            )  # fmt: skip
            await checkpoint.place(self.connection, here)


@asynccontextmanager
async def stopped(
    dsn: str, models: tuple[ReadModel, ...], name: str = NAME
) -> AsyncIterator[Stopped]:
    """Make an empty database beside the one of `dsn`, and drop it in the end."""
    source = await connect(dsn, "check")
    await source.execute(f"drop database if exists {name} with (force)")
    await source.execute(f"create database {name}")
    try:
        beside = _named(dsn, name)
        await migrate(beside)
        connection, reader = await connect(beside, "check"), await connect(beside, "check reader")
        try:
            made = Stopped(source, connection, reader, models)
            await made.begin()
            yield made
        finally:
            connection.terminate()
            reader.terminate()
    finally:
        await source.execute(f"drop database if exists {name} with (force)")
        await source.close()


def _named(dsn: str, name: str) -> str:
    """Return the dsn of another database on the same server."""
    head, mark, query = dsn.partition("?")
    return f"{head.rpartition('/')[0]}/{name}{mark}{query}"
