"""Passwords of local accounts: argon2id hashes beside the log, never in it.

A wrong password and an account that has none take the same time and give the same answer.
Hashing is heavy on purpose, so it runs on a thread and never more than two at once.
"""

import asyncio
from typing import Final

import anyio.to_thread
import asyncpg
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST: Final = 12
MOST: Final = 256
AT_ONCE: Final = 2
_SET: Final = """
insert into quanke_password (account, hash) values ($1, $2)
on conflict (account) do update set hash = excluded.hash, set_at = clock_timestamp()
"""
_HASH: Final = "select hash from quanke_password where account = $1"


class PasswordUnfit(ValueError):
    """The password is too short or too long; the message may be shown."""


class Passwords:
    """Sets and checks the passwords of one database."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash("nobody has this password")
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def set(self, account: str, password: str) -> None:
        """Set an account's password. Raises PasswordUnfit."""
        if not LEAST <= len(password) <= MOST:
            raise PasswordUnfit(f"a password has {LEAST} to {MOST} characters")
        async with self._turn:
            hashed = await anyio.to_thread.run_sync(self._hasher.hash, password)
        await self._pool.execute(_SET, account, hashed)

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
