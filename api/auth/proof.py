"""Proof of possession (RFC 9449, DPoP): a token that only its own key can use.

A display's token names the key that it was given to (`cnf.jkt`, a thumbprint of RFC 7638). With it
comes a small statement signed by that key: for which method and address, with which token, once.

How fresh a statement is, a nonce of ours tells and not the display's clock, which may be minutes
off. A nonce is a period and its digest under a secret of this process, so nothing is kept for it;
and after a restart every statement made before is stale, so nothing need outlive one either.
"""

import hmac
import os
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from api.auth.identity import InvalidToken

ALGORITHM: Final = "ES256"
TYPE: Final = "dpop+jwt"
PERIOD_S: Final = 60
"""A nonce is taken in the period it was made in and the next."""
PER_KEY: Final = 500
"""Statements of one key in a period: several a second, even where a line comes and goes."""
AT_MOST: Final = 20_000
"""Statements of all keys in a period."""
LONGEST: Final = 2_048
JTI_LONGEST: Final = 64
PARTS: Final = {"crv", "kty", "x", "y"}
"""Of a key as a statement shows it: a public one has these."""
_PERIOD_BYTES: Final = 5
_TAG_BYTES: Final = 16
_PORTS: Final = {"http": ":80", "https": ":443"}


class InvalidProof(InvalidToken):
    """What came with a token does not prove that its key is there; the message may be shown."""

    code = "INVALID_DPOP_PROOF"


class StaleNonce(InvalidProof):
    """The statement has no nonce of ours, or an old one: make it anew with the one told."""

    code = "USE_DPOP_NONCE"


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as its sender addressed it, and the statement that came along, if any."""

    method: str
    host: str
    path: str
    proof: str | None


class Proofs:
    """Makes nonces and judges statements. One per process; a few hundred microseconds each."""

    def __init__(
        self, public_url: str | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`public_url` is the platform as browsers reach it, where that is not what we are told."""
        at = urlsplit(public_url or "")
        self._public = _bare(at.netloc, at.scheme)
        self._clock = clock
        self._secret = os.urandom(32)
        self._seen: dict[int, dict[str, set[bytes]]] = {}

    def nonce(self) -> str:
        """Return a nonce for a statement: good for one to two minutes, as often as wanted."""
        return self._nonce(self._period())

    def check(self, shown: Shown, token: str | None = None, thumbprint: str | None = None) -> str:
        """Return the thumbprint of the key that signed what was shown.

        With `thumbprint` no other key will do, with `token` the statement has to be about it.
        Raises InvalidProof, and InvalidToken for another key.
        """
        key, said = _opened(shown.proof, thumbprint)
        if said.get("htm") != shown.method or not self._same_address(said.get("htu"), shown):
            raise InvalidProof("the proof is for another method or address")
        if token is not None and said.get("ath") != _digest(token):
            raise InvalidProof("the proof is for another token")
        if type(said.get("iat")) not in (int, float):
            raise InvalidProof("the proof does not say when it was made")
        self._once(key, said.get("jti"), self._told_in(said.get("nonce")))
        return key

    def _period(self) -> int:
        return int(self._clock() // PERIOD_S)

    def _nonce(self, period: int) -> str:
        told = period.to_bytes(_PERIOD_BYTES)
        return _base64url(told + hmac.digest(self._secret, told, "sha256")[:_TAG_BYTES])

    def _told_in(self, nonce: Any) -> int:
        """Return the period in which a nonce was told. Raises StaleNonce."""
        now = self._period()
        given = nonce.encode() if isinstance(nonce, str) else b""
        for period in (now, now - 1):
            if hmac.compare_digest(given, self._nonce(period).encode()):
                return period
        raise StaleNonce("make the proof with the nonce of the answer")

    def _once(self, key: str, jti: Any, period: int) -> None:
        """Take a statement's id once while its nonce holds. Raises InvalidProof."""
        if not isinstance(jti, str) or not 8 <= len(jti) <= JTI_LONGEST:
            raise InvalidProof(f"the proof has an id of 8 to {JTI_LONGEST} characters")
        for old in [one for one in self._seen if one < self._period() - 1]:
            del self._seen[old]
        theirs = self._seen.setdefault(period, {})
        taken = theirs.setdefault(key, set())
        mark = sha256(jti.encode()).digest()[:16]
        if mark in taken:
            raise InvalidProof("the proof was used before")
        if len(taken) >= PER_KEY or sum(map(len, theirs.values())) >= AT_MOST:
            raise InvalidProof("too many proofs; wait a minute")
        taken.add(mark)

    def _same_address(self, said: Any, shown: Shown) -> bool:
        """Tell whether an address is the one asked; whether by TLS, a proxy may know alone."""
        if not isinstance(said, str):
            return False
        try:
            parts = urlsplit(said)
        except ValueError:
            return False
        hosts = (_bare(shown.host, parts.scheme), self._public)
        return (
            parts.scheme in _PORTS
            and _bare(parts.netloc, parts.scheme) in hosts
            and unquote(parts.path) == shown.path
        )


def _opened(proof: str | None, thumbprint: str | None) -> tuple[str, dict[str, Any]]:
    """Return a statement's key by its thumbprint, and what it says, its signature checked.

    Raises InvalidProof, and InvalidToken for another key than the one wanted.
    """
    if proof is None or len(proof) > LONGEST:
        raise InvalidProof("this needs a proof of the display's key (RFC 9449)")
    found = ""

    def key_of(shown: Any) -> ECKey:
        nonlocal found
        key = _public_key(shown.headers())
        found = key.thumbprint()
        if thumbprint not in (None, found):
            raise InvalidToken("the token is bound to another key")
        return key

    try:
        said = jwt.decode(proof, key_of, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise InvalidProof("the proof can't be verified") from error
    return found, said


def _public_key(head: dict[str, Any]) -> ECKey:
    jwk = head.get("jwk")
    if head.get("typ") != TYPE or not isinstance(jwk, dict) or set(jwk) != PARTS:
        raise ValueError("no proof of a public key")
    if (jwk["kty"], jwk["crv"]) != ("EC", "P-256"):
        raise ValueError("the key is of another kind")
    return ECKey.import_key(jwk)


def _bare(netloc: str, scheme: str) -> str:
    return netloc.lower().removesuffix(_PORTS.get(scheme, ""))


def _digest(token: str) -> str:
    return _base64url(sha256(token.encode()).digest())


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
