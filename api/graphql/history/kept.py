"""What a history tells of an account and of a webhook: all but their secrets.

An account's state holds digests of keys and of identities, a webhook's its secrets; sealed
or not, they are nobody's to see. How many identities there are is told, not which.
"""

from collections.abc import Mapping
from typing import Any, Final

from domain.account.state import AccountState, Grant, Key
from domain.webhook.state import WebhookState

EVERYWHERE: Final = "*"
"""Stands in a path for a scope without bounds."""


def account_shown(state: AccountState) -> Mapping[str, Any]:
    """Return what is told of an account: its roles by where they hold, its keys by their id."""
    return {
        "kind": state.kind or None,
        "scope": state.scope,
        "live": state.live,
        "grants": {_grant_name(one): _grant(one) for one in state.grants},
        "keys": {name: _key(one) for name, one in state.keys.items()},
        "identities": len(state.identities),
        "sessions_ended_at": state.sessions_ended_at or None,
    }


def _grant_name(grant: Grant) -> str:
    parts = (grant.role, (grant.scope or EVERYWHERE).rstrip("."), grant.unit)
    return "@".join(part for part in parts if part)


def _grant(grant: Grant) -> Mapping[str, Any]:
    shown = {"until": grant.until, "live": True}
    return shown if grant.thumbprint is None else {**shown, "thumbprint": grant.thumbprint}


def _key(key: Key) -> Mapping[str, Any]:
    return {
        "role": key.actor.role,
        "scope": key.actor.scope,
        "unit": key.actor.unit,
        "expires_at": key.expires_at,
        "revoked": key.revoked,
    }


def webhook_shown(state: WebhookState) -> Mapping[str, Any]:
    """Return what is told of a webhook; that its secret changed its event says."""
    return {
        "url": state.url or None,
        "scope": state.scope,
        "topics": state.topics,
        "envelope": state.envelope if state.registered else None,
        "after": state.after,
        "paused": state.paused,
        "live": state.live,
    }
