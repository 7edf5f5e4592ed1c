"""Numbered plain SQL, applied forward only, by one process at a time.

Each file runs in a transaction of its own and leaves its name and SHA-256 in
`quanke_migration`. A file that was applied and then edited is refused: what is in a
database must be what is in the repository.
"""

import asyncio
import hashlib
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeAlias

import asyncpg

FOLDER: Final = Path(__file__).parent
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_LOCK: Final = 7210905713202
_NAME: Final = re.compile(r"(\d{4})_[a-z_]+\.sql")
_TABLE: Final = """
create table if not exists quanke_migration (
    name       text        primary key collate "C",
    sha256     text        not null,
    applied_at timestamptz not null default clock_timestamp())
"""
_LIMITS: Final = "set local lock_timeout = '5s'; set local statement_timeout = '120s';"


class MigrationError(Exception):
    """The database and the numbered files do not belong together."""


@dataclass(frozen=True, slots=True)
class Script:
    """One numbered file: its name, its text and the digest that pins it."""

    name: str
    sql: str
    sha256: str


def scripts(folder: Path = FOLDER) -> list[Script]:
    """Return the numbered files in order.

    Raises MigrationError when a name is malformed or a number is used twice.
    """
    found = [_script(path) for path in sorted(folder.glob("*.sql"))]
    for one, next_one in pairwise(found):
        if one.name[:4] == next_one.name[:4]:
            raise MigrationError(f"{one.name} and {next_one.name} have the same number")
    return found


async def migrate(dsn: str, folder: Path = FOLDER, patience_s: float = 60) -> list[str]:
    """Bring a database up to date and return the names of the files applied now.

    Waits up to `patience_s` for another process that is migrating. Raises MigrationError
    when it does not finish, or when an applied file was edited or is unknown here.
    """
    wanted = scripts(folder)
    connection = await asyncpg.connect(dsn)
    try:
        async with _alone(connection, patience_s):
            await connection.execute("set client_min_messages = warning")
            await connection.execute(_TABLE)
            return await _apply(connection, wanted)
    finally:
        await connection.close()


def _script(path: Path) -> Script:
    if _NAME.fullmatch(path.name) is None:
        raise MigrationError(f"{path.name}: expected a name like 0007_what_it_adds.sql")
    sql = path.read_bytes()
    return Script(path.name, sql.decode(), hashlib.sha256(sql).hexdigest())


@asynccontextmanager
async def _alone(connection: Connection, patience_s: float) -> AsyncIterator[None]:
    # Polled, not waited for: a session that waits for a lock holds a snapshot meanwhile.
    give_up = time.monotonic() + patience_s
    while not await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):
        if time.monotonic() > give_up:
            raise MigrationError(f"another process has been migrating for {patience_s:g} s")
        await asyncio.sleep(0.05)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute(f"select pg_advisory_unlock({_LOCK})")


async def _apply(connection: Connection, wanted: list[Script]) -> list[str]:
    rows = await connection.fetch("select name, sha256 from quanke_migration order by name")
    done = {row["name"]: row["sha256"] for row in rows}
    _check(done, wanted)
    missing = [script for script in wanted if script.name not in done]
    for script in missing:
        await _run(connection, script)
    return [script.name for script in missing]


def _check(done: dict[str, str], wanted: list[Script]) -> None:
    known = {script.name: script.sha256 for script in wanted}
    for name, sha256 in done.items():
        if name not in known:
            raise MigrationError(f"{name} was applied by a newer release: update this one")
        if known[name] != sha256:
            raise MigrationError(f"{name} was edited after it had been applied: add a new file")


async def _run(connection: Connection, script: Script) -> None:
    async with connection.transaction():
        await connection.execute(_LIMITS)
        await connection.execute(script.sql)
        await connection.execute(
            "insert into quanke_migration (name, sha256) values ($1, $2)",
            script.name,
            script.sha256,
        )
