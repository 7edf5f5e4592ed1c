"""The search for similar cases finds what a look at every case would."""

from math import cos, radians

import asyncpg

from projections.case_board import similar
from projections.case_board.queries import STATES
from projections.case_board.row import BoardRow

DAYS_US = 3 * 86_400_000_000
CROWD = f"""update {STATES.table} set open = ascii(right(id::text, 1)) % 3 > 0,
       lon = 118000000 + (position * 7919 % 12000), lat = 37400000 + (position * 104729 % 12000),
       category = case when position % 2 = 0 then category else '06010' end"""
"""Two thirds open, all within 1.3 km: as histories lie otherwise, few are near another grid's."""
NORTH = 2_700
"""300 m in degrees × 1e6, rounded up."""


def alike(of: BoardRow, one: BoardRow) -> bool:
    """The rule in plain words: open, of the same days, in the same grid or of its kind near by."""
    if not one.open or one.id == of.id or (one.reported_at or 0) < (of.reported_at or 0) - DAYS_US:
        return False
    if of.grid is not None and (one.grid, one.scope) == (of.grid, of.scope):
        return True
    if of.lon is None or of.lat is None or one.lon is None or one.lat is None:
        return False
    east = round(NORTH / max(cos(radians(of.lat / 1_000_000)), 0.01))
    near = abs(one.lat - of.lat) <= NORTH and abs(one.lon - of.lon) <= east
    return near and one.category == of.category


async def test_it_finds_what_a_look_at_every_case_finds(told: asyncpg.Connection) -> None:
    await told.execute(CROWD)
    rows = [BoardRow(**row) for row in await told.fetch(f"select * from {STATES.table}")]
    near = found = 0
    for of in rows:
        wanted = [one for one in rows if alike(of, one)]
        wanted.sort(key=lambda one: (one.category != of.category, -(one.reported_at or 0), one.id))
        told_of = [one.id for one in await similar.similar(told, of.id)]
        assert told_of == [one.id for one in wanted[: similar.MOST]]
        near += sum(one.grid != of.grid for one in wanted)
        found += len(wanted)
    assert 0 < near < found, "in the same grid, and elsewhere near by"
