"""Sessions to read with: few, used again, and never used again after a fault."""

import asyncio

import asyncpg
import pytest

from eventlog.connection import Connection as Sql
from eventlog.connection import connect_reader
from eventlog.readers import Readers

WHO = "select pg_backend_pid()"


def readers(dsn: str, most: int = 2, **looks: float) -> tuple[Readers, list[Sql]]:
    """Readers, and the sessions they have made so far."""
    made: list[Sql] = []

    async def one() -> Sql:
        made.append(await connect_reader(dsn, "quanke log"))
        return made[-1]

    return Readers(one, most, **looks), made


async def test_a_session_is_used_again_and_no_more_are_made_than_said(database: str) -> None:
    some, made = readers(database)
    assert await some.fetch(WHO) == await some.fetch(WHO)
    assert len(made) == 1
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(some.fetch(f"{WHO}, pg_sleep(0.02)")) for _ in range(6)]
    assert len({task.result()[0][0] for task in asked}) == len(made) == 2
    some.close()
    assert all(one.is_closed() for one in made)


async def test_who_goes_away_in_the_middle_takes_the_session_along(database: str) -> None:
    some, made = readers(database, most=1)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(some.fetch("select pg_sleep(30)"))
        async with asyncio.timeout(30):
            while not made:
                await asyncio.sleep(0)
        waiting.cancel()
    assert waiting.cancelled()
    assert made[0].is_closed()
    with pytest.raises(asyncpg.UndefinedColumnError):
        await some.fetch("select nonsense")
    assert (await some.fetch("select 7"))[0][0] == 7
    assert [one.is_closed() for one in made[:-1]] == [True] * (len(made) - 1)
    some.close()


async def test_what_the_server_ended_is_made_anew(database: str, sql: Sql) -> None:
    some, made = readers(database)
    ((pid,),) = await some.fetch(WHO)
    await sql.fetchval("select pg_terminate_backend($1)", pid)
    async with asyncio.timeout(30):
        while not made[0].is_closed():
            await asyncio.sleep(0.01)
    ((other,),) = await some.fetch(WHO)
    assert other != pid
    some.close()


async def test_at_the_end_there_is_nothing_to_read_with(database: str) -> None:
    some, made = readers(database)
    async with asyncio.TaskGroup() as group:
        group.create_task(some.fetch("select pg_sleep(0.1)"))
        async with asyncio.timeout(30):
            while not made:
                await asyncio.sleep(0)
        some.close()
        assert some.is_closing()
        assert not made[0].is_closed()
    assert made[0].is_closed()
    with pytest.raises(asyncpg.InterfaceError):
        await some.fetch(WHO)


async def test_what_is_asked_again_is_prepared_once_a_session(database: str) -> None:
    some, made = readers(database, most=1)
    asked = "select name from pg_prepared_statements where statement = 'select $1::int'"
    assert [(await some.fetch("select $1::int", n))[0][0] for n in range(3)] == [0, 1, 2]
    assert len(await some.fetch(asked)) == 1
    made[0].terminate()
    assert (await some.fetch("select $1::int", 4))[0][0] == 4
    assert len(made) == 2
    some.close()


async def test_who_goes_away_when_given_a_session_gives_it_to_the_next(database: str) -> None:
    some, made = readers(database, most=1)

    async def first() -> None:
        await some.fetch("select pg_sleep(0.1)")
        second.cancel()  # which has the session by now, and has not run yet

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        group.create_task(first())
        await asyncio.sleep(0)
        second = group.create_task(some.fetch(WHO))
        third = group.create_task(some.fetch(WHO))
    assert second.cancelled()
    assert third.result() == await some.fetch(WHO)
    assert len(made) == 1
    some.close()


async def test_a_session_without_an_answer_for_too_long_is_given_up(database: str) -> None:
    some, made = readers(database, most=1, look_s=0.05, silence_s=0.1)
    async with asyncio.timeout(30):
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await some.fetch("select pg_sleep(60)")
        assert (await some.fetch("select 7"))[0][0] == 7
    assert len(made) == 2
    some.close()
