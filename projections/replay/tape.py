"""The events of cases in one order, from just after an instant, a few at a time.

By effective time (what happened, as known now) or by recorded time (what was told when).
Within a case both are the order of its versions, so its fold never goes back.
"""

from collections import deque
from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from domain.event import Microseconds
from eventlog.record import Recorded
from projections.case_timeline.queries import NAME, VERSION
from projections.decoding import decode_page
from projections.named import Queries, live_schema
from projections.port import Reads
from projections.seen import Seen

SQL: Final = Queries(Path(__file__).with_name("tape.sql"), live_schema(NAME, VERSION))
AHEAD: Final = 1_000
"""Events read in one go."""
MOST: Final = 250
"""Events handed out in one go: folding them takes some 25 ms."""


class Order(StrEnum):
    """By which time the past is told."""

    EFFECTIVE = "effective"
    RECORDED = "recorded"


class Tape:
    """Events after `start` up to and with `end`, in microseconds UTC of the order's own time.

    `place` is where the start lies in the order (see `place_of`); no event after the position
    `known` is told, so that all of it is one and the same past.
    """

    def __init__(
        self,
        reads: Reads,
        order: Order,
        start: Microseconds,
        end: Microseconds,
        *,
        place: int,
        known: int,
    ) -> None:
        self._reads = reads
        self._order = order
        self._known = known
        self._end = end
        self._read_to = (start, _LAST if order is Order.EFFECTIVE else place)
        self.place = place
        self._ahead: deque[Seen] = deque()
        self._dry = False

    async def until(self, instant: Microseconds) -> list[Seen]:
        """Return the next events up to and with an instant, at most `MOST`."""
        taken: list[Seen] = []
        while len(taken) < MOST:
            if not self._ahead:
                await self._read()
            if not self._ahead or self.at(self._ahead[0]) > instant:
                break
            taken.append(self._ahead.popleft())
        self._move(taken)
        return taken

    def at(self, seen: Seen) -> Microseconds:
        """Return when an event happened, in the order's own time."""
        return seen.meta.effective_at if self._order is Order.EFFECTIVE else seen.recorded_at

    def _move(self, taken: list[Seen]) -> None:
        if taken and self._order is Order.RECORDED:
            self.place = taken[-1].position
        else:
            self.place += len(taken)

    async def _read(self) -> None:
        if self._dry:
            return
        asked = (*self._read_to, self._end, AHEAD, self._known)
        rows = await self._reads.fetch(SQL[self._order], *asked)
        self._dry = len(rows) < AHEAD
        if not rows:
            return
        seen, _ = decode_page(Recorded(*row) for row in rows)
        last = seen[-1]
        self._read_to = (self.at(last), last.position)
        self._ahead.extend(_told(one, self._order) for one in seen)


_LAST: Final = (1 << 63) - 1
"""Later than every position: an event at `start` itself is part of what stood there."""


async def place_of(reads: Reads, order: Order, instant: Microseconds, known: int) -> int:
    """Return the place of an instant in an order: it never goes back along it.

    By recorded time the last position; by effective time, which jumps about in the log, how
    many events of cases had happened. Nothing after the position `known` counts.
    """
    return int(await reads.fetchval(SQL[f"{order}_place"], instant, known))


def _told(seen: Seen, order: Order) -> Seen:
    """By effective time an event counts as told when it happened: targets run out by that."""
    if order is Order.RECORDED:
        return seen
    return replace(seen, recorded_at=seen.meta.effective_at)
