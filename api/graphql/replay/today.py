"""The numbers of a local day while the past is told: they begin anew at its midnight."""

from collections.abc import Iterable
from uuid import UUID

from api.graphql.load import Overview, local_day
from projections.area_load.queries import AreaLoadRow
from projections.as_of import At
from projections.case_board.row import BoardRow
from projections.port import Reads
from projections.replay.standing import Day, day_of


class Today:
    """The cases of a scope that had a milestone on the day that is told."""

    def __init__(self, scope: str, zone: str) -> None:
        self._scope = scope
        self._zone = zone
        self._day = (0, 0)
        self._cases: dict[UUID, Day] = {}

    async def begin(self, reads: Reads, at: At, instant: int) -> None:
        """Read the cases of the day in which an instant lies, as they were."""
        self._day = local_day(instant, self._zone)
        self._cases = await day_of(reads, at, self._scope, *self._day)

    def go_on(self, instant: int, touched: Iterable[BoardRow]) -> None:
        """Move on to an instant, with the cases that were touched on the way."""
        if instant >= self._day[1]:
            self._day = local_day(instant, self._zone)
            self._cases.clear()
        for row in touched:
            self._cases.pop(row.id, None)
            day = Day(row.basis, row.reported_at, row.accepted_at, row.closed_at)
            here = row.scope.startswith(self._scope)
            if here and any(
                self._on(at) for at in (day.reported_at, day.accepted_at, day.closed_at)
            ):
                self._cases[row.id] = day

    def overview(self, row: AreaLoadRow) -> Overview:
        """Return the overview of the scope whose load this is."""
        cases = self._cases.values()
        return Overview(
            open=row.open,
            reported_today=sum(self._on(one.reported_at) for one in cases),
            closed_today=sum(self._on(one.closed_at) for one in cases),
            overdue=row.overdue, life_safety=row.life_safety, total=row.total, closed=row.closed,
            closing_rate_bp=row.closing_rate_bp, accept_p50_s=self._median(),
        )  # fmt: skip

    def _median(self) -> int | None:
        """Return the median seconds to acceptance of what was accepted today, as the board's."""
        waits = sorted(
            one.accepted_at - (one.reported_at or 0)
            for one in self._cases.values()
            if one.accepted_at is not None and self._on(one.accepted_at) and one.basis != "source"
        )
        return waits[(len(waits) + 1) // 2 - 1] // 1_000_000 if waits else None

    def _on(self, instant: int | None) -> bool:
        return instant is not None and self._day[0] <= instant < self._day[1]
