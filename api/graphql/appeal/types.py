"""An appeal in the API: plain facts from its list, its words opened for whoever it is about.

The department that appealed sees it also when the case is no longer its own: figure, state,
decision, reason and who decided, of the case nothing but the id and number it had anyway
(docs/adr/0048, 0049). A grid's appeal goes where its case lies (docs/adr/0050).
"""

from collections.abc import Sequence
from enum import Enum
from typing import Final

import strawberry

from api.graphql.case.sight import may_with
from api.graphql.case.types import case_id
from api.graphql.context import Context, Info
from api.graphql.errors import Forbidden, PurposeRequired
from api.graphql.paging import PageInfo, connected, encode_cursor
from api.graphql.place import Department, known_department
from api.graphql.scalars import Instant
from api.privacy.opening import PurposeMissing, open_for, purpose_of
from domain.access import Action
from domain.event import Sealed
from domain.privacy.purposes import Purpose
from domain.topics import decode
from eventlog.record import Position
from projections.appeal_list.queries import AppealRow

WORDS: Final = frozenset({"note", "reason"})


@strawberry.enum(description="Which of those who are scored has appealed.")
class AppealSide(Enum):
    """A department has a part in a case, a grid has the case in it."""

    DEPARTMENT = strawberry.enum_value("DEPARTMENT", description="A department, by a handler.")
    GRID = strawberry.enum_value("GRID", description="A grid, by its worker.")


@strawberry.type(description="What was said about an appeal in words; sealed in the log.")
class AppealText:
    """Opened for the department that appealed and for those who work in the case's scope."""

    note: str | None = strawberry.field(description="What whoever appealed wrote.")
    reason: str | None = strawberry.field(description="Why it was decided so.")
    erased: bool = strawberry.field(description="Whether a key was destroyed: words are gone.")


@strawberry.type(description="申诉 An appeal against a figure's score, and what came of it.")
class Appeal:
    """Instants are effective times; null where it has not happened."""

    row: strawberry.Private[AppealRow]
    appeal: str = strawberry.field(description="Its id, as `decideAppeal` takes it.")
    case: strawberry.ID = strawberry.field(
        description="Id of the case; the case itself may be out of sight by now."
    )
    number: str = strawberry.field(description="The number people know the case by.")
    figure: str = strawberry.field(description="Name of the figure whose score is appealed.")
    filed_at: Instant = strawberry.field(description="When it was filed.")
    filed_by: str = strawberry.field(description="Opaque account of who filed it.")
    upheld: bool | None = strawberry.field(
        description="Whether it was upheld; null while nobody has decided."
    )
    decided_at: Instant | None = strawberry.field(description="When it was decided.")
    decided_by: str | None = strawberry.field(description="Opaque account of who decided.")

    @strawberry.field(description="Who has appealed: a department or a grid.")
    def side(self) -> AppealSide:
        """Return the side that is scored."""
        return AppealSide.GRID if self.row.unit is None else AppealSide.DEPARTMENT

    @strawberry.field(description="The department that appealed; null where a grid did.")
    def department(self, info: Info) -> Department | None:
        """Return the department as it is named now."""
        return known_department(info.context.platform.reference, self.row.unit)

    @strawberry.field(description="Its words, for both sides; that they were opened is noted.")
    async def text(self, info: Info, purpose: Purpose | None = None) -> AppealText:
        """Return the opened words; of a sensitive case a purpose is wanted. Raises Forbidden."""
        context, row = info.context, self.row
        units = () if row.unit is None else (row.unit,)
        if context.shared or not may_with(context.actor, Action.READ_TEXT, row.scope, units):
            raise Forbidden("the words of this appeal are not for you")
        return await _opened(context, row, purpose)


async def _opened(context: Context, row: AppealRow, purpose: Purpose | None) -> AppealText:
    """Return an appeal's words from its events, once it is noted who reads them."""
    platform = context.platform
    try:
        stated = purpose_of(context.identity, purpose, sensitive=row.sensitive)
    except PurposeMissing as error:
        raise PurposeRequired(str(error)) from None
    events = [
        decode(one.topic, one.schema, one.state)
        for position in (row.position, row.decision)
        if position is not None
        for one in await platform.log.read_all(Position(position - 1), 1)
    ]
    told = await open_for(
        context.identity, platform.vault, platform.access, row.case_id, events,
        wanted=lambda field: field.name in WORDS, purpose=stated, request=context.request_id,
    )  # fmt: skip
    found = [getattr(one, name, None) for one in told for name in ("note", "reason")]
    note, reason = found[0], found[-1] if len(told) > 1 else None
    return AppealText(
        note=note if isinstance(note, str) else None,
        reason=reason if isinstance(reason, str) else None,
        erased=any(isinstance(one, Sealed) for one in found),
    )


def appeal_of(row: AppealRow) -> Appeal:
    """Return an appeal for the API."""
    return Appeal(
        row=row, appeal=row.appeal, case=case_id(row.case_id), number=row.number,
        figure=row.figure, filed_at=Instant(row.filed_at), filed_by=row.filed_by,
        upheld=row.upheld,
        decided_at=None if row.decided_at is None else Instant(row.decided_at),
        decided_by=row.decided_by,
    )  # fmt: skip


@strawberry.type(description="An appeal with its place in a list.")
class AppealEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Place in this list.")
    node: Appeal = strawberry.field(description="The appeal.")


@strawberry.type(description="A page of appeals, the latest filed first.")
class AppealConnection:
    """Relay's connection, forward only."""

    edges: list[AppealEdge] = strawberry.field(description="The appeals with their cursors.")
    nodes: list[Appeal] = strawberry.field(description="The appeals.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")


def connection(
    rows: Sequence[AppealRow], size: int, kind: str, after: str | None
) -> AppealConnection:
    """Return the page over its rows and, where more follow, one beyond."""
    edges = [
        AppealEdge(cursor=encode_cursor(kind, (row.position,)), node=appeal_of(row))
        for row in rows[:size]
    ]
    return connected(AppealConnection, edges, len(rows) > size, after)
