"""Relay ids: opaque, typed and versioned, base64url of `1:Case:<key>`.

Opaque from the first day, so that the form can change; typed, so that `node` knows
where to look; never shown to people, who have `number` and `code`.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from uuid import UUID

from api.graphql.errors import BadInput
from eventlog.ids import uuid_of

VERSION = "1"
_PLAIN = bytes.maketrans(b"-_", b"+/")
_SAFE = bytes.maketrans(b"+/", b"-_")


def encode_id(kind: str, key: str | UUID) -> str:
    """Return the id of a thing of a kind (`Case`, `Grid`, …)."""
    plain = b2a_base64(f"{VERSION}:{kind}:{key}".encode(), newline=False)
    return plain.translate(_SAFE).rstrip(b"=").decode()


def decode_id(value: str) -> tuple[str, str]:
    """Return kind and key of an id. Raises BadInput."""
    try:
        padded = (value + "=" * (-len(value) % 4)).encode("ascii").translate(_PLAIN)
        version, kind, key = a2b_base64(padded).decode().split(":", 2)
    except (Base64Error, ValueError):
        raise BadInput("this is not an id of this platform") from None
    if version != VERSION:
        raise BadInput("this id is of a version that is not known here")
    return kind, key


def case_key(value: str) -> UUID:
    """Return the stream of a case from its id. Raises BadInput."""
    kind, key = decode_id(value)
    if kind != "Case":
        raise BadInput(f"an id of a Case is wanted, not of a {kind}")
    try:
        return uuid_of(key)
    except ValueError:
        raise BadInput("this is not an id of this platform") from None
