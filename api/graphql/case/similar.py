"""Open cases that may be about the same: in the same grid, or of the same kind near by."""

from collections.abc import Iterable
from typing import Final, Protocol, TypeVar
from uuid import UUID

import msgspec
import strawberry

from api.graphql.case.sight import may
from api.graphql.case.types import Case, case_of
from api.graphql.context import Context
from domain.access import Action
from domain.case.guards.links import NEAR_M, distance_m
from domain.case.values import Point
from projections.case_board import similar as board
from projections.case_board.row import BoardRow
from projections.case_board.similar import WITHIN_M
from projections.port import Reads

MOST: Final = 10


class Spot(Protocol):
    """What of a case is compared: the board's row has it, and so has what a plan reads."""

    @property
    def id(self) -> UUID:
        """Its own key."""
        ...

    @property
    def grid(self) -> str | None:
        """The grid it lies in."""
        ...

    @property
    def category(self) -> str:
        """Its category's code."""
        ...

    @property
    def lon(self) -> int | None:
        """Degrees east × 1e6."""
        ...

    @property
    def lat(self) -> int | None:
        """Degrees north × 1e6."""
        ...


S = TypeVar("S", bound=Spot)


class Alike(msgspec.Struct, frozen=True):
    """What speaks for a case."""

    distance_m: int | None
    same_grid: bool
    same_category: bool
    mergeable: bool


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
    found = await board.similar(reads, of.id)
    seen = [row for row in found if may(context.actor, Action.READ_CASE, row)]
    return [
        SimilarCase(
            case=case_of(row), distance_m=one.distance_m, same_grid=one.same_grid,
            same_category=one.same_category, mergeable=one.mergeable,
        )
        for one, row in likeliest(of, seen)
    ]  # fmt: skip


def likeliest(of: Spot, seen: Iterable[S]) -> list[tuple[Alike, S]]:
    """Return those of a case's like that are near, with what speaks for each, the likeliest first.

    What the database found in a box is measured again here.
    """
    judged = [(_alike(of, one), one) for one in seen]
    near = [
        (alike, one)
        for alike, one in judged
        if alike.same_grid or (alike.distance_m or 0) <= WITHIN_M
    ]
    return sorted(near, key=_order)[:MOST]


def _alike(of: Spot, one: Spot) -> Alike:
    metres = _metres(of, one)
    same_grid = of.grid is not None and of.grid == one.grid
    return Alike(
        distance_m=metres,
        same_grid=same_grid,
        same_category=of.category == one.category,
        mergeable=same_grid or (metres is not None and metres <= NEAR_M),
    )


def _metres(one: Spot, other: Spot) -> int | None:
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    return distance_m(Point(lon=one.lon, lat=one.lat), Point(lon=other.lon, lat=other.lat))


def _order(judged: tuple[Alike, Spot]) -> tuple[bool, float, UUID]:
    alike, one = judged
    metres = float("inf") if alike.distance_m is None else alike.distance_m
    return not alike.same_category, metres, one.id
