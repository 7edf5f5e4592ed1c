"""The sealer: hashes what was appended into the tree and signs its head, four times a second.

A process of its own, with a key of its own: while it is away events are taken all the
same, and are sealed when it is back. What it signed last it keeps on its own disk, and it
signs nothing that does not extend that: not after a restore that lost sealed events, not
after somebody has changed a sealed row.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import asyncpg

from eventlog import seals
from eventlog.collector import collector_paused
from eventlog.connection import COMMAND_S, SINCE_1970, Connection, connect, connect_reader
from eventlog.errors import LogError
from eventlog.format import leaf_entry, leaf_hash
from eventlog.record import Recorded
from eventlog.tlog.checkpoint import Checkpoint, opened, signed
from eventlog.tlog.held import Held
from eventlog.tlog.keyfile import private_key
from eventlog.tlog.notes import BadNote, Note, Signer
from eventlog.tlog.proofs import hash_of, tiles_for
from eventlog.tlog.tiles import width_at
from eventlog.tlog.tree import EMPTY_ROOT, HASH_BYTES, Edge

Tile: TypeAlias = tuple[int, int, bytes]
Rows: TypeAlias = "list[asyncpg.Record]"
Pieces: TypeAlias = "asyncio.Queue[Rows]"
Writing: TypeAlias = Coroutine[Any, Any, None]

KEY_FILE: Final = "log.key"
PERIOD_S: Final = 0.25
PAGE: Final = 32_768
"""Events under one signature at most: a log that waits is sealed with few commits."""
PIECE: Final = 4_096
"""Events read at once, while those before them are hashed."""
SLICE: Final = 512
"""Events hashed before the driver may take in what has come meanwhile."""
AGAIN_S: Final = 1.0
_LOG: Final = logging.getLogger(__name__)
_LOCK: Final = 7_210_905_713_203
_PAGE: Final = f"""
select notification_id, originator_id, originator_version, topic, schema,
       recorded_at + {SINCE_1970}, command_id, command_index, actor, meta, state
  from quanke_log where notification_id > $1 order by notification_id limit $2
"""
_PUT_TILES: Final = """
insert into quanke_tile (log_epoch, level, n, hashes)
select $1, t.level, t.n, t.hashes
  from unnest($2::smallint[], $3::bigint[], $4::bytea[]) as t (level, n, hashes)
    on conflict (log_epoch, level, n) do update set hashes = excluded.hashes
"""
_PUT_SEAL: Final = """
insert into quanke_seal (log_epoch, size, note, vkey) values ($1, $2, $3, $4)
    on conflict (log_epoch, size) do nothing
"""
_FORGET: Final = """
delete from quanke_seal s
 where s.log_epoch = $1 and s.size < $2
   and s.sealed_at >= date_trunc('day', clock_timestamp() at time zone 'UTC') at time zone 'UTC'
   and (s.sealed_at < clock_timestamp() - interval '10 minutes'
        or not exists (select from quanke_cosignature c
                        where c.log_epoch = s.log_epoch and c.size = s.size))
   and s.size <> coalesce((select max(c.size) from quanke_cosignature c
                            where c.log_epoch = s.log_epoch), -1)
"""


class SealRefused(LogError):
    """To sign would vouch for another history than the one signed before."""


class Sealer:
    """Seals one log. Made by `open`, which lets no second one in."""

    def __init__(
        self, connection: Connection, reader: Connection, epoch: int, signer: Signer, held: Held
    ) -> None:
        self._connection = connection
        self._reader = reader
        self._epoch = epoch
        self._signer = signer
        self._held = held
        self._edge = Edge()
        self.note: Note | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str, directory: Path) -> "AsyncIterator[Sealer]":
        """Take up the work where it was left; key and memory lie in `directory`.

        Waits while another sealer works. Raises SealRefused, SignerKeyError.
        """
        connection = await connect(dsn, "quanke sealer")
        reader = await connect_reader(dsn, "quanke sealer", COMMAND_S)
        try:
            while not await connection.fetchval(f"select pg_try_advisory_lock({_LOCK})"):
                await asyncio.sleep(AGAIN_S)
            epoch, origin = await seals.epoch_and_origin(connection)
            signer = Signer(origin, private_key(directory / KEY_FILE))
            sealer = cls(connection, reader, epoch, signer, Held(directory))
            await sealer.resume()
            yield sealer
        finally:
            connection.terminate()
            reader.terminate()

    @property
    def size(self) -> int:
        """How many events are in the tree."""
        return self._edge.size

    @property
    def vkey(self) -> str:
        """The public key, to be told to auditors on another way than through the database."""
        return str(self._signer.verifier)

    async def resume(self) -> None:
        """Continue from the stored tiles, or from the log where they are not what was signed.

        Raises SealRefused when the log itself is not.
        """
        seal = await seals.latest(self._connection)
        if seal is not None and seal.vkey != self.vkey:
            raise SealRefused(
                f"this log was sealed with another key: put that of {seal.vkey} back in place"
            )
        known = self._signed_before(seal)
        self._edge = Edge() if seal is None else await self._stored_edge(seal.size)
        if not await self._continues(known):
            self._edge = Edge()
            if not await self._continues(known):
                raise SealRefused(
                    f"the log is not the one that was sealed up to position {known[0].size}: "
                    "events were lost or changed. Nothing is signed: audit it, and where a "
                    "restore lost them, open a new epoch"
                )

    def _signed_before(self, seal: seals.Seal | None) -> list[Checkpoint]:
        """Return what this key signed last, by our own memory and by the database."""
        stored = None if seal is None else seal.note
        try:
            notes = [self._held.last(self._signer.verifier.name), stored]
            return [opened(note, self._signer.verifier) for note in notes if note is not None]
        except BadNote as error:
            raise SealRefused(f"what was signed last can't be believed: {error}") from error

    async def _stored_edge(self, size: int) -> Edge:
        """Return the right edge as the tiles tell it."""
        levels = range(-(-size.bit_length() // 8))
        places = [(level, size >> 8 * (level + 1)) for level in levels]
        found = await seals.tiles(self._connection, places)
        cuts = [found.get(at, b"")[: HASH_BYTES * width_at(*at, size)] for at in places]
        return Edge(size, cuts)

    async def _continues(self, known: Sequence[Checkpoint]) -> bool:
        """Tell whether the tree, grown as far as was signed, has the roots that were signed."""
        for head in sorted(known, key=lambda head: head.size):
            await self._take(head.size, self._put_tiles)
            if self._edge.size < head.size:
                return False
            if await self._root_at(head.size) != head.root:
                return False
        return True

    async def _root_at(self, size: int) -> bytes | None:
        if size == self._edge.size:
            return self._edge.root()
        found = await seals.tiles(self._connection, tiles_for([(0, size)]))
        try:
            return hash_of(0, size, found) if size else EMPTY_ROOT
        except KeyError:
            return None

    async def step(self) -> int:
        """Seal what was appended; return how many events that were.

        What is much goes in pages, each under a signature of its own, and while one is written
        the next is hashed. After an error the sealer has to be opened anew.
        """
        count = await self._take(None, self._signed)
        if self.note is None:
            await self._signed([*self._edge.partial()])
        return count

    def _signed(self, tiles: list[Tile]) -> Writing:
        """Sign the tree as it is now; what is returned writes that down."""
        head = Checkpoint(self._signer.verifier.name, self._edge.size, self._edge.root())
        return self._put_down(head, signed(head, self._signer), tiles)

    async def _put_down(self, head: Checkpoint, note: Note, tiles: list[Tile]) -> None:
        await asyncio.to_thread(self._held.keep, head.origin, note)
        async with self._connection.transaction():
            await self._put_tiles(tiles)
            await self._connection.execute(_PUT_SEAL, self._epoch, head.size, str(note), self.vkey)
            await self._connection.execute(_FORGET, self._epoch, head.size)
        self.note = note

    async def _take(self, until: int | None, write: Callable[[list[Tile]], Writing]) -> int:
        """Hash what comes next into the tree and have it written page by page, in order.

        Returns how many events that were; all of it is written then.
        """
        before = self._edge.size
        pieces = asyncio.Queue[Rows](maxsize=1)
        try:
            with collector_paused():
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._read(before, until, pieces))
                    written: asyncio.Task[None] | None = None
                    while tiles := await self._page(pieces):
                        if written is not None:
                            await written
                        written = group.create_task(write(tiles))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return self._edge.size - before

    async def _page(self, pieces: Pieces) -> list[Tile]:
        """Hash a page; return the tiles it changed, none when there was nothing more."""
        tiles, begun = list[Tile](), self._edge.size
        while self._edge.size < begun + PAGE:
            rows = await pieces.get()
            if not rows:
                pieces.put_nowait(rows)  # it stays the end
                break
            tiles += await self._hashed(rows)
        return [*tiles, *self._edge.partial()] if self._edge.size > begun else []

    async def _read(self, after: int, until: int | None, pieces: Pieces) -> None:
        """Hand on what lies after a position, piece by piece; at last an empty one."""
        while until is None or after < until:
            wanted = PIECE if until is None else min(PIECE, until - after)
            rows = await self._reader.fetch(_PAGE, after, wanted)
            if rows:
                await pieces.put(rows)
            if len(rows) < wanted:
                break
            after += wanted
        await pieces.put([])

    async def _hashed(self, rows: Rows) -> list[Tile]:
        tiles: list[Tile] = []
        for first in range(0, len(rows), SLICE):
            events = [Recorded(*row) for row in rows[first : first + SLICE]]
            if events[-1].position != self._edge.size + len(events):
                raise SealRefused(f"the log has a hole after position {self._edge.size}: audit it")
            tiles += self._edge.extend([leaf_hash(leaf_entry(one)) for one in events])
            await asyncio.sleep(0)
        return tiles

    async def _put_tiles(self, tiles: Sequence[Tile]) -> None:
        levels, numbers, hashes = zip(*tiles, strict=True) if tiles else ((), (), ())
        await self._connection.execute(_PUT_TILES, self._epoch, levels, numbers, hashes)


async def seal_for_ever(dsn: str, directory: Path) -> None:
    """Seal every 250 ms; while the database is away, wait for it.

    Raises SealRefused, SignerKeyError: these no waiting mends.
    """
    while True:
        try:
            async with Sealer.open(dsn, directory) as sealer:
                while True:
                    await _in_time(sealer)
        except LogError:
            raise
        except Exception as error:  # asyncpg raises almost anything on a cut connection
            _LOG.warning("the sealer lost its database: %r", error)
            await asyncio.sleep(AGAIN_S)


async def _in_time(sealer: Sealer) -> None:
    """Make one step and wait for the rest of the period; after a full page, don't."""
    began = time.monotonic()
    if await sealer.step() < PAGE:
        await asyncio.sleep(max(0.0, PERIOD_S - (time.monotonic() - began)))
