"""From an exception to the one message that is shown.

Errors we have foreseen carry their own words. A group of a task group is reduced to the
first cause that has words; anything else is a bug and keeps its trace.
"""

from api.auth.signing import SigningKeyError
from api.database import DatabaseError
from eventlog.errors import LogError
from migrations import MigrationError


class Failed(Exception):
    """A command could not do what was asked; the message says what to do about it."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


FORESEEN = (Failed, DatabaseError, MigrationError, LogError, SigningKeyError)


def message_of(error: BaseException) -> str | None:
    """Return the message of a foreseen error, None for a bug."""
    if isinstance(error, BaseExceptionGroup):
        told = [message_of(inner) for inner in error.exceptions]
        return next((message for message in told if message is not None), None)
    if isinstance(error, FORESEEN):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return None
