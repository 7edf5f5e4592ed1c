"""The numbers of a local day, kept as events come: they begin anew at its midnight.

Counting the day's cases in the database costs more the busier the day is, and a wall under load
tells it ten times a second. So they are read once, and from then on counted as cases move: each
says in a change how it is now.
"""

import asyncio
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from api.graphql.load import Overview, local_day
from api.platform import Platform
from projections.area_load.queries import AreaLoadRow
from projections.as_of import At
from projections.case_board.row import BoardRow
from projections.delta import Change
from projections.port import Reads
from projections.reading import at_position
from projections.replay.standing import Day, day_of
from projections.sight import Sight

SOURCE: Final = "source"


class Today:
    """The cases of a scope that had a milestone on the day that is told."""

    def __init__(self, scope: str, zone: str) -> None:
        self._scope = scope
        self._zone = zone
        self._day = (0, 0)
        self._cases: dict[UUID, Day] = {}
        self._reported = 0
        self._closed = 0
        self._waits: list[int] = []

    async def begin(self, reads: Reads, instant: int, at: At | None = None) -> None:
        """Read the cases of the day in which an instant lies, as of a moment."""
        self._clear(instant)
        found = await day_of(reads, at, self._scope, *self._day)
        for case, day in found.items():
            self._take(case, day)

    def go_on(self, instant: int, touched: Iterable[BoardRow]) -> None:
        """Move on to an instant, with the cases that were touched on the way."""
        if instant >= self._day[1]:
            self._clear(instant)
        for row in touched:
            self._forget(row.id)
            day = Day(row.basis, row.reported_at, row.accepted_at, row.closed_at)
            if row.scope.startswith(self._scope) and any(
                self._on(at) for at in (day.reported_at, day.accepted_at, day.closed_at)
            ):
                self._take(row.id, day)

    def holds(self, instant: int) -> bool:
        """Tell whether an instant lies in the day that is counted."""
        return self._on(instant)

    def overview(self, row: AreaLoadRow) -> Overview:
        """Return the overview of the scope whose load this is."""
        waits = self._waits
        return Overview(
            open=row.open, reported_today=self._reported, closed_today=self._closed,
            overdue=row.overdue, life_safety=row.life_safety, total=row.total, closed=row.closed,
            closing_rate_bp=row.closing_rate_bp,
            accept_p50_s=waits[(len(waits) + 1) // 2 - 1] // 1_000_000 if waits else None,
        )  # fmt: skip

    def _clear(self, instant: int) -> None:
        self._day = local_day(instant, self._zone)
        self._cases.clear()
        self._waits.clear()
        self._reported = self._closed = 0

    def _take(self, case: UUID, day: Day) -> None:
        self._cases[case] = day
        self._reported += self._on(day.reported_at)
        self._closed += self._on(day.closed_at)
        if (wait := self._wait(day)) is not None:
            insort(self._waits, wait)

    def _forget(self, case: UUID) -> None:
        day = self._cases.pop(case, None)
        if day is None:
            return
        self._reported -= self._on(day.reported_at)
        self._closed -= self._on(day.closed_at)
        if (wait := self._wait(day)) is not None:
            del self._waits[bisect_left(self._waits, wait)]

    def _wait(self, day: Day) -> int | None:
        """Return what a case accepted today counts for in the median, as the board has it."""
        if day.accepted_at is None or not self._on(day.accepted_at) or day.basis == SOURCE:
            return None
        return day.accepted_at - (day.reported_at or 0)

    def _on(self, instant: int | None) -> bool:
        return instant is not None and self._day[0] <= instant < self._day[1]


class KeptToday:
    """Today's numbers of a scope, kept for those who follow it live."""

    def __init__(self, platform: Platform, scope: str) -> None:
        self._platform = platform
        self._scope = scope
        self._zone = platform.reference.timezone(scope)
        self._today = Today(scope, self._zone)
        self._reached: int | None = None
        self._counting = asyncio.Lock()

    def forget(self) -> tuple[str, int]:
        """Read the day anew next time; return which day that is, and when it ends."""
        self._reached = None
        start, end = local_day(self._platform.clock(), self._zone)
        return str(start // 1_000_000), end

    async def go_on(self, changes: Sequence[Change]) -> None:
        """Count what these changes bring; read the day where some are missing before them."""
        now = self._platform.clock()
        async with self._counting:
            fresh = [one for one in changes if one.position > (self._reached or 0)]
            if not self._follows(fresh) or not self._today.holds(now):
                await self._read(now)
            elif fresh:
                rows = (delta.row for one in fresh for delta in one.deltas)
                self._today.go_on(now, (row for row in rows if isinstance(row, BoardRow)))
                self._reached = fresh[-1].position

    def overview(self, load: AreaLoadRow) -> Overview:
        """Return the overview of the scope whose load this is."""
        return self._today.overview(load)

    def _follows(self, fresh: Sequence[Change]) -> bool:
        if self._reached is None:
            return False
        return not fresh or fresh[0].first <= self._reached + 1

    async def _read(self, now: int) -> None:
        sight = Sight(scope=self._scope)
        async with at_position(self._platform.reads, sight) as (reads, found):
            await self._today.begin(reads, now)
        self._reached = found.position
