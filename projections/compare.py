"""Two schemas with the same tables: which rows differ, by table and key."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from projections.named import Queries
from projections.port import Connection

SQL: Final = Queries(Path(__file__).with_name("compare.sql"), "public")
SHOWN: Final = 5
"""Rows named per table and kind."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is wrong: `key` is its primary key, `what` how it differs."""

    table: str
    key: str
    what: str


async def compare(connection: Connection, live: str, truth: str) -> list[Difference]:
    """Return rows of `live` that are missing, too many or different from `truth`."""
    found: list[Difference] = []
    for (table,) in await connection.fetch(SQL["tables"], truth):
        keys = [row[0] for row in await connection.fetch(SQL["keys"], f"{live}.{table}")]
        for row in await connection.fetch(_sql(live, truth, table, keys), SHOWN):
            what = await _what(connection, live, truth, table, keys, row["key"])
            found.append(Difference(f"{live}.{table}", row["key"], what))
    return found


def _sql(live: str, truth: str, table: str, keys: Sequence[str]) -> str:
    return _filled("different", live, truth, table, keys)


async def _what(
    connection: Connection, live: str, truth: str, table: str, keys: Sequence[str], key: str
) -> str:
    """Return the first column that differs, or that the row is missing or too many."""
    row = await connection.fetchrow(_filled("pair", live, truth, table, keys), key)
    assert row is not None, key
    if row["live"] is None:
        return "is missing"
    if row["truth"] is None:
        return "should not be there"
    return f"{row['name']} is {row['live_value']}, should be {row['truth_value']}"


def _filled(name: str, live: str, truth: str, table: str, keys: Sequence[str]) -> str:
    key = " || ' ' || ".join(f"{{0}}.{column}::text" for column in keys)
    return (
        SQL[name]
        .replace(":live", f"{live}.{table}")
        .replace(":truth", f"{truth}.{table}")
        .replace(":key_l", key.format("l"))
        .replace(":key_t", key.format("t"))
        .replace(":on", " and ".join(f"l.{column} = t.{column}" for column in keys))
    )
