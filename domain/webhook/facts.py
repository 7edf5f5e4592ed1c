"""What a rule about webhooks needs to know beside the webhook's own stream."""

from dataclasses import dataclass

from domain.event import By


@dataclass(frozen=True, slots=True)
class WebhookFacts:
    """`live` counts the webhooks that are not retired."""

    by: By
    live: int = 0
