"""The log as files that others' tools read: a C2SP directory, and the events beside it.

    DIR/checkpoint            the signed head
    DIR/tile/<L>/<N>          hashes            DIR/tile/entries/<N>    what they are hashes of
    DIR/events.ndjson         the events, meta and state as texts, byte for byte

What lies there is written down as it lies there; to judge it is `audit verify`'s. Sealed
values stay sealed: nothing here holds a key.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from eventlog import seals
from eventlog.audit.directory import CHECKPOINT
from eventlog.audit.rows import EVENTS, Row, rfc3339
from eventlog.connection import Connection, connect
from eventlog.errors import LogError
from eventlog.format import leaf_entry
from eventlog.record import Recorded
from eventlog.tlog.tiles import Place, bundle, places, width_at
from eventlog.tlog.tree import WIDTH

PAGE: Final = 32 * WIDTH
TILES_AT_ONCE: Final = 64
_PAGE: Final = """
select notification_id, originator_id, originator_version, topic, schema, recorded_at,
       command_id, command_index, actor, meta, state
  from quanke_log where notification_id > $1 and notification_id <= $2 order by notification_id
"""
_ENCODER: Final = msgspec.json.Encoder()

Progress = Callable[[int, int], None]


class NothingToExport(LogError):
    """There is nothing that could be proven, or no place for it; the message says which."""


async def export(
    dsn: str, directory: Path, *, events: bool = True, progress: Progress | None = None
) -> seals.Seal:
    """Write the log up to its newest seal into a new directory, 0700; return that seal.

    Raises NothingToExport.
    """
    connection = await connect(dsn, "quanke export")
    try:
        seal = await seals.latest(connection)
        if seal is None:
            raise NothingToExport("nothing is sealed yet: start the platform, or quanke sealer")
        _make(directory)
        await _write_tiles(connection, directory, seal.size)
        await _write_events(connection, directory, seal.size, events, progress)
        (directory / CHECKPOINT).write_bytes(str(seal.note).encode())
    finally:
        connection.terminate()
    return seal


def _make(directory: Path) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise NothingToExport(f"{directory} is not empty: name a new directory")


async def _write_tiles(connection: Connection, directory: Path, size: int) -> None:
    wanted = list(places(size))
    for first in range(0, len(wanted), TILES_AT_ONCE):
        some = wanted[first : first + TILES_AT_ONCE]
        found = await seals.tiles(connection, [(one.level or 0, one.n) for one in some])
        for one in some:
            hashes = found.get((one.level or 0, one.n), b"")
            _put(directory, one, hashes[: one.width * 32])


async def _write_events(
    connection: Connection, directory: Path, size: int, events: bool, progress: Progress | None
) -> None:
    with ExitStack() as stack:
        file = stack.enter_context((directory / EVENTS).open("wb")) if events else None
        for after in range(0, size, PAGE):
            found = await connection.fetch(_PAGE, after, min(after + PAGE, size))
            _write_page(directory, [Recorded(*row) for row in found], size, file)
            if progress is not None:
                progress(min(after + PAGE, size), size)


def _write_page(
    directory: Path, page: Sequence[Recorded], size: int, events: BinaryIO | None
) -> None:
    for n, together in groupby(page, lambda one: (one.position - 1) // WIDTH):
        entries = [leaf_entry(one) for one in together]
        _put(directory, Place(None, n, width_at(0, n, size)), bundle(entries))
    if events is not None:
        events.write(b"".join([line(one) for one in page]))


def line(event: Recorded) -> bytes:
    """Return an event as a line of events.ndjson."""
    row = Row(
        event.position, str(event.stream), event.version, event.topic, event.schema,
        rfc3339(event.recorded_at), str(event.command_id), event.command_index, event.actor,
        event.meta.decode(), event.state.decode(),
    )  # fmt: skip
    return _ENCODER.encode(row) + b"\n"


def _put(directory: Path, place: Place, data: bytes) -> None:
    path = directory / "tile" / place.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
