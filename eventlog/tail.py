"""The newest events, read once for all who follow the log in this process.

Projections, reactors and keepers all stand at the head and all wake at the same ring: one
of them reads the new page, the others take it from memory. Who is further behind reads for
itself, so that catching up delays nobody.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Final

from eventlog.record import Position, Recorded

KEPT: Final = 4_096
Read = Callable[[Position, int], Awaitable[list[Recorded]]]


class Tail:
    """A window of consecutive positions that ends where the last shared read ended."""

    def __init__(self, read: Read, kept: int = KEPT) -> None:
        self._read = read
        self._kept: deque[Recorded] = deque(maxlen=kept)
        self._reading = asyncio.Lock()

    async def read(self, after: Position, limit: int) -> list[Recorded]:
        """Return the events just after a position, at most `limit`. Raises as the log does."""
        if self._kept and after < self._kept[-1].position:
            return self._remembered(after, limit) or await self._read(after, limit)
        async with self._reading:
            remembered = self._remembered(after, limit)
            if remembered:
                return remembered
            page = await self._read(after, limit)
            self._keep(page)
            return page

    def _remembered(self, after: Position, limit: int) -> list[Recorded]:
        kept = self._kept
        if not kept or not kept[0].position - 1 <= after < kept[-1].position:
            return []
        newer = list(islice(reversed(kept), kept[-1].position - after))
        newer.reverse()  # from the near end: a deque is walked, not indexed
        return newer[:limit]

    def _keep(self, page: list[Recorded]) -> None:
        if page and self._kept and page[0].position != self._kept[-1].position + 1:
            self._kept.clear()
        self._kept.extend(page)
