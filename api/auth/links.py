"""Links that rate one closed case: for whoever reported it, without an account.

A link holds the case, when it ends and a digest over both under a key of this data
directory, 48 characters in all so that it fits a text message. It opens nothing but the
rating of that case.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from typing import Final
from uuid import UUID

from domain.event import Microseconds

SAID_BYTES: Final = 21
TAG_BYTES: Final = 15
"""120 bits: short enough for a message, far too long to guess."""
_SECOND: Final = 1_000_000


class InvalidLink(Exception):
    """The link is none of ours, or has run out; the message may be shown."""


class RateLinks:
    """Makes and reads the links of one data directory."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, case: UUID, until: Microseconds) -> str:
        """Return the link's text for a case, good until an instant."""
        said = case.bytes + (until // _SECOND).to_bytes(5)
        return urlsafe_b64encode(said + self._tag(said)).decode().rstrip("=")

    def read(self, text: str, now: Microseconds) -> UUID:
        """Return the case a link is for. Raises InvalidLink."""
        try:
            raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (Base64Error, ValueError):
            raise InvalidLink("this is no link of this platform") from None
        said, tag = raw[:SAID_BYTES], raw[SAID_BYTES:]
        if len(said) < SAID_BYTES or not hmac.compare_digest(self._tag(said), tag):
            raise InvalidLink("this is no link of this platform")
        if int.from_bytes(said[16:]) * _SECOND < now:
            raise InvalidLink("this link has run out")
        return UUID(bytes=said[:16])

    def _tag(self, said: bytes) -> bytes:
        return hmac.digest(self._secret, said, "sha256")[:TAG_BYTES]
