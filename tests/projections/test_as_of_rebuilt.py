"""Answers as of a position are those of a log that ended there, built from nothing."""

from api.check.asof import NON_EMPTY, compare

CASES = 80


async def test_as_of_a_position_is_a_rebuild_stopped_there(told_database: str) -> None:
    found = await compare(told_database, CASES, seed=3)
    assert found.wrong == []
    assert found.total == CASES
    assert found.share >= NON_EMPTY
    assert len(found.asked) == 10
