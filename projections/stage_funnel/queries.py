"""What may be asked of the stage funnel: at most one row a state."""

from pathlib import Path
from typing import Final

import msgspec

from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "stage_funnel"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))


class StageRow(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases of an area stand in one state now."""

    scope: str
    status: str
    cases: int


async def of_scope(reads: Reads, scope: str) -> list[StageRow]:
    """Return the states of an area's cases; states without a case are left out."""
    return [StageRow(**row) for row in await reads.fetch(SQL["of_scope"], scope)]
