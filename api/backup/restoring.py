"""Restore a backup into a new data directory, whole or as it was.

Recover, set back, bring the keys without those that were erased, say again which erasures
were lost, open a new epoch where sealed events were, build the read models, and check all
of it against the log. The old data directory, where there is one, is never touched.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from api.backup import keyring as ring
from api.backup.archive import Archive, Keyring, Manifest
from api.backup.epoch import heads, kept_checkpoints, open_epoch, tell
from api.backup.recovering import lay_out, recovered
from api.backup.trimming import AT_INSTANT, forget_seals, trim
from api.database import opened
from api.database.account import Account, server_account
from api.database.binaries import find_binaries, readable_for
from api.database.errors import DatabaseError
from api.database.layout import Layout
from api.database.opening import make_data_dir
from api.database.server import DURABLE, Server
from api.dispatch.dispatcher import now_us
from api.privacy.erasing import ERASED_FILE, erasures, remember, remembered
from api.settings import Settings
from api.verify import Verdict, verify
from domain.privacy.decide import Cause
from domain.privacy.events import SubjectErased
from domain.privacy.subjects import subject_stream
from eventlog.format import origin
from eventlog.postgres import PostgresLog
from eventlog.record import Position
from eventlog.tlog.checkpoint import checkpoint_of
from migrations import migrate
from projections.rebuild import build_missing, rebuild
from projections.registry import READ_MODELS

Say = Callable[[str], None]
Connection = asyncpg.Connection
_HEAD: Final = "select coalesce(max(notification_id), 0) from quanke_log"


class CannotRestore(DatabaseError):
    """It would not be what was asked for; says why. Nothing was changed elsewhere."""


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    head: int
    taken_out: int
    lost: int
    """Sealed events that are no longer there; a new epoch was opened when there are any."""
    epoch: int
    keys: int
    erased_again: int
    verdict: Verdict


async def restore(
    settings: Settings,
    archive: Archive,
    keyring: Keyring,
    *,
    to_position: int | None,
    to_us: int | None,
    evidence: Sequence[bytes],
    say: Say,
) -> Restored:
    """Restore into the data directory of the settings, which must hold no cluster.

    `evidence` are checkpoints somebody holds; those in the backup are looked at anyway.
    Raises NoBackup, CannotRestore, DatabaseError.
    """
    manifest, table = archive.read(), ring.read(keyring)
    layout = Layout(settings.data_dir)
    if layout.cluster.exists():
        raise CannotRestore(
            f"{layout.data} holds a database: name a new directory. Nothing was changed."
        )
    if to_position is not None and not 0 < to_position <= manifest.head:
        raise CannotRestore(f"this backup goes up to position {manifest.head}")
    account = server_account(layout.data)
    make_data_dir(layout, account)
    await _recover(settings, layout, account, archive, manifest, to_us, say)
    _bring_files(settings, archive, keyring)
    async with opened(settings, "restore", exclusive=True) as database:
        await migrate(database.dsn)
        connection = await asyncpg.connect(database.dsn)
        try:
            return await _settle(
                settings, connection, database.dsn, table,
                position=to_position, to_us=to_us,
                evidence=[*evidence, manifest.checkpoint.encode(),
                          *kept_checkpoints(settings.sealer_keys)],
                say=say,
            )  # fmt: skip
        finally:
            await connection.close()


async def _recover(
    settings: Settings,
    layout: Layout,
    account: Account,
    archive: Archive,
    manifest: Manifest,
    to_us: int | None,
    say: Say,
) -> None:
    binaries = readable_for(find_binaries(settings.pg_bin), account, layout)
    if binaries.major != manifest.server:
        raise CannotRestore(
            f"the backup is of PostgreSQL {manifest.server}, {binaries.bin} is {binaries.version}"
        )
    say("recovering the database")
    until = to_us if to_us is not None and to_us < manifest.made_at else None
    wal = lay_out(archive, layout, account, until)
    async with AsyncExitStack() as stack:
        server = Server(layout, binaries, account)
        stack.push_async_callback(server.stop)
        await server.start(DURABLE)
        await recovered(server, layout.dsn(), wal)


def _bring_files(settings: Settings, archive: Archive, keyring: Keyring) -> None:
    ring.mirror(keyring.keys, settings.keys_dir)
    ring.mirror(keyring.sealer, settings.sealer_keys)
    if archive.attachments.is_dir() and settings.attachments is None:
        shutil.copytree(archive.attachments, settings.attachments_dir, dirs_exist_ok=True)


async def _settle(
    settings: Settings,
    connection: "Connection[asyncpg.Record]",
    dsn: str,
    table: ring.Table,
    *,
    position: int | None,
    to_us: int | None,
    evidence: Sequence[bytes],
    say: Say,
) -> Restored:
    if to_us is not None:
        position = int(await connection.fetchval(AT_INSTANT, to_us))
    head = int(await connection.fetchval(_HEAD))
    gone = 0
    if position is not None and position < head:
        say(f"setting the log back to position {position}")
        gone, head = await trim(connection, position), position
    say("keys")
    destroyed = remembered(settings.keys_dir / ERASED_FILE)
    async with PostgresLog.open(dsn) as log:
        in_log = await _erased_in(log)
        remember(settings.keys_dir / ERASED_FILE, in_log)
        keys = await ring.load(connection, table, [*destroyed, *in_log])
        lost, epoch = await _epoch(connection, log, head, evidence)
        again = await _erase_again(log, {k: s for k, s in destroyed.items() if k not in in_log})
    say("read models")
    await (rebuild(dsn) if gone else build_missing(dsn, READ_MODELS))
    say("verifying")
    return Restored(
        head=int(await connection.fetchval(_HEAD)), taken_out=gone, lost=lost, epoch=epoch,
        keys=keys, erased_again=again, verdict=await verify(dsn),
    )  # fmt: skip


async def _epoch(
    connection: "Connection[asyncpg.Record]", log: PostgresLog, head: int, evidence: Sequence[bytes]
) -> tuple[int, int]:
    """Return how many sealed events were lost and the epoch in force, a new one if any were."""
    row = await connection.fetchrow("select cell, log_epoch from quanke_cell")
    assert row is not None, "a migrated database has a cell"
    cell, epoch = row
    known = heads(evidence, origin(cell, epoch))
    size = checkpoint_of(known[-1]).size if known else 0
    if size <= head:
        await forget_seals(connection, head)
        return 0, int(epoch)
    return size - head, await open_epoch(connection, log, head, known[-1], now_us())


async def _erased_in(log: PostgresLog) -> dict[UUID, str]:
    """Return the keys that the restored log says were destroyed, with their subjects."""
    found: dict[UUID, str] = {}
    after = Position(0)
    while page := await log.read_reference(after):
        found.update((UUID(key), one.subject) for one in erasures(page) for key in one.keys)
        after = page[-1].position
    return found


async def _erase_again(log: PostgresLog, lost: Mapping[UUID, str]) -> int:
    """Say again in the log which erasures it has lost; the keys are gone already."""
    by_subject: dict[str, list[str]] = {}
    for key, subject in lost.items():
        by_subject.setdefault(subject, []).append(str(key))
    for subject, keys in by_subject.items():
        event = SubjectErased(subject=subject, keys=tuple(keys), cause=Cause.RESTORED.value)
        await tell(log, subject_stream(subject), event, "privacy_officer", now_us())
    return len(by_subject)
