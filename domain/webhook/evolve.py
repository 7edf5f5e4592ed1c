"""Fold the events of a webhook; never refuses."""

from dataclasses import replace

from domain.event import By, DomainEvent
from domain.webhook.events import (
    WebhookPaused,
    WebhookRegistered,
    WebhookRekeyed,
    WebhookResumed,
    WebhookRetired,
)
from domain.webhook.state import Secret, WebhookState


def evolve(state: WebhookState, event: DomainEvent, _by: By) -> WebhookState:
    """Return the webhook after one event."""
    match event:
        case WebhookRegistered():
            return WebhookState(
                webhook=event.webhook, url=event.url, scope=event.scope, topics=event.topics,
                envelope=event.envelope, secrets=(Secret(event.TOPIC, event.secret),),
                after=event.after, generation=1, registered=True,
            )  # fmt: skip
        case WebhookRekeyed():
            return replace(state, secrets=(Secret(event.TOPIC, event.secret), *state.secrets[:1]))
        case WebhookPaused():
            return replace(state, paused=event.reason)
        case WebhookResumed(after=None):
            return replace(state, paused=None)
        case WebhookResumed():
            after, generation = event.after or 0, state.generation + 1
            return replace(state, paused=None, after=after, generation=generation)
        case WebhookRetired():
            return replace(state, retired=True, paused=None)
        case _:
            return state
