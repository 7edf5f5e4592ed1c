"""Who may ask how much: a leaky bucket of cost per client.

A client is an account, or an address where there is none. The bucket begins full and
fills again at a steady rate; an operation takes what it may cost at most and gets back
what it did not need. Buckets are few and small; the least recently used is forgotten.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from domain.actor import Role

CLIENTS_KEPT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much a client may have at once, per second, and in one operation."""

    available: int
    restored_per_s: int
    operation: int


STAFF: Final = Allowance(20_000, 2_000, 20_000)
PUBLIC: Final = Allowance(5_000, 500, 1_000)
ALLOWANCES: Final[Mapping[Role, Allowance]] = {
    Role.PUBLIC: PUBLIC,
    Role.RESIDENT: PUBLIC,
    Role.DISPLAY: Allowance(5_000, 500, 5_000),
    Role.INTEGRATOR: Allowance(20_000, 1_000, 20_000),
}


class Throttled(Exception):
    """The bucket does not hold what is asked."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"too much asked; try again in {retry_after_s:.1f} s")
        self.retry_after_s = retry_after_s


@dataclass(slots=True)
class Bucket:
    """What one client has left, and as of when (seconds of a monotonic clock)."""

    allowance: Allowance
    left: float
    at: float

    def refreshed(self, now: float) -> None:
        """Let the bucket fill up to now."""
        gained = (now - self.at) * self.allowance.restored_per_s
        self.left = min(self.allowance.available, self.left + gained)
        self.at = now

    def take(self, cost: int, now: float) -> None:
        """Take what an operation may cost at most. Raises Throttled."""
        self.refreshed(now)
        if cost > self.left:
            raise Throttled((cost - self.left) / self.allowance.restored_per_s)
        self.left -= cost

    def give_back(self, cost: int) -> None:
        """Return what an operation did not need."""
        self.left = min(self.allowance.available, self.left + cost)


class Budget:
    """The buckets of all clients of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._clock = clock

    def bucket(self, client: str, role: Role) -> Bucket:
        """Return a client's bucket, full for a new one."""
        found = self._buckets.get(client)
        if found is None:
            allowance = ALLOWANCES.get(role, STAFF)
            found = Bucket(allowance, allowance.available, self._clock())
            self._buckets[client] = found
            if len(self._buckets) > CLIENTS_KEPT:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(client)
        return found

    def take(self, client: str, role: Role, cost: int) -> Bucket:
        """Take a cost from a client's bucket and return the bucket. Raises Throttled."""
        found = self.bucket(client, role)
        found.take(cost, self._clock())
        return found

    def standing(self, client: str, role: Role) -> Bucket:
        """Return a client's bucket as it is now."""
        found = self.bucket(client, role)
        found.refreshed(self._clock())
        return found
