"""What may be asked of the stage funnel: at most one row a state."""

from pathlib import Path
from typing import Any, Final

import msgspec

from domain.actor import scope_range
from projections.as_of import At, counting
from projections.case_board.queries import COUNTED
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "stage_funnel"
VERSION: Final = 2
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))


class StageRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many cases of an area stand in one state now."""

    scope: str
    status: str
    cases: int


async def of_scope(reads: Reads, scope: str, *, at: At | None = None) -> list[StageRow]:
    """Return the states of an area's cases; states without a case are left out."""
    sql, arguments = scope_query(scope, at)
    return [StageRow(**row) for row in await reads.fetch(sql, *arguments)]


def scope_query(scope: str, at: At | None) -> tuple[str, tuple[Any, ...]]:
    """Return the query of an area's states, and its arguments."""
    if at is None:
        return SQL["of_scope"], (scope,)
    return counting(SQL["of_scope_as_of"], COUNTED, (*scope_range(scope), scope), at)
