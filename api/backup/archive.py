"""What lies where in a backup.

    DIR/base/        a base backup of the cluster (pg_basebackup, plain)
    DIR/wal/         the write-ahead log since then (pg_receivewal)
    DIR/attachments/ sealed pictures
    DIR/backup.json  what was backed up, and how far

    KEYS/table.json  the data keys, wrapped, and which key-encryption key wraps them
    KEYS/keys/       that key, the signing key, the list of what was erased
    KEYS/sealer/     the sealer's key and memory

The two are kept apart: who has only DIR can read no personal word of it. The cluster's copy
of the key table is useless without KEYS/keys, and `quanke keys rotate` makes it so for ever;
a restore throws it away and takes KEYS/table.json.
"""

import hashlib
import os
from pathlib import Path
from typing import Final

import msgspec

from api.database.errors import DatabaseError

FORM: Final = 1


class NoBackup(DatabaseError):
    """The directory holds no backup, or none that this release can read."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """How far a backup goes. Times are microseconds UTC.

    `checkpoint` is the newest signed head then, `sealed` its size.
    """

    form: int = FORM
    made_at: int
    cell: str
    epoch: int
    head: int
    recorded_at: int
    sealed: int
    checkpoint: str
    server: int
    """Major version of PostgreSQL."""
    lsn: str
    keys: str
    """Where the keys were put when it was made."""


class Archive:
    """One backup directory."""

    def __init__(self, home: Path) -> None:
        self.home = Path(os.path.abspath(home))
        self.base = self.home / "base"
        self.fresh = self.home / "base.new"
        self.wal = self.home / "wal"
        self.attachments = self.home / "attachments"
        self.manifest = self.home / "backup.json"

    @property
    def slot(self) -> str:
        """The replication slot that keeps the write-ahead log for this directory."""
        return "quanke_" + hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]

    def read(self) -> Manifest:
        """Return how far it goes. Raises NoBackup."""
        try:
            found = msgspec.json.decode(self.manifest.read_bytes(), type=Manifest)
        except FileNotFoundError:
            raise NoBackup(f"{self.home} holds no finished backup") from None
        except msgspec.MsgspecError as error:
            raise NoBackup(f"{self.manifest} can't be read: {error}") from error
        if found.form != FORM:
            raise NoBackup(f"{self.home} was made by another release (form {found.form})")
        return found

    def write(self, manifest: Manifest) -> None:
        """Put the manifest in place: from now on this is what the directory holds."""
        written(self.manifest, msgspec.json.format(msgspec.json.encode(manifest), indent=1))


class Keyring:
    """The directory of the keys."""

    def __init__(self, home: Path) -> None:
        self.home = Path(os.path.abspath(home))
        self.table = self.home / "table.json"
        self.keys = self.home / "keys"
        self.sealer = self.home / "sealer"


def keyring_of(archive: Archive, asked: Path | None) -> Keyring:
    """Return where the keys of a backup are put when nothing else is said: beside it."""
    return Keyring(asked or archive.home.with_name(f"{archive.home.name}-keys"))


def written(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace a file, all or nothing; it is on disk when this returns."""
    draft = path.with_name(f"{path.name}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
