"""The keys of sealed values: made on demand, kept wrapped, destroyed on erasure.

A key is committed before the event that uses it. Concurrent requests share one insert:
whoever gets the turn fetches for all that wait, and a busy process waits a moment for others
(`patience.py`), so a burst of new cases costs a few commits. Keys found are cached in this
process; when one is destroyed anywhere, the database tells every process, and each forgets it.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

import asyncpg

from eventlog.beside import beside
from eventlog.connection import Connection, connect_reader, options
from eventlog.kek import FileKek, KekDriver
from eventlog.keytable import CHANNEL, ONE_BY_ONE, KeyRow, PostgresKeys, Subject, new_key
from eventlog.patience import while_busy
from eventlog.readers import Readers
from eventlog.sealed import DataKey

__all__ = ["DataKey", "KeyRow", "KeyStore", "Vault"]

CACHED: Final = 100_000
SESSIONS: Final = 2

AWAY_S: Final = 1.0
ENOUGH: Final = 64
"""So many new cases are a company: no others are waited for."""


class KeyStore(Protocol):
    """Where wrapped keys lie."""

    async def ensure(self, subjects: Sequence[Subject]) -> list[KeyRow]:
        """Return the keys of these subjects, made and committed where missing."""
        ...

    async def find(self, ids: Sequence[UUID]) -> list[KeyRow]:
        """Return the keys that exist among these."""
        ...

    async def owned(self, subjects: Sequence[str]) -> dict[str, list[UUID]]:
        """Return the ids of the keys of these subjects; who has none is absent."""
        ...

    async def destroy(self, subject: str) -> int:
        """Delete all keys of a subject for ever and return how many there were."""
        ...

    async def destroy_keys(self, ids: Sequence[UUID]) -> list[str]:
        """Delete these keys for ever and return the subjects of those that were there."""
        ...


class Vault:
    """Hands out data keys. One per process."""

    def __init__(self, store: KeyStore, cached: int = CACHED) -> None:
        self._store = store
        self._cached = cached
        self._by_subject: dict[Subject, DataKey] = {}
        self._by_id: dict[str, KeyRow] = {}
        self._wanted: set[Subject] = set()
        self._round: list[asyncio.Future[dict[Subject, DataKey]]] | None = None
        """Who waits for the one that fetches for all; None while nobody does."""
        self._forgettings = 0
        """What was asked before the last of them may be of a key that is gone: it is not kept."""

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, kek_file: Path) -> "AsyncIterator[Vault]":
        """Open the vault of a database; the key file is made where there is none.

        Raises KekError.
        """
        driver: KekDriver = FileKek(kek_file)
        driver.current()
        sessions = Readers(lambda: connect_reader(dsn, "quanke keys", more=ONE_BY_ONE), SESSIONS)
        try:
            vault = cls(PostgresKeys(sessions, driver))
            async with beside(vault._hear(dsn)):
                yield vault
        finally:
            sessions.close()

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
        found = {key: self._by_id[key] for key in ids if key in self._by_id}
        missing = [UUID(key) for key in ids if key not in found]
        if missing:
            before = self._forgettings
            rows = await self._store.find(missing)
            self._keep(rows, before)
            found |= {str(row.key.id): row for row in rows}
        return {key: found[key].key for key in ids if key in found}

    async def destroy(self, subject: str) -> int:
        """Destroy all keys of a subject and return how many there were."""
        destroyed = await self._store.destroy(subject)
        self.drop(subject)
        return destroyed

    async def owned(self, subjects: Sequence[str]) -> dict[str, list[UUID]]:
        """Return the ids of the living keys of these subjects: to erase or to export them."""
        return await self._store.owned(subjects)

    async def destroy_keys(self, ids: Sequence[UUID]) -> list[str]:
        """Destroy exactly these keys; return the subjects of those that were still there."""
        subjects = await self._store.destroy_keys(ids)
        for subject in subjects:
            self.drop(subject)
        return subjects

    def forget(self) -> None:
        """Forget every cached key."""
        self._forgettings += 1
        self._by_subject.clear()
        self._by_id.clear()

    def drop(self, subject: str) -> None:
        """Forget the cached keys of a subject that was erased elsewhere."""
        self._forgettings += 1
        for owner in [owner for owner in self._by_subject if owner[0] == subject]:
            del self._by_subject[owner]
        for key in [key for key, row in self._by_id.items() if row.subject == subject]:
            del self._by_id[key]

    async def _hear(self, dsn: str) -> None:
        """Forget what is destroyed anywhere, for ever; after a cut connection, everything."""
        while True:
            try:
                await self._hear_once(await asyncpg.connect(dsn, **options("quanke vault")))
            except Exception:  # asyncpg raises almost anything on a connection cut short
                await asyncio.sleep(AWAY_S)

    async def _hear_once(self, connection: Connection) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            await connection.add_listener(CHANNEL, lambda *said: self.drop(str(said[-1])))
            self.forget()
            await lost.wait()
        finally:
            connection.terminate()
            self.forget()

    async def _fetch(self, missing: Collection[Subject]) -> dict[Subject, DataKey]:
        found: dict[Subject, DataKey] = {}
        while left := [subject for subject in missing if subject not in found]:
            self._wanted.update(left)
            if self._round is None:
                came = await self._fetch_for_all()
            else:
                told = asyncio.get_running_loop().create_future()
                self._round.append(told)
                came = await told
            found |= {subject: came[subject] for subject in left if subject in came}
        return found

    async def _fetch_for_all(self) -> dict[Subject, DataKey]:
        """Fetch what all want. Who came when it was under way gets nothing, and asks again."""
        came: dict[Subject, DataKey] = {}
        waiting = self._round = []
        try:
            await while_busy(self._company)
            wanted, self._wanted = self._wanted, set()
            before = self._forgettings
            rows = await self._store.ensure(sorted(wanted))
            self._keep(rows, before)
            came = {(row.subject, row.purpose): row.key for row in rows}
        finally:
            self._round = None
            for told in waiting:
                if not told.done():
                    told.set_result(came)
        return came

    def _company(self) -> int | None:
        """Return how many keys are wanted, None when they are enough."""
        wanted = len(self._wanted)
        return wanted if wanted < ENOUGH else None

    def _keep(self, rows: Sequence[KeyRow], before: int) -> None:
        """Keep what was asked for, unless something has been forgotten since: it may be that."""
        if self._forgettings != before:
            return
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
            self._rows.setdefault(subject, KeyRow(*subject, new_key()))
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

    async def owned(self, subjects: Sequence[str]) -> dict[str, list[UUID]]:
        """Return the ids of the keys of these subjects."""
        found: dict[str, list[UUID]] = {}
        for row in self._rows.values():
            if row.subject in subjects:
                found.setdefault(row.subject, []).append(row.key.id)
        return found

    async def destroy_keys(self, ids: Sequence[UUID]) -> list[str]:
        """Delete these keys."""
        gone = [owner for owner, row in self._rows.items() if row.key.id in ids]
        for owner in gone:
            del self._rows[owner]
        return [subject for subject, _ in gone]
