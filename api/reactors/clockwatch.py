"""Whether the wall clock can be believed: it must keep step with the monotonic one.

A stepped clock would set off deadlines that are not due. While the two disagree by more
than five seconds nothing is sent; once the new offset has held for a minute it is
believed, because then somebody has set the clock right.
"""

import time
from collections.abc import Callable
from typing import Final

import structlog
from prometheus_client import Gauge

LIMIT_S: Final = 5.0
STEADY_S: Final = 60.0
JITTER_S: Final = 1.0
TOLD_S: Final = 0.001
"""A smaller change is not told: each request asks the clock, and the gauge has a lock."""
DISAGREEMENT: Final = Gauge(
    "quanke_clock_disagreement_seconds",
    "Wall clock minus monotonic clock since the last agreement.",
)
LOG: Final = structlog.get_logger("quanke.clock")


class ClockWatch:
    """Compares the two clocks. Seconds inside, microseconds from the wall clock."""

    def __init__(
        self, wall_us: Callable[[], int], monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall_us = wall_us
        self._monotonic_s = monotonic_s
        self._believed = wall_us() / 1_000_000 - monotonic_s()
        self._candidate = self._believed
        self._since = monotonic_s()
        self._told = 0.0

    def agrees(self) -> bool:
        """Tell whether deadlines may be sent now; raises the alarm when not."""
        gap = self._gap(self._wall_us())
        if abs(gap) <= LIMIT_S:
            return True
        LOG.error("the wall clock was stepped; deadlines wait", seconds=round(gap, 3))
        return False

    def believed_us(self) -> int:
        """Return the wall clock, or what it would say had it not been stepped a moment ago."""
        wall = self._wall_us()
        gap = self._gap(wall)
        return wall if -LIMIT_S <= gap <= LIMIT_S else wall - round(gap * 1_000_000)

    def _gap(self, wall_us: int) -> float:
        """Return by how many seconds a wall clock is off from where it is believed to be."""
        now = self._monotonic_s()
        offset = wall_us / 1_000_000 - now
        if abs(offset - self._candidate) > JITTER_S:
            self._candidate, self._since = offset, now
        if now - self._since >= STEADY_S:
            self._believed = self._candidate
        gap = offset - self._believed
        if abs(gap - self._told) > TOLD_S:
            self._told = gap
            DISAGREEMENT.set(gap)
        return gap


class SteadyClock:
    """The platform's clock: the wall's, but a step counts only once it has held for a minute.

    What is reported while the clock is wrong gets no wrong time, so no deadline of it passes
    falsely when the clock is set right again.
    """

    def __init__(self, wall_us: Callable[[], int]) -> None:
        self.watch = ClockWatch(wall_us)

    def __call__(self) -> int:
        """Return this instant, microseconds UTC."""
        return self.watch.believed_us()
