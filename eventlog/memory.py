"""The log in a list: the reference that says what is meant.

No lock is needed, because nothing here awaits between checking and writing.
"""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from uuid import UUID

from eventlog.batch import measure
from eventlog.errors import VersionConflict
from eventlog.record import Appended, Position, Recorded, Step, Unchanged, Write
from eventlog.wake import Doorbell, follow


def _now() -> int:
    return time.time_ns() // 1_000


class MemoryLog:
    """Append, read, follow; forgets with the process."""

    def __init__(self, clock: Callable[[], int] = _now) -> None:
        self._clock = clock
        self._log: list[Recorded] = []
        self._streams: dict[UUID, list[Recorded]] = {}
        self._commands: dict[UUID, Appended] = {}
        self._bell = Doorbell()

    async def append(
        self,
        command_id: UUID,
        actor: str,
        writes: Sequence[Write],
        unchanged: Sequence[Unchanged] = (),
    ) -> Appended:
        """Append the events of one command, all or nothing; see `port.EventLog`."""
        measure(actor, writes, unchanged)
        if command_id in self._commands:
            return self._commands[command_id]
        for write in writes:
            self._expect(write.stream, write.expected_version)
        for read in unchanged:
            self._expect(read.stream, read.version)
        return self._write(command_id, actor, writes)

    async def head(self) -> Position:
        """Return the last position, 0 for an empty log."""
        return Position(len(self._log))

    async def read_stream(
        self, stream: UUID, after_version: int = 0, limit: int = 10_000
    ) -> list[Recorded]:
        """Read one stream in version order, starting just after a version."""
        return self._streams.get(stream, [])[after_version : after_version + limit]

    async def read_steps(
        self, stream: UUID, after_version: int = 0, limit: int = 10_000
    ) -> list[Step]:
        """Read one stream as `read_stream` does, only what folding it to its state takes."""
        return [
            Step(*(getattr(one, name) for name in Step.__struct_fields__))
            for one in await self.read_stream(stream, after_version, limit)
        ]

    async def read_streams(self, streams: Sequence[UUID]) -> list[Recorded]:
        """Read several whole streams, ordered by stream, then version."""
        return [one for stream in sorted(set(streams)) for one in self._streams.get(stream, [])]

    async def read_all(self, after: Position, limit: int = 1_000) -> list[Recorded]:
        """Read the log in position order, starting just after a position."""
        return self._log[after : after + limit]

    def follow(self, after: Position, limit: int = 5_000) -> AsyncIterator[list[Recorded]]:
        """Yield page after page for ever, waiting at the head for what comes."""
        return follow(self._read, self._bell, after, limit)

    async def _read(self, after: Position, limit: int) -> tuple[list[Recorded], int]:
        return await self.read_all(after, limit), self._bell.rings

    def _expect(self, stream: UUID, expected: int) -> None:
        actual = len(self._streams.get(stream, []))
        if actual != expected:
            raise VersionConflict(stream, expected, actual)

    def _write(self, command_id: UUID, actor: str, writes: Sequence[Write]) -> Appended:
        first = len(self._log) + 1
        recorded_at = max(self._clock(), self._log[-1].recorded_at if self._log else 0)
        for write in writes:
            for event in write.events:
                position = Position(len(self._log) + 1)
                stream = self._streams.setdefault(write.stream, [])
                recorded = Recorded(
                    position=position,
                    stream=write.stream,
                    version=len(stream) + 1,
                    topic=event.topic,
                    schema=event.schema,
                    recorded_at=recorded_at,
                    command_id=command_id,
                    command_index=position - first,
                    actor=actor,
                    meta=event.meta,
                    state=event.state,
                )
                self._log.append(recorded)
                stream.append(recorded)
        last = Position(len(self._log))
        self._commands[command_id] = Appended(Position(first), last, recorded_at, True)
        self._bell.ring()
        return Appended(Position(first), last, recorded_at, False)
