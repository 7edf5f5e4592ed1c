"""What an administrator may want of accounts, roles and keys."""

from domain.event import Command, Microseconds, Text


class OpenAccount(Command, frozen=True, kw_only=True):
    """开户 for a person, a system or a display."""

    NAME = "account.open"
    account: str
    kind: str
    scope: str
    name: Text | None = None


class GrantRole(Command, frozen=True, kw_only=True):
    """授予角色 within a scope; a handler acts for a unit, a display has a key."""

    NAME = "account.grant_role"
    account: str
    role: str
    scope: str
    unit: str | None = None
    until: Microseconds | None = None
    thumbprint: str | None = None


class WithdrawRole(Command, frozen=True, kw_only=True):
    """收回角色: its tokens end at once."""

    NAME = "account.withdraw_role"
    account: str
    role: str
    scope: str
    reason: str
    unit: str | None = None


class IssueKey(Command, frozen=True, kw_only=True):
    """发放密钥: whoever asks has made the secret and sends only its SHA-256."""

    NAME = "account.issue_key"
    account: str
    key: str
    sha256: str
    role: str
    scope: str
    expires_at: Microseconds
    unit: str | None = None


class RevokeKey(Command, frozen=True, kw_only=True):
    """吊销密钥."""

    NAME = "account.revoke_key"
    account: str
    key: str
    reason: str


class LinkIdentity(Command, frozen=True, kw_only=True):
    """绑定身份 of an identity provider."""

    NAME = "account.link_identity"
    account: str
    issuer: str
    identity: str


class EndSessions(Command, frozen=True, kw_only=True):
    """全部退出, one's own or as administrator another's: every token issued so far ends, keys stay.

    An id that was never opened here may have tokens as well, made on the machine.
    """

    NAME = "account.end_sessions"
    account: str
    reason: str


class CloseAccount(Command, frozen=True, kw_only=True):
    """销户. An id that was never opened here may be closed as well: its tokens end."""

    NAME = "account.close"
    account: str
    reason: str


COMMANDS = (
    OpenAccount,
    GrantRole,
    WithdrawRole,
    IssueKey,
    RevokeKey,
    LinkIdentity,
    EndSessions,
    CloseAccount,
)
