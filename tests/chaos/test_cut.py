"""The check of cut connections in its short form; `quanke check cut` sends ten thousand."""

import pytest

from api.check.cut import check


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_lost_answer_doubles_nothing() -> None:
    found = check(commands=160, clients=8, seed=20_261_123)
    assert found.acknowledged >= 160
    assert found.client_cuts > 0
    assert (found.lost, found.doubled, found.extra) == (0, 0, 0)
    assert (found.gaps, found.broken_streams) == (0, 0)
