"""Signing in at an identity provider: OpenID Connect, code flow with PKCE.

The provider says who somebody is and, if so set, to which groups they belong; what they may
do here stands in their account, whose changes are events. Nothing of the provider's is kept:
its tokens are read once, then a token of our own takes over, as for any other way in.
"""

import asyncio
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from api.auth.rows import Row, read_rows
from api.settings import Settings
from api.trust import authorities

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures by keys that the provider publishes; never `none`, never a shared secret."""
TIMEOUT_S: Final = 10.0
DISCOVERED_S: Final = 3_600.0
KEYS_FLOOR_S: Final = 60.0
"""An unknown key makes us look again, but not oftener than this, whoever sends what."""
LEEWAY_S: Final = 30
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class SignInFailed(Exception):
    """The provider did not vouch for anybody; the message may be shown."""


@dataclass(frozen=True, slots=True)
class Known:
    """How the platform is known at the provider."""

    issuer: str
    client: str
    secret: str | None = None
    scope: str = "openid profile"


@dataclass(frozen=True, slots=True)
class Flow:
    """What one sign-in has to bring back: kept in the browser's cookie meanwhile."""

    state: str
    nonce: str
    verifier: str
    back: str


def new_flow(back: str) -> Flow:
    """Begin a sign-in that ends on a page of ours."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Flow(state, nonce, verifier, back)


def identity_of(issuer: str, subject: str) -> str:
    """Return the name that an account knows somebody elsewhere by: a SHA-256, no name."""
    return sha256(f"{issuer}\n{subject}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Oidc:
    """A provider, which group there is which role here, and under what a sign-in is sealed."""

    provider: "Provider"
    rows: tuple[Row, ...]
    secret: bytes
    public_url: str | None = None
    idle_s: int = 1_800


def oidc_of(settings: Settings, secret: bytes) -> Oidc | None:
    """Return what is set. Raises ValueError, OSError, msgspec.MsgspecError."""
    if settings.oidc_issuer is None:
        return None
    file = settings.oidc_secret
    own = None if file is None else file.read_text("utf-8").strip()
    known = Known(settings.oidc_issuer, settings.oidc_client, own)
    rows = read_rows(settings.oidc_groups)
    return Oidc(Provider(known), rows, secret, settings.public_url, settings.oidc_idle_s)


class Provider:
    """One identity provider. Its description and keys are fetched when they are needed."""

    def __init__(self, known: Known, http: httpx.AsyncClient | None = None) -> None:
        """Raises ValueError for an issuer that is neither HTTPS nor on this machine."""
        address = urlsplit(known.issuer)
        if address.scheme != "https" and address.hostname not in LOOPBACK:
            raise ValueError(f"the issuer {known.issuer} must be https")
        self.known = known
        self._http = http
        self._turn = asyncio.Lock()
        self._described: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def address(self, flow: Flow, callback: str) -> str:
        """Return where the browser goes to sign in."""
        described = await self._describe()
        challenge = urlsafe_b64encode(sha256(flow.verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "response_type": "code", "client_id": self.known.client, "scope": self.known.scope,
            "redirect_uri": callback, "state": flow.state, "nonce": flow.nonce,
            "code_challenge": challenge.decode(), "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{described['authorization_endpoint']}?{urlencode(asked)}"

    async def claims(self, code: str, flow: Flow, callback: str) -> Mapping[str, Any]:
        """Return what the provider says of whoever brought the code. Raises SignInFailed."""
        described = await self._describe()
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": callback,
            "code_verifier": flow.verifier, "client_id": self.known.client,
        }  # fmt: skip
        secret = self.known.secret
        auth = None if secret is None else httpx.BasicAuth(self.known.client, secret)
        told = await self._fetch("POST", described["token_endpoint"], data=form, auth=auth)
        token = told.get("id_token")
        if not isinstance(token, str):
            raise SignInFailed("the provider gave no identity")
        return await self.verified(token, flow.nonce)

    async def verified(self, token: str, nonce: str) -> Mapping[str, Any]:
        """Return the claims of an identity token that is for us, of now and for this sign-in.

        Raises SignInFailed.
        """
        claims = await self._decoded(token)
        registry = JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.known.issuer},
            aud={"essential": True, "value": self.known.client},
            exp={"essential": True}, iat={"essential": True}, sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )  # fmt: skip
        try:
            registry.validate(claims)
        except JoseError as error:
            raise SignInFailed("the identity is not for this sign-in") from error
        audience = claims["aud"]
        if (
            isinstance(audience, list)
            and len(audience) > 1
            and claims.get("azp") != self.known.client
        ):
            raise SignInFailed("the identity is not for this sign-in")
        return claims

    async def goodbye(self, back: str) -> str | None:
        """Return where the browser signs out at the provider, None where it has no such page."""
        there = (await self._describe()).get("end_session_endpoint")
        if not there:
            return None
        said = {"client_id": self.known.client, "post_logout_redirect_uri": back}
        return f"{there}?{urlencode(said)}"

    async def _decoded(self, token: str) -> dict[str, Any]:
        for again in (False, True):
            keys = await self._published(again)
            try:
                return jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
            except (JoseError, ValueError) as error:
                if again:
                    raise SignInFailed("the identity's signature is not the provider's") from error
        raise AssertionError

    async def _published(self, again: bool) -> KeySet:
        """Return the provider's keys; anew where one was not known, at most once a minute."""
        described = await self._describe()
        async with self._turn:
            now = time.monotonic()
            if self._keys is None or (again and now - self._keys[0] >= KEYS_FLOOR_S):
                found = await self._fetch("GET", described["jwks_uri"])
                try:
                    self._keys = now, KeySet.import_key_set(found)  # type: ignore[arg-type]
                except (JoseError, ValueError, KeyError) as error:
                    raise SignInFailed("the provider's keys can't be read") from error
            return self._keys[1]

    async def _describe(self) -> Mapping[str, Any]:
        async with self._turn:
            now = time.monotonic()
            if self._described is None or now - self._described[0] > DISCOVERED_S:
                place = f"{self.known.issuer.rstrip('/')}/.well-known/openid-configuration"
                found = await self._fetch("GET", place)
                if found.get("issuer") != self.known.issuer:
                    raise SignInFailed("the provider calls itself something else")
                self._described = now, found
            return self._described[1]

    async def _fetch(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(
                timeout=TIMEOUT_S, trust_env=False, verify=authorities()
            ) as http:
                answer = await (self._http or http).request(method, address, **more)
            told = answer.json() if answer.is_success else None
        except (httpx.HTTPError, ValueError) as error:
            raise SignInFailed("the identity provider can't be reached") from error
        if not isinstance(told, dict):
            raise SignInFailed("the identity provider refused")
        return told
