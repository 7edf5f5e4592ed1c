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


class _Folded(NamedTuple):
    """A district, and where it is the same: its ground, and everything in it."""

    ground: _Stretch
    everything: _Stretch
    reference: Reference


class _People(NamedTuple):
    """A district with its people, as known after so many events of the district."""

    folded: int
    stretch: _Stretch
    reference: Reference


class Earlier:
    """The districts of earlier moments."""

    def __init__(self, log: Log, live: Reference) -> None:
        self._log = log
        self._live = live
        self._kept: OrderedDict[_Stretch, Reference] = OrderedDict()
        self._people: _People | None = None
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
            folded = await self._fold(at)
            self._kept[folded.ground] = folded.reference
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return folded.reference

    async def all_at(self, at: At | None) -> Reference:
        """Return everything as of a moment: workers and accounts too, which come and go daily.

        The last one folded is kept for as long as nothing at all changes in it and nothing is
        written since: a page about people asks three times, a scrubber for many moments of a day.
        The live one for None.
        """
        if at is None:
            return self._live
        async with self._turn:
            kept = self._people
            if kept is None or kept.folded != self._live.folded or not kept.stretch.holds(at):
                known = self._live.folded
                folded = await self._fold(at)
                self._people = kept = _People(known, folded.everything, folded.reference)
            return kept.reference

    def _changed(self, at: At) -> int:
        return self._live.changed if at.effective_at is None else self._live.changed_at

    async def _fold(self, at: At) -> _Folded:
        """Fold what lies before the moment; note where the same district begins and ends."""
        effective = at.effective_at is not None
        reference, first, until = Reference(), 0, None
        latest, soonest = 0, None
        after = Position(0)
        while page := await self._log.read_reference(after, PAGE):
            after = page[-1].position
            for recorded in page:
                place = effective_at(recorded) if effective else recorded.position
                ground = recorded.topic.startswith(GROUND)
                if place <= at.value:
                    first, latest = max(first, place) if ground else first, max(latest, place)
                    reference.apply(recorded)
                else:
                    soonest = place if soonest is None else min(soonest, place)
                    if ground:
                        until = place if until is None else min(until, place)
            if not effective and after > at.value and until is not None:
                break
        return _Folded(
            _Stretch(effective, first, until), _Stretch(effective, latest, soonest), reference
        )
