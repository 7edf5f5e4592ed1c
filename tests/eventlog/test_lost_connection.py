"""A connection that dies at the worst moment costs no command and doubles none."""

import asyncio
from functools import partial
from uuid import uuid4

import pytest

from eventlog.connection import Connection as Sql
from eventlog.errors import LogUnavailable
from eventlog.postgres import PostgresLog
from eventlog.record import Position
from tests.eventlog.proxy import proxied
from tests.eventlog.samples import ACTOR, everything, holds, put, take, until, write

LOCK = "select quanke_log_lock()"
KILL_WRITER = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
 where application_name = 'quanke writer' and datname = current_database()
"""
WAITING_FOR_LOCK = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
STORED = "select count(*) from quanke_log"


async def test_a_lost_reply_is_found_written(database: str) -> None:
    async with proxied(database) as (proxy, through), PostgresLog.open(through) as log:
        await put(log, uuid4())
        proxy.lose_reply = True
        streams = [uuid4() for _ in range(20)]
        async with asyncio.TaskGroup() as group:
            sent = [group.create_task(put(log, stream, count=2)) for stream in streams]
        assert proxy.lost == 1
        answers = [task.result() for task in sent]
        assert [(a.first, a.last) for a in answers] == [(2 * n, 2 * n + 1) for n in range(1, 21)]
        assert {a.duplicate for a in answers} == {True}
        stored = await everything(log)
        assert [r.position for r in stored] == list(range(1, 42))
        assert [r.stream for r in stored[1::2]] == streams


async def test_a_backend_killed_before_it_wrote_writes_once(database: str, sql: Sql) -> None:
    async with PostgresLog.open(database) as log:
        await put(log, uuid4())
        async with asyncio.TaskGroup() as group, sql.transaction():
            await sql.execute(LOCK)
            sent = [group.create_task(put(log, uuid4())) for _ in range(20)]
            await until(lambda: sql.fetchval(WAITING_FOR_LOCK))
            assert await sql.fetchval(KILL_WRITER) >= 1
        answers = [task.result() for task in sent]
        assert [a.first for a in answers] == list(range(2, 22))
        assert {a.duplicate for a in answers} == {False}
        assert await sql.fetchval(STORED) == 21


async def beyond(log: PostgresLog, head: Position) -> bool:
    return await log.head() > min(head, 599)


async def test_backends_killed_again_and_again(database: str, sql: Sql) -> None:
    async with PostgresLog.open(database) as log:

        async def client() -> list[int]:
            stream = uuid4()
            return [(await put(log, stream, version)).first for version in range(30)]

        async with asyncio.TaskGroup() as group:
            clients = [group.create_task(client()) for _ in range(20)]
            for _ in range(15):
                head = await log.head()
                await sql.fetchval(KILL_WRITER)
                await until(partial(beyond, log, head))
        positions = sorted(p for one in clients for p in one.result())
        assert positions == list(range(1, 601))
        assert [r.position for r in await everything(log)] == positions


async def test_no_database_within_the_deadline(database: str) -> None:
    async with (
        proxied(database) as (proxy, through),
        PostgresLog.open(through, deadline_s=3.0) as log,  # enough for what must succeed
    ):
        await put(log, uuid4())
        proxy.deaf = True
        proxy.cut()
        stream, command = uuid4(), uuid4()
        with pytest.raises(LogUnavailable):
            await log.append(command, ACTOR, [write(stream, 0, 1)])
        proxy.deaf = False
        assert (await log.append(command, ACTOR, [write(stream, 0, 1)])).first == 2


async def test_a_follower_waits_an_outage_out(database: str) -> None:
    async with proxied(database) as (proxy, through), PostgresLog.open(through) as log:
        async with asyncio.TaskGroup() as group:
            following = group.create_task(take(log.follow(Position(0)), 2))
            await put(log, uuid4())
            proxy.deaf = True
            proxy.cut()
            sent = group.create_task(put(log, uuid4()))
            await until(holds(lambda: proxy.refused >= 4))
            assert not following.done()
            assert not sent.done()
            proxy.deaf = False
        assert [r.position for r in following.result()] == [1, 2]
        assert sent.result().first == 2
