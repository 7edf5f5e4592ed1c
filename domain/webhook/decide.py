"""Answer a command about a webhook with an event, or refuse it.

Codes: ROLE_NOT_ALLOWED, OUT_OF_SCOPE, WEBHOOK_USED, WEBHOOK_MALFORMED, URL_MALFORMED,
SECRET_MALFORMED, TOPIC_MALFORMED, ENVELOPE_UNKNOWN, SCOPE_MALFORMED, TOO_MANY_WEBHOOKS,
UNKNOWN, RETIRED, REASON_MISSING.
"""

import re
from typing import Final

from domain.actor import Role, within
from domain.codes import is_scope
from domain.decider import Decider
from domain.errors import Rejected
from domain.event import Command, DomainEvent
from domain.webhook.commands import (
    COMMANDS,
    PauseWebhook,
    RegisterWebhook,
    RekeyWebhook,
    ResumeWebhook,
    RetireWebhook,
)
from domain.webhook.events import (
    EVENTS,
    WebhookPaused,
    WebhookRegistered,
    WebhookRekeyed,
    WebhookResumed,
    WebhookRetired,
)
from domain.webhook.evolve import evolve
from domain.webhook.facts import WebhookFacts
from domain.webhook.state import WebhookState, no_webhook

ENVELOPES: Final = ("standard", "cloudevents")
MOST: Final = 200
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_URL: Final = re.compile(r"https?://[\w.\-\[\]:]{1,253}(/[\x21-\x7e]{0,1500})?", re.ASCII)
_SECRET: Final = re.compile(r"whsec_[A-Za-z0-9+/]{32,86}={0,2}")
"""24 to 64 random bytes in base64, as Standard Webhooks has it."""
_TOPIC: Final = re.compile(r"case(\.[a-z_]*\*?|\*)")


def decide(state: WebhookState, command: Command, facts: WebhookFacts) -> list[DomainEvent]:
    """Return the event; nothing when it is so already. Raises Rejected."""
    _may(state, command, facts)
    if isinstance(command, RegisterWebhook):
        return _register(state, command, facts)
    if not state.registered:
        raise Rejected("UNKNOWN", which=getattr(command, "webhook", ""))
    if state.retired:
        raise Rejected("RETIRED", which=state.webhook)
    return _change(state, command)


def _may(state: WebhookState, command: Command, facts: WebhookFacts) -> None:
    by = facts.by
    if isinstance(command, PauseWebhook) and by.role == Role.CLOCK:
        return
    if by.role != Role.ADMINISTRATOR:
        raise Rejected("ROLE_NOT_ALLOWED", role=by.role)
    scope = command.scope if isinstance(command, RegisterWebhook) else state.scope
    if not within(scope, by.scope):
        raise Rejected("OUT_OF_SCOPE", scope=scope, yours=by.scope)


def _register(
    state: WebhookState, command: RegisterWebhook, facts: WebhookFacts
) -> list[DomainEvent]:
    if state.registered:
        raise Rejected("WEBHOOK_USED", webhook=command.webhook)
    if _NAME.fullmatch(command.webhook) is None:
        raise Rejected("WEBHOOK_MALFORMED", webhook=command.webhook)
    if _URL.fullmatch(command.url) is None:
        raise Rejected("URL_MALFORMED", url=command.url)
    if command.scope and not is_scope(command.scope):
        raise Rejected("SCOPE_MALFORMED", scope=command.scope)
    if command.envelope not in ENVELOPES:
        raise Rejected("ENVELOPE_UNKNOWN", envelope=command.envelope, allowed=list(ENVELOPES))
    for topic in command.topics:
        if _TOPIC.fullmatch(topic) is None:
            raise Rejected("TOPIC_MALFORMED", topic=topic)
    _secret(command.secret)
    if facts.live >= MOST:
        raise Rejected("TOO_MANY_WEBHOOKS", most=MOST)
    return [
        WebhookRegistered(
            webhook=command.webhook, url=command.url, scope=command.scope,
            topics=command.topics, envelope=command.envelope, after=max(0, command.after),
            secret=command.secret,
        )
    ]  # fmt: skip


def _change(state: WebhookState, command: Command) -> list[DomainEvent]:
    match command:
        case RekeyWebhook():
            _secret(command.secret)
            return [WebhookRekeyed(webhook=state.webhook, secret=command.secret)]
        case PauseWebhook():
            _reasoned(command.reason)
            if state.paused is not None:
                return []
            return [WebhookPaused(webhook=state.webhook, reason=command.reason)]
        case ResumeWebhook():
            if state.paused is None and command.after is None:
                return []
            after = None if command.after is None else max(0, command.after)
            return [WebhookResumed(webhook=state.webhook, after=after)]
        case RetireWebhook():
            _reasoned(command.reason)
            return [WebhookRetired(webhook=state.webhook, reason=command.reason)]
        case _:
            raise AssertionError(command)


def _secret(secret: str) -> None:
    if _SECRET.fullmatch(secret) is None:
        raise Rejected("SECRET_MALFORMED")


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise Rejected("REASON_MISSING")


WEBHOOK: Final = Decider("webhook", no_webhook, decide, evolve, COMMANDS, EVENTS)
