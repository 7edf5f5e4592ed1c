"""Events to timeline entries, one each."""

from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import astuple

from domain.event import Microseconds
from projections.case_timeline.queries import NAME, VERSION
from projections.delta import Delta
from projections.port import Connection, Page, Seen
from projections.writing import columns, insert

BULK: Final = 200
"""From so many rows on, COPY is cheaper than one INSERT."""


class Entry(msgspec.Struct, frozen=True):
    """A row of the timeline; what happened (`state`) is read from the log itself."""

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


def entry(seen: Seen) -> Entry:
    """Return the entry of one event."""
    meta = seen.meta
    return Entry(
        seen.position, seen.stream, seen.version, seen.topic, meta.effective_at,
        seen.recorded_at, seen.actor, meta.role, meta.unit, meta.basis,
    )  # fmt: skip


class CaseTimeline:
    """The timeline: one row an event of a case."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add the page's events of cases."""
        rows = [entry(seen) for seen in page.seen if seen.stream in page.touched]
        if len(rows) < BULK:
            await insert(connection, f"{schema}.entry", rows)
        else:
            await connection.copy_records_to_table(
                "entry",
                schema_name=schema,
                columns=columns(Entry),
                records=map(astuple, rows),
            )
        return [Delta(self.name, str(row.case_id), row) for row in rows]


MODEL: Final = CaseTimeline()
