"""Queries about alarms: those that stand, and their figures."""

from typing import Final

import strawberry

from api.graphql.alarm.types import Alarm, AlarmFigures, alarm_of, chatter_of, count_of
from api.graphql.case.sight import place_sight
from api.graphql.context import Context, Info
from api.graphql.errors import BadInput
from api.graphql.scalars import Instant
from api.graphql.scope import seen_scope
from projections.alarm_list import queries as alarms
from projections.reading import at_position

TEN_MINUTES_US: Final = 600_000_000


async def alarm_figures(context: Context, scope: str, since: int, until: int) -> AlarmFigures:
    """Return the figures of [since, until). Raises BadInput for an empty window."""
    if until <= since:
        raise BadInput("until lies after since")
    async with at_position(context.platform.reads, place_sight(context.actor)) as (reads, found):
        context.has_read(found.position)
        counted = await alarms.counts(reads, scope, since, until)
        busiest = await alarms.busiest(reads, scope, since, until)
        chattering = await alarms.chattering(reads, scope, since, until)
    raised = sum(row.raised for row in counted)
    return AlarmFigures(
        since=Instant(since),
        until=Instant(until),
        raised=raised,
        per_ten_minutes=round(raised * TEN_MINUTES_US / (until - since), 3),
        busiest_ten_minutes=busiest,
        by_priority=[count_of(row) for row in counted],
        chattering=[chatter_of(row) for row in chattering],
    )


@strawberry.type
class AlarmQueries:
    """Root fields about alarms."""

    @strawberry.field(description="The alarms that stand in a scope, your own without one.")
    async def alarms(self, info: Info, scope: str | None = None) -> list[Alarm]:
        """Return the alarms, the oldest first."""
        context, place = info.context, seen_scope(info.context, scope)
        sight = place_sight(context.actor)
        async with at_position(context.platform.reads, sight) as (reads, found):
            context.has_read(found.position)
            rows = await alarms.standing(reads, place)
        return [alarm_of(row, context.platform.reference) for row in rows]

    @strawberry.field(description="Rate, time to acknowledge and chattering of a window.")
    async def alarm_figures(
        self, info: Info, since: Instant, until: Instant, scope: str | None = None
    ) -> AlarmFigures:
        """Return the figures."""
        place = seen_scope(info.context, scope)
        return await alarm_figures(info.context, place, since, until)
