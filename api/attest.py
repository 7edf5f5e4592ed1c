"""Read models prove themselves: their digests go into the log, and a replay must find them.

Each night, and on demand. What was attested is sealed like every event, so nobody can
later say that the screens had shown something else.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid5

import anyio
import msgspec
import structlog

from api.dispatch.dispatcher import now_us
from domain.attestation import ReadModelsAttested
from domain.event import Meta
from domain.streams import CELL
from domain.topics import decode, decode_meta, encode
from eventlog.errors import LogError
from eventlog.postgres import PostgresLog
from eventlog.record import NewEvent, Position, Write
from projections.build import Build, Progress
from projections.checkpoint import checkpoints
from projections.digest import PRINTED, digest
from projections.history import History
from projections.port import Connection, ReadModel
from projections.quarantine import holds
from projections.registry import READ_MODELS, schema_of
from projections.session import connect

STREAM: Final = uuid5(CELL, "attestations")
ACTOR: Final = "system:attest"
NIGHTLY_AT_S: Final = 18 * 3_600 + 1_800
"""Seconds of the UTC day: half past two at night in China."""
DAY_S: Final = 86_400
AGAIN_S: Final = 0.2
TRIES: Final = 50
_LOG: Final = structlog.get_logger(__name__)


class NotAttested(LogError):
    """There is nothing to attest or to compare with; the message says why."""


class Compared(msgspec.Struct, frozen=True):
    """What came of a replay: models that agree, that differ, and that can't be compared."""

    at: Position
    position: int
    agree: list[str]
    differ: list[str]
    unknown: list[str]


async def attest(dsn: str, log: PostgresLog) -> Position:
    """Append the digest of every read model as of one position; return the event's position.

    Raises NotAttested while a read model holds events back or is being built.
    """
    event = await _digests(dsn)
    told = await log.read_stream(STREAM)
    now = now_us()
    before = decode_meta(told[-1].meta).effective_at if told else now
    meta = Meta(occurred_at=now, effective_at=max(before, now), role="clock")
    new = NewEvent(event.TOPIC, event.SCHEMA, encode(event), encode(meta))
    command = uuid5(STREAM, f"{event.position}/{len(told)}")
    return (await log.append(command, ACTOR, [Write(STREAM, len(told), (new,))])).first


async def _digests(dsn: str) -> ReadModelsAttested:
    for _ in range(TRIES):
        async with _snapshot(dsn) as connection:
            held = [
                name for name, one in (await holds(connection, READ_MODELS)).items() if one.streams
            ]
            if held:
                raise NotAttested(f"{', '.join(held)}: events are held back; see quanke quarantine")
            standing = await checkpoints(connection, READ_MODELS)
            positions = {one.position for one in standing.values()}
            if len(standing) == len(READ_MODELS) and len(positions) == 1:
                found = {
                    _named(one): await digest(connection, schema_of(one)) for one in READ_MODELS
                }
                return ReadModelsAttested(position=positions.pop(), digests=found)
        await anyio.sleep(AGAIN_S)
    raise NotAttested("the read models do not stand at one position: is one being built?")


async def compare(
    dsn: str, log: PostgresLog, position: int | None = None, progress: Progress | None = None
) -> Compared:
    """Replay the log up to an attested position and compare; nothing is left behind.

    The attestation as of `position`, or the newest. Raises NotAttested.
    """
    told = await log.read_stream(STREAM)
    known = [(one.position, decode(one.topic, one.schema, one.state)) for one in told]
    for at, event in reversed(known):
        assert isinstance(event, ReadModelsAttested)
        if position in (None, event.position, at):
            return await _replayed(dsn, at, event, progress)
    said = "nothing was attested yet" if position is None else f"nothing was attested at {position}"
    raise NotAttested(f"{said}: quanke audit attest")


async def _replayed(
    dsn: str, at: Position, event: ReadModelsAttested, progress: Progress | None
) -> Compared:
    models = {_named(model): model for model in READ_MODELS}
    mine = [models[name] for name in event.digests if name in models]
    reader = await connect(dsn, "attest reader")
    try:
        async with _snapshot(dsn) as connection:
            build = Build(connection, History(reader), mine, _scratch)
            await build.create()
            await build.catch_up(event.position, progress)
            found = {_named(model): await digest(connection, _scratch(model)) for model in mine}
    finally:
        reader.terminate()
    agree = [name for name, value in found.items() if value == event.digests[name]]
    differ = [name for name in found if name not in agree]
    unknown = [name for name in event.digests if name not in models]
    return Compared(at, event.position, agree, differ, unknown)


@asynccontextmanager
async def _snapshot(dsn: str) -> AsyncIterator[Connection]:
    """Open a transaction that sees one instant and is never committed."""
    connection = await connect(dsn, "attest", **PRINTED)
    try:
        await connection.transaction(isolation="repeatable_read").start()
        yield connection
    finally:
        connection.terminate()


def _named(model: ReadModel) -> str:
    return f"{model.name} v{model.version}"


def _scratch(model: ReadModel) -> str:
    return f"{schema_of(model)}_attested"


async def attest_nightly(dsn: str, log: PostgresLog) -> None:
    """Attest once a night until cancelled; what hinders it is logged, and tried the next night."""
    while True:
        await anyio.sleep((NIGHTLY_AT_S - time.time()) % DAY_S or DAY_S)
        try:
            position = await attest(dsn, log)
        except Exception as error:  # a database away, a rebuild: the platform goes on
            _LOG.warning("read models were not attested", why=repr(error))
        else:
            _LOG.info("read models attested", position=position)
