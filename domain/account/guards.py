"""The rules about accounts, roles and keys, one function each."""

import re
from typing import Final

from domain.account.state import KINDS, AccountState
from domain.actor import Role, within
from domain.codes import is_scope
from domain.errors import Rejected
from domain.event import By, Microseconds

MAY_ADMINISTER: Final = frozenset({Role.ADMINISTRATOR})
NOT_GRANTED: Final = frozenset({Role.CLOCK, Role.PUBLIC, Role.IMPORT})
"""Roles that nobody signs in with."""
OF_KIND: Final[dict[str, frozenset[Role]]] = {
    "person": frozenset(Role) - NOT_GRANTED - {Role.DISPLAY, Role.INTEGRATOR},
    "system": frozenset({Role.INTEGRATOR, Role.AUDITOR}),
    "display": frozenset({Role.DISPLAY}),
}
KEYS_LIVE: Final = 2
"""Two at once, so that a key can be changed without a gap."""
LONGEST_KEY_US: Final = 400 * 86_400_000_000
_ACCOUNT: Final = re.compile(r"[\w:.-]{3,80}")
_KEY: Final = re.compile(r"[a-z0-9]{8,32}")
_THUMBPRINT: Final = re.compile(r"[\w-]{43}", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def administers(by: By, scope: str) -> None:
    """Only administrators, inside their own scope."""
    if by.role not in MAY_ADMINISTER:
        raise Rejected("ROLE_NOT_ALLOWED", role=by.role)
    if not within(scope, by.scope):
        raise Rejected("OUT_OF_SCOPE", scope=scope, own=by.scope)


def administers_or_is(by: By, state: AccountState, account: str) -> None:
    """People over their own account, and administrators inside their own scope."""
    if by.actor != account or by.role not in OF_KIND["person"]:
        administers(by, state.scope)


def usable(state: AccountState, account: str) -> None:
    """What was never opened, or is closed, can't be changed."""
    if not state.opened:
        raise Rejected("UNKNOWN", which=account)
    if state.closed:
        raise Rejected("RETIRED", which=account)


def account_fits(account: str, kind: str, scope: str) -> None:
    """An id is opaque and well formed, its kind one of three, its scope one of areas."""
    if _ACCOUNT.fullmatch(account) is None:
        raise Rejected("ACCOUNT_MALFORMED", account=account)
    if kind not in KINDS:
        raise Rejected("ACCOUNT_KIND_UNKNOWN", kind=kind)
    if scope and not is_scope(scope):
        raise Rejected("SCOPE_MALFORMED", scope=scope)


def role_fits(kind: str, role: str, unit: str | None, unit_known: bool) -> None:
    """A person, a system and a display each have roles of their own; a handler has a unit."""
    known = Role(role) if role in set(Role) else None
    if known is None or known not in OF_KIND[kind]:
        raise Rejected("ROLE_NOT_GRANTABLE", role=role, kind=kind)
    if (known is Role.HANDLER) != (unit is not None) or not unit_known:
        raise Rejected("UNIT_UNFIT", role=role, unit=unit)


def thumbprint_fits(role: str, thumbprint: str | None) -> None:
    """A display's role is bound to the key of its screen, no other role is bound to any."""
    bound = role == Role.DISPLAY
    if _THUMBPRINT.fullmatch(thumbprint or "") is None if bound else thumbprint is not None:
        raise Rejected("THUMBPRINT_UNFIT", role=role)


def key_may_have(role: str, kind: str) -> None:
    """What a display may do it does with its own key alone, never with one that can be copied."""
    if role == Role.DISPLAY:
        raise Rejected("ROLE_NOT_GRANTABLE", role=role, kind=kind)


def scope_fits(scope: str) -> None:
    """A scope is area codes, each with a dot; empty is everywhere."""
    if scope and not is_scope(scope):
        raise Rejected("SCOPE_MALFORMED", scope=scope)


def key_fits(key: str, sha256: str, expires_at: Microseconds, now: Microseconds) -> None:
    """An id and a digest in hex, and an end that is neither past nor beyond a year or so."""
    if _KEY.fullmatch(key) is None or _DIGEST.fullmatch(sha256) is None:
        raise Rejected("KEY_MALFORMED", key=key)
    if not now < expires_at <= now + LONGEST_KEY_US:
        raise Rejected("KEY_LIFETIME", expires_at=expires_at)


def room_for_a_key(state: AccountState, now: Microseconds) -> None:
    """At most two keys live at once."""
    live = sorted(name for name, key in state.keys.items() if key.live(now))
    if len(live) >= KEYS_LIVE:
        raise Rejected("KEYS_ENOUGH", live=live)


def reasoned(reason: str) -> None:
    """Nothing is taken away without a reason."""
    if not reason:
        raise Rejected("REASON_MISSING")
