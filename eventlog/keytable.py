"""Data keys in the table quanke_key, wrapped by the key-encryption key.

A key-encryption key may be replaced while others run. Who inserts names the fingerprint it
wrapped under, and the database refuses the row when that is not the one in force; whoever
finds itself behind asks its driver again. A rotation wraps everything anew in one
transaction and holds the fingerprint's row meanwhile.
"""

import os
from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from eventlog.connection import Pool, patiently
from eventlog.ids import random_id
from eventlog.kek import Kek, KekDriver, KekError
from eventlog.readers import Readers
from eventlog.sealed import KEY_BYTES, DataKey

Subject = tuple[str, str]
"""Whose key and what for: ("case:<uuid>", "text")."""

CHANNEL: Final = "quanke_key"
"""On which the database says whose key was destroyed."""
ONE_BY_ONE: Final = {
    "plan_cache_mode": "force_generic_plan", "enable_hashjoin": "off", "enable_mergejoin": "off",
}  # fmt: skip
"""Of a session that keeps keys. It looks each of them up by an index, however many are asked for,
and one plan does that for all. The planner would make one for every new case, as long as its work
takes: it expects ten owners of an array that it does not see, and finds one. And a plan made while
there were few keys must not read all of them, in whatever order, when there are many."""
WRAPPED_AT_ONCE: Final = 5_000
_IN_FORCE: Final = "select fingerprint from quanke_kek"
_FIRST: Final = "insert into quanke_kek (fingerprint) values ($1) on conflict do nothing"
ENSURE: Final = """
with in_force as (select from quanke_kek where fingerprint = $5 for share),
made as (
    insert into quanke_key (key, subject, purpose, wrapped)
    select n.* from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[]) n, in_force
    on conflict (subject, purpose) do nothing
    returning subject, purpose, key, wrapped
)
select * from made
union all
select k.subject, k.purpose, k.key, k.wrapped
  from unnest($2::text[], $3::text[]) as w (subject, purpose)
  join quanke_key k on k.subject = w.subject and k.purpose = w.purpose
"""
"""The join sees the table as it was before: who is made now does not come twice."""
_FIND: Final = "select subject, purpose, key, wrapped from quanke_key where key = any ($1)"
_IDS: Final = "select subject, key from quanke_key where subject = any ($1) order by subject, key"
_DESTROY: Final = "delete from quanke_key where subject = $1 returning subject"
_DESTROY_KEYS: Final = "delete from quanke_key where key = any ($1) returning subject"
_ROTATE: Final = """
update quanke_kek set fingerprint = $1, since = clock_timestamp() returning fingerprint
"""
_SOME: Final = """
select subject, purpose, key, wrapped from quanke_key where key > $1 order by key limit $2
"""
_REWRAP: Final = """
update quanke_key k set wrapped = n.wrapped
  from unnest($1::uuid[], $2::bytea[]) as n (key, wrapped) where k.key = n.key
"""


ANEW: Final = (None,) * 5
"""How often the key-encryption key is read anew when it was rotated under a key being made."""


class KeyRow(NamedTuple):
    """One data key with its owner, in the clear."""

    subject: str
    purpose: str
    key: DataKey


class PostgresKeys:
    """Keys in the table, opened with whatever key-encryption key is in force."""

    def __init__(self, sessions: "Pool | Readers", driver: KekDriver) -> None:
        self._sessions = sessions
        self._driver = driver
        self._kek: Kek | None = None

    async def ensure(self, subjects: Sequence[Subject]) -> list[KeyRow]:
        """Return the keys of these subjects, made and committed where missing."""
        missing, found = list(dict.fromkeys(subjects)), list[KeyRow]()
        for kek in (await self._in_force(), *ANEW):
            found += await self._made(missing, kek or await self._anew())
            have = {(row.subject, row.purpose) for row in found}
            missing = [subject for subject in missing if subject not in have]
            if not missing:
                return found
        raise KekError("the key-encryption key changed again and again while a key was made")

    async def find(self, ids: Sequence[UUID]) -> list[KeyRow]:
        """Return the keys that exist among these."""
        return await self._opened(await self._fetch(_FIND, ids))

    async def owned(self, subjects: Sequence[str]) -> dict[str, list[UUID]]:
        """Return the ids of the keys of these subjects; who has none is absent."""
        found: dict[str, list[UUID]] = {}
        for subject, key in await self._fetch(_IDS, list(subjects)):
            found.setdefault(subject, []).append(key)
        return found

    async def destroy(self, subject: str) -> int:
        """Delete all keys of a subject for ever and return how many there were."""
        return len(await self._fetch(_DESTROY, subject))

    async def destroy_keys(self, ids: Sequence[UUID]) -> list[str]:
        """Delete these keys for ever and return the subjects of those that were there."""
        return [row[0] for row in await self._fetch(_DESTROY_KEYS, list(ids))]

    async def _made(self, subjects: Sequence[Subject], kek: Kek) -> list[KeyRow]:
        """Make keys, and return those made and those that others had made, in one round trip.

        A key that another makes at this moment is neither; it is found the next time.
        """
        keys = [new_key() for _ in subjects]
        wrapped = [
            kek.wrap(key.secret, key.id, *subject)
            for key, subject in zip(keys, subjects, strict=True)
        ]
        ids, owners = [key.id for key in keys], [owner for owner, _ in subjects]
        purposes = [purpose for _, purpose in subjects]
        rows = await self._fetch(ENSURE, ids, owners, purposes, wrapped, kek.fingerprint)
        ours = {key.id: key for key in keys}
        made = [KeyRow(row[0], row[1], ours[row[2]]) for row in rows if row[2] in ours]
        return made + await self._opened([row for row in rows if row[2] not in ours])

    async def _opened(self, rows: Sequence[asyncpg.Record]) -> list[KeyRow]:
        if not rows:
            return []
        kek = await self._in_force()
        try:
            return [_row(kek, row) for row in rows]
        except KekError:
            kek = await self._anew()
            ids = [row[2] for row in rows]  # they may have been wrapped anew meanwhile
            return [_row(kek, row) for row in await self._fetch(_FIND, ids)]

    async def _in_force(self) -> Kek:
        return self._kek or await self._anew()

    async def _anew(self) -> Kek:
        """Ask the database which key is in force, and the driver for that key."""
        kek = self._driver.current()
        await self._fetch(_FIRST, kek.fingerprint)
        ((fingerprint,),) = await self._fetch(_IN_FORCE)
        if kek.fingerprint != fingerprint:
            self._driver.promote(fingerprint)
            kek = self._driver.current()
        self._kek = kek
        return kek

    async def _fetch(self, query: str, *parameters: object) -> list[asyncpg.Record]:
        return await patiently(self._sessions, self._sessions.fetch, query, *parameters)


async def rotate(dsn: str, driver: KekDriver) -> int:
    """Wrap every data key under a new key-encryption key, destroy the old, return how many.

    Others go on meanwhile; who needs a new data key waits. What copies of the table there
    are (backups, old pages, the write-ahead log) can be opened by nobody afterwards.
    Ends whole or changes nothing; a rotation cut short is settled by whoever comes next.
    """
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(dsn, timeout=10)
    try:
        async with asyncpg.create_pool(dsn, min_size=0, max_size=1) as pool:
            former = await PostgresKeys(pool, driver)._anew()
        fresh = driver.prepare()
        async with connection.transaction():
            await connection.fetchval(_ROTATE, fresh.fingerprint)
            count = await _rewrap(connection, former, fresh)
        driver.promote(fresh.fingerprint)
        await connection.execute("vacuum quanke_key")
        return count
    finally:
        await connection.close()


async def _rewrap(connection: "asyncpg.Connection[asyncpg.Record]", former: Kek, fresh: Kek) -> int:
    after, count = UUID(int=0), 0
    while rows := await connection.fetch(_SOME, after, WRAPPED_AT_ONCE):
        opened = [_row(former, row) for row in rows]
        wrapped = [
            fresh.wrap(one.key.secret, one.key.id, one.subject, one.purpose) for one in opened
        ]
        await connection.execute(_REWRAP, [one.key.id for one in opened], wrapped)
        after, count = opened[-1].key.id, count + len(rows)
    return count


def _row(kek: Kek, row: asyncpg.Record) -> KeyRow:
    subject, purpose, key, wrapped = row
    return KeyRow(subject, purpose, DataKey(key, kek.unwrap(wrapped, key, subject, purpose)))


def new_key() -> DataKey:
    """Return a new data key."""
    return DataKey(random_id(), os.urandom(KEY_BYTES))
