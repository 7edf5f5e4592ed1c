"""Queries about alarms: those that stand, and their figures."""

from typing import Final

import strawberry

from api.graphql.alarm.sight import alarm_sight, alarms_seen
from api.graphql.alarm.types import Alarm, AlarmFigures, alarm_of, chatter_of, count_of
from api.graphql.as_of import AskedAsOf, AsOf, sighting
from api.graphql.context import Context, Info
from api.graphql.errors import BadInput
from api.graphql.scalars import Instant
from projections.alarm_list import queries as alarms
from projections.alarm_list.earlier import alarms_at, standing_at
from projections.alarm_list.queries import Seen

TEN_MINUTES_US: Final = 600_000_000


async def alarm_figures(
    context: Context, seen: Seen, since: int, until: int, as_of: AsOf | None
) -> AlarmFigures:
    """Return the figures of [since, until). Raises BadInput for an empty window."""
    if until <= since:
        raise BadInput("until lies after since")
    async with sighting(context, alarm_sight(seen), as_of) as here:
        log, at, of = context.platform.log, here.at, None
        if at is not None:
            of = await alarms_at(here.reads, log, seen, (since, until), at)
        counted = await alarms.counts(here.reads, seen, since, until, of)
        busiest = await alarms.busiest(here.reads, seen, since, until, of)
        chattering = await alarms.chattering(here.reads, seen, since, until, of)
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

    @strawberry.field(
        description="The alarms that stand in a scope, your own without one;"
        " for a handler those of cases of the own department."
    )
    async def alarms(
        self, info: Info, scope: str | None = None, as_of: AskedAsOf = None
    ) -> list[Alarm]:
        """Return the alarms, the oldest first."""
        context, seen = info.context, alarms_seen(info.context, scope)
        async with sighting(context, alarm_sight(seen), as_of) as here:
            if here.at is None:
                rows = await alarms.standing(here.reads, seen)
            else:
                rows = await standing_at(here.reads, context.platform.log, seen, here.at)
        return [alarm_of(row, here.reference) for row in rows]

    @strawberry.field(description="Rate, time to acknowledge and chattering of a window.")
    async def alarm_figures(
        self,
        info: Info,
        since: Instant,
        until: Instant,
        scope: str | None = None,
        as_of: AskedAsOf = None,
    ) -> AlarmFigures:
        """Return the figures."""
        seen = alarms_seen(info.context, scope)
        return await alarm_figures(info.context, seen, since, until, as_of)
