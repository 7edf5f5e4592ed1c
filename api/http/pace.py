"""How often an address may ask for something that costs: a bucket that fills with time."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

KEPT: Final = 10_000


class Pace:
    """Lets `count` through at once and refills as many in `period_s`, each address by itself."""

    def __init__(
        self, count: int, period_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._count = count
        self._rate = count / period_s
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, address: str) -> int:
        """Take one and return 0, or take none and return in how many seconds there is one."""
        now = self._clock()
        left, since = self._buckets.pop(address, (float(self._count), now))
        left = min(float(self._count), left + (now - since) * self._rate)
        taken = left >= 1
        self._buckets[address] = (left - 1 if taken else left, now)
        if len(self._buckets) > KEPT:
            self._buckets.popitem(last=False)
        return 0 if taken else math.ceil((1 - left) / self._rate)
