"""A transaction begun beside other work is the one that is written in, once."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from projections.beginning import Beginning


@pytest.fixture
async def connection(database: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(database)
    await opened.execute("create temp table one (n integer)")
    yield opened
    await opened.close()


async def answer() -> int:
    return 7


async def failed(beginning: Beginning, connection: asyncpg.Connection) -> None:
    async with beginning.transaction():
        await connection.execute("insert into one values (2)")
        await connection.execute("select 1 / 0")


async def test_it_is_begun_while_the_work_is_done_and_is_the_next_one(
    connection: asyncpg.Connection,
) -> None:
    beginning = Beginning(connection)
    assert await beginning.beside(answer) == 7
    assert connection.is_in_transaction()
    assert await beginning.beside(answer) == 7  # one is enough
    async with beginning.transaction():
        await connection.execute("insert into one values (1)")
    assert not connection.is_in_transaction()
    with pytest.raises(asyncpg.DivisionByZeroError):
        await failed(beginning, connection)
    assert not connection.is_in_transaction()
    assert [tuple(row) for row in await connection.fetch("select n from one")] == [(1,)]


async def test_nothing_is_begun_in_a_transaction_and_who_comes_amid_a_beginning_waits(
    connection: asyncpg.Connection,
) -> None:
    beginning = Beginning(connection)
    async with beginning.transaction():
        assert await beginning.beside(answer) == 7
    assert not connection.is_in_transaction()

    async def wrote() -> None:
        async with beginning.transaction():
            await connection.execute("insert into one values (3)")

    for turns in range(3):  # none: before the question, two: before its answer
        async with asyncio.TaskGroup() as group:
            group.create_task(beginning.beside(answer))
            for _ in range(turns):
                await asyncio.sleep(0)
            group.create_task(wrote())
        assert not connection.is_in_transaction()
    assert await connection.fetchval("select count(*) from one") == 3


async def test_what_is_not_wanted_any_more_is_ended_and_the_work_s_error_is_its_own(
    connection: asyncpg.Connection,
) -> None:
    beginning = Beginning(connection)

    async def failing() -> int:
        raise LookupError("no such page")

    with pytest.raises(LookupError):
        await beginning.beside(failing)
    assert connection.is_in_transaction()
    await beginning.forget()
    assert not connection.is_in_transaction()


async def test_a_session_that_is_cut_is_met_by_who_wants_it(
    connection: asyncpg.Connection,
) -> None:
    beginning = Beginning(connection)
    connection.terminate()
    assert await beginning.beside(answer) == 7
    with pytest.raises(asyncpg.InterfaceError):
        async with beginning.transaction():
            pass
