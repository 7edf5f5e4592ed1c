"""Make a backup beside a running platform, or go on with one.

A replication slot keeps the write-ahead log on the server until it lies in the archive, so
that a second call only fetches what came since. The keys are written last: whatever the
log's copy holds, the copy of the keys can open, unless it was erased.
"""

import shutil
from collections.abc import Callable
from typing import Final

import asyncpg

from api.backup import keyring as ring
from api.backup.archive import Archive, Keyring, Manifest
from api.backup.programs import run
from api.database.binaries import Binaries
from api.database.errors import DatabaseError
from api.settings import Settings
from eventlog import seals

Connection = asyncpg.Connection
Say = Callable[[str], None]
_SLOT: Final = """
select wal_status from pg_replication_slots where slot_name = $1
"""
_MAKE: Final = "select pg_create_physical_replication_slot($1, true)"
_DROP: Final = "select pg_drop_replication_slot($1)"
_MARK: Final = "select pg_create_restore_point('quanke backup')"
_SWITCH: Final = "select pg_switch_wal()::text"
_NOW: Final = "(extract(epoch from clock_timestamp()) * 1000000)::bigint"
_STANDING: Final = f"""
select {_NOW}, c.cell::text, c.log_epoch,
       coalesce((select max(notification_id) from quanke_log), 0),
       coalesce((select (extract(epoch from recorded_at) * 1000000)::bigint from quanke_log
                  order by notification_id desc limit 1), 0)
  from quanke_cell c
"""


class Unfit(DatabaseError):
    """The server can't be backed up like this; says why."""


async def back_up(
    settings: Settings,
    dsn: str,
    binaries: Binaries,
    archive: Archive,
    keyring: Keyring,
    *,
    full: bool,
    say: Say,
) -> Manifest:
    """Bring the archive up to now, with a new base where there is none or it is asked for.

    Raises Unfit, ProgramFailed.
    """
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await _require_fit(connection, binaries)
        for folder in (archive.home, archive.wal):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = await _slot(connection, archive)
        if full or not kept or not archive.base.exists():
            say("base backup")
            await _base(dsn, binaries, archive)
        say("write-ahead log")
        lsn, standing, seal = await _fetch(connection, dsn, binaries, archive)
        if settings.attachments is None:
            ring.mirror_tree(settings.attachments_dir, archive.attachments)
        await ring.keep(connection, keyring, settings.keys_dir, settings.sealer_keys)
        made_at, cell, epoch, head, recorded_at = standing
        manifest = Manifest(
            made_at=made_at, cell=cell, epoch=epoch, head=head, recorded_at=recorded_at,
            sealed=0 if seal is None else seal.size,
            checkpoint="" if seal is None else str(seal.note),
            server=binaries.major, lsn=lsn, keys=str(keyring.home),
        )  # fmt: skip
        archive.write(manifest)
        return manifest
    finally:
        await connection.close()


async def _require_fit(connection: "Connection[asyncpg.Record]", binaries: Binaries) -> None:
    version = int(await connection.fetchval("show server_version_num")) // 10_000
    if version != binaries.major:
        raise Unfit(
            f"the server is PostgreSQL {version}, but {binaries.bin} is {binaries.version}: set "
            "QUANKE_PG_BIN to the bin directory of the server's own version"
        )


async def _slot(connection: "Connection[asyncpg.Record]", archive: Archive) -> bool:
    """Make sure of the slot; False when the log since the last backup is not whole."""
    status = await connection.fetchval(_SLOT, archive.slot)
    if status not in (None, "lost", "unreserved"):
        return True
    if status is not None:
        await connection.execute(_DROP, archive.slot)
    await connection.execute(_MAKE, archive.slot)
    return False


async def _base(dsn: str, binaries: Binaries, archive: Archive) -> None:
    shutil.rmtree(archive.fresh, ignore_errors=True)
    where = ["-d", dsn, "-D", str(archive.fresh)]
    how = ["-c", "fast", "-X", "none", "-l", "quanke", "--no-password"]
    await run(binaries, "pg_basebackup", [*where, *how])
    await run(binaries, "pg_verifybackup", ["-n", str(archive.fresh)])
    archive.manifest.unlink(missing_ok=True)
    shutil.rmtree(archive.base, ignore_errors=True)
    archive.fresh.rename(archive.base)
    _forget_before(archive)


def _forget_before(archive: Archive) -> None:
    """Drop the write-ahead log that a new base does not need."""
    label = (archive.base / "backup_label").read_text()
    first = next(line for line in label.splitlines() if line.startswith("START WAL LOCATION"))
    oldest = first.rpartition("file ")[2].rstrip(")")
    for one in archive.wal.iterdir():
        if len(one.name.partition(".")[0]) == len(oldest) and one.name[8:] < oldest[8:]:
            one.unlink()


async def _fetch(
    connection: "Connection[asyncpg.Record]", dsn: str, binaries: Binaries, archive: Archive
) -> tuple[str, asyncpg.Record, seals.Seal | None]:
    """Fetch all there is now; return up to where, and how the log stood just before."""
    standing = await connection.fetchrow(_STANDING)
    seal = await seals.latest(connection)
    await connection.execute(_MARK)
    lsn: str = await connection.fetchval(_SWITCH)
    where = ["-d", dsn, "-D", str(archive.wal), "-S", archive.slot, "-E", lsn]
    await run(binaries, "pg_receivewal", [*where, "--no-loop", "--no-password"])
    assert standing is not None, "a migrated database has a cell"
    return lsn, standing, seal
