"""The leaf hash of an event, kept in `quanke_leaf` from the first time it was read.

The table is only ever added to and no rebuild touches it: whoever changes an event later
can't make the read models agree with it again.
"""

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


async def keep(connection: Connection, first: int, leaves: list[bytes]) -> None:
    """Keep the leaves of consecutive positions; those kept before stay as they are."""
    positions = list(range(first, first + len(leaves)))
    await connection.execute(SQL["leaves"], positions, leaves)


async def catch_up(connection: Connection, log: Reads, target: int) -> None:
    """Keep the leaves up to a position that a build has passed without keeping them."""
    at = int(await connection.fetchval(SQL["last_leaf"]))
    while at < target:
        page = await log.read_all(Position(at), min(PAGE, target - at))
        await keep(connection, at + 1, [leaf_sha256(one) for one in page])
        at = page[-1].position
