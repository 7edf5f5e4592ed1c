"""What may be asked of the areas' load. Under two thousand rows: no paging."""

from pathlib import Path
from typing import Any, Final

import msgspec

from domain.actor import scope_range
from projections.as_of import At, counting
from projections.case_board.queries import COUNTED
from projections.department_load.queries import closing_rate_bp
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "area_load"
VERSION: Final = 2
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))

DISTRICT: Final = 1
TOWNSHIP: Final = 2
COMMUNITY: Final = 3
GRID: Final = 4


class AreaLoadRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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


async def at_depth(
    reads: Reads, scope: str, depth: int, *, at: At | None = None
) -> list[AreaLoadRow]:
    """Return the areas of one depth inside a scope: 2 for townships, 3 for communities."""
    if depth < scope.count("."):
        return []
    sql, arguments = depth_query(scope, depth, at)
    return [AreaLoadRow(**row) for row in await reads.fetch(sql, *arguments)]


def depth_query(scope: str, depth: int, at: At | None) -> tuple[str, tuple[Any, ...]]:
    """Return the query of the areas of a depth that is not above the scope's, and its arguments."""
    given = (*scope_range(scope), depth)
    if at is None:
        return SQL["at_depth"], given
    return counting(SQL["at_depth_as_of"], COUNTED, given, at)


async def whole(reads: Reads) -> dict[str, int]:
    """Return the counts of the whole cell by name: open, overdue, life_safety, closed, total."""
    return dict(await reads.fetchrow(SQL["whole"]))


async def overdue_by_depth(reads: Reads) -> dict[int, tuple[int, int]]:
    """Return by depth how many overdue cases lie in areas of it, and the most in one of them."""
    rows = await reads.fetch(SQL["overdue_by_depth"])
    return {row["depth"]: (row["overdue"], row["most"]) for row in rows}


async def one(reads: Reads, scope: str, *, at: At | None = None) -> AreaLoadRow | None:
    """Return one area by its scope; as of a moment, counted from the cases then."""
    if at is None:
        row = await reads.fetchrow(SQL["one"], scope)
    else:
        given = (*scope_range(scope), scope, scope.count("."))
        sql, arguments = counting(SQL["one_as_of"], COUNTED, given, at)
        row = await reads.fetchrow(sql, *arguments)
    return None if row is None else AreaLoadRow(**row)
