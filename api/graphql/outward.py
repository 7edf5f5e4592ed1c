"""Webhooks and alerts: what goes out to other systems, and what comes in from devices."""

from enum import Enum
from typing import Annotated

import strawberry

from api.graphql.as_of import AskedAsOf, Sighting, all_at, sighting
from api.graphql.case.sight import place_sight
from api.graphql.context import Context, Info
from api.graphql.history.fields import history_field
from api.graphql.history.pages import alert_subject, webhook_subject
from api.graphql.history.types import HistoryConnection
from api.graphql.paging import decode_cursor, encode_cursor, page_size
from api.graphql.scalars import Instant, LogPosition
from api.webhooks import progress
from domain.actor import Role, within
from domain.alert.decide import LOOKS, RAISES
from domain.webhook.state import WebhookState
from projections.alert_list import queries as alerts
from projections.alert_list.queries import AlertRow

MOST: int = 500
SEES_ALERTS = LOOKS | RAISES | {Role.DISPATCHER, Role.DISTRICT_LEADER}


@strawberry.type(description="Where events of public cases are posted; its secret is never shown.")
class Webhook:
    """One webhook as it stands."""

    webhook: str = strawberry.field(description="Its name.")
    url: str = strawberry.field(description="Where it posts to.")
    scope: str = strawberry.field(description="Only cases inside; empty: everywhere.")
    topics: list[str] = strawberry.field(description="Which events; none named: all.")
    envelope: str = strawberry.field(description="standard or cloudevents.")
    paused: str | None = strawberry.field(description="Why it is paused; null while it sends.")
    retired: bool = strawberry.field(description="Whether it has ended.")
    position: LogPosition = strawberry.field(description="Everything up to here is delivered.")
    failures: int = strawberry.field(description="Attempts in a row that came to nothing.")
    next_at: Instant | None = strawberry.field(description="When the next attempt is.")
    said: str | None = strawberry.field(description="The last answer: a status, or the error.")

    history: HistoryConnection = history_field(lambda one: webhook_subject(one.webhook))


@strawberry.enum(description="Where an alert stands.")
class AlertState(Enum):
    """Each alert is in one of the three."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


AskedState = Annotated[
    AlertState | None, strawberry.argument(description="Those that stand so; open ones without it.")
]


@strawberry.type(description="What a device noticed, and what a person made of it.")
class Alert:
    """An alert; a person confirms or dismisses it. Instants are effective times."""

    alert: str = strawberry.field(description="The device's own number of it.")
    device: str = strawberry.field(description="Which device.")
    category: str = strawberry.field(description="Category the device suggests.")
    scope: str = strawberry.field(description="Where the device stands.")
    grid: str = strawberry.field(description="Grid code.")
    certainty: int | None = strawberry.field(description="How sure the device is, 0 to 100.")
    raised_at: Instant = strawberry.field(description="When it was raised.")
    outcome: str | None = strawberry.field(
        description="confirmed, or why it was dismissed; null while nobody has looked."
    )
    confirmed_as: str | None = strawberry.field(
        description="Category of the case it became; null unless confirmed."
    )
    decided_at: Instant | None = strawberry.field(description="When somebody has looked.")
    decided_by: str | None = strawberry.field(description="Opaque account of who has.")
    cursor: str = strawberry.field(description="Place in this list: what comes next is `after` it.")

    history: HistoryConnection = history_field(lambda one: alert_subject(one.device, one.alert))


def _alert(row: AlertRow, kind: str) -> Alert:
    place = row.position if row.decision is None else row.decision
    return Alert(
        alert=row.alert, device=row.device, category=row.suggested, scope=row.scope,
        grid=row.grid, certainty=row.certainty, raised_at=Instant(row.raised_at),
        outcome=row.outcome, confirmed_as=row.category,
        decided_at=None if row.decided_at is None else Instant(row.decided_at),
        decided_by=row.decided_by, cursor=encode_cursor(kind, (place,)),
    )  # fmt: skip


async def _page_of_alerts(
    seen: Sighting, scope: str, state: AlertState, first: int, after: str | None
) -> list[Alert]:
    kind = seen.cursor(f"alerts {state.value}")
    (start,) = decode_cursor(kind, after) or (None,)
    if state is AlertState.OPEN:
        rows = await alerts.undecided(seen.reads, scope, start, first, at=seen.at)
    else:
        confirmed = state is AlertState.CONFIRMED
        rows = await alerts.decided(
            seen.reads, scope, start, first, confirmed=confirmed, at=seen.at
        )
    return [_alert(row, kind) for row in rows]


async def _webhook(context: Context, state: WebhookState, *, then: bool) -> Webhook:
    """Return a webhook; how far it has come is of the present, so `then` where it was to begin."""
    found = None if then else await progress.read(context.platform.pool, f"webhook:{state.webhook}")
    here = found is not None and found.generation == state.generation
    at = found if found is not None and here else progress.Progress(state.after)
    return Webhook(
        webhook=state.webhook, url=state.url, scope=state.scope, topics=list(state.topics),
        envelope=state.envelope, paused=state.paused, retired=state.retired,
        position=LogPosition(at.position), failures=at.failures,
        next_at=Instant(at.next_at) if at.next_at else None, said=at.said or None,
    )  # fmt: skip


@strawberry.type
class OutwardQueries:
    """Root fields about webhooks and alerts."""

    @strawberry.field(
        description="The webhooks inside your scope, by name. As of a moment `position` is where"
        " each was to begin: how far it had come by then is not of the log."
    )
    async def webhooks(self, info: Info, as_of: AskedAsOf = None) -> list[Webhook]:
        """Return the webhooks that the caller administers."""
        known = (await all_at(info.context, as_of))[0].webhooks
        inside = [known[name] for name in sorted(known)]
        own, then = info.context.actor.scope, as_of is not None
        return [
            await _webhook(info.context, one, then=then) for one in inside if within(one.scope, own)
        ]

    @strawberry.field(
        description="Alerts inside your scope: those nobody has looked at, the oldest first, or"
        " confirmed or dismissed ones, the latest decided first."
    )
    async def alerts(
        self,
        info: Info,
        first: int = 100,
        after: str | None = None,
        state: AskedState = None,
        as_of: AskedAsOf = None,
    ) -> list[Alert]:
        """Return a page of alerts."""
        size, actor = page_size(first, MOST), info.context.actor
        if actor.role not in SEES_ALERTS:
            return []
        async with sighting(info.context, place_sight(actor), as_of, after) as seen:
            asked = state or AlertState.OPEN
            return await _page_of_alerts(seen, actor.scope, asked, size, after)
