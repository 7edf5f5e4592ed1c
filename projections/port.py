"""What the runner hands to a read model, and what a read model hands back.

A page of the log is decoded once (`Seen`), its cases are folded once (`Touched`), and
every read model writes its own rows from the same values. A read model keeps no state
outside its tables: what a case was before the page is a pure fold of the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

import asyncpg

from domain.event import Microseconds
from projections.case_facts.touched import Touched
from projections.delta import Delta
from projections.seen import Seen

Connection: TypeAlias = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)
"""What a read model writes with: always inside the runner's transaction."""


class Reads(Protocol):
    """What a query needs: a connection or a pool of asyncpg."""

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """Return all rows."""
        ...

    async def fetchrow(self, query: str, *args: Any) -> Any:
        """Return the first row or None."""
        ...

    async def fetchval(self, query: str, *args: Any) -> Any:
        """Return the first value of the first row."""
        ...


TOLD: Final = 500
"""Above so many events a page subscribers are told to take a fresh snapshot instead of deltas."""


@dataclass(frozen=True, slots=True)
class Page:
    """Consecutive positions `first`..`last` with the cases they touch.

    `clock` is recorded_at of `last`, `clock_before` that of the position before `first`:
    the log's own time, by which stated targets run out. `keep_after` is the position up to
    which rows of a sliding window need not be written, because a later page drops them.
    `again`: events of one stream that had been held back, long after their positions.
    """

    first: int
    last: int
    clock_before: Microseconds
    clock: Microseconds
    seen: Sequence[Seen]
    touched: dict[UUID, Touched] = field(default_factory=dict)
    keep_after: int = 0
    again: bool = False

    @property
    def known(self) -> list[UUID]:
        """The cases that were there before the page."""
        return [stream for stream, touched in self.touched.items() if touched.before]

    @property
    def told(self) -> bool:
        """Tell whether anybody will see deltas of this page: else none need be made."""
        return len(self.seen) <= TOLD


class ReadModel(Protocol):
    """One question answered: a name, a version, its tables and how a page changes them."""

    name: str
    version: int

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Write the page's rows into `schema` and return the new values of what changed.

        Runs in the runner's transaction. Deltas are absolute: applying one twice is harmless.
        Of a page that is not `told` they may be left out.
        """
        ...
