"""What may be asked of the readings: a page, newest first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from domain.event import Microseconds
from projections.as_of import At
from projections.named import Queries, live_schema
from projections.port import Reads

NAME: Final = "personal_reads"
VERSION: Final = 1
SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))
LAST: Final = 2**63 - 1


class ReadingRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody has opened fields of a subject."""

    position: int
    at: Microseconds
    recorded_at: Microseconds
    reader: str
    role: str
    subject: str
    fields: list[str]
    purpose: str
    request: str
    basis: str


async def page(
    reads: Reads,
    before: int | None,
    limit: int,
    *,
    subjects: Sequence[str] | None = None,
    reader: str | None = None,
    purpose: str | None = None,
    at: At | None = None,
) -> list[ReadingRow]:
    """Return readings before a position, newest first: those of a moment, all for None."""
    start = LAST if before is None else before
    known, happened = (None, None) if at is None else (at.position, at.effective_at)
    rows = await reads.fetch(SQL["page"], start, subjects, reader, purpose, limit, known, happened)
    return [ReadingRow(**row) for row in rows]
