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
    place = _place(stream, topic, schema, field, key.id)
    ct = AESGCM(key.secret).encrypt(nonce, value, place)
    return {
        "sealed": 1,
        "key": str(key.id),
        "nonce": b64encode(nonce).decode(),
        "ct": b64encode(ct).decode(),
    }


def open_sealed(
    sealed: Mapping[str, object], key: DataKey, stream: UUID, topic: str, schema: int, field: str
) -> bytes:
    """Return the clear bytes of a sealed value.

    Raises SealBroken when it was not sealed under this key for this place.
    """
    nonce, ct = str(sealed["nonce"]), str(sealed["ct"])
    place = _place(stream, topic, schema, field, key.id)
    try:
        return AESGCM(key.secret).decrypt(b64decode(nonce), b64decode(ct), place)
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"{topic} {field} of stream {stream} does not open") from error


def _place(stream: UUID, topic: str, schema: int, field: str, key: UUID) -> bytes:
    return f"quanke1|{stream}|{topic}|{schema}|{field}|{key}".encode()
