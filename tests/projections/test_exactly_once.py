"""Rows and checkpoint move together, once, whoever dies and whoever else runs."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from api.verify import verify
from bench.histories import stories, story
from bench.project import start_over
from eventlog.postgres import PostgresLog
from eventlog.record import Recorded, Write
from projections import leaves, runner
from projections.hub import Hub
from projections.rebuild import named, rebuild
from projections.runner import Runner, SteppedDown
from tests.projections.logs import PATIENCE_S, append, leaves_of, project, running, tables

KILL = """
select pg_terminate_backend(pid) from pg_stat_activity
 where application_name = 'quanke projections' and datname = current_database()
"""


async def same_as_a_rebuild(dsn: str) -> None:
    followed = await tables(dsn)
    assert (await verify(dsn)).faults == []
    await rebuild(dsn)
    assert await tables(dsn) == followed


async def test_killed_sessions_lose_and_double_nothing(database: str) -> None:
    connection = await asyncpg.connect(database)
    steps = list(stories(60))
    async with PostgresLog.open(database) as log, running(log, database, page=20) as runner:
        killed = 0
        for first in range(0, len(steps), 100):
            await append(log, steps[first : first + 100], at_once=50)
            killed += len(await connection.fetch(KILL))
        assert await runner.reached(len(steps), PATIENCE_S)
    assert killed >= 1
    await connection.close()
    await same_as_a_rebuild(database)


async def test_small_pages_are_written_together_at_the_first_try(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "carefully", None)  # the second try, for a page that fails
    async with PostgresLog.open(database) as log:
        await append(log, stories(60))
        await project(log, database, page=20)
    await same_as_a_rebuild(database)


async def test_what_starts_over_counts_the_same_and_makes_no_leaf_anew(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[int] = []
    two = named(["grid_load", "department_load"])
    real = leaves.leaf_sha256

    def noted(one: Recorded) -> bytes:
        hashed.append(one.position)
        return real(one)

    async with PostgresLog.open(database) as log:
        head = await append(log, stories(20))
        await project(log, database, models=two, page=50)
        counted, kept = await tables(database, two), await leaves_of(database)
        assert sorted(kept) == list(range(1, head + 1))
        await start_over(database, two)
        monkeypatch.setattr(leaves, "leaf_sha256", noted)
        await project(log, database, models=two, page=50)
    assert await tables(database, two) == counted
    assert await leaves_of(database) == kept
    assert head in hashed  # of each page the last, for the checkpoint
    assert len(hashed) <= head // 10


async def test_the_second_of_two_runners_steps_down(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(*_: object) -> None:
        """Take the lead without asking: the checkpoints must be safety enough."""

    monkeypatch.setattr(Runner, "_lead", at_once)
    steps = list(stories(40))
    async with PostgresLog.open(database) as log:
        await project(log, database)
        both = [Runner(log, database, Hub(), page=5) for _ in range(2)]
        runs = [asyncio.ensure_future(runner.run()) for runner in both]  # noqa: TID251
        async with asyncio.timeout(PATIENCE_S):
            while not all(runner.status() for runner in both):
                await asyncio.sleep(0.02)
        await append(log, steps, at_once=10)
        done, pending = await asyncio.wait(
            runs, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED
        )
        assert [type(run.exception()) for run in done] == [SteppedDown]
        [survivor] = [runner for runner, run in zip(both, runs, strict=True) if run in pending]
        assert await survivor.reached(len(steps), PATIENCE_S)
        for run in pending:
            run.cancel()
            with pytest.raises(asyncio.CancelledError):
                await run
    await same_as_a_rebuild(database)


async def test_a_waiting_runner_takes_over_when_the_first_ends(database: str) -> None:
    steps = list(stories(10))
    async with PostgresLog.open(database) as log:
        async with running(log, database) as first:
            await append(log, steps[:40])
            assert await first.reached(40, PATIENCE_S)
            async with running(log, database) as second:
                assert await second.reached(40, PATIENCE_S)
                assert (first.leading, second.leading) == (True, False)
        async with running(log, database) as third:
            await append(log, steps[40:])
            assert await third.reached(len(steps), PATIENCE_S)
    await same_as_a_rebuild(database)


async def test_a_rebuild_while_events_come_and_the_hub_is_told(database: str) -> None:
    hub = Hub()
    steps = list(stories(40))
    half = len(steps) // 2
    async with PostgresLog.open(database) as log, running(log, database, hub) as runner:
        await append(log, steps[:half])
        assert await runner.reached(half, PATIENCE_S)
        with hub.subscribe() as changes:
            async with asyncio.TaskGroup() as group:
                building = group.create_task(rebuild(database))
                await append(log, steps[half:], at_once=5)
            assert await runner.reached(len(steps), PATIENCE_S)
            last = await log.append(*_one_more())
            assert await runner.reached(last.last, PATIENCE_S)
            reasons = set()
            while len(changes):
                reasons.add(getattr(await changes.receive(), "reason", ""))
    assert {one.rebuild for one in building.result()} == {1}
    assert all(one.rebuild == 1 for one in runner.status())
    assert "view" in reasons
    await same_as_a_rebuild(database)


def _one_more() -> tuple[UUID, str, list[Write]]:
    fresh = story(999).steps[0]
    return UUID(int=1), "system:test", [Write(fresh.stream, 0, (fresh.new(),))]
