"""Directories for data that nobody keeps: in memory where the machine lends enough of it.

A new data directory is a thousand files that PostgreSQL writes through to the disk: three seconds
of waiting for every platform that a test starts. Whoever is killed finds again what was written,
in memory as on the disk; what only the disk can show, a loss of power, no test can make.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
DISK = Path("/tmp")
ENOUGH_BYTES = 2 << 30


@contextmanager
def home(prefix: str) -> Iterator[Path]:
    """Lend a directory that any account may pass through; nothing in it outlives the block."""
    path = Path(tempfile.mkdtemp(prefix=prefix, dir=ground()))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def ground(memory: Path = MEMORY, enough_bytes: int = ENOUGH_BYTES) -> Path:
    """Return where such directories lie now: what is full, or not there, is left alone."""
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > enough_bytes
    return memory if roomy else DISK
