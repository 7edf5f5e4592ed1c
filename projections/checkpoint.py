"""How far a read model has come: one row, moved by compare-and-set.

The row is moved first in the transaction that writes the rows, so whoever moves it owns
the page: exactly once, whatever else runs. `holds` and `rebuild` are part of the
comparison, so a retry or a swap from another process is noticed before anything is written.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from domain.event import Microseconds
from projections.named import Queries
from projections.port import Connection, Page, ReadModel, Reads

SQL: Final = Queries(Path(__file__).with_name("checkpoint.sql"), "public")


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where a version of a read model stands; `leaf` is the leaf hash at `position`."""

    read_model: str
    version: int
    rebuild: int
    position: int
    recorded_at: Microseconds
    leaf: bytes
    holds: int


async def checkpoints(
    reads: Reads, models: Sequence[ReadModel], *, lock: bool = False
) -> dict[str, Checkpoint]:
    """Return the checkpoints of these models' versions; missing ones are not built yet.

    Versions go as texts: what an array of integers is the driver asks the database, anew on each
    session, and every start opens two sessions that ask for this alone. It costs 12 ms each time.
    """
    sql = SQL["locked" if lock else "all"]
    names, versions = [m.name for m in models], [str(m.version) for m in models]
    rows = await reads.fetch(sql, names, versions)
    return {row["read_model"]: Checkpoint(**row) for row in rows}


async def advance(
    connection: Connection, standing: Sequence[Checkpoint], page: Page, leaf: bytes
) -> bool:
    """Move checkpoints that all stand before a page behind it; False when any was moved."""
    moved = await connection.fetch(
        SQL["advance"],
        _terms(tuple((c.read_model, c.version, c.rebuild, c.holds) for c in standing)),
        standing[0].position,
        page.last,
        page.clock,
        leaf,
    )
    return len(moved) == len(standing)


@lru_cache(maxsize=16)
def _terms(standing: tuple[tuple[str, int, int, int], ...]) -> str:
    """Return what checkpoints are compared by, as the statement takes it: the same page after page.

    One text, as the driver looks at each member of an array by itself.
    """
    names = ("read_model", "version", "rebuild", "holds")
    return msgspec.json.encode([dict(zip(names, one, strict=True)) for one in standing]).decode()


async def place(connection: Connection, checkpoint: Checkpoint) -> None:
    """Write a checkpoint outright and make its version the live one: the end of a build."""
    await connection.execute(SQL["place"], *msgspec.structs.astuple(checkpoint))
    await connection.execute(
        SQL["live"], checkpoint.read_model, checkpoint.version, checkpoint.rebuild
    )
