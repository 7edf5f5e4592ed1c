"""A personal value as it lies in an event: sealed under a key that can be destroyed.

AES-256-GCM. The associated data names the place of the value (stream, topic, schema,
field) and its key, so that a sealed value moved elsewhere no longer opens. The nonce is
random, which also keeps the hash of the event from giving away a guessable value.
Frozen in docs/log-format.md.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypedDict
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eventlog.errors import LogError

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class SealBroken(LogError):
    """A sealed value does not open: another key, another place, or altered bytes."""


class DataKey(NamedTuple):
    """The key of one subject for one purpose; `id` is what a sealed value names."""

    id: UUID
    secret: bytes


class SealedValue(TypedDict):
    """The JSON form of a sealed value."""

    sealed: Literal[1]
    key: str
    nonce: str
    ct: str


def seal(
    value: bytes, key: DataKey, stream: UUID, topic: str, schema: int, field: str
) -> SealedValue:
    """Seal a value for one field of one event; `field` is its dotted path in the state."""
    return seal_with(os.urandom(NONCE_BYTES), value, key, stream, topic, schema, field)


def seal_with(
    nonce: bytes, value: bytes, key: DataKey, stream: UUID, topic: str, schema: int, field: str
) -> SealedValue:
    """Seal under a given nonce: for test vectors only, a nonce must never be used twice."""
    made = EventSeal(key, stream, topic, schema).sealed(field, value, nonce)
    return {"sealed": 1, "key": made[0], "nonce": made[1], "ct": made[2]}


class EventSeal:
    """Seals the fields of one event under one key: what they share is worked out once."""

    __slots__ = ("_cipher", "_key", "_place")

    def __init__(self, key: DataKey, stream: UUID, topic: str, schema: int) -> None:
        self._cipher = AESGCM(key.secret)
        self._key = str(key.id)
        self._place = _place(stream, topic, schema)

    def sealed(self, field: str, value: bytes, nonce: bytes | None = None) -> tuple[str, str, str]:
        """Return `key`, `nonce` and `ct` of a sealed value; `field` is a dotted path."""
        nonce = os.urandom(NONCE_BYTES) if nonce is None else nonce
        place = f"{self._place}{field}|{self._key}".encode()
        ct = self._cipher.encrypt(nonce, value, place)
        return self._key, b64encode(nonce).decode(), b64encode(ct).decode()


def open_sealed(
    sealed: Mapping[str, object], key: DataKey, stream: UUID, topic: str, schema: int, field: str
) -> bytes:
    """Return the clear bytes of a sealed value.

    Raises SealBroken when it was not sealed under this key for this place.
    """
    nonce, ct = str(sealed["nonce"]), str(sealed["ct"])
    place = f"{_place(stream, topic, schema)}{field}|{key.id}".encode()
    try:
        return AESGCM(key.secret).decrypt(b64decode(nonce), b64decode(ct), place)
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"{topic} {field} of stream {stream} does not open") from error


def _place(stream: UUID, topic: str, schema: int) -> str:
    return f"quanke1|{stream}|{topic}|{schema}|"
