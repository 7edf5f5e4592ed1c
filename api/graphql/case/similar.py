"""Open cases that may be about the same: in the same grid, or of the same kind near by."""

from math import cos, radians
from typing import Final
from uuid import UUID

import strawberry

from api.graphql.case.sight import may
from api.graphql.case.types import Case, case_of
from api.graphql.context import Context
from api.graphql.mutation.inputs import DEGREE
from domain.access import Action
from domain.calendar.zone import DAY
from domain.case.guards.links import NEAR_M, distance_m
from domain.case.values import Point
from projections.case_board import queries as board
from projections.case_board.row import BoardRow
from projections.port import Reads

WITHIN_M: Final = 300
DAYS: Final = 3
MOST: Final = 10
MICRODEGREES_PER_METRE: Final = 9
"""Of latitude, rounded up; the rows are measured again."""


@strawberry.type(description="An open case that may be about the same matter.")
class SimilarCase:
    """What speaks for it."""

    case: Case = strawberry.field(description="The other case.")
    distance_m: int | None = strawberry.field(description="Metres between the two points.")
    same_grid: bool = strawberry.field(description="Whether both lie in one grid.")
    same_category: bool = strawberry.field(description="Whether both are of one category.")
    mergeable: bool = strawberry.field(description="Whether they are near enough to be merged.")


async def similar_cases(context: Context, reads: Reads, of: BoardRow) -> list[SimilarCase]:
    """Return what is similar and the caller sees, the likeliest first."""
    found = await board.similar(reads, of, _box(of), (of.reported_at or 0) - DAYS * DAY, MOST * 3)
    seen = [row for row in found if may(context.actor, Action.READ_CASE, row)]
    judged = [_similar(of, row) for row in seen]
    near = [one for one in judged if one.same_grid or (one.distance_m or 0) <= WITHIN_M]
    return sorted(near, key=_likeliest)[:MOST]


def _box(of: BoardRow) -> tuple[int, int, int, int] | None:
    """Return west, south, east, north in degrees × 1e6 around a case; None without a point."""
    if of.lon is None or of.lat is None:
        return None
    north = WITHIN_M * MICRODEGREES_PER_METRE
    east = round(north / max(cos(radians(of.lat / DEGREE)), 0.01))
    return of.lon - east, of.lat - north, of.lon + east, of.lat + north


def _similar(of: BoardRow, row: BoardRow) -> SimilarCase:
    metres = _metres(of, row)
    same_grid = of.grid is not None and of.grid == row.grid
    return SimilarCase(
        case=case_of(row),
        distance_m=metres,
        same_grid=same_grid,
        same_category=of.category == row.category,
        mergeable=same_grid or (metres is not None and metres <= NEAR_M),
    )


def _metres(one: BoardRow, other: BoardRow) -> int | None:
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    return distance_m(Point(lon=one.lon, lat=one.lat), Point(lon=other.lon, lat=other.lat))


def _likeliest(one: SimilarCase) -> tuple[bool, float, UUID]:
    metres = float("inf") if one.distance_m is None else one.distance_m
    return not one.same_category, metres, one.case.row.id
