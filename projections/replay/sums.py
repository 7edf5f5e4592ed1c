"""What a wall's sums count: steps in a window of time, by place and kind, and their lines.

A wall that is told more than the eye follows sums the last seconds up by place and step. The
place is one level below the wall's area, or, for a case in no grid, wherever it lies. By
recorded time the window is that of the telling; by effective time, as a replay tells.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from domain.actor import scope_range
from domain.event import Microseconds
from projections.case_board.queries import SQL as BOARD
from projections.case_past.queries import SQL as PAST
from projections.case_timeline.queries import SQL as TIMELINE
from projections.feed.queries import TOPICS, FeedRow
from projections.named import Queries, filled
from projections.port import Reads
from projections.replay.tape import Order

SQL: Final = Queries(Path(__file__).with_name("sums.sql"), TIMELINE.schema)
WINDOWS: Final = {
    Order.RECORDED: "e.position > quanke_position_at($2) and e.position <= quanke_position_at($3)",
    Order.EFFECTIVE: "e.at > $2 and e.at <= $3",
}
WORDS: Final = {
    "told": SQL["told"],
    "place": SQL["place"],
    "entry": f"{TIMELINE.schema}.entry",
    "past": f"{PAST.schema}.past",
    "board": f"{BOARD.schema}.board",
}


class SumRow(msgspec.Struct, frozen=True, kw_only=True):
    """Steps of one kind in one place."""

    place: str
    topic: str
    steps: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Told:
    """Which steps: after `since` up to and with `until`, in microseconds UTC of the order's time.

    Nothing after the position `known` counts. `without` leaves categories out.
    """

    order: Order
    since: Microseconds
    until: Microseconds
    known: int
    scope: str
    without: tuple[str, ...] | None = None

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What both questions begin with."""
        depth = self.scope.count(".") + 1
        low, high = scope_range(self.scope)
        return (
            self.known, self.since, self.until, low, high, sorted(TOPICS), self.without, depth,
        )  # fmt: skip

    def text(self, name: str) -> str:
        """Return a query over this order's window."""
        return filled(SQL[name], WORDS | {"window": WINDOWS[self.order]})


async def sums(reads: Reads, told: Told) -> list[SumRow]:
    """Return the sums, the largest first."""
    rows = await reads.fetch(told.text("sums"), *told.arguments)
    return [SumRow(**row) for row in rows]


async def lines(
    reads: Reads, told: Told, place: str | None, topic: str | None, before: int, limit: int
) -> list[FeedRow]:
    """Return the lines of a sum, or of all, the newest first, below a position."""
    given = (*told.arguments, place, topic, before, limit)
    rows = await reads.fetch(told.text("lines"), *given)
    return [FeedRow(**row) for row in rows]
