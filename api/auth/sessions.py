"""From somebody who has proved who they are to a token of one of their roles."""

from dataclasses import dataclass
from typing import Final

from api.auth.tokens import Tokens
from api.reference import Reference
from domain.account.state import AccountState, Grant
from domain.actor import Actor, Role
from domain.event import Microseconds

SESSION_S: Final = 12 * 3_600
DISPLAY_S: Final = 90 * 86_400
_SECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Session:
    """A token, the role it carries, and the other roles that could have been taken."""

    token: str
    grant: Grant
    others: tuple[Grant, ...]
    expires_in_s: int


def grants_now(account: AccountState, now: Microseconds) -> list[Grant]:
    """Return the roles an account has now; the first is the one a session begins with."""
    return [one for one in account.grants if one.lasts(now)]


class Sessions:
    """Gives out tokens for accounts."""

    def __init__(self, reference: Reference, tokens: Tokens) -> None:
        self._reference = reference
        self._tokens = tokens

    def account(self, account: str) -> AccountState | None:
        """Return an account that may sign in."""
        found = self._reference.accounts.get(account)
        return found if found is not None and found.live else None

    def begin(
        self,
        account: AccountState,
        now: Microseconds,
        role: str | None = None,
        lifetime_s: int = SESSION_S,
        session: str | None = None,
    ) -> Session | None:
        """Return a token for a role the account has now: the first, or the one asked for.

        None when there is no such role. A grant's end shortens the token. It counts from `now`,
        and the account is as it was when its person was known: sessions that are ended since
        end this one too.
        """  # fmt: skip
        live = grants_now(account, now)
        chosen = next((one for one in live if role in (None, one.role)), None)
        if chosen is None:
            return None
        if chosen.until is not None:
            lifetime_s = min(lifetime_s, (chosen.until - now) // _SECOND)
        actor = Actor(
            id=account.account, role=Role(chosen.role), scope=chosen.scope, unit=chosen.unit
        )
        others = tuple(one for one in live if one is not chosen)
        token = self._tokens.issue(
            actor, lifetime_s, session=session, thumbprint=chosen.thumbprint,
            issued_at=max(now, account.sessions_ended_at + 1),
        )  # fmt: skip
        return Session(token, chosen, others, lifetime_s)
