"""Poison is held with its stream, others go on; retry and skip let it go on, both on record."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest
from prometheus_client import REGISTRY

from api.verify import verify
from bench.histories import Step, stories, story
from eventlog.postgres import PostgresLog
from eventlog.record import NewEvent, Write
from projections import quarantine
from projections.hub import Hub
from projections.quarantine import TooManyHeld
from projections.rebuild import named, rebuild
from projections.registry import READ_MODELS
from projections.release import NothingHeld, listed, retry, skip
from projections.runner import Runner
from tests.projections.logs import ACTOR, PATIENCE_S, append, project, running, tables

BOARD = "rm_case_board_v1.board"
REFUSE = f"alter table {BOARD} add constraint poison check (number <> 'BC00000004' or version < 3)"


@dataclass
class Shop:
    """A live platform without a face."""

    dsn: str
    log: PostgresLog
    runner: Runner
    sql: asyncpg.Connection

    async def tell(self, steps: list[Step]) -> None:
        await append(self.log, steps, at_once=1)
        assert await self.runner.reached(await self.log.head(), PATIENCE_S)


@pytest.fixture
async def shop(database: str) -> AsyncIterator[Shop]:
    connection = await asyncpg.connect(database)
    async with PostgresLog.open(database) as log, running(log, database) as runner:
        async with asyncio.timeout(PATIENCE_S):
            while not runner.status():
                await asyncio.sleep(0.02)
        yield Shop(database, log, runner, connection)
    await connection.close()


async def held(dsn: str) -> list[tuple[str, int, str]]:
    return [(row.read_model, row.position, row.state) for row in await listed(dsn, READ_MODELS)]


async def test_a_row_that_cannot_be_written_holds_its_stream_in_one_model(shop: Shop) -> None:
    steps = list(stories(9))
    bad = next(s.stream for s in steps if getattr(s.event, "number", "") == "BC00000004")
    at = [position for position, step in enumerate(steps, 1) if step.stream == bad]
    await shop.sql.execute(REFUSE)
    await shop.tell(steps)
    rows = await held(shop.dsn)
    assert rows == [("case_board", at[2], "poison")] + [
        ("case_board", later, "behind") for later in at[3:]
    ]
    assert await shop.sql.fetchval(f"select version from {BOARD} where id = $1", bad) == 2
    assert await shop.sql.fetchval(f"select count(*) from {BOARD}") == 9
    entries = "select count(*) from rm_case_timeline_v2.entry where case_id = $1"
    assert await shop.sql.fetchval(entries, bad) == len(at)
    labels = {"read_model": "case_board"}
    assert REGISTRY.get_sample_value("quanke_quarantine_streams", labels) == 1
    status = {one.read_model: one.held_streams for one in shop.runner.status()}
    assert status == {model.name: int(model.name == "case_board") for model in READ_MODELS}
    assert (await verify(shop.dsn)).faults == []


async def test_retry_applies_what_was_held_and_the_runner_goes_on(shop: Shop) -> None:
    steps = list(stories(9))
    more = [step for number in range(50, 54) for step in story(number).steps]
    await shop.sql.execute(REFUSE)
    await shop.tell(steps)
    [board] = named(["case_board"])
    (failed,) = await retry(shop.dsn, [board])
    assert failed.events == 0
    assert "CheckViolation" in failed.error
    assert (await listed(shop.dsn, [board]))[0].attempts == 2
    await shop.sql.execute(f"alter table {BOARD} drop constraint poison")
    (released,) = await retry(shop.dsn, [board])
    assert (released.error, released.events > 0) == ("", True)
    assert await held(shop.dsn) == []
    await shop.tell(more)
    assert all(one.held_streams == 0 for one in shop.runner.status())
    await same_as_a_rebuild(shop.dsn)


async def same_as_a_rebuild(dsn: str) -> None:
    followed = await tables(dsn)
    assert (await verify(dsn)).faults == []
    await rebuild(dsn)
    assert await tables(dsn) == followed


async def test_an_unreadable_event_holds_its_stream_in_every_model(shop: Shop) -> None:
    steps = list(stories(6))
    await shop.tell(steps[:20])
    step = steps[20]
    odd = NewEvent("case.from_the_future", 1, b"{}", step.new().meta)
    await shop.log.append(UUID(int=7), ACTOR, [Write(step.stream, step.version - 1, (odd,))])
    shifted = [s for s in steps[20:] if s.stream != step.stream]
    await shop.tell(shifted)
    rows = await held(shop.dsn)
    assert rows == sorted((model.name, 21, "poison") for model in READ_MODELS)
    for model in READ_MODELS:
        with pytest.raises(ValueError, match="say why"):
            await skip(shop.dsn, model, 21, " ", "administrator")
        (done,) = await skip(shop.dsn, model, 21, "not for this release", "administrator")
        assert done.error == ""
    assert {row.state for row in await listed(shop.dsn, READ_MODELS)} == {"skipped"}
    later = NewEvent("case.urged", 1, b"{}", step.new().meta)
    await shop.log.append(UUID(int=8), ACTOR, [Write(step.stream, step.version, (later,))])
    assert await shop.runner.reached(await shop.log.head(), PATIENCE_S)
    async with asyncio.timeout(PATIENCE_S):
        while await shop.sql.fetchval(f"select urged from {BOARD} where id = $1", step.stream) != 1:
            await asyncio.sleep(0.02)
    followed = await tables(shop.dsn)
    await rebuild(shop.dsn)
    assert await tables(shop.dsn) == followed
    with pytest.raises(NothingHeld):
        await skip(shop.dsn, READ_MODELS[0], 3, "no such", "administrator")


async def test_a_rebuild_tries_again_what_was_held(shop: Shop) -> None:
    await shop.sql.execute(REFUSE)
    await shop.tell(list(stories(9)))
    assert {model for model, _, _ in await held(shop.dsn)} == {"case_board"}
    (done,) = await rebuild(shop.dsn, named(["case_board"]))
    assert done.held == 0
    assert await held(shop.dsn) == []
    assert (await verify(shop.dsn)).faults == []


async def test_too_many_is_a_bad_release_and_stops(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "LIMIT", 3)
    async with PostgresLog.open(database) as log:
        await project(log, database)
        connection = await asyncpg.connect(database)
        await connection.execute(f"alter table {BOARD} add constraint poison check (version > 99)")
        await append(log, list(stories(9)))
        with pytest.raises(TooManyHeld, match="case_board has 9 streams"):
            await asyncio.wait_for(Runner(log, database, Hub()).run(), PATIENCE_S)
        await connection.close()
