"""What a replay is asked for: its arguments, and the pace they come to."""

from typing import Annotated, Final

import strawberry

from api.graphql.errors import BadInput
from api.graphql.live.cursor import decode_cursor
from api.graphql.replay.player import Pace
from api.graphql.scalars import Instant
from projections.replay.tape import Order

FASTEST: Final = 86_400.0
"""A day a second."""

strawberry.enum(
    Order,
    name="ReplayOrder",
    description="By which time the past is told: effective, when things happened, as known now;"
    " or recorded, when the log was told of them.",
)

From = Annotated[Instant, strawberry.argument(name="from", description="Where to begin.")]
To = Annotated[Instant | None, strawberry.argument(description="Where to end; now without one.")]
Speed = Annotated[
    float, strawberry.argument(description="Seconds of the past a second, up to 86,400.")
]
By = Annotated[Order, strawberry.argument(description="The time that from and to are of.")]
Scope = Annotated[
    str | None, strawberry.argument(description="An area's scope; the district's without one.")
]
After = Annotated[
    str | None,
    strawberry.argument(description="Cursor of a replay that broke off: go on where it was."),
]


def pace_of(
    now: int, start: int, end: int | None, speed: float, order: Order, after: str | None
) -> Pace:
    """Return the pace asked for. Raises BadInput."""
    if not 0 < speed <= FASTEST:
        raise BadInput(f"speed is more than 0 and at most {FASTEST:,.0f}")
    if after is not None:
        order, start = _reached(after)
    until = now if end is None else min(end, now)
    if start >= until:
        raise BadInput("from comes before to, and before now")
    return Pace(order, start, until, speed)


def _reached(after: str) -> tuple[Order, int]:
    order, _, instant = decode_cursor(after).view.partition("@")
    try:
        return Order(order), int(instant)
    except ValueError:
        raise BadInput("after is not a cursor of a replay") from None
