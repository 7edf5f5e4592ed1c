"""Staying awake: for as long as somebody waits, but neither long nor again and again in vain."""

import asyncio
from itertools import pairwise

from eventlog.awake import AWAKE_S, MOST_LEFT, SHORT_TURN_S, Awake

US = 0.000_001
TURNS = 200
"""More than any moment lasts here, by a clock that moves with every look."""


class Someone:
    """Waits for an answer that comes at the so-manieth look, by a clock of its own."""

    def __init__(self, step_s: float = US) -> None:
        self.looks = 0
        self.answered_at = TURNS
        self._step_s = step_s
        self._now = 0.0

    def waits(self) -> bool:
        self.looks += 1
        return self.looks < self.answered_at

    def clock(self) -> float:
        self._now += self._step_s
        return self._now


async def looked(one: Someone, awake: Awake) -> int:
    """Ask once and let the loop go on; return how often it was looked for the answer."""
    one.looks = 0
    awake.for_a_moment()
    for _ in range(TURNS):
        await asyncio.sleep(0)
    return one.looks


async def test_the_loop_turns_until_the_answer_is_there() -> None:
    one = Someone()
    awake = Awake(one.waits, one.clock)
    one.answered_at = 20
    assert [await looked(one, awake) for _ in range(3)] == [20, 20, 20]


async def test_who_waits_longer_than_a_moment_is_waited_for_asleep() -> None:
    one = Someone()
    turns = await looked(one, Awake(one.waits, one.clock))
    assert abs(turns - AWAKE_S / US) <= 2


async def test_a_turn_that_had_something_to_do_is_the_last() -> None:
    one = Someone(step_s=SHORT_TURN_S * 2)
    assert await looked(one, Awake(one.waits, one.clock)) == 1


async def test_in_vain_it_is_left_be_for_twice_as_long_each_time() -> None:
    one = Someone()
    awake = Awake(one.waits, one.clock)
    stayed = [at for at in range(200) if await looked(one, awake)]
    left = [after - before - 1 for before, after in pairwise(stayed)]
    assert left == [1, 3, 7, 15, 31, 63, MOST_LEFT][: len(left)]
    assert len(left) >= 6
    one.answered_at = 20
    found = [turns for _ in range(MOST_LEFT + 3) if (turns := await looked(one, awake))]
    assert found[:3] == [20, 20, 20]
    one.answered_at = TURNS
    assert await looked(one, awake) > 20
    assert await looked(one, awake) == 0
    one.answered_at = 20
    assert await looked(one, awake) == 20  # after one in vain, not after one more than before
