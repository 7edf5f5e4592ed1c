"""Which waiting commands go into one call to the database, and in what shape.

Pure. Commands that build on one another inside a batch (same stream, the second expects
what the first leaves) are chained. A command that disagrees with the batch is
*contested*: it is settled right after, one by one, where the database decides. A command
that names a stream another batch has in flight is *held*, and all behind it that name one
of its streams: commands on one stream reach the database in the order they came.

Inside, streams go by their integer: hashing a UUID costs five times as much.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import msgspec

from eventlog.record import Appended, Unchanged, Write

MAX_EVENTS: Final = 1_000
MAX_BYTES: Final = 3_000_000
MAX_COMMAND_EVENTS: Final = 5_000
MAX_COMMAND_BYTES: Final = 16_000_000
MAX_HELD: Final = 500
_OVERHEAD: Final = 150


class Waiting(msgspec.Struct, eq=False):
    """A command on its way into the log and the future that will answer it."""

    command_id: UUID
    actor: str
    writes: Sequence[Write]
    unchanged: Sequence[Unchanged]
    events: int
    size: int
    since: float
    answer: asyncio.Future[Appended]

    @property
    def only(self) -> Write | None:
        """The one stream it names, as nearly every command does; None where there are several."""
        return None if len(self.writes) > 1 or self.unchanged else self.writes[0]


@dataclass(slots=True)
class Batch:
    """Commands that agree with each other, and those that do not agree with them."""

    together: list[Waiting] = field(default_factory=list)
    contested: list[Waiting] = field(default_factory=list)
    expected_streams: list[UUID] = field(default_factory=list)
    expected_versions: list[int] = field(default_factory=list)
    standing: dict[int, int] = field(default_factory=dict)

    @property
    def streams(self) -> set[int]:
        """All streams that are in flight with this batch."""
        quarrelled = (stream for one in self.contested for stream, _ in expectations(one))
        return set(self.standing).union(stream.int for stream in quarrelled)


Row = tuple[UUID, int, str, int, bytes, bytes, UUID, int, str]
"""An event as the SQL functions take it, in the order of the type quanke_new_event."""


def measure(actor: str, writes: Sequence[Write], unchanged: Sequence[Unchanged]) -> tuple[int, int]:
    """Return how many events a command has and about how many bytes they take.

    Raises ValueError for what could never be stored, so that it spoils no batch.
    """
    events = size = 0
    for write in writes:
        if not write.events or write.expected_version < 0:
            raise ValueError(f"nothing to write to {write.stream}, or below version 0")
        for event in write.events:
            if not 0 < event.schema < 32_768 or "\x00" in event.topic:
                raise ValueError(f"no such event: {event.topic!r} in schema {event.schema}")
            size += len(event.state) + len(event.meta) + _OVERHEAD
        events += len(write.events)
    if len(writes) + len(unchanged) > 1:
        _refuse_contradiction(writes, unchanged)
    if not 0 < events <= MAX_COMMAND_EVENTS or size > MAX_COMMAND_BYTES or "\x00" in actor:
        raise ValueError(f"a command of {events} events and {size} bytes cannot be stored")
    return events, size


def take(queue: deque[Waiting], busy: Iterable[int] = (), max_commands: int = MAX_EVENTS) -> Batch:
    """Take the next batch from the queue, within the caps; what is held stays in it.

    `busy` are the streams in flight elsewhere. At least one command is taken unless all
    are held.
    """
    batch = Batch()
    blocked = set(busy)
    held: list[Waiting] = []
    seen: set[int] = set()
    events = size = 0
    while queue and len(seen) < max_commands and len(held) < MAX_HELD:
        waiting = queue[0]
        if seen and (events + waiting.events > MAX_EVENTS or size + waiting.size > MAX_BYTES):
            break
        queue.popleft()
        if waiting.answer.done():  # the caller has gone; nothing was promised
            continue
        if blocked and _is_blocked(waiting, blocked):
            held.append(waiting)
            continue
        events += waiting.events
        size += waiting.size
        _add(waiting, batch, seen)
    queue.extendleft(reversed(held))
    return batch


def rows(commands: Iterable[Waiting]) -> list[Row]:
    """Lay the events of these commands out as rows."""
    laid: list[Row] = []
    for command in commands:
        command_id, actor, index = command.command_id, command.actor, 0
        for write in command.writes:
            stream, version = write.stream, write.expected_version
            for event in write.events:
                version += 1
                laid.append(
                    (stream, version, event.topic, event.schema, event.state, event.meta,
                     command_id, index, actor)
                )  # fmt: skip
                index += 1
    return laid


def expectations(command: Waiting) -> list[tuple[UUID, int]]:
    """Return all streams a command names with the version it expects there."""
    return [(write.stream, write.expected_version) for write in command.writes] + [
        (read.stream, read.version) for read in command.unchanged
    ]


def _refuse_contradiction(writes: Sequence[Write], unchanged: Sequence[Unchanged]) -> None:
    versions = {write.stream: write.expected_version for write in writes}
    if len(versions) < len(writes):
        raise ValueError("a command may write to a stream once")
    for read in unchanged:
        if versions.setdefault(read.stream, read.version) != read.version:
            raise ValueError(f"two versions expected of stream {read.stream}")


def _is_blocked(waiting: Waiting, blocked: set[int]) -> bool:
    only = waiting.only
    if only is not None:
        return only.stream.int in blocked
    named = [write.stream.int for write in waiting.writes]
    named += [read.stream.int for read in waiting.unchanged]
    if blocked.isdisjoint(named):
        return False
    blocked.update(named)
    return True


def _add(waiting: Waiting, batch: Batch, seen: set[int]) -> None:
    command = waiting.command_id.int
    if command not in seen and _joins(waiting, batch):
        batch.together.append(waiting)
    else:
        batch.contested.append(waiting)
    seen.add(command)


def _joins(waiting: Waiting, batch: Batch) -> bool:
    """Tell whether a command agrees with the batch, which then stands after it."""
    only, standing = waiting.only, batch.standing
    if only is None:
        if not _agrees(waiting, standing):
            return False
        _apply(waiting, batch)
        return True
    stream, expected = only.stream.int, only.expected_version
    if stream not in standing:
        _expect_written(batch, only)
    elif standing[stream] != expected:
        return False
    standing[stream] = expected + waiting.events
    return True


def _agrees(waiting: Waiting, standing: dict[int, int]) -> bool:
    for write in waiting.writes:
        if standing.get(write.stream.int, write.expected_version) != write.expected_version:
            return False
    for read in waiting.unchanged:
        if standing.get(read.stream.int, read.version) != read.version:
            return False
    return True


def _apply(waiting: Waiting, batch: Batch) -> None:
    standing = batch.standing
    for read in waiting.unchanged:
        if read.stream.int not in standing:
            _expect(batch, read.stream, read.version)
            standing[read.stream.int] = read.version
    for write in waiting.writes:
        stream = write.stream.int
        if stream not in standing:
            _expect_written(batch, write)
        standing[stream] = write.expected_version + len(write.events)


def _expect_written(batch: Batch, write: Write) -> None:
    if write.expected_version:  # of a new stream the first event has its key to itself, or not
        _expect(batch, write.stream, write.expected_version)


def _expect(batch: Batch, stream: UUID, version: int) -> None:
    batch.expected_streams.append(stream)
    batch.expected_versions.append(version)
