"""Wall time of a zone as a line that never runs backwards.

Due instants must not jump back when clocks do: during the repeated hour of a
fall-back the wall line stands still, in a spring-forward gap it leaps. Ambiguous
wall times mean their first instant, missing ones the instant of the leap.
"""

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def midnight(year: int) -> int:
    """Return 1 January of a year, as microseconds of a line that starts in 1970."""
    return (datetime(year, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


class WallLine:
    """Maps instants to wall microseconds and back, within [first, last] UTC."""

    __slots__ = ("ends", "floors", "offsets", "starts")

    def __init__(self, timezone: str, first: int, last: int) -> None:
        zone = ZoneInfo(timezone)
        self.starts = [first]
        self.offsets = [_offset(zone, first)]
        for day in range(first, last, DAY):
            self._look_for_change(zone, day, min(day + DAY, last))
        self.floors = [first + self.offsets[0]]
        self.ends: list[int] = []
        for index, start in enumerate(self.starts[1:]):
            reached = max(start + self.offsets[index], self.floors[-1])
            self.ends.append(reached)
            self.floors.append(reached)

    def _look_for_change(self, zone: ZoneInfo, low: int, high: int) -> None:
        after = _offset(zone, high)
        if after == self.offsets[-1]:
            return
        while high - low > SECOND:
            middle = (low + high) // (2 * SECOND) * SECOND
            if _offset(zone, middle) == after:
                high = middle
            else:
                low = middle
        self.starts.append(high)
        self.offsets.append(after)

    def wall(self, instant: int) -> int:
        """Return the wall time of an instant; never less than that of an earlier one."""
        index = bisect_right(self.starts, instant) - 1
        index = max(index, 0)
        return max(instant + self.offsets[index], self.floors[index] if index else -(1 << 62))

    def instant(self, wall: int) -> int:
        """Return the first instant at which the wall line has reached `wall`."""
        index = bisect_left(self.ends, wall)
        moment = wall - self.offsets[index]
        return max(moment, self.starts[index]) if index else moment


def _offset(zone: ZoneInfo, instant: int) -> int:
    moment = (EPOCH + timedelta(microseconds=instant)).astimezone(zone)
    offset = moment.utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)
