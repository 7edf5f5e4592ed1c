"""Statements of several that go as one: each gets the answer it would have had alone."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from projections.port import Connection
from projections.together import Together, as_one

Row = tuple[UUID, int, list[str]]
TABLES = """
create temp table one (id uuid primary key, n bigint, words text[]);
create temp table other (id uuid primary key, n bigint, words text[]);
"""


@pytest.fixture
async def connection(database: str) -> AsyncIterator[Connection]:
    opened = await asyncpg.connect(database)
    await opened.execute(TABLES)
    yield opened
    await opened.close()


async def wrote(connection: Connection, table: str, row: Row) -> list[Any]:
    """Add a row and raise it by one: the second statement sees what the first has done."""
    await connection.execute(f"insert into {table} values ($1, $2, $3)", *row)
    return await connection.fetch(
        f"update {table} set n = n + $2 where id = $1 returning words, n, id", row[0], 1
    )


class Counting:
    """A connection that notes which of its methods are called."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        return getattr(self._connection, name)


async def test_each_gets_its_own_rows_in_two_calls(connection: Connection) -> None:
    rows: list[Row] = [(uuid4(), 7, ["路", "灯"]), (uuid4(), 9, [])]
    counting: Any = Counting(connection)
    together = Together()
    for _ in range(2):  # the second time the columns are known
        counting.calls.clear()
        await connection.execute("delete from one; delete from other")
        found = await together.run(
            counting,
            [
                lambda own: wrote(own, "one", rows[0]),
                lambda own: wrote(own, "other", rows[1]),
            ],
        )
    assert found == [[{"words": w, "n": n + 1, "id": i}] for i, n, w in rows]
    assert counting.calls == ["fetchrow", "fetchrow"]


async def test_copy_goes_beside_and_nothing_asked_is_nothing(connection: Connection) -> None:
    row: Row = (uuid4(), 1, ["a"])

    async def copied(own: Connection) -> int:
        await own.copy_records_to_table("other", records=[row])
        return len(await own.fetch("select * from other"))

    async def silent(_: Connection) -> str:
        return "nothing"

    found = await Together().run(connection, [lambda own: wrote(own, "one", row), copied, silent])
    assert found == [[{"words": ["a"], "n": 2, "id": row[0]}], 1, "nothing"]


async def test_what_fails_is_raised_and_the_others_end(connection: Connection) -> None:
    ended: list[str] = []

    async def other(own: Connection) -> None:
        try:
            await own.execute("delete from other")
        finally:
            ended.append("other")

    async def failing(own: Connection) -> None:
        await own.fetch("select 1 / $1::integer", 0)

    with pytest.raises(asyncpg.DivisionByZeroError):
        await Together().run(connection, [other, failing])
    assert ended == ["other"]


def test_parameters_follow_on_and_a_remark_ends_with_its_line() -> None:
    asked = (("execute", "delete from t where a = $1 -- old", 1), ("fetch", "select $1, $2", 2))
    assert as_one(asked) == (
        "with s0 as (\ndelete from t where a = $1 -- old\n), s1 as (\nselect $2, $3\n)"
        " select array(select s from s1 s)"
    )
