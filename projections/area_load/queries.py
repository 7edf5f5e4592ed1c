"""What may be asked of the areas' load. Under two thousand rows: no paging."""

from pathlib import Path
from typing import Final

import msgspec

from domain.actor import scope_range
from projections.department_load.queries import closing_rate_bp
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "area_load"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))

DISTRICT: Final = 1
TOWNSHIP: Final = 2
COMMUNITY: Final = 3
GRID: Final = 4


class AreaLoadRow(msgspec.Struct, frozen=True, kw_only=True):
    """An area's cases with all below it. `depth`: parts of the scope."""

    scope: str
    depth: int
    open: int
    overdue: int
    life_safety: int
    closed: int
    total: int

    @property
    def closing_rate_bp(self) -> int | None:
        """Closed per total in basis points, rounded half up; None when there is no case."""
        return closing_rate_bp(self.closed, self.total)


async def inside(reads: Reads, scope: str = "") -> list[AreaLoadRow]:
    """Return the areas inside a scope and the scope itself, by scope."""
    rows = await reads.fetch(SQL["inside"], *scope_range(scope))
    return [AreaLoadRow(**row) for row in rows]


async def at_depth(reads: Reads, scope: str, depth: int) -> list[AreaLoadRow]:
    """Return the areas of one depth inside a scope: 2 for townships, 3 for communities."""
    rows = await reads.fetch(SQL["at_depth"], *scope_range(scope), depth)
    return [AreaLoadRow(**row) for row in rows]


async def one(reads: Reads, scope: str) -> AreaLoadRow | None:
    """Return one area by its scope."""
    row = await reads.fetchrow(SQL["one"], scope)
    return None if row is None else AreaLoadRow(**row)
