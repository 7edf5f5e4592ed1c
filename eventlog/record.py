"""What goes into the log and what comes out of it.

Plain frozen data, bytes already encoded: the log neither reads nor changes the
state of an event, it only gives it a place. Times are integer microseconds UTC.
Structs of msgspec, because one is made per event read: a fifth of a dataclass' cost.
"""

from typing import NewType
from uuid import UUID

import msgspec

Position = NewType("Position", int)
"""Place in the log: 1, 2, 3 … without a gap, in commit order. 0 is before the first."""


class NewEvent(msgspec.Struct, frozen=True, gc=False):
    """One event as handed to `append`: canonical JSON bytes under a topic."""

    topic: str
    schema: int
    state: bytes
    meta: bytes


class Write(msgspec.Struct, frozen=True):
    """Events for one stream, which must stand at `expected_version` (0: it must not exist)."""

    stream: UUID
    expected_version: int
    events: tuple[NewEvent, ...]


class Unchanged(msgspec.Struct, frozen=True, gc=False):
    """A stream that a rule has read and that must still stand at `version`."""

    stream: UUID
    version: int


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """One event as it lies in the log."""

    position: Position
    stream: UUID
    version: int
    topic: str
    schema: int
    recorded_at: int
    command_id: UUID
    command_index: int
    actor: str
    meta: bytes
    state: bytes


class Step(msgspec.Struct, frozen=True, gc=False):
    """As much of a recorded event as a fold looks at: the way to a stream's state is hot."""

    version: int
    topic: str
    schema: int
    actor: str
    meta: bytes
    state: bytes


class Appended(msgspec.Struct, frozen=True, gc=False):
    """The answer to `append`: where the command's events lie.

    `duplicate` says that this command id was in the log before and that the
    positions are those of the first time; nothing was written now.
    """

    first: Position
    last: Position
    recorded_at: int
    duplicate: bool
