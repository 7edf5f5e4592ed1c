"""Accounts, roles and keys, for those who administer them; no secret is ever shown."""

import strawberry

from api.graphql.as_of import AskedAsOf, all_at
from api.graphql.context import Info
from api.graphql.history.fields import history_field
from api.graphql.history.pages import account_subject
from api.graphql.history.types import HistoryConnection
from api.graphql.scalars import Instant
from api.graphql.scope import seen_scope
from domain.account.state import AccountState, Grant, Key
from domain.actor import within
from domain.event import Microseconds


@strawberry.type(description="A role inside a scope.")
class RoleGrant:
    """One grant of an account."""

    role: str = strawberry.field(description="What the account may act as.")
    scope: str = strawberry.field(description="Where; empty: everywhere.")
    unit: str | None = strawberry.field(description="Department a handler acts for.")
    until: Instant | None = strawberry.field(description="When it ends by itself.")
    thumbprint: str | None = strawberry.field(
        description="Key of the display that has it (RFC 7638); null for other roles."
    )


@strawberry.type(description="A system's key; its secret is only with its holder.")
class AccountKey:
    """One key of an account."""

    id: str = strawberry.field(description="The part of the key that may be seen.")
    role: str = strawberry.field(description="What the key may act as.")
    scope: str = strawberry.field(description="Where; empty: everywhere.")
    expires_at: Instant = strawberry.field(description="When it ends by itself.")
    revoked: bool = strawberry.field(description="Whether it was revoked.")
    live: bool = strawberry.field(description="Whether it opens anything now.")


@strawberry.type(description="Who may sign in: a person, a system or a display.")
class Account:
    """One account as it stands."""

    id: str = strawberry.field(description="Opaque account; never a name.")
    kind: str = strawberry.field(description="person, system or display.")
    scope: str = strawberry.field(description="Whose administrators keep it.")
    live: bool = strawberry.field(description="Whether it may sign in.")
    grants: list[RoleGrant] = strawberry.field(description="Its roles.")
    keys: list[AccountKey] = strawberry.field(description="Its keys, revoked ones too.")
    linked: bool = strawberry.field(description="Whether an identity provider knows it.")
    sessions_ended_at: Instant | None = strawberry.field(
        description="Tokens issued up to then open nothing; null: no session was ever ended."
    )

    history: HistoryConnection = history_field(lambda one: account_subject(one.id))


def account_of(state: AccountState, now: Microseconds) -> Account:
    """Return an account as the API shows it."""
    ended_at = state.sessions_ended_at
    return Account(
        id=state.account, kind=state.kind, scope=state.scope, live=state.live,
        grants=[_grant(one) for one in state.grants],
        keys=[_key(name, key, now) for name, key in state.keys.items()],
        linked=bool(state.identities), sessions_ended_at=Instant(ended_at) if ended_at else None,
    )  # fmt: skip


def _grant(grant: Grant) -> RoleGrant:
    until = None if grant.until is None else Instant(grant.until)
    return RoleGrant(
        role=grant.role, scope=grant.scope, unit=grant.unit, until=until,
        thumbprint=grant.thumbprint,
    )  # fmt: skip


def _key(name: str, key: Key, now: Microseconds) -> AccountKey:
    return AccountKey(
        id=name, role=key.actor.role, scope=key.actor.scope, expires_at=Instant(key.expires_at),
        revoked=key.revoked, live=key.live(now),
    )  # fmt: skip


@strawberry.type
class AccountQueries:
    """Root field about accounts."""

    @strawberry.field(description="Accounts inside your scope, in the order of their ids.")
    async def accounts(self, info: Info, as_of: AskedAsOf = None) -> list[Account]:
        """Return the accounts that the caller administers."""
        scope = seen_scope(info.context, None)
        reference, now = await all_at(info.context, as_of)
        return [
            account_of(state, now)
            for _, state in sorted(reference.accounts.items())
            if state.opened and within(state.scope, scope)
        ]
