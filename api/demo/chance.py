"""Chance that repeats: every person, place and case draws from its own seeded stream.

Traits are drawn from the id alone, so a slow department is slow in every case it gets,
and what happens in one case never shifts the dice of another.
"""

import random
from functools import cache
from typing import Final

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


class Chance(random.Random):
    """A seeded stream of chance with the few shapes that work and waiting take."""

    def yes(self, share: float) -> bool:
        """Return true in this share of the draws."""
        return self.random() < share

    def lasting(self, median: int, spread: float = 0.6) -> int:
        """Return a duration in microseconds: log-normal, as waits and work are."""
        return int(median * self.lognormvariate(0.0, spread))


def chance(seed: int, *names: object) -> Chance:
    """Return the stream of chance that belongs to a name."""
    return Chance(":".join(map(str, (seed, *names))))


@cache
def pace(seed: int, who: str) -> float:
    """Return how long somebody takes, against the usual 1.0."""
    return chance(seed, "pace", who).lognormvariate(0.0, 0.22)


@cache
def slips(seed: int, who: str) -> float:
    """Return how often somebody errs, against the usual 1.0."""
    return chance(seed, "slips", who).lognormvariate(0.0, 0.35)
