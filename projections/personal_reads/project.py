"""Access events to rows, one each."""

from typing import Final

from domain.privacy.events import PersonalDataRead
from projections.delta import Delta
from projections.personal_reads.queries import NAME, VERSION, ReadingRow
from projections.port import Connection, Page
from projections.seen import Seen
from projections.writing import insert


def reading(seen: Seen, event: PersonalDataRead) -> ReadingRow:
    """Return the row of one reading."""
    return ReadingRow(
        position=seen.position,
        at=seen.meta.effective_at,
        recorded_at=seen.recorded_at,
        reader=seen.actor,
        role=seen.meta.role,
        subject=event.subject,
        fields=list(event.fields),
        purpose=event.purpose,
        request=event.request,
        basis=seen.meta.basis,
    )


class PersonalReads:
    """The readings of personal data."""

    name = NAME
    version = VERSION

    async def apply(self, connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Add the page's readings. Nobody is told live: auditors ask."""
        rows = [
            reading(seen, seen.event)
            for seen in page.seen
            if isinstance(seen.event, PersonalDataRead)
        ]
        await insert(connection, f"{schema}.reading", rows)
        return []


MODEL: Final = PersonalReads()
