"""A signer's private key: one PEM file, mode 0600, made on first use.

Plain PKCS #8, so that `openssl pkey` reads it and `openssl genpkey` can make it.
"""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from eventlog.errors import LogError


class SignerKeyError(LogError):
    """The key file cannot be used; the message says what to do."""


def private_key(path: Path) -> Ed25519PrivateKey:
    """Return the key of a file, made where there is none.

    Raises SignerKeyError when others may read it or it is no Ed25519 key.
    """
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise SignerKeyError(f"{path} may be read by others: chmod 600 it")
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise SignerKeyError(f"{path} is not a private key in PEM: restore it") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SignerKeyError(f"{path} is not an Ed25519 key")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: its key holds
        os.link(draft, path)
    draft.unlink()
