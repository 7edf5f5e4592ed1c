"""Build read models from the first event on, in schemas of their own.

The same fold and the same writes as the runner's, only in larger pages and without
checkpoints: what comes out is what a runner would have made. Used by a rebuild, by the
first start of a new version, and by `verify` as the truth to compare with.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from domain.event import Microseconds
from eventlog.collector import collector_paused
from eventlog.record import Position, Recorded
from projections import leaves, quarantine
from projections.applying import carefully, transient, view
from projections.case_facts.folding import Folding
from projections.case_past.queries import NAME as PAST
from projections.decoding import Failure
from projections.earlier import EVERY
from projections.feed.queries import WINDOW
from projections.named import Queries
from projections.port import Connection, Page, ReadModel
from projections.preparing import Prepared, ahead, asks_for_steps, prepare
from projections.quarantine import Holds
from projections.registry import indexes_sql, tables_sql
from projections.sight import protect

PAGE: Final = EVERY
"""No page of a build has to be cut where counts are kept."""
KEPT: Final = 25_000
"""Cases kept in memory while building: those of many months, about 3.5 kB each. One that goes on
after so many others is folded again from its own stream."""

SQL: Final = Queries(Path(__file__).with_name("build.sql"), "public")
Progress = Callable[[int, int], None]
"""Told the position reached and the position wanted."""


Each = Callable[[ReadModel, Connection], Awaitable[None]]
"""What is done for one read model on one connection."""


class Log(Protocol):
    """What a build reads from."""

    async def read_all(self, after: Position, limit: int = 1_000) -> list[Recorded]:
        """Read the log in position order, starting just after a position."""
        ...

    async def read_streams(self, streams: Sequence[UUID]) -> list[Recorded]:
        """Read several whole streams, ordered by stream, then version."""
        ...


class Build:
    """Read models under construction, all at one position."""

    def __init__(
        self,
        connection: Connection,
        log: Log,
        models: Sequence[ReadModel],
        schema_of: Callable[[ReadModel], str],
        holds: dict[str, Holds] | None = None,
        beside: "Connection | None" = None,
    ) -> None:
        """`beside` is a second connection to write the past with while the rest is written."""
        self._connection = connection
        self._beside = beside
        self._log = log
        self._models = models
        self._schema_of = schema_of
        self._folding = Folding(log, KEPT, stepwise=asks_for_steps(models))
        self.holds = {m.name: (holds or {}).get(m.name, quarantine.NOTHING) for m in models}
        self.failures: dict[str, list[Failure]] = {model.name: [] for model in models}
        self.keeps_leaves = True
        """Whether the leaves of what is read are kept; one build of a log does."""
        self._elsewhere: set[str] = set()
        self.position = 0
        self.clock: Microseconds = 0
        self.leaf = b""

    async def create(self) -> None:
        """Make the empty tables, in place of what an interrupted build left."""
        for model in self._models:
            schema = self._schema_of(model)
            await self._connection.execute(SQL.of("drop", schema))
            await self._connection.execute(SQL.of("create", schema))
            await self._connection.execute(tables_sql(model, schema))
            await _vacuumed(self._connection, schema, "set (autovacuum_enabled = off)")
            await protect(self._connection, model.name, schema)

    async def index(self) -> None:
        """Make the secondary indexes and let the planner look at the tables.

        By both connections, each taking the next read model: the server has a core for each.
        """
        waiting = iter(self._ours())
        try:
            async with asyncio.TaskGroup() as group:
                for connection in (self._connection, self._beside):
                    if connection is not None:
                        group.create_task(_one_by_one(self._index, waiting, connection))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None

    def leave(self, name: str) -> None:
        """Leave a read model to another process until `adopt`, and the steps only it asks for."""
        self._elsewhere.add(name)
        self._folding.stepwise = asks_for_steps(self._ours())

    def adopt(self, model: ReadModel, failures: list[Failure]) -> None:
        """Go on with a read model that another process has built up to our position.

        Raises TooManyHeld.
        """
        self._elsewhere.discard(model.name)
        self._folding.stepwise = asks_for_steps(self._ours())
        self._held(model, failures)

    def alone(self) -> None:
        """Write on with the first connection only: what comes is one transaction."""
        self._beside = None

    async def catch_up(self, target: int, progress: Progress | None = None) -> None:
        """Apply the log up to a position: the next page is folded while this one is written.

        Raises TooManyHeld, LogDamaged, and what the database raises.
        """
        kept = await leaves.last(self._connection)
        with collector_paused(target - self.position):  # nothing here leaves cycles behind
            async with ahead(self._read(target)) as read, ahead(self._pages(read, target)) as pages:
                async for prepared in pages:
                    await self._take(prepared, kept)
                    if progress is not None:
                        progress(self.position, target)

    async def _take(self, prepared: Prepared, kept: int) -> None:
        page, failures = prepared.page, list(prepared.failures)
        await self._each(partial(self._apply, page=page, failures=failures))
        if self.keeps_leaves:
            await leaves.keep_after(self._connection, kept, prepared.recorded)
        self.position, self.clock = page.last, page.clock
        self.leaf = leaves.leaf_sha256(prepared.recorded[-1])

    async def _read(self, target: int) -> AsyncIterator[list[Recorded]]:
        at = self.position
        while at < target:
            recorded = await self._log.read_all(Position(at), min(PAGE, target - at))
            if not recorded:
                return
            yield recorded
            at = recorded[-1].position

    async def _pages(
        self, read: AsyncIterator[list[Recorded]], target: int
    ) -> AsyncIterator[Prepared]:
        clock, keep_after = self.clock, max(target - WINDOW, 0)
        async for recorded in read:
            yield await prepare(self._folding, recorded, clock, keep_after)
            clock = recorded[-1].recorded_at

    def _ours(self) -> list[ReadModel]:
        return [model for model in self._models if model.name not in self._elsewhere]

    async def _each(self, do: Each) -> None:
        """Do something for every read model, for the past beside the others where it can be."""
        ours = self._ours()
        beside = [model for model in ours if self._beside and model.name == PAST]
        others = [model for model in ours if model not in beside]
        try:
            async with asyncio.TaskGroup() as group:
                for connection, models in ((self._connection, others), (self._beside, beside)):
                    if connection is not None:
                        group.create_task(_one_by_one(do, models, connection))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None

    async def _index(self, model: ReadModel, connection: Connection) -> None:
        schema = self._schema_of(model)
        sql = indexes_sql(model, schema)
        if sql:
            await connection.execute(sql)
        tables = await _vacuumed(connection, schema, "reset (autovacuum_enabled)")
        if tables:
            await connection.execute(f"analyze {', '.join(tables)}")

    async def _apply(
        self, model: ReadModel, connection: Connection, page: Page, failures: list[Failure]
    ) -> None:
        mine, new = await view(self._log, page, self.holds[model.name], failures)
        self._held(model, new + await self._write(model, connection, mine))

    def _held(self, model: ReadModel, new: list[Failure]) -> None:
        if new:
            self.holds[model.name] = self.holds[model.name].holding(new)
            self.failures[model.name] += new
            quarantine.check_limit(model, self.holds[model.name])

    async def _write(self, model: ReadModel, connection: Connection, page: Page) -> list[Failure]:
        schema = self._schema_of(model)
        try:
            async with connection.transaction():
                await model.apply(connection, schema, page)
        except Exception as error:  # as in the runner: careful the second time
            if transient(error):
                raise
            _, failures = await carefully(connection, model, schema, page)
            return failures
        return []


async def _vacuumed(connection: Connection, schema: str, how: str) -> list[str]:
    """Say of a schema's tables whether they are vacuumed by and by; return them.

    Not while they are built: nobody reads them, and each page would set it off anew.
    """
    tables = [row[0] for row in await connection.fetch(SQL["tables"], schema)]
    for table in tables:
        await connection.execute(f"alter table {table} {how}")
    return tables


async def _one_by_one(
    do: Each,
    models: Iterable[ReadModel],
    connection: Connection,
) -> None:
    for model in models:
        await do(model, connection)
