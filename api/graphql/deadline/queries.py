"""Running clocks of open cases: the next to end first, page by page, now or as of a moment."""

from typing import Any, Final
from uuid import UUID

import strawberry

from api.graphql.as_of import AskedAsOf, AsOf, sighting
from api.graphql.case.sight import case_sight
from api.graphql.case.types import case_id
from api.graphql.context import Context, Info
from api.graphql.deadline.types import Reckoning, reckoning_with
from api.graphql.errors import Forbidden
from api.graphql.ids import case_key
from api.graphql.paging import PageInfo, connected, decode_cursor, encode_cursor, page_size
from api.graphql.scalars import Instant
from api.graphql.scope import seen_scope
from domain.access import NOWHERE, visible_range, visible_unit
from domain.case.values import Clock
from projections.deadline_list import queries as deadlines
from projections.deadline_list.queries import DeadlineRow

DEADLINES: Final = "deadlines"


@strawberry.type(description="A running clock of an open case.")
class Deadline:
    """Instants in effective time."""

    case: strawberry.ID = strawberry.field(description="The case.")
    number: str = strawberry.field(description="The number people know it by.")
    clock: str = strawberry.field(description="Which stage.")
    limit: str = strawberry.field(description="The limit, such as 4H.")
    start: Instant = strawberry.field(description="When the clock was started.")
    due: Instant = strawberry.field(description="When it ends.")
    warned: bool = strawberry.field(description="Whether a warning was recorded.")
    passed: bool = strawberry.field(description="Whether its passing was recorded.")
    category_code: str = strawberry.field(description="Category code.")
    scope: str = strawberry.field(description="Where the case is.")
    department: str | None = strawberry.field(description="Lead department id.")
    severity: str = strawberry.field(description="How bad it is.")
    status: str = strawberry.field(description="Where the case stands.")

    @strawberry.field(description="Its arithmetic, span by span.")
    async def reckoning(self, info: Info) -> Reckoning | None:
        """Return what set this due instant, also where another has taken its place since."""
        return await reckoning_with(info.context, case_key(self.case), self.clock, self.due)


@strawberry.type(description="A deadline with its place in a list.")
class DeadlineEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Place in this list.")
    node: Deadline = strawberry.field(description="The deadline.")


@strawberry.type(description="A page of deadlines, the earliest first.")
class DeadlineConnection:
    """Relay's connection, forward only."""

    edges: list[DeadlineEdge] = strawberry.field(description="The deadlines with their cursors.")
    nodes: list[Deadline] = strawberry.field(description="The deadlines.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")


def deadline_of(row: DeadlineRow) -> Deadline:
    """Return a deadline for the API."""
    return Deadline(
        case=case_id(row.case_id), number=row.number, clock=row.clock, limit=row.limit_text,
        start=Instant(row.start), due=Instant(row.due), warned=row.warned, passed=row.passed,
        category_code=row.category, scope=row.scope, department=row.department,
        severity=row.severity, status=row.status,
    )  # fmt: skip


async def page_of_deadlines(
    context: Context, asked: dict[str, Any], first: int, after: str | None, as_of: AsOf | None
) -> DeadlineConnection:
    """Return a page of the deadlines the actor sees, as of a moment."""
    size, unit = page_size(first), visible_unit(context.actor)
    if unit is not None:
        asked["department"], asked["scope"] = unit, ""
    elif visible_range(context.actor) == NOWHERE:
        raise Forbidden("deadlines are for those who work on cases")
    sight = case_sight(context.actor)
    async with sighting(context, sight, as_of, after) as seen:
        kind = seen.cursor(DEADLINES)
        start = decode_cursor(kind, after)
        begin = (start[0], UUID(start[1]), start[2]) if start is not None else None
        rows = await deadlines.page(
            seen.reads, **asked, after=begin, limit=size + 1, at=seen.at, sight=sight
        )
    edges = [
        DeadlineEdge(
            cursor=encode_cursor(kind, (row.due, str(row.case_id), row.clock)),
            node=deadline_of(row),
        )
        for row in rows[:size]
    ]
    return connected(DeadlineConnection, edges, len(rows) > size, after)


@strawberry.type
class DeadlineQueries:
    """Root field about deadlines."""

    @strawberry.field(description="Running clocks, the next to end first.")
    async def deadlines(
        self,
        info: Info,
        first: int,
        after: str | None = None,
        scope: str | None = None,
        clock: Clock | None = None,
        department: str | None = None,
        passed: bool | None = None,
        due_before: Instant | None = None,
        as_of: AskedAsOf = None,
    ) -> DeadlineConnection:
        """Return a page of deadlines."""
        asked = {
            "scope": seen_scope(info.context, scope),
            "clock": None if clock is None else clock.value,
            "department": department,
            "passed": passed,
            "due_before": due_before,
        }
        return await page_of_deadlines(info.context, asked, first, after, as_of)
