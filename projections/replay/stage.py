"""Folds the events of a tape into the changes that the hub would have published.

The counts begin with what stood at the start and move by what each case counted before its
events and counts after them, with the very functions of the read models. Everything handed
out is an absolute value, so a subscriber can't tell it from the live feed's.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final
from uuid import UUID

from domain.event import Microseconds
from projections.area_load.project import around
from projections.area_load.project import changes as area_changes
from projections.area_load.queries import AreaLoadRow
from projections.case_board.project import board_row
from projections.case_facts.cases import Streams
from projections.case_facts.folding import Folding
from projections.delta import Change, Delta
from projections.department_load.project import leads
from projections.department_load.project import weigh as weigh_duty
from projections.department_load.queries import DepartmentLoadRow
from projections.feed.project import entries
from projections.feed.queries import FeedRow
from projections.grid_load.project import grids, weigh
from projections.grid_load.queries import GridLoadRow
from projections.port import Page
from projections.replay.standing import DUTY, LOAD, Ahead, Stood
from projections.seen import Seen
from projections.tally import differences

KEPT: Final = 2_000
"""Cases kept folded: about 3.5 kB each. Others are folded anew when they come up again."""
OVERDUE: Final = 1
"""Place of the overdue count in both kinds of counts."""
NOTHING: Final = (0,) * len(LOAD)


class Stage:
    """The counts as the telling goes on."""

    def __init__(self, log: Streams, stood: Stood, clock: Microseconds) -> None:
        self._folding = Folding(log, KEPT)
        self._stood = stood
        self._clock = clock
        self.late: list[UUID] = []
        """Cases without an event of their own whose stated target passed in the last turn."""

    async def prepare(self, seen: Sequence[Seen]) -> None:
        """Read what the cases of the next events were, in one go, where they come one by one."""
        await self._folding.prepare(seen)

    def next_due(self) -> Microseconds | None:
        """Return when the next stated target runs out without an event, None for never."""
        return min((one.due for one in self._stood.ahead.values()), default=None)

    async def apply(self, seen: Sequence[Seen], clock: Microseconds, place: int) -> Change:
        """Fold events and let the clock go on to an instant; return what that changed."""
        touched, _ = await self._folding.touch(seen)
        page = Page(
            first=place - len(seen) + 1, last=place, clock_before=self._clock, clock=clock,
            seen=seen, touched=touched,
        )  # fmt: skip
        deltas = [*self._counts(page), *self._feed(page), *_boards(page)]
        self._clock = clock
        return Change(page.first, place, clock, tuple(deltas))

    def grid_rows(self, scope: str) -> list[GridLoadRow]:
        """Return the grids inside a scope that ever had a case, by code."""
        codes = sorted(self._stood.grids)
        rows = [self._grid(code) for code in codes if self._stood.places[code].startswith(scope)]
        return [row for row in rows if row.total]

    def department_rows(self) -> list[DepartmentLoadRow]:
        """Return the departments that ever led a case, by id."""
        rows = [self._department(key) for key in sorted(self._stood.departments)]
        return [row for row in rows if row.total]

    def area_row(self, scope: str) -> AreaLoadRow:
        """Return an area's load, zeros for one without a case."""
        counts = self._stood.areas.get(scope, NOTHING)
        return AreaLoadRow(scope=scope, depth=scope.count("."), **_named(LOAD, counts))

    def area_rows(self, scope: str, depth: int) -> list[AreaLoadRow]:
        """Return the areas of one depth inside a scope, by scope."""
        rows = [
            self.area_row(area)
            for area in sorted(self._stood.areas)
            if area.startswith(scope) and area.count(".") == depth
        ]
        return [row for row in rows if row.total]

    def _counts(self, page: Page) -> Iterable[Delta]:
        stood, late = self._stood, self._run_out(page)
        for touched in page.touched.values():
            if touched.after.grid:
                stood.places[touched.after.grid] = touched.after.scope
        by_grid = _moved(stood.grids, differences(page, grids, weigh), late, _grids)
        by_area = _moved(stood.areas, area_changes(page), late, _areas)
        duties = differences(page, leads, weigh_duty)
        by_department = _moved(stood.departments, duties, late, _departments)
        for code in by_grid:
            yield Delta("grid_load", code, self._grid(code), stood.places.get(code, ""))
        for key in by_department:
            yield Delta("department_load", key, self._department(key))
        for scope in by_area:
            yield Delta("area_load", scope, self.area_row(scope), scope)

    def _run_out(self, page: Page) -> list[Ahead]:
        """Return the imported cases without an event whose target the clock has just passed."""
        ahead = self._stood.ahead
        for stream, touched in page.touched.items():
            ahead.pop(stream, None)
            case = touched.after
            due = case.target()
            if due is not None and due > page.clock:
                ahead[stream] = Ahead(due, case.grid, case.department, case.scope)
        self.late = [case for case, one in ahead.items() if one.due <= page.clock]
        return [ahead.pop(case) for case in self.late]

    def _feed(self, page: Page) -> Iterable[Delta]:
        rows, _ = entries(page)
        return [Delta("feed", str(row.position), row, row.scope) for row in rows]

    def _grid(self, code: str) -> GridLoadRow:
        place = self._stood.places.get(code, "")
        return GridLoadRow(code=code, scope=place, **_named(LOAD, self._stood.grids[code]))

    def _department(self, key: str) -> DepartmentLoadRow:
        return DepartmentLoadRow(id=key, **_named(DUTY, self._stood.departments[key]))


def feed_rows(change: Change) -> list[FeedRow]:
    """Return the feed's entries of a change."""
    return [delta.row for delta in change.deltas if isinstance(delta.row, FeedRow)]


def without(change: Change, hidden: set[UUID]) -> Change:
    """Return a change without the feed's entries of some cases."""
    kept = tuple(
        delta
        for delta in change.deltas
        if not (isinstance(delta.row, FeedRow) and delta.row.case_id in hidden)
    )
    return Change(change.first, change.position, change.recorded_at, kept)


def _boards(page: Page) -> Iterable[Delta]:
    for touched in page.touched.values():
        row = board_row(touched.after, page.clock)
        before = touched.before
        was = None if before is None else board_row(before, page.clock_before)
        yield Delta("case_board", str(row.id), row, row.scope, was)


def _named(names: Sequence[str], counts: Sequence[int]) -> dict[str, int]:
    return dict(zip(names, counts, strict=True))


def _grids(one: Ahead) -> tuple[str, ...]:
    return (one.grid,) if one.grid else ()


def _areas(one: Ahead) -> tuple[str, ...]:
    return around(one.scope)


def _departments(one: Ahead) -> tuple[str, ...]:
    return (one.department,) if one.department else ()


def _moved(
    counts: dict[str, list[int]],
    changes: dict[str, list[int]],
    late: list[Ahead],
    keys: Callable[[Ahead], tuple[str, ...]],
) -> list[str]:
    """Add the changes to the counts; return the keys that have changed, in order."""
    for one in late:
        for key in keys(one):
            changes.setdefault(key, [*NOTHING])[OVERDUE] += 1
    for key, change in changes.items():
        there = counts.setdefault(key, [*NOTHING])
        for index, count in enumerate(change):
            there[index] += count
    return sorted(changes)
