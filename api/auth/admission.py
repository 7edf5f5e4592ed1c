"""Whether an account admits whom a token or key speaks for, now.

The accounts are folded from the log, so that a withdrawn role or a revoked key counts in
every process within moments. A token made on this machine (`quanke token`) for an id that
has no account holds by its signature alone, until somebody closes that id.
"""

import hmac
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final, Protocol

from api.auth.identity import Identity, InvalidToken
from domain.account.state import AccountState, Key
from domain.actor import Role
from domain.event import Microseconds

KEY_PREFIX: Final = "qk_"
_SECOND: Final = 1_000_000
_REFUSED: Final = "the token is not valid or has expired"


class Accounts(Protocol):
    """What admission asks of the reference."""

    @property
    def accounts(self) -> Mapping[str, AccountState]:
        """The accounts by their ids."""
        ...

    def key_named(self, key: str, /) -> tuple[AccountState, Key] | None:
        """Return a key with its account."""
        ...


class NoAccounts:
    """A place without accounts: tokens hold by their signature."""

    accounts: Mapping[str, AccountState] = {}

    def key_named(self, _key: str) -> tuple[AccountState, Key] | None:
        """Return nothing."""
        return None


def now_us() -> Microseconds:
    """Return this instant."""
    return time.time_ns() // 1_000


class Admission:
    """Asks the accounts, each time anew: a few dictionary look-ups."""

    def __init__(
        self,
        accounts: Accounts,
        clock: Callable[[], Microseconds] = now_us,
        used: Callable[[str, Microseconds], None] = lambda _key, _now: None,
        goes_on: Callable[[str, int], bool] = lambda _session, _begun_at: True,
    ) -> None:
        """`used` is told of each key that opens something; `goes_on` is asked of sessions."""
        self._accounts = accounts
        self._clock = clock
        self._used = used
        self._goes_on = goes_on

    def admit_session(self, identity: Identity) -> None:
        """Let an actor in while the session goes on as well. Raises InvalidToken."""
        named = identity.session
        if named is not None and not self._goes_on(named, identity.issued_at // _SECOND):
            raise InvalidToken(_REFUSED)
        account = self._accounts.accounts.get(identity.actor.id)
        if account is not None and not self._holds(identity, account):
            raise InvalidToken(_REFUSED)

    def _holds(self, identity: Identity, account: AccountState) -> bool:
        """Tell whether a token holds of whose id there is an account, or something said."""
        if account.closed or identity.issued_at <= account.sessions_ended_at:
            return False
        now = self._clock()
        return not account.opened or account.admits(identity.actor, now, identity.thumbprint)

    def by_key(self, text: str) -> Identity:
        """Return who a key `qk_ID_SECRET` speaks for. Raises InvalidToken."""
        name, _, secret = text.removeprefix(KEY_PREFIX).partition("_")
        found = self._accounts.key_named(name)
        if found is None:
            raise InvalidToken(_REFUSED)
        account, key = found
        digest = sha256(secret.encode()).hexdigest()
        now = self._clock()
        same = hmac.compare_digest(digest, key.sha256)
        if not same or not account.live or not key.live(now) or key.actor.role is Role.DISPLAY:
            raise InvalidToken(_REFUSED)
        self._used(name, now)
        return Identity(key.actor, key.expires_at // _SECOND)
