"""A display's screen as tests have one: a key of its own, and proofs of it (RFC 9449)."""

import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

from api.wiring import App

HOST = "http://test"


class Screen:
    """Makes a key, and statements signed with it; `changes` make one that is wrong."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", private=True)
        self.public: dict[str, Any] = dict(self.key.as_dict(private=False))
        self.thumbprint = self.key.thumbprint()

    def proof(
        self, app: App, method: str, path: str, token: str | None = None, **changes: Any
    ) -> str:
        """Return a proof for a request; `head` and `signer` change more than what is said."""
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.public, **changes.pop("head", {})}
        signer, host = changes.pop("signer", self.key), changes.pop("host", HOST)
        said: dict[str, Any] = {
            "jti": uuid4().hex, "htm": method, "htu": host + path, "iat": int(time.time()),
            "nonce": app.platform.tokens.proofs.nonce(),
        }  # fmt: skip
        if token is not None:
            said["ath"] = urlsafe_b64encode(sha256(token.encode()).digest()).decode().rstrip("=")
        return jwt.encode(head, {**said, **changes}, signer, algorithms=[head["alg"]])

    def headers(
        self, app: App, method: str, path: str, token: str, **changes: Any
    ) -> dict[str, str]:
        """Return the headers of a request with a token that is bound to the key."""
        proof = self.proof(app, method, path.partition("?")[0], token, **changes)
        return {"authorization": f"DPoP {token}", "dpop": proof}
