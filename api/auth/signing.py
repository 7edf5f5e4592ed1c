"""The signing key of one data directory: made once, mode 0600, never in the database.

Also gives derived secrets for other keyed digests, so that there is one file to keep.
"""

import hmac
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

KEY_FILE: Final = "tokens.key"
KEY_BYTES: Final = 32


class SigningKeyError(Exception):
    """The signing key can't be used; the message says what to do."""


def signing_key(keys_dir: Path) -> bytes:
    """Return the key of this data directory, made on first use.

    Raises SigningKeyError when others may read it or it is not a key.
    """
    path = keys_dir / KEY_FILE
    keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make(path)
    if path.stat().st_mode & 0o077:
        raise SigningKeyError(f"{path} may be read by others: chmod 600 it")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise SigningKeyError(f"{path} does not hold a key of {KEY_BYTES} bytes: restore it")
    return key


def derived(key: bytes, purpose: str) -> bytes:
    """Return a secret for another purpose, from which the key can't be told."""
    return hmac.digest(key, f"quanke1|{purpose}".encode(), "sha256")


def _make(path: Path) -> None:
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(os.urandom(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: its key holds
        os.link(draft, path)
    draft.unlink()
