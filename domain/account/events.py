"""What happens to an account, its roles and its keys. One stream per account."""

from typing import ClassVar

from domain.event import DomainEvent, Microseconds, Text


class AccountOpened(DomainEvent, frozen=True, kw_only=True):
    """开户. `kind` is person, system or display; `scope` is whose administrators keep it."""

    TOPIC = "account.opened"
    PERSONAL: ClassVar[dict[str, str]] = {"name": "account"}
    account: str
    kind: str
    scope: str
    name: Text | None = None


class RoleGranted(DomainEvent, frozen=True, kw_only=True):
    """授予角色 within a scope, until an instant where one is set.

    `thumbprint` (since schema 2) is the key of the display that has the role (RFC 7638).
    """

    TOPIC = "account.role_granted"
    SCHEMA = 2
    account: str
    role: str
    scope: str
    unit: str | None = None
    until: Microseconds | None = None
    thumbprint: str | None = None


class RoleWithdrawn(DomainEvent, frozen=True, kw_only=True):
    """收回角色."""

    TOPIC = "account.role_withdrawn"
    account: str
    role: str
    scope: str
    unit: str | None = None
    reason: str


class KeyIssued(DomainEvent, frozen=True, kw_only=True):
    """发放密钥: `sha256` of the secret, which only its holder has."""

    TOPIC = "account.key_issued"
    account: str
    key: str
    sha256: str
    role: str
    scope: str
    expires_at: Microseconds
    unit: str | None = None


class KeyRevoked(DomainEvent, frozen=True, kw_only=True):
    """吊销密钥."""

    TOPIC = "account.key_revoked"
    account: str
    key: str
    reason: str


class IdentityLinked(DomainEvent, frozen=True, kw_only=True):
    """绑定身份: who signs in elsewhere as `identity` (a SHA-256 of issuer and subject).

    A digest of what can be guessed still tells who it is: sealed since schema 2.
    """

    TOPIC = "account.identity_linked"
    SCHEMA = 2
    PERSONAL: ClassVar[dict[str, str]] = {"identity": "account"}
    account: str
    issuer: str
    identity: Text


class SessionsEnded(DomainEvent, frozen=True, kw_only=True):
    """全部退出: tokens issued up to `ended_at` open nothing; keys of systems go on.

    It comes of whoever signs out everywhere, of an administrator, and of each new password.
    """

    TOPIC = "account.sessions_ended"
    account: str
    ended_at: Microseconds
    reason: str


class AccountClosed(DomainEvent, frozen=True, kw_only=True):
    """销户: every token, key and connection of it ends. Its id may be one never opened here."""

    TOPIC = "account.closed"
    account: str
    reason: str


EVENTS = (
    AccountOpened,
    RoleGranted,
    RoleWithdrawn,
    KeyIssued,
    KeyRevoked,
    IdentityLinked,
    SessionsEnded,
    AccountClosed,
)
