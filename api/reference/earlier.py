"""The district as it was: areas, grids, departments and policy as of an earlier moment.

Reference events are few and mostly from the founding, so nearly every moment has today's
district. An earlier one is folded from the log when it is asked for and kept for as long as
nothing in it changes; screens that scrub ask for the same few again and again.
"""

import asyncio
from collections import OrderedDict
from typing import Final, NamedTuple, Protocol

from api.reference.fold import GROUND, effective_at
from api.reference.reference import Reference
from eventlog.record import Position, Recorded
from projections.as_of import At

KEPT: Final = 8
PAGE: Final = 5_000


class Log(Protocol):
    """What an earlier district is folded from."""

    async def read_reference(self, after: Position, limit: int = 10_000) -> list[Recorded]:
        """Read what is not about cases, in position order, starting just after a position."""
        ...


class _Stretch(NamedTuple):
    """Where on an axis a district is the same: [first, until); None: as far as is known."""

    effective: bool
    first: int
    until: int | None

    def holds(self, at: At) -> bool:
        """Tell whether a moment lies in it."""
        same = self.effective is (at.effective_at is not None)
        return same and self.first <= at.value and (self.until is None or at.value < self.until)


class Earlier:
    """The districts of earlier moments."""

    def __init__(self, log: Log, live: Reference) -> None:
        self._log = log
        self._live = live
        self._kept: OrderedDict[_Stretch, Reference] = OrderedDict()
        self._turn = asyncio.Lock()

    async def at(self, at: At | None) -> Reference:
        """Return the district as of a moment, the live one for None."""
        if at is None or at.value >= self._changed(at):
            return self._live
        async with self._turn:
            for stretch in self._kept:
                if stretch.holds(at):
                    self._kept.move_to_end(stretch)
                    return self._kept[stretch]
            stretch, reference = await self._fold(at)
            self._kept[stretch] = reference
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return reference

    async def all_at(self, at: At | None) -> Reference:
        """Return everything as of a moment: workers and accounts too, which come and go daily.

        Folded anew each time, for those who ask about people; the live one for None.
        """
        return self._live if at is None else (await self._fold(at))[1]

    def _changed(self, at: At) -> int:
        return self._live.changed if at.effective_at is None else self._live.changed_at

    async def _fold(self, at: At) -> tuple[_Stretch, Reference]:
        """Fold what lies before the moment; note where the same district begins and ends."""
        effective = at.effective_at is not None
        reference, first, until = Reference(), 0, None
        after = Position(0)
        while page := await self._log.read_reference(after, PAGE):
            after = page[-1].position
            for recorded in page:
                place = effective_at(recorded) if effective else recorded.position
                ground = recorded.topic.startswith(GROUND)
                if place <= at.value:
                    first = max(first, place) if ground else first
                    reference.apply(recorded)
                elif ground:
                    until = place if until is None else min(until, place)
            if not effective and after > at.value and until is not None:
                break
        return _Stretch(effective, first, until), reference
