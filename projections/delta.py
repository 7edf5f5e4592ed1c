"""What subscribers get: the new value of each row that a page changed.

Absolute values, never +1: a delta that arrives twice changes nothing, and a snapshot
plus the deltas after it equals a fresh snapshot.
"""

from dataclasses import dataclass

import msgspec

from domain.event import Microseconds


class Delta(msgspec.Struct, frozen=True, gc=False):
    """`key` of `read_model` now has this row; None: it is gone. `scope` is where it lies.

    `was` is the row before, where the read model tells it: who follows a part of the rows
    sees from it that one has left, also when it was not following then.
    """

    read_model: str
    key: str
    row: msgspec.Struct | None
    scope: str = ""
    was: msgspec.Struct | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Everything that positions `first`..`position` changed; published after the commit."""

    first: int
    position: int
    recorded_at: Microseconds
    deltas: tuple[Delta, ...]


@dataclass(frozen=True, slots=True)
class Resync:
    """Deltas can't be had from here: take a fresh snapshot, then follow on.

    `reason` is `behind` (the subscriber was too slow or asked for too old a position),
    `bulk` (many events at once) or `view` (a read model was rebuilt).
    """

    reason: str
    position: int


Message = Change | Resync
