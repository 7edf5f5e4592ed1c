"""Webhooks and alerts: what goes out to other systems, and what comes in from devices."""

import strawberry

from api.graphql.context import Context, Info
from api.graphql.errors import BadInput
from api.graphql.history.fields import history_field
from api.graphql.history.pages import alert_subject, webhook_subject
from api.graphql.history.types import HistoryConnection
from api.graphql.scalars import Instant, LogPosition
from api.webhooks import progress
from domain.actor import Role, within
from domain.alert.decide import ALERT, LOOKS, RAISES
from domain.streams import alert_stream
from domain.webhook.state import WebhookState

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


@strawberry.type(description="What a device noticed and nobody has looked at yet.")
class Alert:
    """An open alert; a person confirms or dismisses it."""

    alert: str = strawberry.field(description="The device's own number of it.")
    device: str = strawberry.field(description="Which device.")
    category: str = strawberry.field(description="Category the device suggests.")
    scope: str = strawberry.field(description="Where the device stands.")
    grid: str = strawberry.field(description="Grid code.")
    certainty: int | None = strawberry.field(description="How sure the device is, 0 to 100.")
    raised_at: Instant = strawberry.field(description="When it was raised.")

    history: HistoryConnection = history_field(lambda one: alert_subject(one.device, one.alert))


async def _webhook(context: Context, state: WebhookState) -> Webhook:
    found = await progress.read(context.platform.pool, f"webhook:{state.webhook}")
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

    @strawberry.field(description="The webhooks inside your scope, by name.")
    async def webhooks(self, info: Info) -> list[Webhook]:
        """Return the webhooks that the caller administers."""
        known = info.context.platform.reference.webhooks
        inside = [known[name] for name in sorted(known)]
        own = info.context.actor.scope
        return [await _webhook(info.context, one) for one in inside if within(one.scope, own)]

    @strawberry.field(description="Alerts inside your scope that nobody has looked at.")
    async def alerts(self, info: Info, first: int = 100) -> list[Alert]:
        """Return open alerts, oldest first."""
        if not 1 <= first <= MOST:
            raise BadInput(f"first is 1 to {MOST}")
        actor, platform = info.context.actor, info.context.platform
        if actor.role not in SEES_ALERTS:
            return []
        open_ones = platform.reference.alerts.values()
        mine = [one for one in open_ones if within(one.scope, actor.scope)][:first]
        streams = [alert_stream(one.device, one.alert) for one in mine]
        held = await platform.dispatcher.load_all(streams, ALERT)
        return [
            Alert(
                alert=one.alert, device=one.device, category=one.category, scope=one.scope,
                grid=one.grid, certainty=one.certainty,
                raised_at=Instant(held[stream].state.raised_at),
            )
            for one, stream in zip(mine, streams, strict=True)
        ]  # fmt: skip
