"""A cluster from a base backup and the write-ahead log, recovered by the server itself."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import anyio
import asyncpg

from api.backup.archive import Archive
from api.database.account import Account
from api.database.layout import Layout
from api.database.server import Server

RECOVERED_S: Final = 24 * 3600.0
POLL_S: Final = 0.1
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SIGNAL: Final = "recovery.signal"
OWN: Final = "postgresql.auto.conf"


def lay_out(archive: Archive, layout: Layout, account: Account, until_us: int | None) -> Path:
    """Copy the base to where the cluster is to be and tell it how to recover.

    `until_us` stops it after what was committed by that instant. Returns the copy of the
    write-ahead log, which the server's account can read; it is not needed afterwards.
    """
    wal = layout.data / "wal.restoring"
    for folder in (layout.unfinished, wal):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(archive.base, layout.unfinished, symlinks=True)
    (layout.unfinished / "pg_wal").mkdir(mode=0o700, exist_ok=True)
    shutil.copytree(archive.wal, wal)
    own = layout.unfinished / OWN
    own.write_text(own.read_text() + "\n".join(_recovery(wal, until_us)) + "\n")
    (layout.unfinished / SIGNAL).touch(mode=0o600)
    for folder in (layout.unfinished, wal):
        _give(account, folder)
    layout.unfinished.chmod(0o700)
    layout.unfinished.rename(layout.cluster)
    return wal


def _recovery(wal: Path, until_us: int | None) -> Iterator[str]:
    """A segment that was still being received when the backup was cut short is tried last."""
    yield f'restore_command = \'cp "{wal}/%f" "%p" || cp "{wal}/%f.partial" "%p"\''
    yield "recovery_target_action = 'promote'"
    if until_us is not None:
        at = EPOCH + timedelta(microseconds=until_us)
        yield f"recovery_target_time = '{at.isoformat()}'"


def _give(account: Account, folder: Path) -> None:
    if not account.lent:
        return
    for where, _, names in os.walk(folder):
        os.chown(where, account.uid, account.gid)
        for name in names:
            os.chown(Path(where, name), account.uid, account.gid, follow_symlinks=False)


async def recovered(server: Server, dsn: str, wal: Path) -> None:
    """Wait until the server has recovered and takes writes; then clean up after it.

    Raises TimeoutError, and ServerFailed when the server ends.
    """
    connection = await asyncpg.connect(dsn, timeout=30)
    try:
        with anyio.fail_after(RECOVERED_S):
            while await connection.fetchval("select pg_is_in_recovery()"):
                if server.stopped() is not None:
                    await server.died()
                await anyio.sleep(POLL_S)
        for name in ("restore_command", "recovery_target_action", "recovery_target_time"):
            await connection.execute(f"alter system reset {name}")
    finally:
        connection.terminate()
    shutil.rmtree(wal, ignore_errors=True)
