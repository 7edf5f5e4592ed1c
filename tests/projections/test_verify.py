"""Verify finds what a superuser does to the log or to a read model, and names it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from api.verify import Verdict, verify
from bench.histories import stories
from eventlog.postgres import PostgresLog
from projections.rebuild import rebuild
from projections.registry import READ_MODELS, schema_of
from tests.projections.logs import append, project

Sql = asyncpg.Connection


@pytest.fixture
async def told(told_database: str) -> AsyncIterator[Sql]:
    """A projected log, as superuser with the triggers out of the way."""
    connection = await asyncpg.connect(told_database)
    await connection.execute("set session_replication_role = replica")
    await connection.execute("grant all on quanke_log to current_user")
    yield connection
    await connection.close()


async def faults(database: str) -> list[str]:
    verdict = await verify(database)
    assert verdict.ok == (not verdict.faults)
    return verdict.faults


async def test_clean(told: Sql, told_database: str) -> None:
    verdict = await verify(told_database)
    assert verdict.faults == []
    head = await told.fetchval("select max(notification_id) from quanke_log")
    assert verdict.head == head
    assert set(verdict.read_models.values()) == {head}
    left = await told.fetch("select nspname from pg_namespace where nspname like '%verify%'")
    assert left == []


async def test_one_event_deleted(told: Sql, told_database: str) -> None:
    await told.execute("delete from quanke_log where notification_id = 100")
    found = await faults(told_database)
    assert found[0] == "position 100: missing; the next one stored is 101"


async def test_the_last_event_deleted(told: Sql, told_database: str) -> None:
    head = await told.fetchval("select max(notification_id) from quanke_log")
    await told.execute("delete from quanke_log where notification_id = $1", head)
    assert any(fault.startswith(f"position {head}: gone") for fault in await faults(told_database))


@pytest.mark.parametrize("word", ["说明", "结论"])
async def test_one_payload_changed_that_no_read_model_shows(
    told: Sql, told_database: str, word: str
) -> None:
    position = await told.fetchval(
        "select min(notification_id) from quanke_log where convert_from(state, 'UTF8') like $1",
        f"%{word}%",
    )
    await told.execute(
        "update quanke_log set state = convert_to(replace(convert_from(state, 'UTF8'), $2, '改了'),"
        " 'UTF8') where notification_id = $1",
        position,
        word,
    )
    assert f"position {position}: changed since it was recorded (leaf hash)" in await faults(
        told_database
    )
    await rebuild(told_database)
    assert f"position {position}: changed since it was recorded (leaf hash)" in await faults(
        told_database
    )


@pytest.mark.parametrize(
    "column", ["actor = 'x'", "meta = '{}'::bytea", "recorded_at = '2001-1-1'"]
)
async def test_one_envelope_changed(told: Sql, told_database: str, column: str) -> None:
    await told.execute(f"update quanke_log set {column} where notification_id = 33")
    assert any(fault.startswith("position 33: ") for fault in await faults(told_database))


async def test_one_command_index_changed(told: Sql, told_database: str) -> None:
    await told.execute("update quanke_log set command_index = 7 where notification_id = 5")
    assert any(fault.startswith("position 5: ") for fault in await faults(told_database))


FIRST = "= (select min({0}::text) from {1})"
ROWS = [
    ("case_board", "board", "update {} set tier = 'D' where id::text {first_id}", "tier"),
    ("case_board", "board", "delete from {} where id::text {first_id}", "is missing"),
    ("case_timeline", "entry", "update {} set actor = 'me' where position = 9", "9: actor"),
    ("grid_load", "grid_load", "update {} set open = open + 1 where code {first_code}", "open"),
    (
        "department_load", "department_load",
        "update {} set closed = closed + 1 where id {first_id}", "closed",
    ),
    ("area_load", "area_load", "insert into {} values ('9.', 1, 0, 0, 0, 0, 0)", "not be there"),
    ("stage_funnel", "stage_funnel", "update {} set cases = 9 where status = 'closed'", "closed"),
    (
        "deadline_list", "deadline",
        "update {} set due = 1 where case_id::text {first_case_id}", "due",
    ),
    ("feed", "feed", "update {} set at = 1 where position::text {first_position}", "at is 1"),
    ("figures", "measure", "update {} set rework = 9 where id::text {first_id}", "rework is 9"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "name", "change", "word"), ROWS)
async def test_one_row_changed(
    told: Sql, told_database: str, model: str, name: str, change: str, word: str
) -> None:
    (known,) = (one for one in READ_MODELS if one.name == model)
    table = f"{schema_of(known)}.{name}"
    keys = ("id", "code", "case_id", "position")
    first = {f"first_{key}": FIRST.format(key, table) for key in keys}
    await told.execute(change.format(table, **first))
    found = await faults(told_database)
    assert found, change
    assert all(f"row {table} " in fault and word in fault for fault in found), found


@pytest.mark.parametrize("step", [-1, 1, -50])
async def test_one_checkpoint_changed(told: Sql, told_database: str, step: int) -> None:
    await told.execute(
        "update quanke_checkpoint set position = position + $1 where read_model = 'grid_load'", step
    )
    found = await faults(told_database)
    assert len(found) == 1
    assert found[0].startswith("checkpoint of grid_load: position ")


async def test_while_the_log_is_ahead_of_the_read_models(database: str) -> None:
    steps = list(stories(20))
    async with PostgresLog.open(database) as log:
        await append(log, steps[:100])
        await project(log, database)
        await append(log, steps[100:])
    verdict: Verdict = await verify(database)
    assert verdict.faults == []
    assert verdict.head == len(steps)
    assert set(verdict.read_models.values()) == {100}
