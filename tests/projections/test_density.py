"""The density of the log: every event counted once, however the buckets are cut."""

import random

import asyncpg
import pytest

from bench.histories import START, stories
from domain.case.events import CaseRelocated
from projections.case_timeline.density import HOUR, SECOND, buckets_over, density, extent

YEAR = 366 * 24 * HOUR
STEPS = list(stories(200))


def expected(scope: str, first: int, width: int, buckets: int) -> list[int]:
    """Count by hand: the histories' cases never leave the place they were reported at."""
    counts = [0] * buckets
    for step in STEPS:
        place = (step.meta.effective_at - first) // width
        if 0 <= place < buckets and step.meta.scope.startswith(scope):
            counts[place] += 1
    return counts


@pytest.mark.parametrize("scope", ["", "371602.", "371602.003.", "371602.003.004.", "9."])
async def test_buckets_count_every_event_once(told: asyncpg.Connection, scope: str) -> None:
    rng = random.Random(scope)
    for _ in range(12):
        start = START + rng.randrange(100 * HOUR)
        end = start + rng.choice([90 * SECOND, 7 * HOUR, 30 * 24 * HOUR, YEAR])
        first, width, buckets = buckets_over(start, end, rng.choice([1, 24, 200]))
        assert first <= start < first + width
        assert first + width * (buckets - 1) < end <= first + width * buckets
        assert await density(told, scope, first, width, buckets) == expected(
            scope, first, width, buckets
        )
    assert any(isinstance(step.event, CaseRelocated) for step in STEPS)


async def test_hours_and_events_agree(told: asyncpg.Connection) -> None:
    found = await extent(told)
    assert found == (
        min(step.meta.effective_at for step in STEPS),
        max(step.meta.effective_at for step in STEPS),
    )
    first, width, buckets = buckets_over(found[0], found[1] + 1, 24)
    assert width % HOUR == 0 == first % HOUR
    counts = await density(told, "371602.", first, width, buckets)
    assert sum(counts) == len(STEPS)
    halves = await density(told, "371602.", first, width // 2, 2 * buckets)
    assert [sum(halves[at : at + 2]) for at in range(0, len(halves), 2)] == counts


async def test_a_quiet_log_has_no_extent(database: str) -> None:
    assert buckets_over(0, 1, 500) == (0, SECOND, 1)
    connection = await asyncpg.connect(database)
    await connection.execute("create schema rm_case_timeline_v2")
    await connection.execute("create table rm_case_timeline_v2.entry (at bigint)")
    assert await extent(connection) is None
    await connection.close()
