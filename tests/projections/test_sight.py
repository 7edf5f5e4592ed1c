"""The second line: what a reading transaction sees, whatever it asks for."""

from collections.abc import AsyncIterator
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import psycopg
import pytest

from bench.histories import stories
from domain.actor import scope_range
from eventlog.postgres import PostgresLog
from migrations import migrate
from projections.case_board import queries as board
from projections.case_board.queries import Filter
from projections.case_timeline import queries as timeline
from projections.reading import at_position, look_as
from projections.rebuild import rebuild
from projections.registry import READ_MODELS, schema_of
from projections.sight import ALL_ALONE, EVERYTHING, KEPT, NOTHING, READER, Sight
from tests.conftest import named
from tests.projections.logs import append, project

BOARD = board.STATES.table
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
OPEN = {
    ("case_past", "past"), ("case_past", "tide"), ("case_timeline", "entry"),
    ("case_timeline", "hour"), ("department_load", "department_load"),
    ("department_load", "target"), ("grid_load", "target"), ("area_load", "target"),
}  # fmt: skip
"""Tables without rows of a place, or reached through the board alone. A new one is asked about."""


@pytest.fixture
async def reads(told_database: str) -> AsyncIterator[Pool]:
    """The reading pool: one session, so that it remembers."""
    async with asyncpg.create_pool(
        told_database, min_size=1, max_size=1, server_settings={"role": READER}
    ) as pool:
        yield pool


async def within(connection: Any, statements: str) -> None:
    async with connection.transaction():
        await connection.execute(statements)


async def rows(reads: Pool, sight: Sight, columns: str, table: str) -> set[Any]:
    async with at_position(reads, sight) as (connection, _):
        return {tuple(row) for row in await connection.fetch(f"select {columns} from {table}")}


async def test_who_has_said_nothing_sees_nothing_and_is_told(reads: Pool) -> None:
    for _ in range(2):  # fresh, and with a memory of another transaction
        for model, table in [*KEPT, *OPEN, *ALL_ALONE]:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await reads.fetch(f"select from {schema(model)}.{table}")
        assert await rows(reads, EVERYTHING, "id", BOARD)


async def test_a_bound_that_is_not_said_is_an_error(told: asyncpg.Connection) -> None:
    for again in (False, True):
        for kind in ("scope", "units", "both", "case"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="nobody said"):
                await within(told, f"set local role quanke_sees_{kind}; select id from {BOARD}")
        if not again:
            async with told.transaction():
                await look_as(told, Sight(scope="371602.", units=("water",)))


async def test_each_sight_shows_its_rows_of_every_table_and_no_other(
    reads: Pool, told: asyncpg.Connection
) -> None:
    scope = await told.fetchval(f"select substr(scope, 1, 11) from {BOARD} order by id limit 1")
    unit = await told.fetchval(f"select departments[1] from {BOARD} where departments <> '{{}}'")
    case: UUID = await told.fetchval(f"select id from {BOARD} order by number limit 1")
    low, high = scope_range(scope)
    here = f"scope >= '{low}' and scope < '{high}'"
    for (model, table), kept in KEPT.items():
        name = f"{schema(model)}.{table}"
        columns = kept.case or "scope"

        async def told_of(condition: str, name: str = name, columns: str = columns) -> set[Any]:
            found = await told.fetch(f"select {columns} from {name} where {condition}")
            return {tuple(row) for row in found}

        assert await rows(reads, EVERYTHING, columns, name) == await told_of("true")
        assert await rows(reads, Sight(scope=scope), columns, name) == await told_of(here)
        if not kept.case:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await rows(reads, Sight(units=(unit,)), columns, name)
            continue
        mine = f"{kept.units} array['{unit}'])"
        assert await rows(reads, Sight(units=(unit,)), columns, name) == await told_of(mine)
        both = Sight(scope=scope, units=(unit,))
        assert await rows(reads, both, columns, name) == await told_of(f"{here} and {mine}")
        one = await told_of(f"{kept.case} = '{case}'")
        assert await rows(reads, Sight(case=case), columns, name) == one
        assert await rows(reads, NOTHING, columns, name) == set()
    assert await told.fetchval(f"select count(*) from {BOARD} where {here}") > 0
    assert await told.fetchval(f"select count(*) from {BOARD} where not ({here})") > 0


async def test_units_are_names_not_syntax(reads: Pool) -> None:
    for odd in ('a","b', "{}", "a,b", "\\", "", '"'):
        assert await rows(reads, Sight(units=(odd,)), "id", BOARD) == set()
        async with at_position(reads, Sight(units=(odd, "x"))) as (connection, _):
            said = await connection.fetchval("select quanke_sight('units')::text[]")
            assert said == [odd, "x"]


async def test_events_of_a_case_out_of_sight_are_not_told(
    reads: Pool, told: asyncpg.Connection
) -> None:
    first, second = (r[0] for r in await told.fetch(f"select id from {BOARD} order by id limit 2"))
    async with at_position(reads, Sight(case=first)) as (connection, _):
        assert await timeline.of_case(connection, first)
        assert await timeline.of_case(connection, second) == []
        await look_as(connection, Sight(case=second))
        assert await timeline.of_case(connection, second)


async def test_no_sight_may_write_and_none_owns_anything(
    reads: Pool, told: asyncpg.Connection
) -> None:
    for statement in (f"update {BOARD} set scope = ''", f"delete from {BOARD}",
                      "insert into quanke_log select * from quanke_log", "create table x (y int)",
                      "update quanke_checkpoint set position = 0"):  # fmt: skip
        async with reads.acquire() as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await within(connection, f"set local role quanke_sees_all; {statement}")
    owned = await told.fetchval(
        "select count(*) from pg_class where pg_get_userbyid(relowner) like 'quanke_sees_%'"
        " or pg_get_userbyid(relowner) = 'quanke_reader'"
    )
    assert owned == 0


async def test_every_table_is_protected_or_stands_here_as_open(
    told: asyncpg.Connection, told_database: str
) -> None:
    await rebuild(told_database)  # a new build has what the first one had
    found = set()
    for model in READ_MODELS:
        for row in await told.fetch(
            "select relname, relrowsecurity, relforcerowsecurity from pg_class"
            " where relnamespace = $1::regnamespace and relkind = 'r'", schema_of(model),
        ):  # fmt: skip
            name = (model.name, row["relname"])
            found.add(name)
            assert row["relrowsecurity"] == row["relforcerowsecurity"] == (name in KEPT), name
    assert found == set(KEPT) | OPEN | ALL_ALONE


async def test_an_owner_that_is_no_superuser_projects_and_reads(postgres: str) -> None:
    """A database that somebody else runs: roles are made by whoever may, rows forced."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("drop database if exists quanke_owned")
        connection.execute("drop role if exists quanke_owner")
        connection.execute("create role quanke_owner login createrole")
        connection.execute("create database quanke_owned owner quanke_owner")
        for kind in ("reader", "sees_all", "sees_scope", "sees_units", "sees_both", "sees_case"):
            role = f"quanke_{kind}"
            connection.execute(
                f"do $$ begin create role {role} nologin noinherit;"
                " exception when duplicate_object then null; end $$".encode()
            )
            connection.execute(f"grant {role} to quanke_owner".encode())
    head, _, rest = named(postgres, "quanke_owned").partition("://")
    dsn = f"{head}://quanke_owner@{rest.partition('@')[2]}"
    await migrate(dsn)
    async with PostgresLog.open(dsn) as log:
        await append(log, stories(20))
        await project(log, dsn)
    async with asyncpg.create_pool(
        dsn, min_size=1, max_size=1, server_settings={"role": READER}
    ) as pool:
        everything = await rows(pool, EVERYTHING, "id", BOARD)
        assert everything
        assert await rows(pool, NOTHING, "id", BOARD) == set()
        async with at_position(pool, EVERYTHING) as (connection, _):
            assert await board.count(connection, Filter()) == len(everything)


async def test_indexes_serve_under_every_sight(told: asyncpg.Connection) -> None:
    """`&&` may not be asked before a policy: so the departments asked for are the policy's."""
    unit = await told.fetchval(f"select departments[1] from {BOARD} where departments <> '{{}}'")
    await told.execute("set enable_seqscan = off")
    page = board.SQL["count"].replace(":states", BOARD)
    for sight, index in (
        (Sight(units=(unit,)), "board_departments"),
        (Sight(scope="371602.005.", units=(unit,)), "board_departments"),
        (Sight(case=UUID(int=1)), "board_pkey"),
    ):
        async with told.transaction():
            await look_as(told, sight)
            wanted = Filter(departments=sight.units)
            plan = await told.fetch(f"explain {page}", *wanted.arguments())
        assert index in "\n".join(row[0] for row in plan), (sight, plan)


def schema(model: str) -> str:
    return next(schema_of(one) for one in READ_MODELS if one.name == model)
