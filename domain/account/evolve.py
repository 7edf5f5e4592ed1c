"""Fold the events of an account; never refuses."""

from dataclasses import replace

from domain.account.events import (
    AccountClosed,
    AccountOpened,
    IdentityLinked,
    KeyIssued,
    KeyRevoked,
    RoleGranted,
    RoleWithdrawn,
    SessionsEnded,
)
from domain.account.state import AccountState, Grant, Key
from domain.actor import Actor, Role
from domain.event import By, DomainEvent


def evolve(state: AccountState, event: DomainEvent, _by: By) -> AccountState:
    """Return the account after one event."""
    match event:
        case AccountOpened():
            return replace(
                state, account=event.account, kind=event.kind, scope=event.scope, opened=True
            )
        case RoleGranted():
            kept = _without(state, event)
            grant = Grant(event.role, event.scope, event.unit, event.until, event.thumbprint)
            return replace(state, grants=(*kept, grant))
        case RoleWithdrawn():
            return replace(state, grants=_without(state, event))
        case KeyIssued():
            return replace(state, keys={**state.keys, event.key: _key(event)})
        case KeyRevoked():
            revoked = replace(state.keys[event.key], revoked=True)
            return replace(state, keys={**state.keys, event.key: revoked})
        case IdentityLinked():
            return replace(state, identities=state.identities | {event.identity})
        case SessionsEnded():
            ended_at = max(state.sessions_ended_at, event.ended_at)
            return replace(state, account=event.account, sessions_ended_at=ended_at)
        case AccountClosed():
            return replace(state, account=event.account, closed=True)
        case _:
            return state


def _without(state: AccountState, event: RoleGranted | RoleWithdrawn) -> tuple[Grant, ...]:
    named = (event.role, event.scope, event.unit)
    return tuple(one for one in state.grants if (one.role, one.scope, one.unit) != named)


def _key(event: KeyIssued) -> Key:
    actor = Actor(id=f"key:{event.key}", role=Role(event.role), scope=event.scope, unit=event.unit)
    return Key(event.sha256, actor, event.expires_at)
