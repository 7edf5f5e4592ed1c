"""`./quanke quarantine retry|skip`: let held streams go on.

One transaction holds the read model's checkpoint, so the runner waits a moment: the held
events are folded from the log as of that checkpoint and written as one page. What fails
again stays held, with its attempts counted. The runner sees `holds` moved and reads anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from projections import checkpoint, quarantine
from projections.applying import transient
from projections.case_facts.folding import refold
from projections.checkpoint import Checkpoint
from projections.decoding import describe
from projections.feed.queries import WINDOW
from projections.history import History
from projections.port import Connection, Page, ReadModel
from projections.quarantine import Held
from projections.registry import schema_of
from projections.session import connect

_LOG = structlog.get_logger("projections")


class NothingHeld(LookupError):
    """There is no such event in quarantine."""


@dataclass(frozen=True, slots=True)
class Released:
    """What became of one stream: how many events were applied, or why it stays."""

    read_model: str
    stream: UUID
    events: int
    error: str = ""


async def listed(dsn: str, models: Sequence[ReadModel]) -> list[Held]:
    """Return everything in quarantine, skipped events included."""
    connection = await connect(dsn, "quarantine")
    try:
        return await quarantine.rows(connection, models)
    finally:
        await connection.close()


async def retry(dsn: str, models: Sequence[ReadModel]) -> list[Released]:
    """Try every held stream of these read models again."""
    connection = await connect(dsn, "quarantine")
    try:
        done: list[Released] = []
        for model in models:
            async with connection.transaction():
                done += await _retry(connection, model)
        return done
    finally:
        await connection.close()


async def skip(
    dsn: str, model: ReadModel, position: int, reason: str, decided_by: str
) -> list[Released]:
    """Decide that a poison event changes nothing in this read model, then retry its stream.

    Raises NothingHeld when the event is not a poison one, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("say why the event may be skipped")
    connection = await connect(dsn, "quarantine")
    try:
        async with connection.transaction():
            await checkpoint.checkpoints(connection, [model], lock=True)
            stream = await connection.fetchval(
                quarantine.SQL["skip"], model.name, model.version, position, reason, decided_by
            )
            if stream is None:
                raise NothingHeld(f"{model.name} holds no poison event at position {position}")
            _LOG.warning("skipped", read_model=model.name, position=position, reason=reason)
            return await _retry(connection, model, stream)
    finally:
        await connection.close()


async def _retry(
    connection: Connection, model: ReadModel, only: UUID | None = None
) -> list[Released]:
    standing = (await checkpoint.checkpoints(connection, [model], lock=True)).get(model.name)
    if standing is None:
        return []
    streams: dict[UUID, list[Held]] = {}
    for row in await quarantine.rows(connection, [model]):
        if only in (None, row.stream):
            streams.setdefault(row.stream, []).append(row)
    done = [
        await _release(connection, model, standing, stream, rows)
        for stream, rows in streams.items()
        if only is not None or any(row.state != "skipped" for row in rows)
    ]
    if done:
        await connection.execute(checkpoint.SQL["moved_holds"], model.name, model.version)
    return done


async def _release(
    connection: Connection, model: ReadModel, standing: Checkpoint, stream: UUID, rows: list[Held]
) -> Released:
    waiting = [row for row in rows if row.state != "skipped"]
    skipped = {row.position for row in rows if row.state == "skipped"}
    key = (model.name, model.version, stream)
    try:
        async with connection.transaction():
            events = await _apply(connection, model, standing, stream, rows, skipped)
            await connection.execute(quarantine.SQL["release"], *key)
    except Exception as error:  # poison again: counted, and still held
        if transient(error):
            raise
        await connection.execute(quarantine.SQL["failed_again"], *key, describe(error))
        return Released(model.name, stream, 0, describe(error))
    _LOG.info("released", read_model=model.name, stream=str(stream), events=len(waiting))
    return Released(model.name, stream, events)


async def _apply(
    connection: Connection,
    model: ReadModel,
    standing: Checkpoint,
    stream: UUID,
    rows: list[Held],
    skipped: set[int],
) -> int:
    held_from = min(row.stream_version for row in rows)
    history = History(connection)
    touched, seen = await refold(history, stream, held_from, standing.position, skipped)
    if touched is None:
        return 0
    page = Page(
        first=seen[0].position,
        last=standing.position,
        clock_before=standing.recorded_at,
        clock=standing.recorded_at,
        seen=seen,
        touched={stream: touched},
        keep_after=max(standing.position - WINDOW, 0),
        again=True,
    )
    await model.apply(connection, schema_of(model), page)
    return len(seen)
