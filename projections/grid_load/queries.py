"""What may be asked of the grids' load. A district has about a thousand: no paging."""

from pathlib import Path
from typing import Any, Final

import msgspec

from domain.actor import scope_range
from projections.as_of import At, counting
from projections.case_board.queries import COUNTED
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "grid_load"
VERSION: Final = 2
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))


class GridLoadRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A grid's cases. Grids without any case have no row."""

    code: str
    scope: str
    open: int
    overdue: int
    life_safety: int
    closed: int
    total: int


async def inside(reads: Reads, scope: str = "", *, at: At | None = None) -> list[GridLoadRow]:
    """Return the grids inside a scope, by code; as of a moment, counted from the cases then."""
    sql, arguments = inside_query(scope, at)
    return [GridLoadRow(**row) for row in await reads.fetch(sql, *arguments)]


def inside_query(scope: str, at: At | None) -> tuple[str, tuple[Any, ...]]:
    """Return the query of the grids inside a scope, and its arguments."""
    if at is None:
        return SQL["inside"], scope_range(scope)
    return counting(SQL["inside_as_of"], COUNTED, scope_range(scope), at)


async def one(reads: Reads, code: str) -> GridLoadRow | None:
    """Return a grid by its code."""
    row = await reads.fetchrow(SQL["one"], code)
    return None if row is None else GridLoadRow(**row)
