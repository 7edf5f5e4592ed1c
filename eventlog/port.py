"""The contract of an event log.

Two implementations: `memory.py`, the reference that says in ten lines what is
meant, and `postgres.py`, the real one. `tests/eventlog/test_conformance.py` runs the
same cases over both, so nobody may depend on more than what stands here.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol
from uuid import UUID

from eventlog.record import Appended, Position, Recorded, Step, Unchanged, Write


class EventLog(Protocol):
    """Append, read, follow."""

    async def append(
        self,
        command_id: UUID,
        actor: str,
        writes: Sequence[Write],
        unchanged: Sequence[Unchanged] = (),
    ) -> Appended:
        """Append the events of one command, all or nothing.

        Positions are consecutive in the order of `writes`. A command id that is
        already in the log writes nothing and answers with its first positions.

        Raises VersionConflict, LogBusy, LogUnavailable.
        """
        ...

    async def head(self) -> Position:
        """Return the last position, 0 for an empty log."""
        ...

    async def read_stream(
        self, stream: UUID, after_version: int = 0, limit: int = 10_000
    ) -> list[Recorded]:
        """Read one stream in version order, starting just after a version."""
        ...

    async def read_steps(
        self, stream: UUID, after_version: int = 0, limit: int = 10_000
    ) -> list[Step]:
        """Read one stream as `read_stream` does, only what folding it to its state takes."""
        ...

    async def read_streams(self, streams: Sequence[UUID]) -> list[Recorded]:
        """Read several whole streams in one round trip, ordered by stream, then version."""
        ...

    async def read_all(self, after: Position, limit: int = 1_000) -> list[Recorded]:
        """Read the log in position order, starting just after a position.

        At most `limit` events (1..10_000). One index range scan.
        Raises LogDamaged when a position is missing.
        """
        ...

    def follow(self, after: Position, limit: int = 5_000) -> AsyncIterator[list[Recorded]]:
        """Yield page after page for ever, waiting at the head for what comes.

        The same loop catches up and lives. Pages are never empty and their
        positions step by one; a hole raises LogDamaged.
        """
        ...
