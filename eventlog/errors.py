"""What can go wrong at the log, all of it *operating*: typed and retryable.

    LogError
    ├── VersionConflict    another command moved the stream first
    ├── LogBusy            the queue is full; come back in retry_after_s
    ├── LogUnavailable     no database within the deadline
    │   └── LogFull        no room on the disk; nothing was written, reading goes on
    ├── LogDamaged         a gap or a disorder: stop, do not go on
    ├── LogUnsafe          the database would lose what it acknowledges
    └── Unstorable         the database refuses the command's bytes; a bug of the caller

A rule that says no is not an error of the log; see `domain.errors`.
"""

from uuid import UUID


class LogError(Exception):
    """Base of all errors of the log."""


class VersionConflict(LogError):
    """A stream does not stand where the command expected it."""

    def __init__(self, stream: UUID, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream} stands at version {actual}, not {expected}")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class LogBusy(LogError):
    """The writer's queue is full; nothing was written."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"the log is busy, try again in {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class LogUnavailable(LogError):
    """The database does not answer; it is unknown whether the command was written.

    Send the same command id again: it is then written, or found written.
    """


class LogFull(LogUnavailable):
    """There is no room left on the disk. Nothing was written; reading goes on."""

    def __init__(self, why: str = "the disk is full") -> None:
        super().__init__(f"nothing was written, there is no room for the log: {why}")


class LogDamaged(LogError):
    """The log breaks its own promise; `position` is the first place where it does."""

    def __init__(self, position: int, why: str) -> None:
        super().__init__(f"the log is damaged at position {position}: {why}")
        self.position = position
        self.why = why


class LogUnsafe(LogError):
    """The database is set to acknowledge what it may yet lose; the log does not start."""


class Unstorable(LogError):
    """The database refuses what this command wants to write; trying again is no use."""
