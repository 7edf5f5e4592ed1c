"""Ids that whoever holds them can bring back, and can't read: in cursors over hidden things.

A page may end at a case that its reader does not see. Its cursor has to say where to go on, and
an id says when the case was reported and is the same under every figure. So it is sealed under a
key of this data directory (AES-SIV, RFC 5297: no nonce, the same cursor for the same page), bound
to the list it belongs to: neither read, nor altered, nor held against another list's.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class NotOurs(Exception):
    """What was brought back is no veiled id, or of another list."""


class Veil:
    """Veils and unveils ids under one secret of 32 bytes."""

    def __init__(self, secret: bytes) -> None:
        self._seal = AESSIV(secret)

    def cover(self, key: UUID, of: str) -> str:
        """Return a text that stands for an id in the list `of`."""
        return urlsafe_b64encode(self._seal.encrypt(key.bytes, [of.encode()])).decode()

    def uncover(self, text: str, of: str) -> UUID:
        """Return the id a text stands for. Raises NotOurs."""
        try:
            return UUID(bytes=self._seal.decrypt(urlsafe_b64decode(text), [of.encode()]))
        except (Base64Error, ValueError, InvalidTag):
            raise NotOurs("this is no id of this list") from None
