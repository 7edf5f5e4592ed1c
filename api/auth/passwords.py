"""Passwords of local accounts: argon2id hashes beside the log, never in it.

A wrong password and an account that has none take the same time and give the same answer.
Hashing is heavy on purpose, so it runs on a thread and never more than two at once.
"""

import asyncio
from base64 import b64encode
from typing import Final

import anyio.to_thread
import asyncpg
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from eventlog.connection import patiently

LEAST: Final = 12
MOST: Final = 256
AT_ONCE: Final = 2
_SET: Final = """
insert into quanke_password (account, hash) values ($1, $2)
on conflict (account) do update set hash = excluded.hash, set_at = clock_timestamp()
"""
_FORGET: Final = "delete from quanke_password where account = $1"
_HASH: Final = "select hash from quanke_password where account = $1"


class PasswordUnfit(ValueError):
    """The password is too short or too long; the message may be shown."""


def nobodys(hasher: PasswordHasher) -> str:
    """Return a hash that no password has and that takes as long to check as any other.

    It is put together and not worked out: that costs 0.2 s and 64 MB of every start.
    """
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (_base64(bytes(length)) for length in (hasher.salt_len, hasher.hash_len))
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode("ascii").rstrip("=")


class Passwords:
    """Sets and checks the passwords of one database."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self._hasher = PasswordHasher()
        self._nobody = nobodys(self._hasher)
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def set(self, account: str, password: str) -> None:
        """Set an account's password. Raises PasswordUnfit."""
        if not LEAST <= len(password) <= MOST:
            raise PasswordUnfit(f"a password has {LEAST} to {MOST} characters")
        async with self._turn:
            hashed = await anyio.to_thread.run_sync(self._hasher.hash, password)
        await self._pool.execute(_SET, account, hashed)

    async def forget(self, account: str) -> None:
        """Delete an account's password, if it has one. Raises LogUnavailable."""
        await patiently(self._pool, lambda: self._pool.execute(_FORGET, account))

    async def is_right(self, account: str, password: str) -> bool:
        """Tell whether this is the account's password; as slow when it has none."""
        known = await self._pool.fetchval(_HASH, account)
        async with self._turn:
            right = await anyio.to_thread.run_sync(self._verify, known or self._nobody, password)
        return right and known is not None

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password[:MOST])
        except (VerificationError, InvalidHashError):
            return False
