"""Answer a command about an account with events, or refuse it."""

from collections.abc import Callable
from typing import Any, Final

from domain.account import guards
from domain.account.commands import (
    COMMANDS,
    CloseAccount,
    EndSessions,
    GrantRole,
    IssueKey,
    LinkIdentity,
    OpenAccount,
    RevokeKey,
    WithdrawRole,
)
from domain.account.events import (
    EVENTS,
    AccountClosed,
    AccountOpened,
    IdentityLinked,
    KeyIssued,
    KeyRevoked,
    RoleGranted,
    RoleWithdrawn,
    SessionsEnded,
)
from domain.account.evolve import evolve
from domain.account.facts import AccountFacts
from domain.account.state import AccountState, Grant, no_account
from domain.decider import Decider
from domain.errors import Rejected
from domain.event import Command, DomainEvent

Step = Callable[[AccountState, Any, AccountFacts], list[DomainEvent]]


def decide(state: AccountState, command: Command, facts: AccountFacts) -> list[DomainEvent]:
    """Return the events of a command about an account; none when nothing changes."""
    if isinstance(command, OpenAccount):
        return _open(state, command, facts)
    if isinstance(command, CloseAccount):
        return _close(state, command, facts)
    if isinstance(command, EndSessions):
        return _end(state, command, facts)
    guards.administers(facts.by, state.scope)
    return _STEPS[type(command)](state, command, facts)


def _open(state: AccountState, command: OpenAccount, facts: AccountFacts) -> list[DomainEvent]:
    guards.administers(facts.by, command.scope)
    guards.account_fits(command.account, command.kind, command.scope)
    if state.opened or state.closed:
        raise Rejected("ACCOUNT_USED", account=command.account)
    return [
        AccountOpened(
            account=command.account, kind=command.kind, scope=command.scope, name=command.name
        )
    ]


def _close(state: AccountState, command: CloseAccount, facts: AccountFacts) -> list[DomainEvent]:
    guards.administers(facts.by, state.scope)
    guards.reasoned(command.reason)
    if state.closed:
        return []
    return [AccountClosed(account=command.account, reason=command.reason)]


def _end(state: AccountState, command: EndSessions, facts: AccountFacts) -> list[DomainEvent]:
    guards.administers_or_is(facts.by, state, command.account)
    guards.reasoned(command.reason)
    if state.closed:
        return []
    ended_at, reason = facts.by.at, command.reason
    return [SessionsEnded(account=command.account, ended_at=ended_at, reason=reason)]


def _grant(state: AccountState, command: GrantRole, facts: AccountFacts) -> list[DomainEvent]:
    guards.usable(state, command.account)
    guards.scope_fits(command.scope)
    guards.administers(facts.by, command.scope)
    guards.role_fits(state.kind, command.role, command.unit, facts.unit_known)
    guards.thumbprint_fits(command.role, command.thumbprint)
    role, scope, unit = command.role, command.scope, command.unit
    if Grant(role, scope, unit, command.until, command.thumbprint) in state.grants:
        return []
    return [
        RoleGranted(
            account=command.account, role=role, scope=scope, unit=unit, until=command.until,
            thumbprint=command.thumbprint,
        )
    ]  # fmt: skip


def _withdraw(
    state: AccountState, command: WithdrawRole, _facts: AccountFacts
) -> list[DomainEvent]:
    guards.usable(state, command.account)
    guards.reasoned(command.reason)
    named = (command.role, command.scope, command.unit)
    if named not in {(one.role, one.scope, one.unit) for one in state.grants}:
        return []
    return [
        RoleWithdrawn(
            account=command.account, role=command.role, scope=command.scope,
            unit=command.unit, reason=command.reason,
        )
    ]  # fmt: skip


def _issue(state: AccountState, command: IssueKey, facts: AccountFacts) -> list[DomainEvent]:
    guards.usable(state, command.account)
    guards.scope_fits(command.scope)
    guards.administers(facts.by, command.scope)
    guards.role_fits(state.kind, command.role, command.unit, facts.unit_known)
    guards.key_may_have(command.role, state.kind)
    guards.key_fits(command.key, command.sha256, command.expires_at, facts.by.at)
    if facts.key_taken or command.key in state.keys:
        raise Rejected("KEY_USED", key=command.key)
    guards.room_for_a_key(state, facts.by.at)
    return [
        KeyIssued(
            account=command.account, key=command.key, sha256=command.sha256, role=command.role,
            scope=command.scope, unit=command.unit, expires_at=command.expires_at,
        )
    ]  # fmt: skip


def _revoke(state: AccountState, command: RevokeKey, _facts: AccountFacts) -> list[DomainEvent]:
    guards.reasoned(command.reason)
    key = state.keys.get(command.key)
    if key is None:
        raise Rejected("UNKNOWN", which=command.key)
    if key.revoked:
        return []
    return [KeyRevoked(account=command.account, key=command.key, reason=command.reason)]


def _link(state: AccountState, command: LinkIdentity, facts: AccountFacts) -> list[DomainEvent]:
    guards.usable(state, command.account)
    if facts.linked_to == command.account:
        return []
    if facts.linked_to is not None:
        raise Rejected("IDENTITY_LINKED")
    return [
        IdentityLinked(account=command.account, issuer=command.issuer, identity=command.identity)
    ]


_STEPS: Final[dict[type[Command], Step]] = {
    GrantRole: _grant,
    WithdrawRole: _withdraw,
    IssueKey: _issue,
    RevokeKey: _revoke,
    LinkIdentity: _link,
}

ACCOUNT: Final = Decider("account", no_account, decide, evolve, COMMANDS, EVENTS)
