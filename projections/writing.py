"""Rows into tables, set-based: one statement a table and page, however many rows.

Rows travel as JSON and PostgreSQL takes them apart: one parameter instead of fifty
arrays, and the work falls on the server's core, not on ours. A wide row that is alone, as it is
while little happens, goes value by value: less to be taken apart. Column names come from the
row classes, never from data.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec.structs import astuple

from projections.port import Connection

BULK: Final = 200
"""From so many rows on, COPY is cheaper than a statement."""
_ENCODER: Final = msgspec.json.Encoder()


def as_json(rows: Iterable[Any]) -> str:
    """Return rows as the JSON array that the statements below take."""
    return _ENCODER.encode(list(rows)).decode()


@cache
def columns(row: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return a row class's columns, in the order of the table."""
    return tuple(field.name for field in msgspec.structs.fields(row))


@cache
def insert_sql(table: str) -> str:
    """Return the statement that adds rows."""
    return f"insert into {table} select * from json_populate_recordset(null::{table}, $1::json)"


@cache
def upsert_sql(table: str, row: type[msgspec.Struct], key: str) -> str:
    """Return the statement that adds rows or replaces those with the same key."""
    return insert_sql(table) + _or_replace(row, key)


@cache
def upsert_one_sql(table: str, row: type[msgspec.Struct], key: str) -> str:
    """Return the statement that adds a row alone, or replaces the one with its key."""
    values = ", ".join(f"${number}" for number in range(1, len(columns(row)) + 1))
    return f"insert into {table} values ({values}){_or_replace(row, key)}"


def _or_replace(row: type[msgspec.Struct], key: str) -> str:
    names = ", ".join(columns(row))
    values = ", ".join(f"excluded.{name}" for name in columns(row))
    return f" on conflict ({key}) do update set ({names}) = row({values})"


@cache
def add_sql(table: str, key: str, counts: tuple[str, ...]) -> str:
    """Return the statement that adds counts to rows and answers with the new rows."""
    sums = ", ".join(f"{name} = t.{name} + excluded.{name}" for name in counts)
    return (
        f"insert into {table} as t select * from json_populate_recordset(null::{table}, $1::json)"
        f" on conflict ({key}) do update set {sums} returning t.*"
    )


async def insert(connection: Connection, table: str, rows: Sequence[Any]) -> None:
    """Add rows that are not there yet."""
    if rows:
        await connection.execute(insert_sql(table), as_json(rows))


async def replace(
    connection: Connection,
    schema: str,
    table: str,
    key: str,
    rows: Sequence[msgspec.Struct],
    known: Sequence[UUID],
) -> None:
    """Add rows, or replace those with the same key; `known` are the keys that may be there.

    Many rows go by COPY: taking fifty columns out of JSON costs four times as much.
    """
    if len(rows) < BULK:
        await upsert(connection, f"{schema}.{table}", key, rows)
        return
    if known:
        await connection.execute(f"delete from {schema}.{table} where {key} = any($1)", known)
    await copy(connection, schema, table, rows)


async def copy(
    connection: Connection, schema: str, table: str, rows: Sequence[msgspec.Struct]
) -> None:
    """Add many rows that are not there yet."""
    await connection.copy_records_to_table(
        table, schema_name=schema, columns=columns(type(rows[0])), records=map(astuple, rows)
    )


async def upsert(
    connection: Connection, table: str, key: str, rows: Sequence[msgspec.Struct]
) -> None:
    """Add rows, or replace those with the same key."""
    if len(rows) == 1:
        await connection.execute(upsert_one_sql(table, type(rows[0]), key), *astuple(rows[0]))
    elif rows:
        await connection.execute(upsert_sql(table, type(rows[0]), key), as_json(rows))


async def add(
    connection: Connection,
    table: str,
    key: str,
    counts: tuple[str, ...],
    rows: Sequence[Any],
) -> list[Any]:
    """Add counts to the rows with the same keys and return the new rows.

    The last of `counts` is the total: a row whose total is back at 0 is returned once more
    and then gone, so that tables do not depend on how the log was cut into pages.
    """
    if not rows:
        return []
    new = await connection.fetch(add_sql(table, key, counts), as_json(rows))
    total, first = counts[-1], key.split(",")[0]
    empty = [row[first] for row in new if row[total] == 0]
    if empty:
        await connection.execute(
            f"delete from {table} where {first} = any($1::text[]) and {total} = 0", empty
        )
    return new
