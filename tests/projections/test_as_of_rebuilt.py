"""Answers as of a position are those of a log that ended there, built from nothing."""

import random

import asyncpg

from api.check.asof import NON_EMPTY, compare
from api.check.questions import Ground, ground, question
from projections.case_board import queries as board
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


async def test_questions_have_an_answer_where_they_are_asked(told: asyncpg.Connection) -> None:
    """Of what is due next around a case whose clock runs; of an area down to where cases lie."""
    rng, table = random.Random(1300), board.STATES.table
    for seed in range(300):
        asked = question(random.Random(seed), await ground(told, rng, 0))
        if asked.read_model in ("area_load", "deadline_list"):
            assert await asked.ask(told, None), asked.words
    assert (await ground(told, rng, 0)).running is not None
    await told.execute(f"update {table} set open = false")
    assert (await ground(told, rng, 0)).running is None


def test_before_the_first_case_nothing_is_asked_of_cases() -> None:
    register = question(random.Random(2), Ground(None, 0))
    for seed in range(50):
        found = question(random.Random(seed), Ground(None, 0), [lambda _rng, _here: register])
        assert found is register
