"""Frozen bytes: the leaf entry of the transparency log, its hash, canonical JSON.

docs/log-format.md is the text of record and tests/vectors pins every byte. A leaf commits
to the stored bytes of state and meta by their digests; nothing is ever parsed and
written again on the way to a hash.
"""

import hashlib
from typing import Any, Final

import msgspec

from eventlog.record import Recorded

LEAF_VERSION: Final = 1
_CANONICAL: Final = msgspec.json.Encoder(order="sorted")
_TEXT: Final = msgspec.json.Encoder()


def canonical(value: Any) -> bytes:
    """Return canonical JSON: UTF-8, members sorted by name, no white space."""
    return _CANONICAL.encode(value)


def leaf_entry(recorded: Recorded) -> bytes:
    """Return the leaf entry of an event: its members in their frozen order."""
    return (
        b'{"v":%d,"position":%d,"stream":"%s","version":%d,"topic":%s,"schema":%d,'
        b'"recorded_at":%d,"command_id":"%s","command_index":%d,"actor":%s,'
        b'"meta_sha256":"%s","state_sha256":"%s"}'
    ) % (
        LEAF_VERSION,
        recorded.position,
        str(recorded.stream).encode(),
        recorded.version,
        _TEXT.encode(recorded.topic),
        recorded.schema,
        recorded.recorded_at,
        str(recorded.command_id).encode(),
        recorded.command_index,
        _TEXT.encode(recorded.actor),
        hashlib.sha256(recorded.meta).hexdigest().encode(),
        hashlib.sha256(recorded.state).hexdigest().encode(),
    )


def leaf_hash(entry: bytes) -> bytes:
    """Return the leaf hash of RFC 6962: SHA-256 over 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def leaf_index(position: int) -> int:
    """Return the place of an event's leaf in the tree: the tree counts from 0."""
    return position - 1


def origin(cell: str, log_epoch: int) -> str:
    """Return the origin line of the log's checkpoints."""
    return f"{cell}/{log_epoch}"
