"""The case feed of the past: the same messages as the live feed's, so a screen can't tell.

Cases are shown as they were; who sees them is decided by where they lie today.
"""

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from api.graphql.as_of import Sighting
from api.graphql.case.feed import (
    FIRST,
    CaseFeedDelta,
    CaseFeedSnapshot,
    CaseRemoved,
    cases_before,
    changed_cases,
    lets_through,
)
from api.graphql.case.queries import CaseFilter, cases_of, wanted_and_sight
from api.graphql.case.sight import case_sight
from api.graphql.case.types import Then, case_id, case_of
from api.graphql.context import Context
from api.graphql.live.cursor import Cursor
from api.graphql.scalars import LogPosition
from projections.as_of import At
from projections.case_board import queries as board
from projections.case_board.queries import Filter, Sort
from projections.case_board.row import BoardRow
from projections.delta import Change
from projections.reading import at_position
from projections.replay.stage import Stage
from projections.sight import Sight


class PastCases:
    """What one filter lets through of the cases that the viewer sees today."""

    def __init__(self, context: Context, asked: CaseFilter | None) -> None:
        self._context = context
        self._platform = context.platform
        self._asked = asked
        self._wanted: Filter | None = None
        self._sight: Sight | None = None
        self._stage: Stage | None = None
        self._at: At | None = None

    async def opened(self, seen: Sighting, stage: Stage, cursor: Cursor) -> CaseFeedSnapshot:
        """Return the cases that had changed last."""
        assert seen.at is not None
        self._stage, self._at = stage, seen.at
        self._wanted, self._sight = wanted_and_sight(self._context, self._asked, seen.at)
        rows = (
            await board.page(
                seen.reads, self._wanted, Sort.UPDATED, None, FIRST, at=seen.at, sight=self._sight
            )
            if self._wanted is not None
            else []
        )
        return CaseFeedSnapshot(
            cursor=cursor.encode(), position=LogPosition(cursor.position),
            nodes=await cases_of(rows, seen),
        )  # fmt: skip

    async def moved(self, change: Change, cursor: Cursor) -> CaseFeedDelta | None:
        """Return the cases that changed, and those that left the filter."""
        wanted, at = self._wanted, self._moment(change, cursor)
        if wanted is None:
            return None
        rows = [*changed_cases([change]), *await self._run_out(at)]
        if not rows:
            return None
        today = await self._today(rows)
        inside = [row for row in rows if row.id in today and lets_through(wanted, row)]
        before = cases_before([change])
        gone = [
            row
            for row in rows
            if row.id in today
            and not lets_through(wanted, row)
            and (was := before.get(row.id)) is not None
            and lets_through(wanted, was)
        ]
        if not inside and not gone:
            return None
        reference = await self._platform.earlier.at(at)
        return CaseFeedDelta(
            cursor=cursor.encode(),
            position=LogPosition(cursor.position),
            upserts=[case_of(row, Then(at, reference, today[row.id])) for row in inside],
            removes=[CaseRemoved(id=case_id(row.id), reason="left_filter") for row in gone],
        )

    def _moment(self, change: Change, cursor: Cursor) -> At:
        """Return where the telling stands, on the axis it goes along."""
        assert self._at is not None
        clock, bound = change.recorded_at, max(self._at.bound, change.recorded_at)
        if self._at.effective_at is None:
            return replace(self._at, position=cursor.position, clock=clock, bound=bound)
        return replace(self._at, effective_at=clock, clock=clock, bound=bound)

    async def _run_out(self, at: At) -> list[BoardRow]:
        """Return the imported cases that nothing happened to but that a stated target passed."""
        assert self._stage is not None
        if not self._stage.late:
            return []
        sight = case_sight(self._context.actor)
        async with at_position(self._platform.reads, sight) as (reads, _):
            found = await board.many(reads, self._stage.late, at=at)
        return list(found.values())

    async def _today(self, rows: Sequence[BoardRow]) -> dict[UUID, BoardRow]:
        """Return today's rows of those of some cases that the viewer may see."""
        sight = case_sight(self._context.actor)
        async with at_position(self._platform.reads, sight) as (reads, _):
            today = await board.many(reads, [row.id for row in rows])
        return {key: row for key, row in today.items() if self._sees(row)}

    def _sees(self, row: BoardRow) -> bool:
        sight = self._sight
        if sight is None:
            return True
        return row.scope.startswith(sight.scope) and (
            sight.units is None or not set(sight.units).isdisjoint(row.departments)
        )
