"""Messages that every subscription has: Resync and Heartbeat."""

import strawberry

from api.graphql.scalars import Instant, LogPosition


@strawberry.type(description="Deltas can't go on from here; a snapshot follows.")
class Resync:
    """`reason`: behind, bulk, view, epoch, day."""

    reason: str = strawberry.field(description="behind, bulk, view, epoch or day.")
    position: LogPosition = strawberry.field(description="Where the read models stand.")


@strawberry.type(description="Every two seconds, so that silence can be told from stillness.")
class Heartbeat:
    """What data age is reckoned from: architecture, screens."""

    cursor: str = strawberry.field(description="Where to go on after a reconnect.")
    position: LogPosition = strawberry.field(
        description="Up to where this subscription has told everything."
    )
    head: LogPosition = strawberry.field(description="Where the log stands.")
    server_time: Instant = strawberry.field(description="The server's clock.")
    oldest_unapplied_age_ms: int = strawberry.field(
        description="Age of the oldest event not yet applied by the slowest read model."
    )
