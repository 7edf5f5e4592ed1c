"""`./quanke verify`: is the log what it promises, and do the read models say what it says.

Everything is computed anew from the log inside one snapshot, without any state that the
projections stored: positions, versions, times, envelopes, the leaf hash of every event,
then every read model built from nothing in a scratch schema and compared row by row with
the live one. The transaction is rolled back, so nothing is left behind and a running
platform is not disturbed. The first faults are named by position, or by table and key.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from domain.topics import RESERVED, UnknownTopic, decode, decode_meta
from eventlog.format import leaf_entry, leaf_hash
from eventlog.record import Position, Recorded
from projections import checkpoint, quarantine
from projections.build import Build
from projections.checkpoint import Checkpoint
from projections.compare import Difference, compare
from projections.history import History
from projections.port import Connection, ReadModel
from projections.quarantine import Holds
from projections.registry import READ_MODELS, schema_of
from projections.session import connect

PAGE: Final = 10_000
FAULTS: Final = 50
"""So many are named; the rest is only counted."""

Progress = Callable[[int, int], None]


@dataclass
class Verdict:
    """What was looked at and what was found wrong."""

    head: int = 0
    cases: int = 0
    read_models: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    fault_count: int = 0

    def fault(self, text: str) -> None:
        """Note a fault; after the first `FAULTS` they are only counted."""
        self.fault_count += 1
        if len(self.faults) < FAULTS:
            self.faults.append(text)

    @property
    def ok(self) -> bool:
        """Whether nothing was wrong."""
        return self.fault_count == 0


async def verify(
    dsn: str, models: Sequence[ReadModel] = READ_MODELS, progress: Progress | None = None
) -> Verdict:
    """Check the log and every read model as of one instant. Leaves nothing behind."""
    verdict = Verdict()
    async with _snapshots(dsn) as (connection, reader):
        await _check_log(reader, verdict, progress)
        if verdict.ok:
            await _check_read_models(connection, reader, models, verdict)
        else:
            verdict.faults.append("read models were not compared: the log itself is damaged")
    return verdict


@asynccontextmanager
async def _snapshots(dsn: str) -> AsyncIterator[tuple[Connection, Connection]]:
    """Open two connections that see the same instant: one to build with, one to read with."""
    connection = await connect(dsn, "verify", work_mem="128MB")
    reader = await connect(dsn, "verify reader")
    try:
        await connection.transaction(isolation="repeatable_read").start()
        snapshot = await connection.fetchval("select pg_export_snapshot()")
        await reader.transaction(isolation="repeatable_read", readonly=True).start()
        await reader.execute(f"set transaction snapshot '{snapshot}'")
        yield connection, reader
    finally:
        connection.terminate()  # its transaction goes with it: nothing was ever committed
        reader.terminate()


@dataclass
class _Walk:
    """What has to be remembered from one event to the next."""

    position: int = 0
    recorded_at: int = 0
    command: tuple[UUID | None, int] = (None, -1)
    versions: dict[UUID, int] = field(default_factory=dict)
    effective: dict[UUID, int] = field(default_factory=dict)


_LOG: Final = """
select notification_id, originator_id, originator_version, topic, schema,
       (extract(epoch from recorded_at) * 1000000)::bigint,
       command_id, command_index, actor, meta, state
  from quanke_log where notification_id > $1 order by notification_id limit $2
"""
_LEAVES: Final = """
select position, sha256 from quanke_leaf where position > $1 and position <= $2
"""


async def _check_log(reader: Connection, verdict: Verdict, progress: Progress | None) -> None:
    head = int(await reader.fetchval("select coalesce(max(notification_id), 0) from quanke_log"))
    applied = int(await reader.fetchval("select coalesce(max(position), 0) from quanke_leaf"))
    verdict.head = head
    walk = _Walk()
    at = 0
    while rows := await reader.fetch(_LOG, at, PAGE):
        page = [Recorded(*row) for row in rows]
        found = await reader.fetch(_LEAVES, at, page[-1].position)
        leaves = {row[0]: row[1] for row in found}
        for recorded in page:
            _check_event(recorded, walk, verdict)
            _check_leaf(recorded, leaves.get(recorded.position), applied, verdict)
        at = page[-1].position
        if progress is not None:
            progress(at, head)
    if applied > head:
        verdict.fault(f"position {head + 1}: gone; read models had seen up to {applied}")
    verdict.cases = len(walk.versions)


def _check_event(recorded: Recorded, walk: _Walk, verdict: Verdict) -> None:
    at = recorded.position
    if at != walk.position + 1:
        verdict.fault(f"position {walk.position + 1}: missing; the next one stored is {at}")
    version = walk.versions.get(recorded.stream, 0) + 1
    if recorded.version != version:
        verdict.fault(
            f"position {at}: version {recorded.version} of stream {recorded.stream},"
            f" expected {version}"
        )
    if recorded.recorded_at < walk.recorded_at:
        verdict.fault(f"position {at}: recorded before the event at position {walk.position}")
    _check_command(recorded, walk, verdict)
    _check_envelope(recorded, walk, verdict)
    walk.position = at
    walk.recorded_at = recorded.recorded_at
    walk.versions[recorded.stream] = recorded.version
    walk.command = (recorded.command_id, recorded.command_index)


def _check_command(recorded: Recorded, walk: _Walk, verdict: Verdict) -> None:
    """A command's events lie side by side, counted from 0."""
    command, index = walk.command
    expected = index + 1 if recorded.command_id == command else 0
    if recorded.command_index != expected:
        verdict.fault(
            f"position {recorded.position}: event {recorded.command_index} of its command,"
            f" expected {expected}"
        )


def _check_envelope(recorded: Recorded, walk: _Walk, verdict: Verdict) -> None:
    """State and meta can be read, and effective time is the running maximum of the stream."""
    if recorded.topic in RESERVED:
        return
    try:
        decode(recorded.topic, recorded.schema, recorded.state)
        meta = decode_meta(recorded.meta)
    except (UnknownTopic, ValueError) as error:
        verdict.fault(f"position {recorded.position}: {recorded.topic} can't be read: {error}")
        return
    effective = max(meta.occurred_at, walk.effective.get(recorded.stream, meta.occurred_at))
    if meta.effective_at != effective:
        verdict.fault(
            f"position {recorded.position}: effective_at {meta.effective_at}, expected {effective}"
        )
    walk.effective[recorded.stream] = effective


def _check_leaf(recorded: Recorded, leaf: bytes | None, applied: int, verdict: Verdict) -> None:
    """An event hashes to what it hashed to when it was first read."""
    if leaf is None:
        if recorded.position <= applied:
            verdict.fault(f"position {recorded.position}: its leaf hash is missing")
        return
    if leaf != leaf_hash(leaf_entry(recorded)):
        verdict.fault(f"position {recorded.position}: changed since it was recorded (leaf hash)")


async def _check_read_models(
    connection: Connection, reader: Connection, models: Sequence[ReadModel], verdict: Verdict
) -> None:
    standing = await checkpoint.checkpoints(reader, models)
    holds = await quarantine.holds(reader, models)
    history = History(reader)
    groups: dict[int, list[ReadModel]] = {}
    for model in models:
        here = standing.get(model.name)
        if here is None:
            verdict.fault(f"{model.name}: has no checkpoint; start the platform or rebuild it")
            continue
        verdict.read_models[model.name] = here.position
        if await _check_checkpoint(history, here, verdict):
            groups.setdefault(here.position, []).append(model)
    for position, together in groups.items():
        await _check_rows(connection, history, position, together, holds, verdict)


async def _check_checkpoint(history: History, here: Checkpoint, verdict: Verdict) -> bool:
    """A checkpoint names an event by position and hash; True when the event is that one."""
    name = f"checkpoint of {here.read_model}"
    if here.position > verdict.head:
        verdict.fault(f"{name}: position {here.position} lies past the head {verdict.head}")
        return False
    found = await history.read_all(Position(here.position - 1), 1) if here.position else []
    leaf = leaf_hash(leaf_entry(found[0])) if found else b""
    if leaf != here.leaf:
        verdict.fault(f"{name}: position {here.position} is not where it was left (leaf hash)")
        return False
    if found and found[0].recorded_at != here.recorded_at:
        verdict.fault(f"{name}: recorded_at differs from position {here.position}")
    return True


async def _check_rows(
    connection: Connection,
    history: History,
    position: int,
    models: Sequence[ReadModel],
    holds: dict[str, Holds],
    verdict: Verdict,
) -> None:
    build = Build(connection, history, models, _scratch, holds)
    await build.create()
    await build.catch_up(position)
    for model in models:
        for failure in build.failures[model.name]:
            verdict.fault(
                f"{model.name}: position {failure.position} can't be applied: {failure.error}"
            )
        found = await compare(connection, schema_of(model), _scratch(model))
        for difference in found:
            verdict.fault(_describe(model, difference))


def _describe(model: ReadModel, difference: Difference) -> str:
    return f"{model.name}: row {difference.table} {difference.key}: {difference.what}"


def _scratch(model: ReadModel) -> str:
    return f"{schema_of(model)}_verify"
