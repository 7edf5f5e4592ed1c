"""The subscriptions: every one a snapshot, then deltas by position."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any, cast

import strawberry

from api.graphql.alarm.feed import AlarmsDelta, AlarmsSnapshot, AlarmsSource
from api.graphql.alarm.sight import alarms_seen
from api.graphql.case.feed import CaseFeedDelta, CaseFeedSnapshot, CaseFeedSource
from api.graphql.case.queries import CaseFilter
from api.graphql.context import Info
from api.graphql.live.alone import Alone
from api.graphql.live.canary import CanaryDelta, CanarySnapshot, CanarySource
from api.graphql.live.messages import Heartbeat, Resync
from api.graphql.live.parts import (
    DepartmentLoadDelta,
    DepartmentLoadSnapshot,
    DepartmentLoadSource,
    GridLoadDelta,
    GridLoadSnapshot,
    GridLoadSource,
    OverviewDelta,
    OverviewSnapshot,
    OverviewSource,
)
from api.graphql.live.source import Source, Stream
from api.graphql.replay.asked import After, By, From, Scope, Speed, To, pace_of
from api.graphql.replay.cases import PastCases
from api.graphql.replay.player import Player
from api.graphql.replay.wall import PastWall
from api.graphql.scope import seen_scope, whole
from api.graphql.wall.scene import shown_area
from api.graphql.wall.source import WallSource
from api.graphql.wall.types import WallDelta, WallSnapshot
from projections.replay.tape import Order

WallMessage = Annotated[
    WallSnapshot | WallDelta | Resync | Heartbeat,
    strawberry.union("WallMessage", description="What the wall's subscription says."),
]
CaseFeedMessage = Annotated[
    CaseFeedSnapshot | CaseFeedDelta | Resync | Heartbeat,
    strawberry.union("CaseFeedMessage", description="What the case feed says."),
]
CanaryMessage = Annotated[
    CanarySnapshot | CanaryDelta | Resync | Heartbeat,
    strawberry.union("CanaryMessage", description="What the canary's subscription says."),
]
AlarmsMessage = Annotated[
    AlarmsSnapshot | AlarmsDelta | Resync | Heartbeat,
    strawberry.union("AlarmsMessage", description="What the alarms' subscription says."),
]
OverviewMessage = Annotated[
    OverviewSnapshot | OverviewDelta | Resync | Heartbeat,
    strawberry.union("OverviewMessage", description="What the overview's subscription says."),
]
GridLoadMessage = Annotated[
    GridLoadSnapshot | GridLoadDelta | Resync | Heartbeat,
    strawberry.union("GridLoadMessage", description="What the grid load's subscription says."),
]
DepartmentLoadMessage = Annotated[
    DepartmentLoadSnapshot | DepartmentLoadDelta | Resync | Heartbeat,
    strawberry.union(
        "DepartmentLoadMessage", description="What the department load's subscription says."
    ),
]


def _stream(info: Info, source: Source, after: str | None) -> Any:
    return Stream(info.context.platform, source, after)


@strawberry.type(description="Snapshot and deltas by position; go on with `after`.")
class Subscription:
    """Resolvers only name their source; `live/` runs it once for all who see the same."""

    @strawberry.subscription(description="The wall of an area; for anybody.")
    def wall(
        self, info: Info, scope: str | None = None, after: str | None = None
    ) -> AsyncGenerator[WallMessage, None]:
        """Follow the wall."""
        platform = info.context.platform
        source = WallSource(platform, shown_area(platform.reference, scope))
        return cast("AsyncGenerator[WallMessage, None]", _stream(info, source, after))

    @strawberry.subscription(
        description="The wall of the past, told again at a pace: a snapshot as it stood, then the"
        " messages of the wall, then it completes. serverTime is the instant that is told;"
        " position never goes back, and head is where it will end. For anybody."
    )
    def replay(
        self,
        info: Info,
        from_: From,
        to: To = None,
        speed: Speed = 60.0,
        by: By = Order.EFFECTIVE,
        scope: Scope = None,
        after: After = None,
    ) -> AsyncGenerator[WallMessage, None]:
        """Tell the past to one receiver."""
        platform = info.context.platform
        pace = pace_of(platform.clock(), from_, to, speed, by, after)
        wall = PastWall(platform, shown_area(platform.reference, scope))
        told = Alone(Player(platform, pace, wall).messages)
        return cast("AsyncGenerator[WallMessage, None]", told)

    @strawberry.subscription(description="Cases that change, as far as you see them.")
    def case_feed(
        self, info: Info, filter: CaseFilter | None = None, after: str | None = None
    ) -> AsyncGenerator[CaseFeedMessage, None]:
        """Follow cases."""
        source = CaseFeedSource(info.context, filter)
        return cast("AsyncGenerator[CaseFeedMessage, None]", _stream(info, source, after))

    @strawberry.subscription(
        description="Reports that only try the whole way (basis canary): in no list, no figure."
    )
    def canary(self, info: Info, after: str | None = None) -> AsyncGenerator[CanaryMessage, None]:
        """Follow canaries."""
        source = CanarySource(info.context.platform)
        return cast("AsyncGenerator[CanaryMessage, None]", _stream(info, source, after))

    @strawberry.subscription(
        description="The case feed of the past, told again at a pace: a snapshot as it stood, then"
        " the messages of caseFeed, then it completes. Cases are as they were, as far as you see"
        " them today; serverTime, position and head as of replay."
    )
    def replay_cases(
        self,
        info: Info,
        from_: From,
        to: To = None,
        speed: Speed = 60.0,
        by: By = Order.EFFECTIVE,
        filter: CaseFilter | None = None,
        after: After = None,
    ) -> AsyncGenerator[CaseFeedMessage, None]:
        """Tell the cases of the past to one receiver."""
        pace = pace_of(info.context.platform.clock(), from_, to, speed, by, after)
        told = Alone(Player(info.context.platform, pace, PastCases(info.context, filter)).messages)
        return cast("AsyncGenerator[CaseFeedMessage, None]", told)

    @strawberry.subscription(
        description="The alarms of a scope, your own without one; for a handler those of cases of"
        " the own department."
    )
    def alarms(
        self, info: Info, scope: str | None = None, after: str | None = None
    ) -> AsyncGenerator[AlarmsMessage, None]:
        """Follow the alarms."""
        source = AlarmsSource(info.context.platform, alarms_seen(info.context, scope))
        return cast("AsyncGenerator[AlarmsMessage, None]", _stream(info, source, after))

    @strawberry.subscription(description="The overview of a scope, your own without one.")
    def district_overview(
        self, info: Info, scope: str | None = None, after: str | None = None
    ) -> AsyncGenerator[OverviewMessage, None]:
        """Follow the overview."""
        platform, place = info.context.platform, seen_scope(info.context, scope)
        source = OverviewSource(platform, place or whole(platform.reference))
        return cast("AsyncGenerator[OverviewMessage, None]", _stream(info, source, after))

    @strawberry.subscription(description="How many cases lie on each grid of a scope.")
    def grid_load(
        self, info: Info, scope: str | None = None, after: str | None = None
    ) -> AsyncGenerator[GridLoadMessage, None]:
        """Follow the grids' loads."""
        source = GridLoadSource(info.context.platform, seen_scope(info.context, scope))
        return cast("AsyncGenerator[GridLoadMessage, None]", _stream(info, source, after))

    @strawberry.subscription(description="How many cases each department leads.")
    def department_load(
        self, info: Info, after: str | None = None
    ) -> AsyncGenerator[DepartmentLoadMessage, None]:
        """Follow the departments' loads."""
        source = DepartmentLoadSource(info.context.platform, "")
        return cast("AsyncGenerator[DepartmentLoadMessage, None]", _stream(info, source, after))
