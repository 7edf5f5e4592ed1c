"""The kill check in its short form: two kills and the control.

The long form, with ten kills and the load asserted, is `quanke check kill`; here only
what must hold under any load is.
"""

import pytest

from api.check.kill import check, control

SEED = 20_261_123
CLIENTS = 16


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_whoever_is_killed() -> None:
    rounds, found = check(rounds=2, seed=SEED, clients=CLIENTS, per_s=0)
    assert sorted(one.victim for one in rounds) == ["app", "postgres"]
    assert all(one.in_flight > 0 for one in rounds)
    assert found.acknowledged > CLIENTS
    assert (found.lost, found.doubled, found.gaps, found.broken_streams) == (0, 0, 0, 0)


@pytest.mark.timeout(600)
def test_the_check_notices_lost_commands() -> None:
    assert control(seed=SEED, clients=CLIENTS) > 0
