"""HMAC-SHA-256 under one key, many times: the key's part is worked out once.

The library's one call looks the hash up and hashes the key anew for each message, which
costs four times what a command's few hundred bytes do.
"""

import hashlib
from typing import Final

BLOCK: Final = 64
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))


class KeyedDigest:
    """HMAC-SHA-256 (RFC 2104) under a key that stays."""

    def __init__(self, key: bytes) -> None:
        short = hashlib.sha256(key).digest() if len(key) > BLOCK else key
        padded = short.ljust(BLOCK, b"\0")
        self._inner = hashlib.sha256(padded.translate(_INNER))
        self._outer = hashlib.sha256(padded.translate(_OUTER))

    def hexdigest(self, message: bytes) -> str:
        """Return the code of a message, 64 hexadecimal digits."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.hexdigest()
