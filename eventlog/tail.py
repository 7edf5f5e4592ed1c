"""The newest events, read once for all who follow the log in this process.

Projections, reactors and keepers all stand at the head and all wake at the same ring: one
of them reads the new page, the others take it from memory. Who is further behind reads for
itself, so that catching up delays nobody. With a page comes how often the bell had rung when
it was read: who has had it from memory must not sleep through what came after that.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from eventlog.record import Position, Recorded
from eventlog.wake import Doorbell

KEPT: Final = 4_096
UNKNOWN: Final = -1
"""Rings before a page that was full: there may be more already, so nobody waits after it."""
Read = Callable[[Position, int], Awaitable[list[Recorded]]]


@dataclass(slots=True)
class Reading:
    """A page that is being read for all: from where, and, where nothing has come, the rings."""

    after: Position
    over: asyncio.Event = field(default_factory=asyncio.Event)
    quiet: int | None = None


class Tail:
    """A window of consecutive positions that ends where the last shared read ended."""

    def __init__(self, read: Read, bell: Doorbell, kept: int = KEPT) -> None:
        self._read = read
        self._bell = bell
        self._kept: deque[Recorded] = deque(maxlen=kept)
        self._heard = 0
        self._reading: Reading | None = None

    async def read(self, after: Position, limit: int) -> tuple[list[Recorded], int]:
        """Return the events just after a position, at most `limit`, and the rings before them.

        Raises as the log does.
        """
        while True:
            if self._kept and after < self._kept[-1].position:
                return self._remembered(after, limit) or await self._alone(after, limit)
            reading = self._reading
            if reading is None:
                return await self._for_all(after, limit)
            await reading.over.wait()
            if reading.quiet is not None and reading.after == after:
                return [], reading.quiet

    async def _for_all(self, after: Position, limit: int) -> tuple[list[Recorded], int]:
        reading = self._reading = Reading(after)
        try:
            page, heard = await self._alone(after, limit)
            self._keep(after, page, heard if len(page) < limit else UNKNOWN)
            reading.quiet = None if page else heard
            return page, heard
        finally:
            self._reading = None
            reading.over.set()

    async def _alone(self, after: Position, limit: int) -> tuple[list[Recorded], int]:
        heard = self._bell.rings
        return await self._read(after, limit), heard

    def _remembered(self, after: Position, limit: int) -> tuple[list[Recorded], int] | None:
        kept = self._kept
        if not kept or not kept[0].position - 1 <= after < kept[-1].position:
            return None
        newer = list(islice(reversed(kept), kept[-1].position - after))
        newer.reverse()  # from the near end: a deque is walked, not indexed
        return newer[:limit], self._heard

    def _keep(self, after: Position, page: list[Recorded], heard: int) -> None:
        if self._kept and after != self._kept[-1].position:
            if not page:
                return  # nothing is known of what lies between
            self._kept.clear()
        self._kept.extend(page)
        self._heard = heard
