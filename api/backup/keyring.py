"""The keys in a backup: the table as it is, wrapped, and the files that open it.

Written whole each time and never added to: a key that was destroyed is gone from here with
the next backup. The list of what was erased goes with it, so that an older copy of the
table can bring nobody back.
"""

import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from api.backup.archive import Keyring, NoBackup, written

Connection = asyncpg.Connection
_TABLE: Final = "select key, subject, purpose, wrapped from quanke_key order by key"
_KEK: Final = "select fingerprint from quanke_kek"
_CLEAR: Final = ("truncate quanke_key", "delete from quanke_kek")
_LOAD: Final = """
insert into quanke_key (key, subject, purpose, wrapped)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])
"""


class Row(msgspec.Struct, frozen=True, array_like=True):
    """One data key, wrapped; base64."""

    key: UUID
    subject: str
    purpose: str
    wrapped: str


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The key table."""

    fingerprint: str | None
    rows: list[Row]


async def keep(
    connection: "Connection[asyncpg.Record]", keyring: Keyring, keys: Path, sealer: Path
) -> int:
    """Write the keys of a running platform and return how many data keys there are."""
    keyring.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        fingerprint = await connection.fetchval(_KEK)
        found = await connection.fetch(_TABLE)
    rows = [Row(key, owner, why, b64encode(wrap).decode()) for key, owner, why, wrap in found]
    mirror(keys, keyring.keys)
    mirror(sealer, keyring.sealer)
    table = Table(fingerprint=fingerprint, rows=rows)
    written(keyring.table, msgspec.json.encode(table))
    return len(rows)


def read(keyring: Keyring) -> Table:
    """Return the key table of a backup. Raises NoBackup."""
    try:
        return msgspec.json.decode(keyring.table.read_bytes(), type=Table)
    except (FileNotFoundError, msgspec.MsgspecError) as error:
        raise NoBackup(f"{keyring.home} holds no keys: {error}") from error


async def load(
    connection: "Connection[asyncpg.Record]", table: Table, erased: Iterable[UUID]
) -> int:
    """Replace the key table by a backup's, without what was erased; return how many keys."""
    gone = set(erased)
    kept = [row for row in table.rows if row.key not in gone]
    async with connection.transaction():
        for statement in _CLEAR:
            await connection.execute(statement)
        await connection.execute(
            _LOAD,
            [row.key for row in kept],
            [row.subject for row in kept],
            [row.purpose for row in kept],
            [b64decode(row.wrapped) for row in kept],
        )
        if table.fingerprint is not None:
            await connection.execute(
                "insert into quanke_kek (fingerprint) values ($1)", table.fingerprint
            )
    return len(kept)


def mirror(source: Path, target: Path) -> None:
    """Make one flat directory of small files like another; files stay for their owner only."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = {one.name for one in source.iterdir() if one.is_file()} if source.is_dir() else set()
    for name in names:
        written(target / name, (source / name).read_bytes())
    for one in target.iterdir():
        if one.is_file() and one.name not in names:
            one.unlink()


def mirror_tree(source: Path, target: Path) -> None:
    """Make one tree of files that never change like another: add what is new, drop the rest."""
    there = {one.relative_to(source) for one in source.rglob("*") if one.is_file()}
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in [one for one in target.rglob("*") if one.is_file()]:
        if one.relative_to(target) not in there:
            one.unlink()
    for name in there:
        if not (target / name).exists():
            (target / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = target / f"{name}.part"
            shutil.copyfile(source / name, draft)
            draft.replace(target / name)
