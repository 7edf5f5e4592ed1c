"""Sessions that keep their sight: each question has its own, and a new session none."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from projections import written
from projections.case_board import queries as board
from projections.case_board.queries import Filter, Sort
from projections.looking import PREPARED, Glances
from projections.sight import EVERYTHING, NOTHING, SEES_CASE, Sight
from projections.written import Asked

COUNT = f"select count(*) from {board.STATES.table}"


async def test_each_question_has_its_own_sight(
    told_database: str, told: asyncpg.Connection
) -> None:
    whole = await told.fetchval(COUNT)
    case: UUID = await told.fetchval(f"select id from {board.STATES.table} limit 1")
    scope = await told.fetchval(f"select substr(scope, 1, 11) from {board.STATES.table} limit 1")
    inside = await told.fetchval(f"{COUNT} where scope like '{scope}%'")
    async with Glances.open(told_database, 1, {}) as glances:
        for sight, seen in (
            (NOTHING, 0), (EVERYTHING, whole), (Sight(case=case), 1), (Sight(case=case), 1),
            (Sight(scope=scope), inside), (NOTHING, 0),
        ):  # fmt: skip
            async with glances.looking(sight) as kept:
                assert await kept.fetchval(COUNT) == seen, sight
    assert 1 < inside <= whole


async def test_a_session_that_was_lost_is_told_anew(told_database: str) -> None:
    async with Glances.open(told_database, 1, {}) as glances:
        async with glances.looking(EVERYTHING) as kept:
            lost = kept.session.get_server_pid()
            await kept.session.execute("select 1")
            kept.session.terminate()
        async with glances.looking(EVERYTHING) as kept:
            assert kept.session.get_server_pid() != lost
            assert await kept.fetchval(COUNT) > 0


async def test_who_waits_has_a_session_in_turn_and_who_gives_up_keeps_none(
    told_database: str,
) -> None:
    served: list[int] = []

    async def asking(glances: Glances, number: int) -> None:
        async with glances.looking(EVERYTHING) as kept:
            served.append(number)
            await kept.session.execute("select 1")

    async with Glances.open(told_database, 1, {}) as glances:
        async with asyncio.TaskGroup() as tasks, glances.looking(EVERYTHING):
            asked = []
            for number in range(6):
                asked.append(tasks.create_task(asking(glances, number)))
                await asyncio.sleep(0)
            asked[0].cancel()
            asked[3].cancel()
        assert served == [1, 2, 4, 5]
        async with glances.looking(EVERYTHING) as kept:
            assert await kept.fetchval("select 1") == 1


async def test_who_takes_too_long_is_stopped_and_the_next_is_served(told_database: str) -> None:
    async with Glances.open(told_database, 1, {}, limit_s=0.5) as glances:
        with pytest.raises(TimeoutError):
            async with glances.looking(EVERYTHING) as kept:
                await kept.session.execute("select pg_sleep(600)")
        async with glances.looking(NOTHING) as kept:
            assert await kept.fetchval(COUNT) == 0


async def test_a_sight_that_could_not_be_told_is_not_remembered(told_database: str) -> None:
    async with Glances.open(told_database, 1, {}) as glances:
        async with glances.looking(EVERYTHING):
            pass
        with pytest.raises(asyncpg.PostgresError):
            async with glances.looking(_Unknown()):
                pass
        async with glances.looking(NOTHING) as kept:
            assert await kept.fetchval(COUNT) == 0


async def test_each_kind_of_sight_has_sessions_of_its_own(told_database: str) -> None:
    async with Glances.open(told_database, 1, {}) as glances:
        sessions = []
        for sight in (Sight(scope="371602."), EVERYTHING, Sight(scope="371602.005."), NOTHING):
            async with glances.looking(sight) as kept:
                sessions.append(kept.session.get_server_pid())
    assert len(set(sessions)) == 3
    assert sessions[0] == sessions[2]


async def test_a_list_of_a_district_is_planned_once(told_database: str) -> None:
    """Whatever its arguments: the planner, left to itself, would plan each anew."""
    async with (
        Glances.open(told_database, 1, {}) as glances,
        glances.through(Sight(scope="371602."), lambda kept: kept, walking=True) as kept,
    ):
        for since in range(12):
            wanted = Filter(scope="371602.", reported_from=since)
            assert wanted.walks(Sort.REPORTED)
            await written.marked(kept, ("b.number",), Asked(wanted, Sort.REPORTED, None, 100), 0)
        planned = await kept.fetchrow(
            "select generic_plans, custom_plans from pg_prepared_statements"
            " where statement like 'select p.position%'"
        )
    assert planned is not None
    assert tuple(planned) == (12, 0)


async def test_what_is_prepared_is_prepared_anew_when_its_tables_have_changed(
    told_database: str, told: asyncpg.Connection
) -> None:
    await told.execute("create table public.changing as select 1 as one")
    await told.execute("grant select on public.changing to public")
    try:
        async with (
            Glances.open(told_database, 1, {}) as glances,
            glances.looking(EVERYTHING) as kept,
        ):
            for _ in range(3):
                assert [tuple(row) for row in await kept.fetch("select * from changing")] == [(1,)]
            assert list(kept.statements) == ["select * from changing"]
            await told.execute("alter table public.changing add two text default 'zwei'")
            for _ in range(3):
                found = await kept.fetch("select * from changing")
                assert [tuple(row) for row in found] == [(1, "zwei")]
            with pytest.raises(asyncpg.DivisionByZeroError):
                await kept.fetch("select 1 / (one - 1) from changing")
            for number in range(PREPARED):
                assert (await kept.fetch(f"select {number}"))[0][0] == number
            assert len(kept.statements) <= PREPARED
    finally:
        await told.execute("drop table public.changing")


class _Unknown(Sight, frozen=True, kw_only=True):
    def settings(self) -> tuple[str, str, str, str, str]:
        return SEES_CASE, "-", "-", "-", "\0"
