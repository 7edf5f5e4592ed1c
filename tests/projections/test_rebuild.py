"""A rebuild gives what following the log gave, for every event type."""

import pytest

from bench.histories import stories
from domain.case.events import EVENTS
from eventlog.postgres import PostgresLog
from projections.rebuild import rebuild
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
