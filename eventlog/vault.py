"""The keys of sealed values: made on demand, kept wrapped, destroyed on erasure.

A key is committed before the event that uses it. Concurrent requests share one insert:
whoever gets the turn fetches for all that wait, so a burst of new cases costs a few
commits. Keys found are cached in this process; `drop` must follow an erasure seen
elsewhere.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple, Protocol
from uuid import UUID, uuid4

import asyncpg

from eventlog.connection import Pool, patiently
from eventlog.kek import Kek
from eventlog.sealed import KEY_BYTES, DataKey

__all__ = ["DataKey", "KeyRow", "KeyStore", "Vault"]

CACHED: Final = 100_000

Subject = tuple[str, str]
"""Whose key and what for: ("case:<uuid>", "text")."""


class KeyRow(NamedTuple):
    """One data key with its owner, in the clear."""

    subject: str
    purpose: str
    key: DataKey


class KeyStore(Protocol):
    """Where wrapped keys lie."""

    async def ensure(self, subjects: Sequence[Subject]) -> list[KeyRow]:
        """Return the keys of these subjects, made and committed where missing."""
        ...

    async def find(self, ids: Sequence[UUID]) -> list[KeyRow]:
        """Return the keys that exist among these."""
        ...

    async def destroy(self, subject: str) -> int:
        """Delete all keys of a subject for ever and return how many there were."""
        ...


class Vault:
    """Hands out data keys. One per process."""

    def __init__(self, store: KeyStore, cached: int = CACHED) -> None:
        self._store = store
        self._cached = cached
        self._by_subject: dict[Subject, DataKey] = {}
        self._by_id: dict[str, KeyRow] = {}
        self._wanted: set[Subject] = set()
        self._turn = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, kek_file: Path) -> "AsyncIterator[Vault]":
        """Open the vault of a database; the key file is made where there is none.

        Raises KekError.
        """
        kek = Kek.at(kek_file)
        async with asyncpg.create_pool(dsn, min_size=0, max_size=2, command_timeout=10) as pool:
            yield cls(PostgresKeys(pool, kek))

    @classmethod
    def in_memory(cls) -> "Vault":
        """Return a vault that forgets with the process: the companion of MemoryLog."""
        return cls(MemoryKeys())

    async def ensure(self, subjects: Sequence[Subject]) -> dict[Subject, DataKey]:
        """Return a key per subject and purpose; new ones are committed before this returns."""
        missing = [subject for subject in subjects if subject not in self._by_subject]
        if not missing:
            return {subject: self._by_subject[subject] for subject in subjects}
        found = {s: self._by_subject[s] for s in subjects if s in self._by_subject}
        return found | await self._fetch(missing)

    async def keys(self, ids: Sequence[str]) -> dict[str, DataKey]:
        """Return the keys that still exist among these; a destroyed one is absent."""
        missing = [UUID(key) for key in ids if key not in self._by_id]
        if missing:
            self._keep(await self._store.find(missing))
        return {key: self._by_id[key].key for key in ids if key in self._by_id}

    async def destroy(self, subject: str) -> int:
        """Destroy all keys of a subject and return how many there were."""
        destroyed = await self._store.destroy(subject)
        self.drop(subject)
        return destroyed

    def drop(self, subject: str) -> None:
        """Forget the cached keys of a subject that was erased elsewhere."""
        for owner in [owner for owner in self._by_subject if owner[0] == subject]:
            del self._by_subject[owner]
        for key in [key for key, row in self._by_id.items() if row.subject == subject]:
            del self._by_id[key]

    async def _fetch(self, missing: Collection[Subject]) -> dict[Subject, DataKey]:
        self._wanted.update(missing)
        async with self._turn:
            if not all(subject in self._by_subject for subject in missing):
                wanted = self._wanted.union(missing)
                self._wanted = set()
                self._keep(await self._store.ensure(sorted(wanted)))
            return {subject: self._by_subject[subject] for subject in missing}

    def _keep(self, rows: Sequence[KeyRow]) -> None:
        while len(self._by_id) > max(self._cached - len(rows), 0):
            oldest = self._by_id.pop(next(iter(self._by_id)))
            self._by_subject.pop((oldest.subject, oldest.purpose), None)
        for row in rows:
            self._by_id[str(row.key.id)] = row
            self._by_subject[row.subject, row.purpose] = row.key


class MemoryKeys:
    """Keys in a dictionary."""

    def __init__(self) -> None:
        self._rows: dict[Subject, KeyRow] = {}

    async def ensure(self, subjects: Sequence[Subject]) -> list[KeyRow]:
        """Return the keys of these subjects, made where missing."""
        for subject in subjects:
            self._rows.setdefault(subject, KeyRow(*subject, _new_key()))
        return [self._rows[subject] for subject in subjects]

    async def find(self, ids: Sequence[UUID]) -> list[KeyRow]:
        """Return the keys that exist among these."""
        return [row for row in self._rows.values() if row.key.id in ids]

    async def destroy(self, subject: str) -> int:
        """Delete all keys of a subject."""
        owned = [owner for owner in self._rows if owner[0] == subject]
        for owner in owned:
            del self._rows[owner]
        return len(owned)


_ENSURE: Final = """
insert into quanke_key (key, subject, purpose, wrapped)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])
on conflict (subject, purpose) do nothing
"""
_OWNED: Final = """
select k.subject, k.purpose, k.key, k.wrapped
  from unnest($1::text[], $2::text[]) as w (subject, purpose)
  join quanke_key k on k.subject = w.subject and k.purpose = w.purpose
"""
_FIND: Final = "select subject, purpose, key, wrapped from quanke_key where key = any ($1)"
_DESTROY: Final = "delete from quanke_key where subject = $1 returning key"


class PostgresKeys:
    """Keys in the table quanke_key, wrapped by the key-encryption key."""

    def __init__(self, pool: Pool, kek: Kek) -> None:
        self._pool = pool
        self._kek = kek

    async def ensure(self, subjects: Sequence[Subject]) -> list[KeyRow]:
        """Return the keys of these subjects, made and committed where missing."""
        wanted = dict.fromkeys(subjects)
        owners = [owner for owner, _ in wanted], [purpose for _, purpose in wanted]
        rows = await self._fetch(_OWNED, *owners)
        if len(rows) < len(wanted):
            found = {(row[0], row[1]) for row in rows}
            await self._make([subject for subject in wanted if subject not in found])
            rows = await self._fetch(_OWNED, *owners)
        return [self._row(row) for row in rows]

    async def find(self, ids: Sequence[UUID]) -> list[KeyRow]:
        """Return the keys that exist among these."""
        return [self._row(row) for row in await self._fetch(_FIND, ids)]

    async def destroy(self, subject: str) -> int:
        """Delete all keys of a subject for ever and return how many there were."""
        return len(await self._fetch(_DESTROY, subject))

    async def _make(self, subjects: Sequence[Subject]) -> None:
        keys = [_new_key() for _ in subjects]
        wrapped = [
            self._kek.wrap(key.secret, key.id, *subject)
            for key, subject in zip(keys, subjects, strict=True)
        ]
        ids, owners = [key.id for key in keys], [owner for owner, _ in subjects]
        await self._fetch(_ENSURE, ids, owners, [p for _, p in subjects], wrapped)

    async def _fetch(self, query: str, *parameters: object) -> list[asyncpg.Record]:
        return await patiently(self._pool, lambda: self._pool.fetch(query, *parameters))

    def _row(self, row: asyncpg.Record) -> KeyRow:
        subject, purpose, key, wrapped = row
        return KeyRow(
            subject, purpose, DataKey(key, self._kek.unwrap(wrapped, key, subject, purpose))
        )


def _new_key() -> DataKey:
    return DataKey(uuid4(), os.urandom(KEY_BYTES))
