"""The table of pictures: a row as it lies there, and the named queries over it."""

from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from projections.named import Queries

SQL: Final = Queries(Path(__file__).with_name("queries.sql"), "")
Pool = asyncpg.Pool


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One picture. `stream`, `position` and `kind` once an event names it."""

    id: UUID
    actor: str
    upload: UUID
    sent: str
    sha256: str
    width: int
    height: int
    size: int
    object: str | None
    wrapped: bytes | None
    state: str
    stream: UUID | None
    position: int | None
    command: UUID | None
    kind: str | None


def row_of(found: "asyncpg.Record") -> Row:
    """Return a row; its column `received_at` is the sweeper's alone."""
    return Row(**{name: found[name] for name in Row.__struct_fields__})


async def fetch(pool: "Pool[asyncpg.Record]", query: str, *parameters: object) -> list[Row]:
    """Return the rows of a named query."""
    return [row_of(one) for one in await pool.fetch(SQL[query], *parameters)]


async def fetch_one(pool: "Pool[asyncpg.Record]", query: str, *parameters: object) -> Row | None:
    """Return the one row of a named query, None when there is none."""
    found = await pool.fetchrow(SQL[query], *parameters)
    return None if found is None else row_of(found)
