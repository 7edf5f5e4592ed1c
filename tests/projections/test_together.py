"""Statements of several that go as one: each gets the answer it would have had alone."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from bench.histories import story
from eventlog.postgres import PostgresLog
from projections.port import Connection
from projections.registry import READ_MODELS
from projections.together import Ask, Together, as_one, at_once
from tests.projections.logs import PATIENCE_S, append, running

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


@pytest.mark.parametrize("alone", [False, True])
async def test_what_may_go_at_once_is_asked_in_one_call(
    connection: Connection, alone: bool
) -> None:
    key, counting = uuid4(), Counting(connection)

    async def both(own: Connection) -> list[Any]:
        return await at_once(
            own,
            wrote(own, "one", (key, 1, ["a"])),
            wrote(own, "other", (key, 5, ["b"])),
            own.fetch("select 8 as n"),
        )

    if alone:
        first, second, third = await both(connection)
    else:
        own: Any = counting
        [[first, second, third]] = await Together().run(own, [both])
        assert counting.calls.count("fetchrow") == 2
    assert [row["n"] for row in (*first, *second, *third)] == [2, 6, 8]


@pytest.mark.parametrize("alone", [False, True])
async def test_one_that_fails_ends_those_beside_it(connection: Connection, alone: bool) -> None:
    ended: list[str] = []

    async def other(own: Connection) -> None:
        try:
            await own.execute("delete from other")
            await own.execute("delete from other")
        finally:
            ended.append("other")

    async def both(own: Connection) -> list[Any]:
        return await at_once(own, other(own), own.fetch("select 1 / $1::integer", 0))

    with pytest.raises(asyncpg.DivisionByZeroError):
        await (both(connection) if alone else Together().run(connection, [both]))
    assert ended == ["other"]


async def test_a_report_alone_is_written_in_one_round(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []
    asked_for = Together._round

    async def noted(self: Together, connection: Connection, asked: Sequence[Ask]) -> list[Any]:
        rounds.append(len(asked))
        return await asked_for(self, connection, asked)

    monkeypatch.setattr(Together, "_round", noted)
    async with PostgresLog.open(database) as log, running(log, database) as runner:
        assert await runner.reached(0, PATIENCE_S)  # built, so that the report is a page
        head = await append(log, story(0).steps[:1])
        assert await runner.reached(head, PATIENCE_S)
    [asked] = rounds
    assert asked > len(READ_MODELS)


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
