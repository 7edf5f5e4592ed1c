"""Pictures of evidence, from the upload to the erasure.

Each picture has a key of its own. That key is wrapped under a key of the upload first,
and under a key of the case (`case:<case>`, purpose `media`) once an event names the
picture: the bytes never move, and destroying the case's keys makes them unreadable
wherever copies of the store lie.
"""

import hashlib
import os
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import anyio
import asyncpg
import orjson
from anyio import to_thread

from api.attachments import rows
from api.attachments.picture import Picture, remade
from api.attachments.rows import SQL, Row
from api.attachments.scanning import Scanner, Verdict
from api.attachments.storage import REDUCED, WHOLE, Storage
from domain.case.values import Evidence
from eventlog.record import Recorded
from eventlog.sealed import KEY_BYTES, DataKey, SealBroken, open_sealed, seal
from eventlog.vault import Vault

MOST_WAITING: Final = 100
"""Pictures of one account that no event names yet; more are refused until some are."""
AT_ONCE: Final = 2
"""Pictures made anew at the same time: each takes a core and some 100 MB."""
PURPOSE: Final = "media"
PLACE: Final = ("attachment", 1, "key")
"""Topic, schema and field that stand in the associated data of a wrapped key."""


class UploadReused(Exception):
    """The upload's id was used for other bytes."""


class TooManyWaiting(Exception):
    """The account has sent many pictures that no report names."""


class PictureRefused(Exception):
    """The scanner found something in it."""


class PictureGone(Exception):
    """It was erased, or its key was destroyed."""


class Received(NamedTuple):
    """A picture, and whether it is new."""

    row: Row
    new: bool


class Attachments:
    """The pictures of one platform."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        vault: Vault,
        storage: Storage,
        scanner: Scanner,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._storage = storage
        self._scanner = scanner
        self._limit = anyio.CapacityLimiter(AT_ONCE)

    async def receive(self, actor: str, upload: UUID, sent: bytes) -> Received:
        """Keep a picture under the device's own id of the upload; again is the same picture.

        Raises NotAPicture, UploadReused, TooManyWaiting, PictureRefused, StorageFailed.
        """
        digest = hashlib.sha256(sent).hexdigest()
        first = await rows.fetch_one(self._pool, "by_upload", actor, upload)
        if first is None:
            first = await self._kept(actor, upload, digest, sent)
            if first is not None:
                return Received(_passed(first), True)
            first = await rows.fetch_one(self._pool, "by_upload", actor, upload)
        if first is None or first.sent != digest:
            raise UploadReused
        return Received(_passed(first), False)

    async def _kept(self, actor: str, upload: UUID, digest: str, sent: bytes) -> Row | None:
        """Return the new row; None when a twin of this request was faster."""
        if await self._pool.fetchval(SQL["waiting"], actor) >= MOST_WAITING:
            raise TooManyWaiting
        verdict = await self._scanner.look(sent)
        picture = await to_thread.run_sync(remade, sent, limiter=self._limit)
        key, secret, name = uuid4(), os.urandom(KEY_BYTES), os.urandom(16).hex()
        if verdict is not Verdict.REFUSED:
            await self._storage.put(name, key, WHOLE, picture.whole, secret)
            await self._storage.put(name, key, REDUCED, picture.reduced, secret)
        wrapped = await self._wrapped(secret, key, f"upload:{key}")
        values = (actor, upload, digest, *_facts(picture), name, wrapped, verdict.value)
        row = await rows.fetch_one(self._pool, "insert", key, *values)
        if row is None:
            await self._storage.delete([name])
            await self._vault.destroy(f"upload:{key}")
        return row

    async def _wrapped(self, secret: bytes, picture: UUID, subject: str) -> bytes:
        owner = (subject, PURPOSE)
        holder: DataKey = (await self._vault.ensure([owner]))[owner]
        return orjson.dumps(seal(secret, holder, picture, *PLACE))

    async def _secret(self, row: Row) -> bytes:
        sealed: dict[str, Any] = orjson.loads(row.wrapped or b"{}")
        name = str(sealed.get("key", ""))
        holder = (await self._vault.keys([name])).get(name) if name else None
        if holder is None:
            raise PictureGone
        try:
            return open_sealed(sealed, holder, row.id, *PLACE)
        except SealBroken:
            raise PictureGone from None

    async def find(self, picture: UUID) -> Row | None:
        """Return a picture by its id."""
        return await rows.fetch_one(self._pool, "by_id", picture)

    async def of_case(self, case: UUID) -> list[Row]:
        """Return the pictures that a case's events name, in their order."""
        return await rows.fetch(self._pool, "of_case", case)

    async def read(self, row: Row, copy: str) -> bytes:
        """Return a copy as JPEG. The caller has asked whether the reader may.

        Raises PictureGone, StorageFailed.
        """
        if row.object is None:
            raise PictureGone
        return await self._storage.get(row.object, row.id, copy, await self._secret(row))

    async def missing(
        self, actor: str, case: UUID | None, command: UUID, evidence: Collection[Evidence]
    ) -> list[str]:
        """Return the hashes nobody has sent: neither the actor, for this command, nor the case.

        A command that was done before finds its pictures bound by itself.
        """
        named = {one.sha256 for one in evidence}
        found = await self._pool.fetch(SQL["known"], actor, case, list(named), command)
        return sorted(named - {one["sha256"] for one in found})

    async def bind(self, event: Recorded, evidence: Sequence[Evidence]) -> None:
        """Give the pictures that an event names to its case; doing it again changes nothing."""
        for one in evidence:
            row = await rows.fetch_one(self._pool, "loose", event.actor, one.sha256)
            if row is not None:
                await self._bind(row, event, one.kind)
            where = (event.stream, event.position, one.sha256)
            for bound in await rows.fetch(self._pool, "bound_at", *where):
                await self._vault.destroy(f"upload:{bound.id}")

    async def _bind(self, row: Row, event: Recorded, kind: str) -> None:
        wrapped = await self._wrapped(await self._secret(row), row.id, f"case:{event.stream}")
        where = (event.stream, event.position, event.command_id)
        await self._pool.execute(SQL["bind"], row.id, *where, kind, wrapped)

    async def purge(self, case: UUID) -> int:
        """Delete every picture of a case from the store and return how many there were.

        For the erasure, after the keys of `case:<case>` are destroyed: what is left is
        that there was a picture, and its hash. Doing it again is harmless. Raises
        StorageFailed, after which it has to be called again.
        """
        kept = [row for row in await self.of_case(case) if row.object is not None]
        await self._storage.delete([row.object for row in kept if row.object is not None])
        await self._pool.execute(SQL["erase"], [row.id for row in kept])
        return len(kept)

    async def drop(self, loose: Sequence[Row]) -> None:
        """Delete pictures that no event names. Raises StorageFailed."""
        await self._storage.delete([row.object for row in loose if row.object is not None])
        await self._pool.execute(SQL["forget"], [row.id for row in loose])
        for row in loose:
            await self._vault.destroy(f"upload:{row.id}")

    async def look_again(self, row: Row) -> Verdict:
        """Let the scanner look at a picture in quarantine. Raises PictureGone, StorageFailed."""
        verdict = await self._scanner.look(await self.read(row, WHOLE))
        if verdict is not Verdict.QUARANTINED:
            await self._pool.execute(SQL["judged"], row.id, verdict.value)
        return verdict


def _facts(picture: Picture) -> tuple[str, int, int, int]:
    digest = hashlib.sha256(picture.whole).hexdigest()
    return digest, picture.width, picture.height, len(picture.whole)


def _passed(row: Row) -> Row:
    if row.state == Verdict.REFUSED:
        raise PictureRefused
    return row
