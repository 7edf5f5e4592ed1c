"""Where the sealed bytes lie: a folder of the data directory, or an object store by its URL.

An object is nonce and AES-256-GCM ciphertext, bound to the picture and to which copy it
is. Names are random, so a listing of the store tells nothing.
"""

import os
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import obstore
from anyio import to_thread
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from eventlog.sealed import NONCE_BYTES

WHOLE: Final = "whole"
REDUCED: Final = "reduced"
COPIES: Final = (WHOLE, REDUCED)


class StorageFailed(Exception):
    """The store does not answer, or an object is not what was put there."""


class Storage:
    """Sealed objects by name. `folder` is set when they are files of this machine."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def at(cls, url: str | None, folder: Path) -> "Storage":
        """Open `s3://bucket/prefix` (credentials from the environment), else the folder."""
        if url is not None:
            return cls(from_url(url))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(LocalStore(folder, mkdir=True), folder)

    async def put(self, name: str, picture: UUID, copy: str, clear: bytes, key: bytes) -> None:
        """Seal and keep one copy; on disk when this returns. Raises StorageFailed."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, clear, _place(picture, copy))
        path = _path(name, copy)
        try:
            await obstore.put_async(self._store, path, sealed)
            if self._folder is not None:
                await to_thread.run_sync(_settle, self._folder / path)
        except (BaseError, OSError) as error:
            raise StorageFailed(f"the picture could not be kept: {error}") from error

    async def get(self, name: str, picture: UUID, copy: str, key: bytes) -> bytes:
        """Return one copy in the clear. Raises StorageFailed."""
        try:
            found = await obstore.get_async(self._store, _path(name, copy))
            sealed = bytes(await found.bytes_async())
            nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            return AESGCM(key).decrypt(nonce, text, _place(picture, copy))
        except (BaseError, OSError, InvalidTag) as error:
            raise StorageFailed(f"the picture can't be read: {error}") from error

    async def delete(self, names: Sequence[str]) -> None:
        """Delete both copies of each; what is gone already is fine. Raises StorageFailed."""
        for path in [_path(name, copy) for name in names for copy in COPIES]:
            try:
                await obstore.delete_async(self._store, path)
            except FileNotFoundError:
                continue
            except (BaseError, OSError) as error:
                raise StorageFailed(f"a picture could not be deleted: {error}") from error

    async def names(self) -> AsyncIterator[tuple[str, datetime]]:
        """Yield the name of every object and when it was written."""
        async for page in obstore.list(self._store):
            for one in page:
                yield one["path"].rpartition("/")[2].partition(".")[0], one["last_modified"]


def _path(name: str, copy: str) -> str:
    return f"{name[:2]}/{name}.{copy}"


def _place(picture: UUID, copy: str) -> bytes:
    return f"quanke1|attachment|{picture}|{copy}".encode()


def _settle(file: Path) -> None:
    """Wait until a file and its name are on the disk."""
    for path in (file, file.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
