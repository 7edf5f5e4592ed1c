"""The key-encryption key: what wraps all data keys, and how it is replaced by another.

It lies where the settings say, outside the database directory and outside the backup of
the log: who holds only the database can read no personal value, and who restores an old
database cannot bring back a destroyed key without it.

A driver keeps the key; the first one keeps it in a file. Another (a key service, a card)
has to pass the same suite, tests/eventlog/test_kek.py.
"""

import hashlib
import os
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eventlog.errors import LogError

_MARK: Final = "quanke-kek-1:"


class KekError(LogError):
    """The key can't be used, or does not fit the keys it is to unwrap."""


class Kek:
    """Wraps data keys, and unwraps them again. `fingerprint` tells one from another."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(secret)
        self.fingerprint = hashlib.sha256(b"quanke1|kek|" + secret).hexdigest()[:32]

    def wrap(self, secret: bytes, key: UUID, subject: str, purpose: str) -> bytes:
        """Return nonce + ciphertext of a data key, bound to its row."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, secret, _row(key, subject, purpose))

    def unwrap(self, wrapped: bytes, key: UUID, subject: str, purpose: str) -> bytes:
        """Return the data key. Raises KekError when it was wrapped by another key."""
        try:
            return self._cipher.decrypt(wrapped[:12], wrapped[12:], _row(key, subject, purpose))
        except InvalidTag as error:
            raise KekError(f"key {key} was wrapped under another key file") from error


class KekDriver(Protocol):
    """Where key-encryption keys are kept.

    At most two are there: the current one, and during a rotation the next.
    """

    def current(self) -> Kek:
        """Return the current key, made on first use. Raises KekError."""
        ...

    def prepare(self) -> Kek:
        """Make the next key beside the current one; an earlier, unused next is replaced."""
        ...

    def promote(self, fingerprint: str) -> None:
        """Make this key the current one and destroy all others. Doing it twice is harmless."""
        ...


class FileKek:
    """The key as a file of one line, mode 0600; the next one lies beside it as `.next`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = path.with_name(f"{path.name}.next")

    def current(self) -> Kek:
        """Read the key file, or make one where there is none.

        Raises KekError when it is malformed or others may read it.
        """
        _make(self._path)
        return _read(self._path)

    def prepare(self) -> Kek:
        """Make the next key; it is on disk when this returns."""
        self._next.unlink(missing_ok=True)
        _make(self._next)
        _sync(self._next.parent)
        return _read(self._next)

    def promote(self, fingerprint: str) -> None:
        """Put the next key in the place of the current one, whose bytes are overwritten."""
        with suppress(FileNotFoundError):  # another process was first
            if _read(self._next).fingerprint == fingerprint:
                with self._path.open("r+b") as former:
                    self._next.replace(self._path)
                    _sync(self._path.parent)
                    _overwrite(former)
        if self.current().fingerprint != fingerprint:
            raise KekError(f"the keys were wrapped under another key file than {self._path}")
        with suppress(FileNotFoundError), self._next.open("r+b") as unused:
            self._next.unlink()
            _overwrite(unused)


def _row(key: UUID, subject: str, purpose: str) -> bytes:
    return f"quanke1|{key}|{subject}|{purpose}".encode()


def _read(path: Path) -> Kek:
    if path.stat().st_mode & 0o077:
        raise KekError(f"{path} may be read by others: chmod 600 it")
    line = path.read_text(encoding="ascii", errors="replace").strip()
    if not line.startswith(_MARK):
        raise KekError(f"{path} is not a key file of quanke")
    return Kek(b64decode(line.removeprefix(_MARK)))


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


def _overwrite(file: IO[bytes]) -> None:
    """Overwrite in place: what a copy-on-write disk keeps of it is beyond us."""
    file.write(os.urandom(os.fstat(file.fileno()).st_size))
    file.flush()
    os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
