"""One owner per data directory, and a way to say who it is.

The owner holds `flock(DATA/lock)`; the kernel lets go of it however the owner ends,
so nothing stale can block a start. The file's text (pid, command, port) is only for
people. Guests, who use the owner's server, hold `DATA/guests` shared: an owner that
came only for one command waits for them before it stops the server.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec


class Owner(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who holds a data directory."""

    pid: int
    command: str
    port: int | None = None

    def __str__(self) -> str:
        """Say it in words for the terminal."""
        where = f", http://127.0.0.1:{self.port}" if self.port else ""
        return f"process {self.pid} (quanke {self.command}{where})"


class Ownership:
    """The held lock; close it to let go."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def declare(self, owner: Owner) -> None:
        """Write who we are into the lock file."""
        text = msgspec.json.encode(owner) + b"\n"
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, text, 0)

    def close(self) -> None:
        """Let go; the file stays, empty."""
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


def try_own(lock: Path) -> Ownership | None:
    """Take a data directory, or return None when another process has it."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    if _try_flock(handle, fcntl.LOCK_EX):
        return Ownership(handle)
    os.close(handle)
    return None


def owner_of(lock: Path) -> Owner | None:
    """Return who says in the lock file to own the directory."""
    try:
        return msgspec.json.decode(lock.read_bytes(), type=Owner)
    except (OSError, msgspec.DecodeError):
        return None


@contextmanager
def held(path: Path, *, shared: bool) -> Iterator[bool]:
    """Try to hold a lock file for the block; yield whether it could be had."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        yield _try_flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
    finally:
        os.close(handle)


def _try_flock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
