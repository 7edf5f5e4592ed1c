"""Events to timeline entries, one each, and their number by hour."""

from collections import Counter
from collections.abc import Iterable, Sequence
from struct import Struct
from typing import Final
from uuid import UUID

import msgspec

from domain.event import Microseconds
from projections.case_timeline.density import HOUR, district
from projections.case_timeline.queries import NAME, VERSION
from projections.copying import source, text
from projections.delta import Delta
from projections.port import Connection, Page
from projections.seen import Seen
from projections.together import at_once
from projections.writing import BULK, add, columns, insert


class Entry(msgspec.Struct, frozen=True, gc=False):
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
    scope: str


_COLUMNS: Final = columns(Entry)
_where: Final = Struct(">h iq i16s iq").pack
_when: Final = Struct(">iq iq").pack


class Hour(msgspec.Struct, frozen=True, gc=False):
    """Events of a district within the hour that begins at `hour`."""

    hour: Microseconds
    district: str
    events: int


def entry(seen: Seen, scope: str) -> Entry:
    """Return the entry of one event; `scope` is where its case lies after it."""
    meta = seen.meta
    return Entry(
        seen.position, seen.stream, seen.version, seen.topic, meta.effective_at,
        seen.recorded_at, seen.actor, meta.role, meta.unit, meta.basis, scope,
    )  # fmt: skip


def entries(page: Page) -> list[Entry]:
    """Return the page's entries, each with the place its case had then."""
    scopes = {stream: one.before.scope for stream, one in page.touched.items() if one.before}
    rows: list[Entry] = []
    for seen in page.seen:
        if seen.stream not in page.touched:
            continue
        place = getattr(seen.event, "place", None)
        if place is not None:
            scopes[seen.stream] = place.scope
        rows.append(entry(seen, scopes.get(seen.stream, "")))
    return rows


def packed(row: Entry) -> bytes:
    """Return an entry as COPY takes it: what hardly ever comes again, and texts that do."""
    return b"".join((
        _where(len(_COLUMNS), 8, row.position, 16, row.case_id.bytes, 8, row.version),
        text(row.topic),
        _when(8, row.at, 8, row.recorded_at),
        text(row.actor), text(row.role), text(row.unit), text(row.basis), text(row.scope),
    ))  # fmt: skip


def hours(rows: Iterable[Entry]) -> list[Hour]:
    """Return how many events each hour of effective time has, by district."""
    counts = Counter((row.at // HOUR * HOUR, district(row.scope)) for row in rows)
    return [Hour(hour, where, events) for (hour, where), events in sorted(counts.items())]


class CaseTimeline:
    """The timeline: one row an event of a case."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add the page's events of cases."""
        rows = entries(page)
        few = len(rows) < BULK
        await at_once(
            connection,
            add(connection, f"{schema}.hour", "hour, district", ("events",), hours(rows)),
            insert(connection, f"{schema}.entry", rows) if few else _copy(connection, schema, rows),
        )
        if not page.told:
            return []
        return [Delta(self.name, str(row.case_id), row) for row in rows]


async def _copy(connection: Connection, schema: str, rows: Sequence[Entry]) -> None:
    await connection.copy_to_table(
        "entry", schema_name=schema, columns=_COLUMNS, format="binary",
        source=source(map(packed, rows)),
    )  # fmt: skip


MODEL: Final = CaseTimeline()
