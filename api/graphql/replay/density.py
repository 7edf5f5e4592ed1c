"""How many events happened when: the histogram under a scrubber's handle."""

from typing import Annotated

import strawberry

from api.graphql.context import Info
from api.graphql.errors import BadInput
from api.graphql.scalars import Instant
from api.graphql.wall.scene import shown_area
from projections.case_timeline.density import SECOND, buckets_over, density, extent
from projections.reading import at_position
from projections.sight import Sight

MAX_BUCKETS = 1_000


@strawberry.type(description="Events of cases per bucket of effective time.")
class LogDensity:
    """Buckets are equal, without gaps; the first begins at `start`."""

    scope: str = strawberry.field(description="The area that is counted.")
    first: Instant | None = strawberry.field(
        description="Effective time of the first event of any case; null for an empty log."
    )
    last: Instant | None = strawberry.field(description="Effective time of the last one.")
    start: Instant = strawberry.field(description="Where the first bucket begins.")
    end: Instant = strawberry.field(description="Where the last bucket ends, exclusive.")
    bucket_s: int = strawberry.field(
        name="bucketS", description="Width of a bucket in seconds; whole hours from an hour on."
    )
    counts: list[int] = strawberry.field(
        description="Events in each bucket, counted where their case lay just after them."
    )
    total: int = strawberry.field(description="Events in all buckets.")


From = Annotated[
    Instant | None,
    strawberry.argument(name="from", description="Start; the first event without one."),
]
To = Annotated[
    Instant | None,
    strawberry.argument(name="to", description="End, exclusive; just after the last event."),
]


@strawberry.type
class ReplayQueries:
    """Root fields about the past as a whole."""

    @strawberry.field(description="How many events of cases happened when, for anybody.")
    async def log_density(
        self,
        info: Info,
        from_: From = None,
        to: To = None,
        buckets: Annotated[
            int, strawberry.argument(description="At most so many buckets, 1 to 1,000.")
        ] = 200,
        scope: Annotated[
            str | None, strawberry.argument(description="An area's scope; the district's.")
        ] = None,
    ) -> LogDensity:
        """Return the histogram."""
        context = info.context
        area = shown_area(context.platform.reference, scope)
        if not 1 <= buckets <= MAX_BUCKETS:
            raise BadInput(f"buckets is 1 to {MAX_BUCKETS:,}")
        sight = Sight(scope=area.scope)
        async with at_position(context.platform.reads, sight) as (reads, found):
            context.has_read(found.position)
            known = await extent(reads)
            start, end = asked_range(from_, to, known, context.platform.clock())
            first, width, count = buckets_over(start, end, buckets)
            counts = await density(reads, area.scope, first, width, count)
        return LogDensity(
            scope=area.scope,
            first=None if known is None else Instant(known[0]),
            last=None if known is None else Instant(known[1]),
            start=Instant(first), end=Instant(first + width * count),
            bucket_s=width // SECOND, counts=counts, total=sum(counts),
        )  # fmt: skip


def asked_range(
    start: int | None, end: int | None, known: tuple[int, int] | None, now: int
) -> tuple[int, int]:
    """Return the asked range, its open ends closed by what the log holds. Raises BadInput."""
    first, last = known or (now, now)
    begin = first if start is None else start
    until = max(last + 1, begin + 1) if end is None else end
    if begin >= until:
        raise BadInput("from comes before to")
    return begin, until
