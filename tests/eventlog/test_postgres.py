"""What only the real log can show: order, limits, immutability, plans."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from eventlog import postgres, writer
from eventlog.batch import Waiting, rows
from eventlog.connection import Connection as Sql
from eventlog.connection import connect, options
from eventlog.errors import LogBusy, LogDamaged, LogUnavailable, LogUnsafe, Unstorable
from eventlog.postgres import PostgresLog
from eventlog.record import NewEvent, Position, Write
from eventlog.wake import Doorbell
from tests.eventlog.samples import ACTOR, META, everything, holds, put, take, until, write

LOCK = "select quanke_log_lock()"
APPEND = "select head from quanke_append($1::quanke_new_event[], $2, $3)"
APPEND_BEFORE = "select head from quanke_append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)"
"""As a release before this one appends, beside us."""
WAITING_FOR_LOCK = "select count(*) from pg_locks where locktype = 'advisory' and not granted"


def one(stream: UUID, command: UUID, version: int = 0) -> Sequence[object]:
    """Return the parameters that append one event."""
    return [(stream, version + 1, "t", 1, b"{}", b"{}", command, 0, "a")], [stream], [version]


def as_before(parameters: Sequence[Any]) -> Sequence[object]:
    """Return the same parameters as the release before passes them: an array a column."""
    events, *expected = parameters
    return *map(list, zip(*events, strict=True)), *expected


async def waiting_for_lock(sql: Sql, sessions: int) -> bool:
    return int(await sql.fetchval(WAITING_FOR_LOCK)) == sessions


async def test_two_interleaved_transactions_never_show_a_gap(database: str, sql: Sql) -> None:
    first, second = await asyncpg.connect(database), await asyncpg.connect(database)
    async with PostgresLog.open(database) as log, asyncio.TaskGroup() as group:
        transaction = first.transaction()
        await transaction.start()
        assert await first.fetchval(APPEND, *one(uuid4(), uuid4())) == 0
        later = group.create_task(second.fetchval(APPEND, *one(uuid4(), uuid4())))
        await until(lambda: sql.fetchval(WAITING_FOR_LOCK))
        assert not later.done()
        assert await everything(log) == []
        await transaction.commit()
        assert await later == 1
        assert [r.position for r in await everything(log)] == [1, 2]
    await first.close()
    await second.close()


async def test_a_batch_that_does_not_fit_is_no_error(sql: Sql) -> None:
    stream, command = uuid4(), uuid4()
    assert await sql.fetchval(APPEND, *one(stream, command)) == 0
    assert await sql.fetchval(APPEND, *one(uuid4(), command)) is None
    assert await sql.fetchval(APPEND, *one(stream, uuid4())) is None
    assert await sql.fetchval(APPEND, *one(stream, uuid4(), 2)) is None
    assert await sql.fetchval("select count(*) from quanke_log") == 1


async def test_a_release_before_this_one_appends_beside_it(database: str, sql: Sql) -> None:
    stream, command = uuid4(), uuid4()
    assert await sql.fetchval(APPEND_BEFORE, *as_before(one(stream, command))) == 0
    assert await sql.fetchval(APPEND, *one(uuid4(), command)) is None
    assert await sql.fetchval(APPEND, *one(stream, uuid4(), 1)) == 1
    assert await sql.fetchval(APPEND_BEFORE, *as_before(one(stream, uuid4(), 1))) is None
    async with PostgresLog.open(database) as log:
        assert [event.version for event in await log.read_stream(stream)] == [1, 2]
        assert [event.position for event in await everything(log)] == [1, 2]


async def test_a_rolled_back_transaction_leaves_no_gap(database: str, sql: Sql) -> None:
    async with PostgresLog.open(database) as log:
        transaction = sql.transaction()
        await transaction.start()
        assert await sql.fetchval(APPEND, *one(uuid4(), uuid4())) == 0
        await transaction.rollback()
        assert (await put(log, uuid4())).first == 1


async def test_a_full_queue_says_when_to_come_back(database: str, sql: Sql) -> None:
    async with PostgresLog.open(database, capacity=3) as log:
        async with asyncio.TaskGroup() as group, sql.transaction():
            await sql.execute(LOCK)
            sent = [group.create_task(put(log, uuid4()))]
            await until(partial(waiting_for_lock, sql, 1))
            sent += [group.create_task(put(log, uuid4())) for _ in range(3)]
            await until(holds(lambda: log.waiting == 3))
            with pytest.raises(LogBusy) as busy:
                await put(log, uuid4())
            assert 0 < busy.value.retry_after_s <= 15
        assert sorted(task.result().first for task in sent) == [1, 2, 3, 4]
        assert await log.head() == 4


async def test_few_that_wait_share_a_batch_and_many_open_the_second_lane(
    database: str, sql: Sql
) -> None:
    async with PostgresLog.open(database) as log:
        async with asyncio.TaskGroup() as group, sql.transaction():
            await sql.execute(LOCK)
            group.create_task(put(log, uuid4()))
            await until(partial(waiting_for_lock, sql, 1))
            for _ in range(63):
                group.create_task(put(log, uuid4()))
            await until(holds(lambda: log.waiting == 63))
            assert await waiting_for_lock(sql, 1)
            group.create_task(put(log, uuid4()))
            await until(partial(waiting_for_lock, sql, 2))
            assert log.waiting == 0
        assert await log.head() == 65
    assert await sql.fetchval("select count(distinct xmin::text) from quanke_log") == 2


async def test_a_missing_position_is_damage(postgres_log: PostgresLog, sql: Sql) -> None:
    await put(postgres_log, uuid4(), count=5)
    await sql.execute("alter table quanke_log disable trigger quanke_log_no_change")
    await sql.execute("delete from quanke_log where notification_id = 3")
    with pytest.raises(LogDamaged) as damage:
        await postgres_log.read_all(Position(0))
    assert damage.value.position == 3
    with pytest.raises(LogDamaged):
        await take(postgres_log.follow(Position(1)), 1)
    assert [r.position for r in await postgres_log.read_all(Position(3))] == [4, 5]


@pytest.mark.parametrize(
    "statement",
    ["update quanke_log set actor = 'x'", "delete from quanke_log", "truncate quanke_log"],
)
async def test_history_is_not_changed(postgres_log: PostgresLog, sql: Sql, statement: str) -> None:
    await put(postgres_log, uuid4())
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only ever added to"):
        await sql.execute(statement)
    owner = await sql.fetchval(
        "select coalesce(array_agg(privilege_type::text order by 1), '{}') "
        "from information_schema.role_table_grants where table_name = 'quanke_log'"
    )
    assert not {"UPDATE", "DELETE", "TRUNCATE"}.intersection(owner)
    assert (await everything(postgres_log))[0].actor == ACTOR


async def test_a_stray_writer_fails(sql: Sql) -> None:
    with pytest.raises(asyncpg.NotNullViolationError, match="notification_id"):
        await sql.execute(
            "insert into quanke_log (originator_id, originator_version, topic, state) "
            "values (gen_random_uuid(), 1, 't', '{}')"
        )


async def test_people_read_json(postgres_log: PostgresLog, sql: Sql) -> None:
    stream = uuid4()
    await postgres_log.append(
        uuid4(), ACTOR, [Write(stream, 0, (NewEvent("t", 1, '{"名":"李"}'.encode(), META),))]
    )
    row = await sql.fetchrow(
        "select position, stream, version, state->>'名', meta->>'role' from quanke_log_readable"
    )
    assert row is not None
    assert tuple(row) == (1, stream, 1, "李", "grid_worker")


async def test_a_clock_set_back_does_not_turn_time_back(
    postgres_log: PostgresLog, sql: Sql
) -> None:
    first = await put(postgres_log, uuid4())
    await sql.execute("alter table quanke_log disable trigger quanke_log_no_change")
    await sql.execute("update quanke_log set recorded_at = recorded_at + interval '1 day'")
    later = await put(postgres_log, uuid4())
    assert later.recorded_at == first.recorded_at + 86_400_000_000


async def test_a_lossy_database_is_refused(database: str, sql: Sql) -> None:
    name = database.partition("?")[0].rpartition("/")[2]
    await sql.execute(f"alter database {name} set synchronous_commit = off")
    with pytest.raises(LogUnsafe, match="synchronous_commit"):
        async with PostgresLog.open(database):
            pass
    async with PostgresLog.open(database, allow_lossy=True) as log:
        assert (await put(log, uuid4())).first == 1


async def test_bytes_the_database_refuses_harm_nobody_else(postgres_log: PostgresLog) -> None:
    odd = Write(uuid4(), 0, (NewEvent("t\ud800", 1, b"{}", b"{}"),))

    async def spoil() -> None:
        with pytest.raises(Unstorable):
            await postgres_log.append(uuid4(), ACTOR, [odd])

    async with asyncio.TaskGroup() as group:
        good = [group.create_task(put(postgres_log, uuid4())) for _ in range(2)]
        group.create_task(spoil())
        good += [group.create_task(put(postgres_log, uuid4())) for _ in range(2)]
    assert sorted(task.result().first for task in good) == [1, 2, 3, 4]
    assert await postgres_log.head() == 4


async def test_after_close_nothing_is_taken(database: str) -> None:
    async with PostgresLog.open(database) as log:
        await put(log, uuid4())
    with pytest.raises(LogUnavailable, match="closed"):
        await put(log, uuid4())


async def test_what_waits_at_close_is_still_written(database: str, sql: Sql) -> None:
    async with asyncio.TaskGroup() as group, PostgresLog.open(database) as log:
        await sql.execute(f"begin; {LOCK}")
        sent = [group.create_task(put(log, uuid4())) for _ in range(50)]
        await until(lambda: sql.fetchval(WAITING_FOR_LOCK))
        assert not any(task.done() for task in sent)
        await sql.execute("commit")
    assert sorted(task.result().first for task in sent) == list(range(1, 51))
    assert await sql.fetchval("select count(*) from quanke_log") == 50


async def test_who_cannot_be_answered_at_close_is_told_so(
    database: str, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_CLOSE_S", 0.1)

    async def abandoned(log: PostgresLog) -> None:
        with pytest.raises(LogUnavailable, match="closed"):
            await put(log, uuid4())

    async with asyncio.TaskGroup() as group, sql.transaction():
        await sql.execute(LOCK)
        async with PostgresLog.open(database) as log:
            group.create_task(abandoned(log))
            await until(lambda: sql.fetchval(WAITING_FOR_LOCK))
            group.create_task(abandoned(log))
        with pytest.raises(LogUnavailable):
            await log.head()


async def test_the_bodys_own_error_leaves_unwrapped(database: str) -> None:
    with pytest.raises(LookupError, match="mine"):
        async with PostgresLog.open(database):
            raise LookupError("mine")


HOT = {
    "head": (postgres._HEAD, ()),
    "all": (postgres._ALL, (Position(0), 100)),
    "stream": (postgres._STREAM, (uuid4(), 0, 100)),
    "streams": (postgres._STREAMS, ([uuid4(), uuid4()],)),
}


@pytest.mark.parametrize("rows", [0, 1_000])
@pytest.mark.parametrize("name", HOT)
async def test_reads_are_index_ranges(database: str, rows: int, name: str) -> None:
    query, parameters = HOT[name]
    async with PostgresLog.open(database) as log:
        if rows:
            await put(log, uuid4(), count=rows)
    session = await connect(database, "test")
    plan = "\n".join(r[0] for r in await session.fetch(f"explain {query}", *parameters))
    await session.close()
    assert "Seq Scan" not in plan
    assert "Index" in plan
    assert "Sort" not in plan, plan


@pytest.mark.parametrize("name", HOT)
async def test_reads_planned_on_an_empty_log_serve_a_full_one(
    database: str, sql: Sql, name: str
) -> None:
    query, parameters = HOT[name]
    session = await connect(database, "test")
    for _ in range(8):  # from the sixth on the plan is a generic one, and stays
        await session.fetch(query, *parameters)
    async with PostgresLog.open(database) as log:
        await put(log, uuid4(), count=1_000)
    await _count(session, READ)
    before = await _count(sql, READ)
    answer = await session.fetch(query, *parameters)
    await _count(session, READ)
    assert await _count(sql, READ) - before <= len(answer) + 1
    await session.close()


READ = """
select (select sum(seq_tup_read) from pg_stat_user_tables where relname = 'quanke_log')
     + (select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'quanke_log')
"""


def many(count: int) -> list[Waiting]:
    """Return commands of one event on streams of their own."""
    loop = asyncio.get_running_loop()
    return [
        Waiting(uuid4(), ACTOR, [write(uuid4(), 0, 1)], (), 1, 0, 0.0, loop.create_future())
        for _ in range(count)
    ]


async def test_plans_made_on_an_empty_log_serve_a_full_one(database: str, sql: Sql) -> None:
    known = many(30)
    for rows_before in (0, 1_000):  # each statement is planned in the first round
        if rows_before:
            async with PostgresLog.open(database) as log:
                await put(log, uuid4(), count=rows_before)
        before = await _count(sql, READ)
        await _append_and_settle(sql, known if not rows_before else many(30), known)
        assert await _count(sql, READ) - before <= 30 * 8
    scans = "select seq_scan from pg_stat_user_tables where relname = 'quanke_log'"
    assert await _count(sql, scans) == 0


async def _append_and_settle(sql: Sql, fresh: list[Waiting], known: list[Waiting]) -> None:
    streams = [command.writes[0].stream for command in fresh]
    assert await sql.fetchval(APPEND, rows(fresh), streams, [0] * len(fresh)) is not None
    for commands in (known, many(30)):
        streams = [command.writes[0].stream for command in commands]
        ids, ones = [command.command_id for command in commands], [1] * len(commands)
        zeros = [0] * len(commands)
        told = await sql.fetch(writer._EACH, rows(commands), streams, zeros, ids, ones, ones)
        assert {row["outcome"] for row in told} == {"duplicate" if commands is known else "written"}


async def _count(sql: Sql, query: str) -> int:
    await sql.execute("select pg_stat_force_next_flush()")
    await sql.execute("select pg_stat_clear_snapshot()")
    return int(await sql.fetchval(query))


async def test_the_doorbell_rings_for_another_process(database: str) -> None:
    async with PostgresLog.open(database) as one_log, PostgresLog.open(database) as other:
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(take(other.follow(Position(0)), 1))
            await put(one_log, uuid4())
        assert [r.position for r in waiting.result()] == [1]


async def test_a_ring_before_the_wait_is_not_lost() -> None:
    bell = Doorbell()
    heard = bell.rings
    bell.ring()
    async with asyncio.timeout(0.5):
        await bell.wait(heard)


async def test_sessions_have_limits(database: str) -> None:
    session = await asyncpg.connect(database, **options())
    shown = [
        await session.fetchval(f"show {name}") for name in ("statement_timeout", "lock_timeout")
    ]
    await session.close()
    assert shown == ["20s", "10s"]


async def test_what_the_indexes_refuse_is_told_and_nothing_is_written(
    database: str, sql: Sql
) -> None:
    (known,) = many(1)
    assert await sql.fetchval(APPEND, rows([known]), [], []) == 0
    again, other = many(2)
    again.command_id = known.command_id
    other.writes = known.writes
    for refused in (again, other):
        assert await sql.fetchval(APPEND, rows([*many(1), refused]), [], []) is None
    assert await sql.fetchval("select count(*) from quanke_log") == 1
    assert await sql.fetchval(APPEND, rows(many(1)), [], []) == 1
