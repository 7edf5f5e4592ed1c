"""What happens to a webhook. How far it has delivered is no fact of the log."""

from typing import ClassVar

from domain.event import DomainEvent, Text


class WebhookRegistered(DomainEvent, frozen=True, kw_only=True):
    """登记推送: `topics` by name or with a star at the end, all without one; inside a scope.

    `envelope` is standard or cloudevents. The secret is sealed under a key of its own.
    """

    TOPIC = "webhook.registered"
    PERSONAL: ClassVar[dict[str, str]] = {"secret": "webhook"}
    webhook: str
    url: str
    scope: str
    topics: tuple[str, ...] = ()
    envelope: str = "standard"
    after: int = 0
    secret: Text


class WebhookRekeyed(DomainEvent, frozen=True, kw_only=True):
    """更换推送密钥: the former secret still signs beside it until the next change."""

    TOPIC = "webhook.rekeyed"
    PERSONAL: ClassVar[dict[str, str]] = {"secret": "webhook"}
    webhook: str
    secret: Text


class WebhookPaused(DomainEvent, frozen=True, kw_only=True):
    """暂停推送: by an administrator, or by the clock after repeated failures."""

    TOPIC = "webhook.paused"
    webhook: str
    reason: str


class WebhookResumed(DomainEvent, frozen=True, kw_only=True):
    """恢复推送, where it stood or just after a position: an earlier one replays."""

    TOPIC = "webhook.resumed"
    webhook: str
    after: int | None = None


class WebhookRetired(DomainEvent, frozen=True, kw_only=True):
    """注销推送."""

    TOPIC = "webhook.retired"
    webhook: str
    reason: str


EVENTS: tuple[type[DomainEvent], ...] = (
    WebhookRegistered, WebhookRekeyed, WebhookPaused, WebhookResumed, WebhookRetired,
)  # fmt: skip
