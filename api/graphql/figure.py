"""Figures: named, versioned definitions over a window, as of a position."""

import strawberry

from api.graphql.scalars import Instant, LogPosition
from api.platform import Platform
from projections.port import Reads
from projections.reading import Standing


@strawberry.type(description="One figure: a definition, a window, a value and its n.")
class Figure:
    """`numerator` per `denominator`, or a median; null value means n is 0."""

    id: str = strawberry.field(description="Definition at version, such as k7.closing_rate@1.")
    name: str = strawberry.field(description="Name in Chinese.")
    name_en: str = strawberry.field(description="Name in English.")
    unit: str = strawberry.field(description="bp (basis points), s (seconds) or points.")
    value: float | None = strawberry.field(description="The value in `unit`; null when n is 0.")
    numerator: int | None = strawberry.field(description="What was counted, for a rate.")
    denominator: int | None = strawberry.field(description="Out of what, for a rate.")
    n: int = strawberry.field(description="How many cases it rests on.")
    scope: str = strawberry.field(description="The area it is about.")
    since: Instant = strawberry.field(description="Start of the window, inclusive.")
    until: Instant = strawberry.field(description="End of the window, exclusive.")
    position: LogPosition = strawberry.field(description="Position it is as of.")


async def wall_figures(
    reads: Reads, platform: Platform, scope: str, found: Standing, now: int
) -> list[Figure]:
    """Return the figures of the last 30 days that the wall shows."""
    return []
