"""What has been sealed: signed heads, tiles, entries and receipts, read from the database.

For whoever hands them out. Nothing here signs, and nothing here is the judge of
anything: an auditor verifies what comes out of it with a key held elsewhere.
"""

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

import msgspec

from eventlog.connection import Pool, Session
from eventlog.format import leaf_entry, origin
from eventlog.record import Recorded
from eventlog.tlog.checkpoint import checkpoint_of
from eventlog.tlog.notes import Note, parse, parse_lines
from eventlog.tlog.proofs import Range, consistency, hash_of, inclusion, tiles_for
from eventlog.tlog.receipt import Receipt
from eventlog.tlog.tiles import Place, width_at
from eventlog.tlog.tree import HASH_BYTES, WIDTH

Reader: TypeAlias = "Pool | Session"

_LATEST: Final = """
select s.size, s.note, s.vkey, (extract(epoch from s.sealed_at) * 1000000)::bigint,
       coalesce(string_agg(c.line, e'\\n' order by c.witness), '')
  from quanke_seal s
  left join quanke_cosignature c on c.log_epoch = s.log_epoch and c.size = s.size
 where s.log_epoch = (select log_epoch from quanke_cell) {only}
 group by s.log_epoch, s.size
 order by s.size desc limit 1
"""
_ANY: Final = _LATEST.format(only="")
_WITNESSED: Final = _LATEST.format(
    only="""and exists (select from quanke_cosignature w
                where w.log_epoch = s.log_epoch and w.size = s.size)"""
)
_TILES: Final = """
select t.level, t.n, t.hashes
  from unnest($1::smallint[], $2::bigint[]) as wanted (level, n)
  join quanke_tile t on t.log_epoch = (select log_epoch from quanke_cell)
       and t.level = wanted.level and t.n = wanted.n
"""
_ENTRIES: Final = """
select notification_id, originator_id, originator_version, topic, schema,
       (extract(epoch from recorded_at) * 1000000)::bigint,
       command_id, command_index, actor, meta, state
  from quanke_log where notification_id > $1 and notification_id <= $2 order by notification_id
"""
_COSIGNED: Final = """
select witness, max(size) as size, (extract(epoch from max(stored_at)) * 1000000)::bigint as at
  from quanke_cosignature where log_epoch = (select log_epoch from quanke_cell)
 group by witness order by witness
"""
_STANDING: Final = """
select (select coalesce(max(notification_id), 0) from quanke_log) as head,
       sealed.size,
       (select (extract(epoch from l.recorded_at) * 1000000)::bigint from quanke_log l
         where l.notification_id = sealed.size + 1) as oldest_at,
       (select coalesce(max(c.size), 0) from quanke_cosignature c
         where c.log_epoch = (select log_epoch from quanke_cell)) as witnessed
  from (select coalesce(max(s.size), 0) as size from quanke_seal s
         where s.log_epoch = (select log_epoch from quanke_cell)) sealed
"""


class NotSealed(LookupError):
    """The log is not sealed up to there; it will be within a second."""


class Seal(msgspec.Struct, frozen=True):
    """A signed head: how many events, the note with its cosignatures, whose key, when."""

    size: int
    note: Note
    vkey: str
    sealed_at: int


class Sealed(msgspec.Struct, frozen=True):
    """How far log, seal and witnesses are; `oldest_at` is when the first unsealed came."""

    head: int
    size: int
    oldest_at: int | None
    witnessed: int

    @property
    def unsealed(self) -> int:
        """How many events wait for their seal."""
        return max(0, self.head - self.size)


class Cosigned(msgspec.Struct, frozen=True):
    """One witness: up to where it has cosigned, and when it last did, microseconds UTC."""

    witness: str
    size: int
    at: int


async def standing(reader: Reader) -> Sealed:
    """Return how far the sealing is, by five index lookups."""
    row = await reader.fetchrow(_STANDING)
    assert row is not None
    return Sealed(*row)


async def latest(reader: Reader, *, witnessed: bool = False) -> Seal | None:
    """Return the newest seal, or the newest that a witness has cosigned."""
    row = await reader.fetchrow(_WITNESSED if witnessed else _ANY)
    if row is None:
        return None
    size, text, vkey, sealed_at, lines = row
    note = parse(text.encode())
    cosigned = tuple(parse_lines(lines)) if lines else ()
    return Seal(size, Note(note.text, note.lines + cosigned), vkey, sealed_at)


async def cosigned(reader: Reader) -> list[Cosigned]:
    """Return how far each witness has cosigned this epoch, and when it last did, by name."""
    return [Cosigned(*row) for row in await reader.fetch(_COSIGNED)]


async def epoch_and_origin(reader: Reader) -> tuple[int, str]:
    """Return the log's epoch and the origin line of its checkpoints."""
    row = await reader.fetchrow("select cell, log_epoch from quanke_cell")
    assert row is not None
    return row[1], origin(str(row[0]), row[1])


async def tiles(reader: Reader, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Return tiles by level and number; one that is not there is left out."""
    places = list(wanted)
    rows = await reader.fetch(_TILES, [level for level, _ in places], [n for _, n in places])
    return {(row[0], row[1]): row[2] for row in rows}


async def tile(reader: Reader, place: Place, size: int) -> bytes | None:
    """Return a tile of hashes of a tree of so many leaves; None when it has no such tile."""
    level = place.level or 0
    if place.width > width_at(level, place.n, size):
        return None
    found = (await tiles(reader, [(level, place.n)])).get((level, place.n), b"")
    cut = found[: place.width * HASH_BYTES]
    return cut if len(cut) == place.width * HASH_BYTES else None


async def entries(reader: Reader, first: int, last: int) -> list[bytes]:
    """Return the leaf entries of positions `first` to `last` as they lie in the log."""
    rows = await reader.fetch(_ENTRIES, first - 1, last)
    return [leaf_entry(Recorded(*row)) for row in rows]


async def bundle_entries(reader: Reader, place: Place, size: int) -> list[bytes] | None:
    """Return the entries of a bundle; None when the tree has no such bundle."""
    if place.width > width_at(0, place.n, size):
        return None
    first = place.n * WIDTH + 1
    found = await entries(reader, first, first + place.width - 1)
    return found if len(found) == place.width else None


async def path(reader: Reader, ranges: Sequence[Range]) -> tuple[bytes, ...]:
    """Return the hashes of ranges of leaves. Raises NotSealed when a tile is not there."""
    found = await tiles(reader, tiles_for(ranges))
    try:
        return tuple(hash_of(*one, found) for one in ranges)
    except KeyError as error:
        raise NotSealed(f"tile {error} is not there") from error


async def extension(reader: Reader, old: int, new: int) -> tuple[bytes, ...]:
    """Return the consistency proof between two sizes. Raises NotSealed, BadProof."""
    return await path(reader, consistency(old, new))


async def receipt(reader: Reader, position: int, extra: bytes = b"") -> Receipt:
    """Return the receipt of an event, under a witnessed head when that covers it.

    Raises NotSealed.
    """
    seal = await latest(reader, witnessed=True)
    if seal is None or seal.size < position:
        seal = await latest(reader)
    if seal is None or not 0 < position <= seal.size:
        raise NotSealed(f"position {position} is not sealed yet")
    size = checkpoint_of(seal.note).size
    found = await path(reader, inclusion(position - 1, size))
    return Receipt(position - 1, found, seal.note, extra)
