"""Answers as of a position are those of a log that ended there, built from nothing."""

import asyncpg

from api.check.asof import NON_EMPTY, compare
from tests.projections.test_alarms_earlier import told_more

CASES = 100


async def test_as_of_a_position_is_a_rebuild_stopped_there(
    told_database: str, told: asyncpg.Connection
) -> None:
    await told_more(told_database, told)
    found = await compare(told_database, CASES, seed=3)
    assert found.wrong == []
    assert found.total == CASES
    assert found.share >= NON_EMPTY
    assert len(found.asked) == 15
