"""Queries about cases: one, a page, a timeline."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import strawberry
from msgspec.structs import replace

from api.graphql.as_of import AskedAsOf, AsOf, Sighting, of_the_past, sighting
from api.graphql.case.checkers import Checker, checkers
from api.graphql.case.claiming import Claim, visible_claims
from api.graphql.case.events import CaseEventConnection, TimelinePage
from api.graphql.case.forms import CommandForm, command_forms
from api.graphql.case.preview import DispatchPreview, dispatch_preview
from api.graphql.case.sight import case_sight, may, one_sight, reporter_for, sight_today
from api.graphql.case.similar import SimilarCase, similar_cases
from api.graphql.case.types import (
    Case,
    CaseConnection,
    CaseEdge,
    Then,
    case_of,
)
from api.graphql.context import Context, Info
from api.graphql.errors import BadInput, Forbidden
from api.graphql.ids import case_key
from api.graphql.paging import MAX_CASES, connected, decode_cursor, encode_cursor, page_size
from api.graphql.scalars import Instant
from domain.access import NOWHERE, Action, visible_range, visible_unit
from domain.actor import Actor, within
from domain.case.values import Severity, Status
from projections.as_of import At
from projections.case_board import queries as board
from projections.case_board.queries import Filter, Sort
from projections.case_board.row import BoardRow
from projections.case_timeline import queries as timeline
from projections.port import Reads
from projections.reading import at_position
from projections.sight import NOTHING, Sight


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
    lead: list[str] | None = strawberry.field(
        default=None, description="Led by one of these departments: each case has one at most."
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
    wanted = asked_filter(asked or CaseFilter())
    unit = visible_unit(context.actor)
    if unit is not None:
        if wanted.departments is not None and unit not in wanted.departments:
            return None
        return replace(wanted, departments=(unit,))
    if visible_range(context.actor) == NOWHERE:
        return None
    if within(wanted.scope, context.actor.scope):
        return wanted
    if not within(context.actor.scope, wanted.scope):
        return None
    return replace(wanted, scope=context.actor.scope)


def asked_filter(wanted: CaseFilter) -> Filter:
    """Return the filter as it was asked, whoever asks. Raises BadInput."""
    scope = wanted.scope or ""
    if scope and not scope.endswith("."):
        raise BadInput("a scope is area codes joined and ended by dots")
    return Filter(
        scope=scope,
        statuses=None if wanted.status is None else tuple(one.value for one in wanted.status),
        category=wanted.category,
        departments=None if wanted.department is None else tuple(wanted.department),
        leads=None if wanted.lead is None else tuple(wanted.lead),
        overdue=wanted.overdue,
        severity=None if wanted.severity is None else wanted.severity.value,
        number=wanted.number or None,
        reported_from=wanted.reported_from,
        reported_before=wanted.reported_before,
        open=wanted.open,
    )


def list_sight(actor: Actor, asked: CaseFilter | None, *, past: bool = False) -> Sight:
    """Return what the database shows of a list: the actor's own, of the departments asked for.

    Not of the `past`: what a department had then it may have handed on since.
    """
    if asked is None or past:
        return case_sight(actor)
    wanted = asked.lead if asked.department is None else asked.department
    return case_sight(actor, None if wanted is None else tuple(wanted))


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


async def sight_of_case(context: Context, case: UUID) -> Sight:
    """Return what the database shows the actor who asks for one case."""
    return one_sight(context.actor, case, await reporter_for(context, case))


async def existing(context: Context, reads: Reads, case: strawberry.ID) -> BoardRow:
    """Return a case's row. Raises Forbidden when it does not exist for the actor."""
    row = await visible_case(context, reads, case_key(case))
    if row is None:
        raise Forbidden("there is no such case for you")
    return row


async def asked_case(context: Context, id: str | None, number: str | None) -> UUID | None:
    """Return which case is asked for; None for a number nobody has. Raises BadInput."""
    if (id is None) == (number is None):
        raise BadInput("give id or number")
    if id is not None:
        return case_key(id)
    return await board.key_of(context.platform.pool, str(number))


async def one_case(
    context: Context, id: strawberry.ID | None, number: str | None, as_of: AsOf | None
) -> Case | None:
    """Return a case by id or number, None when it does not, or did not, exist for the actor."""
    key = await asked_case(context, id, number)
    sight = NOTHING if key is None else await sight_of_case(context, key)
    async with sighting(context, sight, as_of) as seen:
        today = await visible_case(context, seen.reads, key) if key is not None else None
        if today is None:
            return None
        if seen.at is None:
            return case_of(today)
        row = await board.one(seen.reads, today.id, at=seen.at)
        return None if row is None else case_of(row, Then(seen.at, seen.reference, today))


async def cases_of(rows: Sequence[BoardRow], seen: Sighting) -> list[Case]:
    """Return cases for the API: those of the past with its names and the rights of today."""
    if seen.at is None:
        return [case_of(row) for row in rows]
    today = await board.many(seen.reads, [row.id for row in rows])
    return [case_of(row, Then(seen.at, seen.reference, today[row.id])) for row in rows]


async def page_of_cases(
    context: Context,
    asked: CaseFilter | None,
    order: Sort,
    first: int,
    after: str | None,
    with_total: bool,
    as_of: AsOf | None,
) -> CaseConnection:
    """Return a page of the cases the actor sees, as of a moment."""
    size = page_size(first, MAX_CASES)
    eyes = list_sight(context.actor, asked, past=of_the_past(as_of, after))
    async with sighting(context, eyes, as_of, after) as seen:
        kind = seen.cursor(f"cases {order}")
        start: Any = decode_cursor(kind, after)
        wanted, sight = wanted_and_sight(context, asked, seen.at)
        if wanted is None:
            return connected(CaseConnection, [], False, after, total_count=0)
        begin = (start[0], UUID(start[1])) if start is not None else None
        reads, at = seen.reads, seen.at
        rows = await board.page(reads, wanted, order, begin, size + 1, at=at, sight=sight)
        total = await board.count(reads, wanted, at=at, sight=sight) if with_total else None
        found = await cases_of(rows[:size], seen)
    edges = [CaseEdge(cursor=_cursor(kind, case.row, order), node=case) for case in found]
    return connected(CaseConnection, edges, len(rows) > size, after, total_count=total)


def wanted_and_sight(
    context: Context, asked: CaseFilter | None, at: At | None
) -> tuple[Filter | None, Sight | None]:
    """Return the filter and, for the past, whose cases may be seen by their rows of today."""
    if at is None:
        return board_filter(context, asked), None
    if visible_unit(context.actor) is None and visible_range(context.actor) == NOWHERE:
        return None, None
    return asked_filter(asked or CaseFilter()), sight_today(context.actor)


def _cursor(kind: str, row: BoardRow, order: Sort) -> str:
    value, key = board.sort_key(row, order)
    return encode_cursor(kind, (value, str(key)))


async def page_of_events(
    context: Context, case: strawberry.ID, first: int, after: str | None, as_of: AsOf | None
) -> CaseEventConnection:
    """Return a page of a case's timeline. Raises Forbidden for a case out of sight."""
    key = case_key(case)
    async with sighting(context, await sight_of_case(context, key), as_of, after) as seen:
        page = TimelinePage(first, after, seen.at)
        today = await existing(context, seen.reads, case)
        rows = await timeline.of_case(seen.reads, key, page.start, page.size + 1, at=seen.at)
    return page.made(rows, placed=not today.sensitive)


@asynccontextmanager
async def _seen(context: Context, case: strawberry.ID) -> AsyncIterator[tuple[Reads, BoardRow]]:
    """Read a case's row, and more of the same position. Raises Forbidden for one out of sight."""
    sight = await sight_of_case(context, case_key(case))
    async with at_position(context.platform.reads, sight) as (reads, found):
        context.has_read(found.position)
        yield reads, await existing(context, reads, case)


async def _in_sight(context: Context, case: strawberry.ID) -> None:
    """Raise Forbidden for a case out of sight."""
    async with _seen(context, case):
        pass


@strawberry.type
class CaseQueries:
    """Root fields about cases."""

    @strawberry.field(description="One case, by id or by the number people know.")
    async def case(
        self,
        info: Info,
        id: strawberry.ID | None = None,
        number: str | None = None,
        as_of: AskedAsOf = None,
    ) -> Case | None:
        """Return a case."""
        return await one_case(info.context, id, number, as_of)

    @strawberry.field(description="The cases you may see, a page at a time.")
    async def cases(
        self,
        info: Info,
        first: int,
        after: str | None = None,
        filter: CaseFilter | None = None,
        order_by: Sort = Sort.REPORTED,
        with_total: bool = False,
        as_of: AskedAsOf = None,
    ) -> CaseConnection:
        """Return a page."""
        return await page_of_cases(info.context, filter, order_by, first, after, with_total, as_of)

    @strawberry.field(description="What has happened to a case, oldest first.")
    async def case_timeline(
        self,
        info: Info,
        case: strawberry.ID,
        first: int = 100,
        after: str | None = None,
        as_of: AskedAsOf = None,
    ) -> CaseEventConnection:
        """Return a page of a timeline."""
        return await page_of_events(info.context, case, first, after, as_of)

    @strawberry.field(description="The verbs of the loop as forms, in the loop's order.")
    def command_forms(self) -> list[CommandForm]:
        """Return every verb's form; which may be tried now says the case's `allowed`."""
        return list(command_forms())

    @strawberry.field(description="Where a dispatch would go, why, and by when it is due.")
    async def dispatch_preview(
        self, info: Info, case: strawberry.ID, department: str | None = None
    ) -> DispatchPreview:
        """Return the preview. Raises Forbidden for a case out of sight."""
        await _in_sight(info.context, case)
        return await dispatch_preview(info.context, case, department)

    @strawberry.field(description="Accounts that may be asked to check a case.")
    async def checkers(self, info: Info, case: strawberry.ID) -> list[Checker]:
        """Return them by account. Raises Forbidden for a case out of sight."""
        await _in_sight(info.context, case)
        return await checkers(info.context, case)

    @strawberry.field(description="Open cases that may be about the same matter.")
    async def similar_cases(self, info: Info, case: strawberry.ID) -> list[SimilarCase]:
        """Return the likeliest ten. Raises Forbidden for a case out of sight."""
        async with _seen(info.context, case) as (reads, row):
            return await similar_cases(info.context, reads, row)

    @strawberry.field(description="Who is on which case now, as far as you see the cases.")
    async def claims(self, info: Info) -> list[Claim]:
        """Return the claims that last."""
        return await visible_claims(info.context)
