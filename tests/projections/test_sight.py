"""The second line: what a reading transaction sees, whatever it asks for."""

import json
from collections.abc import AsyncIterator
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import psycopg
import pytest

from api.settings import REPOSITORY
from bench.histories import stories
from domain.actor import scope_range
from eventlog.postgres import PostgresLog
from migrations import migrate
from projections import written
from projections.as_of import known
from projections.case_board import queries as board
from projections.case_board.queries import Filter, Sort
from projections.case_timeline import queries as timeline
from projections.reading import at_position, look_as
from projections.rebuild import rebuild
from projections.registry import READ_MODELS, schema_of
from projections.sight import ALL_ALONE, BY_CASE, EVERYTHING, KEPT, NOTHING, READER, Sight, protect
from projections.written import Asked
from tests.databases import named
from tests.projections.logs import append, project

BOARD = board.STATES.table
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
OPEN = {
    ("case_past", "past"), ("case_past", "tide"), ("case_past", "had"), ("case_past", "moved"),
    ("case_timeline", "hour"),
    ("department_load", "department_load"),
    ("alarm_list", "alarm"), ("department_load", "target"), ("grid_load", "target"),
    ("area_load", "target"), ("department_load", "earlier"), ("department_load", "stated"),
    ("grid_load", "stated"), ("area_load", "stated"),
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
        for model, table in [*KEPT, *BY_CASE, *OPEN, *ALL_ALONE]:
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


@pytest.mark.parametrize("sort", list(Sort))
async def test_a_page_of_the_past_shows_what_its_session_may_see_whatever_it_asks(
    reads: Pool, sort: Sort
) -> None:
    """A query that forgot whose sight it is; the past's own table is open to every session."""
    sight = Sight(scope=(await township(reads)))
    inside = {key for (key,) in await rows(reads, sight, "id", BOARD)}
    async with at_position(reads, sight) as (connection, here):
        then, whole = known(here.position // 2), Asked(Filter(), sort, None, 500)
        found = await written.then(connection, ["b.number"], whole, then)
        ours = await written.then(connection, ["b.number"], whole, then, sight)
    assert {row[-1] for row in found.new} <= inside
    assert found.new == ours.new != []


async def township(reads: Pool) -> str:
    """The scope of a township with some of the cases."""
    scopes = sorted(scope for (scope,) in await rows(reads, EVERYTHING, "scope", BOARD))
    return ".".join(scopes[len(scopes) // 2].split(".")[:2]) + "."


async def test_the_planner_takes_a_sight_for_many_rows(
    reads: Pool, told: asyncpg.Connection
) -> None:
    """Else it sorts all cases for one page of a list; also under policies of an earlier release."""
    await told.execute(f"analyze {BOARD}")
    total = await told.fetchval(f"select count(*) from {BOARD}")
    bounds = "scope >= (select quanke_sight('low')) and scope < (select quanke_sight('high'))"
    as_it_was = f"alter policy seen_scope on {BOARD} using ({bounds})"
    upgrade = (REPOSITORY / "migrations" / "0160_sight_estimated.sql").read_text()

    async def expected() -> int:
        async with at_position(reads, Sight(scope="371602.")) as (connection, _):
            plan = await connection.fetchval(f"explain (format json) select id from {BOARD}")
        return int(json.loads(plan)[0]["Plan"]["Plan Rows"])

    assert await expected() >= total // 3
    await told.execute(as_it_was)
    assert await expected() < total // 10
    await told.execute(upgrade)
    assert await expected() >= total // 3


async def test_a_bound_is_an_expression_that_the_planner_takes_in(told: asyncpg.Connection) -> None:
    """A call of PL/pgSQL, the first of its transaction, costs more than a row by its key."""
    plan = "\n".join(r[0] for r in await told.fetch("explain verbose select quanke_sight('low')"))
    assert "current_setting('quanke.low'" in plan


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
    entry = f"{schema('case_timeline')}.entry"
    async with at_position(reads, Sight(case=first)) as (connection, _):
        assert await timeline.of_case(connection, first)
        assert await timeline.of_case(connection, second) == []
        await look_as(connection, Sight(case=second))
        assert await timeline.of_case(connection, second)
        for table, named_by in (("quanke_log", "originator_id"), (entry, "case_id")):
            asked = f"select count(*) from {table} where {named_by} = $1"
            assert await connection.fetchval(asked, first) == 0, "shown before, not any more"
            assert await connection.fetchval(asked, second) > 0


async def test_the_log_shows_the_events_of_the_cases_that_the_board_shows(
    reads: Pool, told: asyncpg.Connection, told_database: str
) -> None:
    scope = await told.fetchval(f"select substr(scope, 1, 11) from {BOARD} order by id limit 1")
    unit = await told.fetchval(f"select departments[1] from {BOARD} where departments <> '{{}}'")
    case: UUID = await told.fetchval(f"select id from {BOARD} order by number limit 1")
    low, high = scope_range(scope)
    here = f"b.scope >= '{low}' and b.scope < '{high}'"
    mine = f"b.departments && array['{unit}']"
    entry = f"{schema('case_timeline')}.entry"
    for again in (False, True):
        for sight, condition in (
            (Sight(scope=scope), here),
            (Sight(units=(unit,)), mine),
            (Sight(scope=scope, units=(unit,)), f"{here} and {mine}"),
            (Sight(case=case), f"b.id = '{case}'"),
            (NOTHING, "false"),
        ):
            for table, named_by in (("quanke_log", "originator_id"), (entry, "case_id")):
                wanted = await told.fetch(
                    f"select {named_by} from {table} l join {BOARD} b on b.id = l.{named_by}"
                    f" where {condition}"
                )
                found = await rows(reads, sight, named_by, table)
                assert found == {tuple(row) for row in wanted}, (sight, table)
                assert found or sight == NOTHING
        assert len(await rows(reads, EVERYTHING, "notification_id", "quanke_log")) == (
            await told.fetchval("select count(*) from quanke_log")
        )
        if not again:
            await rebuild(told_database)  # the board of now is another table


async def test_of_the_log_the_pool_itself_sees_where_it_stands(reads: Pool) -> None:
    head = await reads.fetchval("select max(notification_id) from quanke_log")
    assert head == await reads.fetchval("select count(notification_id) from quanke_log")
    for column in ("state", "meta", "actor", "topic", "originator_id", "*"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reads.fetch(f"select {column} from quanke_log")


async def test_a_policy_hides_no_position(reads: Pool, told: asyncpg.Connection) -> None:
    """As of which instant something is asked is answered alike for everybody."""
    at = "select quanke_recorded_at(3), quanke_position_at(quanke_recorded_at(3))"
    wanted = tuple(await told.fetchrow(at) or ())
    assert wanted[0] is not None
    async with at_position(reads, NOTHING) as (connection, _):
        assert tuple(await connection.fetchrow(at) or ()) == wanted


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
            assert row["relrowsecurity"] == (name in KEPT or name in BY_CASE), name
            assert row["relforcerowsecurity"] == (name in KEPT), name
    assert found == set(KEPT) | set(BY_CASE) | OPEN | ALL_ALONE


async def test_what_an_earlier_release_protected_is_opened(
    reads: Pool, told: asyncpg.Connection
) -> None:
    table = f"{schema('alarm_list')}.alarm"
    await told.execute(f"revoke all on {table} from quanke_sees_both, quanke_sees_units")
    await told.execute(f"create policy seen_units on {table} for select to quanke_sees_units"
                       " using (false)")  # fmt: skip
    await told.execute(f"alter table {table} enable row level security, force row level security")
    for _ in range(2):  # and again changes nothing
        await protect(told, "alarm_list", schema("alarm_list"))
        await rows(reads, Sight(units=("water",)), "alarm", table)
    left = await told.fetchval(
        "select count(*) from pg_policy where polrelid = $1::regclass", table
    )
    assert left == 0


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
    for sight, index in (
        (Sight(units=(unit,)), "board_departments"),
        (Sight(scope="371602.005.", units=(unit,)), "board_departments"),
        (Sight(case=UUID(int=1)), "board_pkey"),
    ):
        async with told.transaction():
            await look_as(told, sight)
            sql, given = board.count_query(Filter(departments=sight.units), None, None)
            plan = await told.fetch(f"explain {sql}", *given)
        assert index in "\n".join(row[0] for row in plan), (sight, plan)


def schema(model: str) -> str:
    return next(schema_of(one) for one in READ_MODELS if one.name == model)
