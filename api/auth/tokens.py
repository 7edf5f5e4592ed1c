"""Signed tokens: claims sub, role, scope, unit, iat, exp; HS256 under the directory's own key.

Used alike by HTTP (`Authorization: Bearer`), WebSocket (`connection_init`) and the
command line. A system's API key stands where a token does. Whoever has an account here is
admitted only while the account says so: reading a token again tells what has changed. A
display's token is bound to a key of its screen and opens nothing without it (`proof.py`).
No token is the role `public`, which sees the wall and nothing else.
"""

import re
import time
from collections import OrderedDict
from typing import Any, Final
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

from api.auth.admission import KEY_PREFIX, Admission, NoAccounts, now_us
from api.auth.identity import Identity, InvalidToken
from api.auth.proof import InvalidProof, Proofs, Shown
from domain.actor import Actor, Role
from domain.event import CANARY, Microseconds

ALGORITHM: Final = "HS256"
ISSUER: Final = "quanke"
TOKENS_KEPT: Final = 4_096
"""Tokens whose signature was checked and need not be again until they expire."""
DEFAULT_LIFETIME_S: Final = 30 * 86_400
NOT_ISSUED: Final = frozenset({Role.CLOCK, Role.PUBLIC})
"""Roles nobody may carry in a token: the clock is inside, the public has none."""
BASES: Final = frozenset({"observed", "simulated", CANARY})
MOMENT: Final = "iat_us"
"""The claim that says to the microsecond what `iat` says to the second, rounded down: what came
just before the sessions of an account were ended is told from what came just after."""
_SECOND: Final = 1_000_000
PUBLIC: Final = Actor(id="public", role=Role.PUBLIC)
_SUBJECT: Final = re.compile(r"[\w:.-]{1,80}")
_SCOPE: Final = re.compile(r"(\w[\w-]{0,79}\.){0,8}")


ANONYMOUS: Final = Identity(PUBLIC)


class Tokens:
    """Issues and reads the tokens of one data directory, and the keys of its accounts."""

    def __init__(
        self, key: bytes, admission: Admission | None = None, proofs: Proofs | None = None
    ) -> None:
        self.proofs = Proofs() if proofs is None else proofs
        self._admission = Admission(NoAccounts()) if admission is None else admission
        self._key = OctKey.import_key(key)
        self._known: OrderedDict[str, Identity] = OrderedDict()
        self._claims = JWTClaimsRegistry(
            iss={"essential": True, "value": ISSUER},
            sub={"essential": True},
            exp={"essential": True},
        )

    def issue(
        self,
        actor: Actor,
        lifetime_s: int = DEFAULT_LIFETIME_S,
        basis: str = "observed",
        session: str | None = None,
        thumbprint: str | None = None,
        issued_at: Microseconds | None = None,
    ) -> str:
        """Return a token for an actor. Raises ValueError for what no token may carry.

        With `thumbprint` it opens nothing unless that key is there; a display's always has one.
        `issued_at` is the instant from which it counts, now when absent.
        """
        if basis not in BASES:
            raise ValueError(f"basis is one of {', '.join(sorted(BASES))}")
        if actor.role in NOT_ISSUED:
            raise ValueError(f"no token carries the role {actor.role.value}")
        if actor.role is Role.DISPLAY and thumbprint is None:
            raise ValueError("a display is let in by the code it shows: /wall?display=NAME")
        if not _SUBJECT.fullmatch(actor.id):
            raise ValueError("a subject is 1 to 80 letters, digits, and : . - _")
        if not _SCOPE.fullmatch(actor.scope):
            raise ValueError("a scope is area codes joined and ended by dots: 371602.005.")
        now, at = int(time.time()), now_us() if issued_at is None else issued_at
        claims: dict[str, Any] = {
            "iss": ISSUER, "sub": actor.id, "role": actor.role.value, "scope": actor.scope,
            "iat": min(now, at // _SECOND), MOMENT: at, "exp": now + lifetime_s,
        }  # fmt: skip
        if actor.unit is not None:
            claims["unit"] = actor.unit
        if basis != "observed":
            claims["basis"] = basis
        if session is not None:
            claims["sid"] = session
        if thumbprint is not None:
            claims["cnf"] = {"jkt": thumbprint}
        return jwt.encode({"alg": ALGORITHM}, claims, self._key)

    def read(self, token: str) -> Identity:
        """Return who a token or key speaks for now by itself. Raises InvalidToken."""
        known = self.still(token)
        if known.thumbprint is not None:
            raise InvalidProof("this token needs a proof of the display's key (RFC 9449)")
        return known

    def proved(self, token: str, shown: Shown) -> Identity:
        """Return who a token bound to a key speaks for, its key having signed what is shown.

        Raises InvalidToken, InvalidProof.
        """
        known = self.still(token)
        if known.thumbprint is None:
            raise InvalidToken("this token is bound to no key: Authorization: Bearer TOKEN")
        self.proofs.check(shown, token, known.thumbprint)
        return known

    def still(self, token: str) -> Identity:
        """Return who a token or key, once let in, speaks for now. Raises InvalidToken."""
        if token.startswith(KEY_PREFIX):
            return self._admission.by_key(token)
        known = self._known.get(token)
        if known is None or (known.expires_at or 0) <= time.time():
            known = self._known[token] = self._verified(token)
            if len(self._known) > TOKENS_KEPT:
                self._known.popitem(last=False)
        self._admission.admit_session(known)
        return known

    def _verified(self, token: str) -> Identity:
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            self._claims.validate(claims)
            role = Role(claims["role"])
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise InvalidToken("the token is not valid or has expired") from error
        basis = claims.get("basis", "observed")
        thumbprint = claims.get("cnf", {}).get("jkt")
        if role is Role.DISPLAY and thumbprint is None:
            raise InvalidToken("this display's token is bound to no key: let it in again")
        if role in NOT_ISSUED or basis not in BASES:
            raise InvalidToken("the token is not valid or has expired")
        actor = Actor(
            id=claims["sub"], role=role, scope=claims.get("scope", ""), unit=claims.get("unit")
        )
        issued_at = int(claims.get(MOMENT, int(claims.get("iat", 0)) * _SECOND))
        return Identity(actor, int(claims["exp"]), basis, claims.get("sid"), issued_at, thumbprint)

    def bearer(self, header: str | None) -> Identity:
        """Return who an `Authorization` header speaks for. Raises InvalidToken."""
        if not header:
            return ANONYMOUS
        token = token_in(header)
        if token is None:
            raise InvalidToken("the Authorization header must be: Bearer TOKEN")
        return self.read(token)


def token_in(header: str) -> str | None:
    """Return the token of an `Authorization` header, None where it has none of a bearer's."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def new_subject() -> str:
    """Return a random account id: never a name."""
    return f"acct:{uuid4().hex[:16]}"


def make_token(
    key: bytes,
    role: str,
    scope: str = "",
    unit: str | None = None,
    subject: str | None = None,
    lifetime_s: int = DEFAULT_LIFETIME_S,
    basis: str = "observed",
) -> str:
    """Return a token as `./quanke token` prints it.

    Raises ValueError with a message for a person.
    """
    try:
        known = Role(role)
    except ValueError:
        roles = ", ".join(sorted(one.value for one in Role if one not in NOT_ISSUED))
        raise ValueError(f"there is no role {role!r}; there are: {roles}") from None
    actor = Actor(id=subject or new_subject(), role=known, scope=scope, unit=unit)
    return Tokens(key).issue(actor, lifetime_s, basis)


__all__ = [
    "ANONYMOUS", "DEFAULT_LIFETIME_S", "NOT_ISSUED", "PUBLIC", "Identity", "InvalidToken",
    "Tokens", "make_token", "new_subject",
]  # fmt: skip
