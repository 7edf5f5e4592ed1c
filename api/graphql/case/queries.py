"""Queries about cases: one, a page, a timeline."""

from typing import Any, Final
from uuid import UUID

import strawberry

from api.graphql.case.claiming import Claim, visible_claims
from api.graphql.case.forms import CommandForm, command_forms
from api.graphql.case.preview import DispatchPreview, dispatch_preview
from api.graphql.case.sight import may
from api.graphql.case.similar import SimilarCase, similar_cases
from api.graphql.case.types import (
    Case,
    CaseConnection,
    CaseEdge,
    CaseEventConnection,
    CaseEventEdge,
    case_of,
    event_of,
    reporter_for,
)
from api.graphql.context import Context, Info
from api.graphql.errors import BadInput, Forbidden
from api.graphql.ids import case_key
from api.graphql.paging import decode_cursor, encode_cursor, page_info, page_size
from api.graphql.scalars import Instant
from api.graphql.words import title_of
from domain.access import NOWHERE, Action, visible_range, visible_unit
from domain.actor import within
from domain.case.values import Severity, Status
from projections.case_board import queries as board
from projections.case_board.queries import Filter, Sort
from projections.case_board.row import BoardRow
from projections.case_timeline import queries as timeline
from projections.port import Reads
from projections.reading import at_position

TIMELINE: Final = "timeline"


@strawberry.input(description="Which cases; what is left out does not filter.")
class CaseFilter:
    """All conditions must hold. Only indexed fields."""

    scope: str | None = strawberry.field(default=None, description="Inside this scope.")
    status: list[Status] | None = strawberry.field(
        default=None, description="In one of these states."
    )
    category: str | None = strawberry.field(default=None, description="Of this category code.")
    department: list[str] | None = strawberry.field(
        default=None, description="With one of these departments, leading or assisting."
    )
    overdue: bool | None = strawberry.field(default=None, description="Overdue or not.")
    open: bool | None = strawberry.field(default=None, description="Open or ended.")
    severity: Severity | None = strawberry.field(default=None, description="This bad.")
    number: str | None = strawberry.field(default=None, description="Number begins with this.")
    reported_from: Instant | None = strawberry.field(
        default=None, description="Reported at or after."
    )
    reported_before: Instant | None = strawberry.field(default=None, description="Reported before.")


def board_filter(context: Context, asked: CaseFilter | None) -> Filter | None:
    """Return the asked filter inside what the actor may see; None when nothing is left."""
    wanted = asked or CaseFilter()
    departments = tuple(wanted.department) if wanted.department is not None else None
    scope, unit = wanted.scope or "", visible_unit(context.actor)
    if scope and not scope.endswith("."):
        raise BadInput("a scope is area codes joined and ended by dots")
    if unit is not None:
        if departments is not None and unit not in departments:
            return None
        departments = (unit,)
    elif visible_range(context.actor) == NOWHERE:
        return None
    elif not within(scope, context.actor.scope):
        if not within(context.actor.scope, scope):
            return None
        scope = context.actor.scope
    return Filter(
        scope=scope,
        statuses=None if wanted.status is None else tuple(one.value for one in wanted.status),
        category=wanted.category,
        departments=departments,
        overdue=wanted.overdue,
        severity=None if wanted.severity is None else wanted.severity.value,
        number=wanted.number or None,
        reported_from=wanted.reported_from,
        reported_before=wanted.reported_before,
        open=wanted.open,
    )


strawberry.enum(
    Sort, name="CaseOrder", description="reported and updated: newest first; due: earliest first."
)


async def visible_case(context: Context, reads: Reads, key: UUID) -> BoardRow | None:
    """Return a case if it exists for the actor."""
    row = await board.one(reads, key)
    if row is None:
        return None
    reporter = await reporter_for(context, key)
    return row if may(context.actor, Action.READ_CASE, row, reporter) else None


async def existing(context: Context, reads: Reads, case: strawberry.ID) -> BoardRow:
    """Return a case's row. Raises Forbidden when it does not exist for the actor."""
    row = await visible_case(context, reads, case_key(case))
    if row is None:
        raise Forbidden("there is no such case for you")
    return row


async def one_case(context: Context, id: strawberry.ID | None, number: str | None) -> Case | None:
    """Return a case by id or number, None when it does not exist for the actor."""
    if (id is None) == (number is None):
        raise BadInput("give id or number")
    async with at_position(context.platform.pool) as (reads, found):
        context.has_read(found.position)
        if id is not None:
            key: UUID | None = case_key(id)
        else:
            row = await board.by_number(reads, str(number))
            key = row.id if row is not None else None
        seen = await visible_case(context, reads, key) if key is not None else None
    return None if seen is None else case_of(seen)


async def page_of_cases(
    context: Context,
    asked: CaseFilter | None,
    order: Sort,
    first: int,
    after: str | None,
    with_total: bool,
) -> CaseConnection:
    """Return a page of the cases the actor sees."""
    wanted, size = board_filter(context, asked), page_size(first)
    start: Any = decode_cursor(f"cases {order}", after)
    async with at_position(context.platform.pool) as (reads, found):
        context.has_read(found.position)
        if wanted is None:
            return CaseConnection(
                edges=[], nodes=[], page_info=page_info([], False, after), total_count=0
            )
        begin = (start[0], UUID(start[1])) if start is not None else None
        rows = await board.page(reads, wanted, order, begin, size + 1)
        total = await board.count(reads, wanted) if with_total else None
    edges = [_edge(row, order) for row in rows[:size]]
    return CaseConnection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=page_info([edge.cursor for edge in edges], len(rows) > size, after),
        total_count=total,
    )


def _edge(row: BoardRow, order: Sort) -> CaseEdge:
    value, key = board.sort_key(row, order)
    return CaseEdge(cursor=encode_cursor(f"cases {order}", (value, str(key))), node=case_of(row))


async def page_of_events(
    context: Context, case: strawberry.ID, first: int, after: str | None
) -> CaseEventConnection:
    """Return a page of a case's timeline. Raises Forbidden for a case out of sight."""
    size, key = page_size(first), case_key(case)
    start = decode_cursor(TIMELINE, after)
    async with at_position(context.platform.pool) as (reads, found):
        context.has_read(found.position)
        seen = await existing(context, reads, case)
        rows = await timeline.of_case(reads, key, start[0] if start else 0, size + 1)
    edges = [
        CaseEventEdge(
            cursor=encode_cursor(TIMELINE, (row.version,)),
            node=event_of(row, *title_of(row.topic), placed=not seen.sensitive),
        )
        for row in rows[:size]
    ]
    return CaseEventConnection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=page_info([edge.cursor for edge in edges], len(rows) > size, after),
    )


@strawberry.type
class CaseQueries:
    """Root fields about cases."""

    @strawberry.field(description="One case, by id or by the number people know.")
    async def case(
        self, info: Info, id: strawberry.ID | None = None, number: str | None = None
    ) -> Case | None:
        """Return a case."""
        return await one_case(info.context, id, number)

    @strawberry.field(description="The cases you may see, a page at a time.")
    async def cases(
        self,
        info: Info,
        first: int,
        after: str | None = None,
        filter: CaseFilter | None = None,
        order_by: Sort = Sort.REPORTED,
        with_total: bool = False,
    ) -> CaseConnection:
        """Return a page."""
        return await page_of_cases(info.context, filter, order_by, first, after, with_total)

    @strawberry.field(description="What has happened to a case, oldest first.")
    async def case_timeline(
        self, info: Info, case: strawberry.ID, first: int = 100, after: str | None = None
    ) -> CaseEventConnection:
        """Return a page of a timeline."""
        return await page_of_events(info.context, case, first, after)

    @strawberry.field(description="The verbs of the loop as forms, in the loop's order.")
    def command_forms(self) -> list[CommandForm]:
        """Return every verb's form; which may be tried now says the case's `allowed`."""
        return list(command_forms())

    @strawberry.field(description="Where a dispatch would go, why, and by when it is due.")
    async def dispatch_preview(
        self, info: Info, case: strawberry.ID, department: str | None = None
    ) -> DispatchPreview:
        """Return the preview. Raises Forbidden for a case out of sight."""
        context = info.context
        async with at_position(context.platform.pool) as (reads, found):
            context.has_read(found.position)
            await existing(context, reads, case)
        return await dispatch_preview(context, case, department)

    @strawberry.field(description="Open cases that may be about the same matter.")
    async def similar_cases(self, info: Info, case: strawberry.ID) -> list[SimilarCase]:
        """Return the likeliest ten. Raises Forbidden for a case out of sight."""
        context = info.context
        async with at_position(context.platform.pool) as (reads, found):
            context.has_read(found.position)
            row = await existing(context, reads, case)
            return await similar_cases(context, reads, row)

    @strawberry.field(description="Who is on which case now, as far as you see the cases.")
    async def claims(self, info: Info) -> list[Claim]:
        """Return the claims that last."""
        return await visible_claims(info.context)
