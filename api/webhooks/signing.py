"""The three headers of Standard Webhooks: id, timestamp, signature (HMAC-SHA-256).

The id is the same for every attempt, so that a receiver can drop what it has had already.
With two secrets both sign, which lets a receiver change over without a gap.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence

PREFIX = "whsec_"


def headers(
    message: str, timestamp_s: int, body: bytes, secrets: Sequence[str]
) -> Mapping[str, str]:
    """Return the headers of one attempt."""
    signed = f"{message}.{timestamp_s}.".encode() + body
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX) + "==")
    return "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode()
