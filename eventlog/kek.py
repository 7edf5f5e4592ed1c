"""The key-encryption key: a file of one line that wraps all data keys.

It lies where the settings say, outside the database directory and outside the backup of
the log: who holds only the database can read no personal value, and who restores an old
database cannot bring back a destroyed key without it.
"""

import os
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eventlog.errors import LogError

_MARK: Final = "quanke-kek-1:"


class KekError(LogError):
    """The key file cannot be used, or does not fit the keys it is to unwrap."""


class Kek:
    """Wraps data keys, and unwraps them again."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(secret)

    @classmethod
    def at(cls, path: Path) -> "Kek":
        """Read the key file, or make one (mode 0600) where there is none.

        Raises KekError when it is malformed or others may read it.
        """
        _make(path)
        if path.stat().st_mode & 0o077:
            raise KekError(f"{path} may be read by others: chmod 600 it")
        line = path.read_text(encoding="ascii", errors="replace").strip()
        if not line.startswith(_MARK):
            raise KekError(f"{path} is not a key file of quanke")
        return cls(b64decode(line.removeprefix(_MARK)))

    def wrap(self, secret: bytes, key: UUID, subject: str, purpose: str) -> bytes:
        """Return nonce + ciphertext of a data key, bound to its row."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, secret, _row(key, subject, purpose))

    def unwrap(self, wrapped: bytes, key: UUID, subject: str, purpose: str) -> bytes:
        """Return the data key. Raises KekError when it was wrapped by another key file."""
        try:
            return self._cipher.decrypt(wrapped[:12], wrapped[12:], _row(key, subject, purpose))
        except InvalidTag as error:
            raise KekError(f"key {key} was wrapped under another key file") from error


def _row(key: UUID, subject: str, purpose: str) -> bytes:
    return f"quanke1|{key}|{subject}|{purpose}".encode()


def _make(path: Path) -> None:
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(_MARK + b64encode(AESGCM.generate_key(256)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: its key holds
        os.link(draft, path)
    draft.unlink()
