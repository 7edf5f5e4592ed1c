"""Fill a log, run the projections to its head, look at the tables."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from bench.histories import Step, story
from domain.case.events import EVENTS
from eventlog.port import EventLog
from eventlog.record import Write
from projections.as_of import At, resolve
from projections.hub import Hub
from projections.named import live_schema
from projections.port import ReadModel
from projections.reading import standing
from projections.registry import READ_MODELS, schema_of
from projections.runner import Runner

ACTOR: Final = "system:test"
PATIENCE_S: Final = 30.0


async def append(log: EventLog, steps: Iterable[Step], at_once: int = 64) -> int:
    """Append steps in their order, one command each; return the head."""
    steps = list(steps)
    for first in range(0, len(steps), at_once):
        async with asyncio.TaskGroup() as group:
            for writes in _commands(steps[first : first + at_once]):
                group.create_task(log.append(uuid4(), ACTOR, writes))
    return await log.head()


def _commands(steps: Sequence[Step]) -> Iterable[list[Write]]:
    # One command a stream: commands of one group may be written in any order.
    streams: dict[UUID, list[Step]] = {}
    for step in steps:
        streams.setdefault(step.stream, []).append(step)
    for stream, told in streams.items():
        yield [Write(stream, told[0].version - 1, tuple(step.new() for step in told))]


@asynccontextmanager
async def running(
    log: EventLog,
    dsn: str,
    hub: Hub | None = None,
    models: Sequence[ReadModel] = READ_MODELS,
    page: int = 5_000,
) -> AsyncIterator[Runner]:
    """Run the projections beside the body."""
    runner = Runner(log, dsn, hub or Hub(), models, page)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(runner.run())
        try:
            yield runner
        finally:
            task.cancel()


async def project(log: EventLog, dsn: str, **options: Any) -> None:
    """Run the projections to the head of the log and stop."""
    head = await log.head()
    async with running(log, dsn, **options) as runner:
        assert await runner.reached(head, PATIENCE_S), (runner.position, head)


async def moment(connection: asyncpg.Connection, position: int) -> At:
    """Return the moment at a position."""
    return await resolve(connection, await standing(connection), position=position)


async def tables(dsn: str, models: Sequence[ReadModel] = READ_MODELS) -> dict[str, list[str]]:
    """Return every row of every read model as text, sorted."""
    connection = await asyncpg.connect(dsn)
    try:
        found: dict[str, list[str]] = {}
        for model in models:
            schema = schema_of(model)
            names = await connection.fetch(
                "select table_name from information_schema.tables where table_schema = $1", schema
            )
            for (name,) in names:
                rows = await connection.fetch(f"select t::text from {schema}.{name} t")
                found[f"{model.name}.{name}"] = sorted(row[0] for row in rows)
        return found
    finally:
        await connection.close()


def table(name: str, model: str) -> str:
    """Return a live table's full name."""
    return f"{live_schema(model, 1)}.{name}"


def covering(seed: int = 3) -> list[Step]:
    """Return a few whole cases that between them hold an event of every topic."""
    missing = {event.TOPIC for event in EVENTS}
    chosen: list[Step] = []
    for number in range(2_000):
        told = story(number, seed).steps
        found = {step.event.TOPIC for step in told} & missing
        if found:
            missing -= found
            chosen += told
    assert not missing, missing
    return chosen


async def leaves_of(database: str) -> dict[int, bytes]:
    """Return the leaves that are kept, by position."""
    connection = await asyncpg.connect(database)
    try:
        rows = await connection.fetch("select position, sha256 from quanke_leaf")
        return {row["position"]: row["sha256"] for row in rows}
    finally:
        await connection.close()
