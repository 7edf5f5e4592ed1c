"""Room on the disk: commands are refused while there is still enough for the database itself.

A database that runs out of disk in the middle of its write-ahead log stops altogether, and
with it all reading. So we stop writing first, with some room to spare, and go on by
ourselves when somebody has made more.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from prometheus_client import Gauge

from eventlog.errors import LogFull

EVERY_S: Final = 0.2
MEGABYTE: Final = 1_000_000
FREE: Final = Gauge("quanke_disk_free_bytes", "Bytes free where the database lies.")

Require = Callable[[], None]
"""Raises LogFull while nothing may be written."""


def unlimited() -> None:
    """Let everything be written: the disk is somebody else's."""


class Room:
    """Looks at a disk, at most five times a second."""

    def __init__(
        self,
        folder: Path,
        reserve_bytes: int,
        free: Callable[[Path], int] | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._reserve = reserve_bytes
        self._free = free or free_bytes
        self._clock_s = clock_s
        self._looked = -EVERY_S
        self._found = 0

    def __call__(self) -> None:
        """Raise LogFull when less than the reserve is left."""
        now = self._clock_s()
        if now - self._looked >= EVERY_S:
            self._found, self._looked = self._free(self._folder), now
            FREE.set(self._found)
        if self._found < self._reserve:
            left, kept = self._found // MEGABYTE, self._reserve // MEGABYTE
            raise LogFull(f"{left:,} MB left where {kept:,} MB are kept free")


def free_bytes(folder: Path) -> int:
    """Return how many bytes an ordinary account can still write."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
