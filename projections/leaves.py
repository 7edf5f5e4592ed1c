"""The leaf hash of an event, kept in `quanke_leaf` from the first time it was read.

The table is only ever added to and no rebuild touches it: whoever changes an event later
can't make the read models agree with it again.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from eventlog.format import leaf_entry, leaf_hash
from eventlog.record import Position, Recorded
from projections.checkpoint import SQL
from projections.port import Connection

PAGE: Final = 10_000


class Reads(Protocol):
    """What the catching up reads from."""

    async def read_all(self, after: Position, limit: int = 1_000) -> list[Recorded]:
        """Read the log in position order, starting just after a position."""
        ...


def leaf_sha256(recorded: Recorded) -> bytes:
    """Return the hash that the log's transparency tree will hold for an event."""
    return leaf_hash(leaf_entry(recorded))


def new_of(recorded: Sequence[Recorded], kept: int) -> tuple[list[bytes], bytes]:
    """Return the leaves of a page that are not kept yet, and that of its last event."""
    new = [leaf_sha256(one) for one in recorded if one.position > kept]
    return new, new[-1] if new else leaf_sha256(recorded[-1])


async def keep(connection: Connection, first: int, leaves: list[bytes]) -> None:
    """Keep the leaves of consecutive positions; those kept before stay as they are."""
    positions = list(range(first, first + len(leaves)))
    await connection.execute(SQL["leaves"], positions, leaves)


async def last(connection: Connection) -> int:
    """Return the last position whose leaf is kept, 0 for none."""
    return int(await connection.fetchval(SQL["last_leaf"]))


async def keep_after(connection: Connection, kept: int, recorded: Sequence[Recorded]) -> None:
    """Keep the leaves of a page but for those up to `kept`, which need not be made again."""
    new = [one for one in recorded if one.position > kept]
    if not kept:  # a first build: nobody else keeps any yet
        rows = [(one.position, leaf_sha256(one)) for one in new]
        await connection.copy_records_to_table("quanke_leaf", records=rows)
    elif new:
        await keep(connection, new[0].position, [leaf_sha256(one) for one in new])


async def catch_up(connection: Connection, log: Reads, target: int) -> None:
    """Keep the leaves up to a position that read models passed when no leaves were kept.

    A build keeps them itself; this is for databases of before that.
    """
    at = await last(connection)
    while at < target:
        page = await log.read_all(Position(at), min(PAGE, target - at))
        await keep_after(connection, at, page)
        at = page[-1].position
