"""`./quanke rebuild NAME|--all`: build a read model anew beside the live one, then swap.

Readers and the runner go on meanwhile. The swap is one transaction: it holds the
checkpoint, applies what came since, renames the schemas and counts the rebuild up, which
the runner notices before it writes again. What had been quarantined is tried again; what
somebody decided to skip stays skipped.
"""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import asyncpg

from projections import checkpoint, elsewhere, quarantine
from projections.applying import transient
from projections.build import SQL, Build, Progress
from projections.case_past.project import MODEL as PAST
from projections.checkpoint import Checkpoint
from projections.history import History
from projections.port import Connection, ReadModel
from projections.quarantine import Holds
from projections.registry import READ_MODELS, schema_of
from projections.session import BUILDING, connect
from projections.sight import protect

LARGE: Final = 50_000
"""From so many events on, a second process is worth its start."""
_BUILDING: Final = 7210905713211


class UnknownReadModel(LookupError):
    """There is no read model of this name."""


class BuildRunning(RuntimeError):
    """Another process is building read models on this database."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A read model that now stands on its new build."""

    read_model: str
    version: int
    rebuild: int
    position: int
    held: int


def named(names: Sequence[str]) -> list[ReadModel]:
    """Return read models by name, all of them for none. Raises UnknownReadModel."""
    known = {model.name: model for model in READ_MODELS}
    for name in names:
        if name not in known:
            raise UnknownReadModel(f"{name}: choose from {', '.join(known)}")
    return [known[name] for name in names] or list(READ_MODELS)


async def rebuild(
    dsn: str, models: Sequence[ReadModel] = READ_MODELS, progress: Progress | None = None
) -> list[Rebuilt]:
    """Build read models from the log and make the new builds the live ones.

    Works whether or not a platform is running. Raises BuildRunning, LogDamaged.
    """
    async with _sessions(dsn) as (connection, beside, reader):
        history = History(reader)
        decided = await _decided(connection, models)
        build = Build(connection, history, models, _building, decided, beside)
        await build.create()
        await _built(dsn, build, models, await history.head(), progress)
        build.alone()
        async with connection.transaction():
            done = await _swap(connection, history, build, models)
        await _drop_old(connection, models)
        return done


async def build_missing(
    dsn: str, models: Sequence[ReadModel], progress: Progress | None = None
) -> list[Rebuilt]:
    """Build the read models whose version has no live tables yet: first start, new release."""
    connection = await connect(dsn, "build check")
    try:
        found = await checkpoint.checkpoints(connection, models)
        for model in models:  # those that an earlier release has made
            if model.name in found:
                await protect(connection, model.name, schema_of(model))
    finally:
        await connection.close()
    missing = [model for model in models if model.name not in found]
    return await rebuild(dsn, missing, progress) if missing else []


@asynccontextmanager
async def _sessions(dsn: str) -> AsyncIterator[tuple[Connection, Connection, Connection]]:
    """Open two connections to write with and one to read the log with; one build at a time."""
    connection = await connect(dsn, "rebuild", **BUILDING)
    beside = await connect(dsn, "rebuild past", **BUILDING)
    reader = await connect(dsn, "rebuild reader")
    try:
        if not await connection.fetchval("select pg_try_advisory_lock($1)", _BUILDING):
            raise BuildRunning("another process is building read models: try again later")
        yield connection, beside, reader
    finally:
        connection.terminate()
        beside.terminate()
        reader.terminate()


async def _built(
    dsn: str, build: Build, models: Sequence[ReadModel], head: int, progress: Progress | None
) -> None:
    """Build up to a position, the past in a process of its own where that pays."""
    if PAST not in models or len(models) == 1 or head < LARGE or (os.cpu_count() or 1) == 1:
        await build.catch_up(head, progress)
        await build.index()
        return
    async with elsewhere.building(dsn, _building(PAST), head, build.holds[PAST.name]) as done:
        build.leave(PAST.name)
        await build.catch_up(head, progress)
        await build.index()
        build.adopt(PAST, await done())


async def _decided(connection: Connection, models: Sequence[ReadModel]) -> dict[str, Holds]:
    holds = await quarantine.holds(connection, models)
    return {name: Holds({}, held.skipped) for name, held in holds.items()}


async def _swap(
    connection: Connection, history: History, build: Build, models: Sequence[ReadModel]
) -> list[Rebuilt]:
    live = await checkpoint.checkpoints(connection, models, lock=True)
    await build.catch_up(max((c.position for c in live.values()), default=build.position))
    done: list[Rebuilt] = []
    for model in models:
        was = live.get(model.name)
        now = Checkpoint(
            read_model=model.name,
            version=model.version,
            rebuild=was.rebuild + 1 if was else 0,
            position=build.position,
            recorded_at=build.clock,
            leaf=build.leaf,
            holds=was.holds + 1 if was else 0,
        )
        await _rename(connection, model, replaces=was is not None)
        await protect(connection, model.name, schema_of(model))
        await checkpoint.place(connection, now)
        await _hold_anew(connection, history, build, model)
        held = len(build.holds[model.name].streams)
        done.append(Rebuilt(model.name, model.version, now.rebuild, now.position, held))
    return done


async def _rename(connection: Connection, model: ReadModel, *, replaces: bool) -> None:
    live = schema_of(model)
    await connection.execute(SQL.of("drop", _old(model)))
    if replaces or await connection.fetchval(SQL["exists"], live):
        await connection.execute(f"alter schema {live} rename to {_old(model)}")
    await connection.execute(f"alter schema {_building(model)} rename to {live}")


async def _hold_anew(
    connection: Connection, history: History, build: Build, model: ReadModel
) -> None:
    """Replace what the old build held by what this one had to hold."""
    await connection.execute(quarantine.SQL["clear"], model.name, model.version)
    failures = build.failures[model.name]
    await quarantine.hold(connection, model, failures)
    first_bad = {failure.stream: failure.position for failure in failures}
    for recorded in await history.read_streams(list(first_bad)) if first_bad else []:
        if first_bad[recorded.stream] < recorded.position <= build.position:
            await quarantine.hold_behind(connection, model, [recorded])


async def _drop_old(connection: Connection, models: Sequence[ReadModel]) -> None:
    """Drop the replaced tables; a reader that still looks at them leaves it to the next time."""
    for model in models:
        try:
            async with connection.transaction():
                await connection.execute("set local lock_timeout = '2s'")
                await connection.execute(SQL.of("drop", _old(model)))
        except asyncpg.PostgresError as error:
            if not transient(error):
                raise


def _building(model: ReadModel) -> str:
    return f"{schema_of(model)}_build"


def _old(model: ReadModel) -> str:
    return f"{schema_of(model)}_old"
