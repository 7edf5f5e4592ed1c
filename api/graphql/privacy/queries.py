"""For auditors and the privacy officer: who has opened whose words, and what for."""

from typing import Final

import strawberry

from api.graphql.as_of import AskedAsOf, sighting
from api.graphql.case.types import case_id
from api.graphql.context import Info
from api.graphql.mutation.inputs import enum_of
from api.graphql.paging import PageInfo, connected, decode_cursor, encode_cursor, page_size
from api.graphql.scalars import Instant, LogPosition
from api.privacy.naming import subject_named
from domain.privacy.purposes import Purpose
from domain.privacy.subjects import OF_CASES
from projections.personal_reads import queries as reads
from projections.personal_reads.queries import ReadingRow
from projections.sight import EVERYTHING

LIST: Final = "personal data reads"
enum_of(Purpose)


@strawberry.type(description="Somebody has opened personal words. The words are not here.")
class PersonalDataRead:
    """One access event."""

    position: LogPosition = strawberry.field(description="Place in the log.")
    at: Instant = strawberry.field(description="When.")
    reader: str = strawberry.field(description="Opaque account of who it was.")
    role: str = strawberry.field(description="As what.")
    subject: str = strawberry.field(
        description="Whose key: case:…, contact:…, worker:… or account:…."
    )
    case: strawberry.ID | None = strawberry.field(
        description="Id of the case; null for a worker or an account."
    )
    fields: list[str] = strawberry.field(description="Which fields were opened.")
    purpose: Purpose = strawberry.field(description="What for.")
    request: str = strawberry.field(description="Id of the request they were opened in.")


@strawberry.type(description="A reading with its place in a list.")
class PersonalDataReadEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Place in this list.")
    node: PersonalDataRead = strawberry.field(description="The reading.")


@strawberry.type(description="A page of readings, newest first.")
class PersonalDataReadConnection:
    """Relay's connection, forward only."""

    edges: list[PersonalDataReadEdge] = strawberry.field(description="Readings with cursors.")
    nodes: list[PersonalDataRead] = strawberry.field(description="The readings.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")


def read_of(row: ReadingRow) -> PersonalDataRead:
    """Return a reading for the API."""
    kind, _, key = row.subject.partition(":")
    return PersonalDataRead(
        position=LogPosition(row.position), at=Instant(row.recorded_at), reader=row.reader,
        role=row.role, subject=row.subject, case=case_id(key) if kind in OF_CASES else None,
        fields=row.fields, purpose=Purpose(row.purpose), request=row.request,
    )  # fmt: skip


@strawberry.type
class PrivacyQueries:
    """Root fields about personal data."""

    @strawberry.field(description="Who has read personal data, newest first.")
    async def personal_data_reads(
        self,
        info: Info,
        first: int,
        after: str | None = None,
        subject: str | None = None,
        reader: str | None = None,
        purpose: Purpose | None = None,
        as_of: AskedAsOf = None,
    ) -> PersonalDataReadConnection:
        """Return a page; `subject` may be a subject, or a case by id, number or UUID."""
        size = page_size(first)
        async with sighting(info.context, EVERYTHING, as_of, after) as seen:
            kind = seen.cursor(LIST)
            start = decode_cursor(kind, after)
            named = None if subject is None else _both(await subject_named(seen.reads, subject))
            rows = await reads.page(
                seen.reads,
                start[0] if start else None,
                size + 1,
                subjects=named,
                reader=reader,
                purpose=None if purpose is None else purpose.value,
                at=seen.at,
            )
        edges = [
            PersonalDataReadEdge(cursor=encode_cursor(kind, (row.position,)), node=read_of(row))
            for row in rows[:size]
        ]
        return connected(PersonalDataReadConnection, edges, len(rows) > size, after)


def _both(subject: str) -> list[str]:
    """A case is asked about with its contact."""
    kind, _, key = subject.partition(":")
    return [subject, f"contact:{key}"] if kind == "case" else [subject]
