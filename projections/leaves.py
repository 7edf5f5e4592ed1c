"""The leaf hash of an event, kept in `quanke_leaf` from the first time it was read."""

from eventlog.format import leaf_entry, leaf_hash
from eventlog.record import Recorded


def leaf_sha256(recorded: Recorded) -> bytes:
    """Return the hash that the log's transparency tree will hold for an event."""
    return leaf_hash(leaf_entry(recorded))
