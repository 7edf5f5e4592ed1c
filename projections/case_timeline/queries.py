"""What may be asked of a case's timeline. One index range of the case's own events."""

from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from domain.event import DomainEvent, Microseconds
from domain.topics import decode
from projections.as_of import At
from projections.case_board.queries import STATES
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "case_timeline"
VERSION: Final = 2
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))

OF_CASE: Final = SQL["of_case"].replace(":board", STATES.table)
"""Only where the board shows the case: whose sight this is holds for its events too."""


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a case. `state` is canonical JSON as it lies in the log: sealed stays sealed."""

    position: int
    case_id: UUID
    version: int
    topic: str
    at: Microseconds
    recorded_at: Microseconds
    actor: str
    role: str
    unit: str | None
    basis: str
    schema: int
    state: bytes
    meta: bytes

    def event(self) -> DomainEvent:
        """Return the event that `state` states."""
        return decode(self.topic, self.schema, self.state)


async def of_case(
    reads: Reads,
    case: UUID,
    after_version: int = 0,
    limit: int = 500,
    *,
    at: At | None = None,
    up_to: int | None = None,
) -> list[EntryRow]:
    """Return a case's events in order, just after a version and up to one, as of a moment."""
    position = None if at is None else at.position
    effective_at = None if at is None else at.effective_at
    rows = await reads.fetch(OF_CASE, case, after_version, limit, position, effective_at, up_to)
    return [EntryRow(**row) for row in rows]


async def up_to(reads: Reads, case: UUID, position: int, limit: int = 500) -> list[EntryRow]:
    """Return a case's events as known at a position of the log."""
    rows = await reads.fetch(SQL["up_to"], case, position, limit)
    return [EntryRow(**row) for row in rows]
