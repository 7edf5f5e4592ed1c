"""What an account is now: the fold of its stream."""

from dataclasses import dataclass, field
from typing import Final

from domain.actor import Actor, within
from domain.event import Microseconds, Text

KINDS: Final = ("person", "system", "display")


@dataclass(frozen=True, slots=True)
class Grant:
    """A role inside a scope, for a unit where the role has one."""

    role: str
    scope: str
    unit: str | None = None
    until: Microseconds | None = None
    thumbprint: str | None = None
    """The key of the display that has the role; RFC 7638."""

    def lasts(self, now: Microseconds) -> bool:
        """Tell whether it has not ended."""
        return self.until is None or now < self.until

    def carries(self, actor: Actor, now: Microseconds, thumbprint: str | None = None) -> bool:
        """Tell whether this grant lets an account act as `actor` now, where a key is, with it."""
        return (
            actor.role == self.role
            and thumbprint == self.thumbprint
            and actor.unit == self.unit
            and within(actor.scope, self.scope)
            and self.lasts(now)
        )


@dataclass(frozen=True, slots=True)
class Key:
    """A system's key; `actor` is whom it speaks for."""

    sha256: str
    actor: Actor
    expires_at: Microseconds
    revoked: bool = False

    def live(self, now: Microseconds) -> bool:
        """Tell whether it opens anything now."""
        return not self.revoked and now < self.expires_at


@dataclass(frozen=True, slots=True)
class AccountState:
    """One account. `closed` and `sessions_ended_at` hold also for an id that was never opened here.

    Tokens issued up to the latter open nothing.
    """

    account: str = ""
    kind: str = ""
    scope: str = ""
    opened: bool = False
    closed: bool = False
    grants: tuple[Grant, ...] = ()
    keys: dict[str, Key] = field(default_factory=dict)
    identities: frozenset[Text] = frozenset()
    sessions_ended_at: Microseconds = 0

    @property
    def live(self) -> bool:
        """Whether somebody may sign in with it."""
        return self.opened and not self.closed

    def admits(self, actor: Actor, now: Microseconds, thumbprint: str | None = None) -> bool:
        """Tell whether a token of this account, bound to a key or none, may speak for an actor."""
        return self.live and any(one.carries(actor, now, thumbprint) for one in self.grants)


def no_account() -> AccountState:
    """Return the account before its first event."""
    return AccountState()
