"""Staying awake for an answer that is nearly there.

Who waits for the database lets this process sleep, and where nobody else has anything to do the
processor sleeps too. A virtual one takes some 25 µs to wake, as long as the database takes for
the answer. So while somebody waits the loop goes on turning, for as long as a short query takes
and no longer.

A turn that was not short had something to do, here or in another process: then no processor
sleeps, and nobody is to be kept from it. Whoever stayed awake in vain leaves it be for a while,
each time for twice as long.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

AWAKE_S: Final = 0.000_15
"""A query that takes longer is not worth staying awake for."""
SHORT_TURN_S: Final = 0.000_06
MOST_LEFT: Final = 64
"""So many questions at most are waited for asleep after one that was waited for in vain."""


class Awake:
    """Keeps the loop of this thread turning while `waits` says that somebody waits."""

    __slots__ = ("_asleep", "_clock", "_left", "_turned", "_turning", "_until", "_waits")

    def __init__(
        self, waits: Callable[[], object], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._waits = waits
        self._clock = clock
        self._turning = False
        self._turned = self._until = 0.0
        self._left = self._asleep = 0

    def for_a_moment(self) -> None:
        """Stay awake from now on, unless that was in vain lately."""
        if self._left:
            self._left -= 1
            return
        self._turned = self._clock()
        self._until = self._turned + AWAKE_S
        if self._turning:
            self._asleep = 0  # what was waited for before has come
        else:
            self._turning = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        if not self._waits():
            self._turning, self._asleep = False, 0
            return
        before, now = self._turned, self._clock()
        self._turned = now
        if now < self._until and now - before < SHORT_TURN_S:
            asyncio.get_running_loop().call_soon(self._turn)
            return
        self._turning = False
        self._left = self._asleep = min(2 * self._asleep + 1, MOST_LEFT)
