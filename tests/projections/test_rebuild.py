"""A rebuild gives what following the log gave, for every event type."""

import psycopg
import pytest

from bench.histories import stories
from domain.case.events import EVENTS
from eventlog.postgres import PostgresLog
from eventlog.record import Position
from projections.leaves import leaf_sha256
from projections.rebuild import build_missing, rebuild
from projections.registry import READ_MODELS
from tests.projections.logs import append, project, tables

CASES = 500


@pytest.mark.parametrize("page", [1_000, 7])
async def test_rebuild_equals_incremental(database: str, page: int) -> None:
    steps = list(stories(CASES if page > 7 else 120))
    assert {step.event.TOPIC for step in stories(CASES)} == {event.TOPIC for event in EVENTS}
    async with PostgresLog.open(database) as log:
        await append(log, steps)
        for part in range(3):
            await append(log, list(stories(10, seed=part + 7))[:0])
        await project(log, database, page=page)
    followed = await tables(database)
    assert sum(map(len, followed.values())) > CASES
    done = await rebuild(database)
    assert {one.position for one in done} == {len(steps)}
    assert await tables(database) == followed


async def test_a_first_build_leaves_nothing_for_the_runner_to_make_good(database: str) -> None:
    steps = list(stories(30))
    async with PostgresLog.open(database) as log:
        for some in (steps[:-3], steps[-3:]):  # the second beside leaves that are kept already
            head = await append(log, some)
            await (build_missing(database, READ_MODELS) if head < len(steps) else rebuild(database))
            recorded = await log.read_all(Position(0), 1_000)
            assert await leaves_of(database) == {one.position: leaf_sha256(one) for one in recorded}


async def leaves_of(database: str) -> dict[int, bytes]:
    async with await psycopg.AsyncConnection.connect(database) as connection:
        found = await connection.execute("select position, sha256 from quanke_leaf")
        return dict(await found.fetchall())
