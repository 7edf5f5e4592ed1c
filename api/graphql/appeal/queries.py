"""Appeals as a page: a department's own, wherever its case is now; an area's for its staff."""

from typing import Annotated

import strawberry

from api.graphql.appeal.types import AppealConnection, AppealSide, connection
from api.graphql.as_of import AskedAsOf, AsOf, sighting
from api.graphql.case.sight import case_sight
from api.graphql.context import Context, Info
from api.graphql.paging import decode_cursor, page_size
from domain.access import NOWHERE, visible_range, visible_unit
from projections.appeal_list import queries as appeals

Decided = Annotated[
    bool | None,
    strawberry.argument(description="Decided ones, or those that wait; both without it."),
]


One = Annotated[str | None, strawberry.argument(description="This one alone.")]
Side = Annotated[
    AppealSide | None,
    strawberry.argument(description="Those of departments, or of grids; both without it."),
]


async def page_of_appeals(
    context: Context,
    first: int,
    after: str | None,
    decided: bool | None,
    appeal: str | None,
    side: AppealSide | None,
    as_of: AsOf | None,
) -> AppealConnection:
    """Return the appeals the caller is a side of, the latest filed first."""
    size, actor = page_size(first), context.actor
    unit = visible_unit(actor)
    if unit is None and visible_range(actor) == NOWHERE:
        return connection([], size, "", after)
    scope = actor.scope if unit is None else ""
    of_unit = None if side is None else side is AppealSide.DEPARTMENT
    async with sighting(context, case_sight(actor), as_of, after) as seen:
        kind = seen.cursor("appeals")
        (start,) = decode_cursor(kind, after) or (None,)
        rows = await appeals.page(
            seen.reads, scope, unit, start, size + 1,
            decided=decided, appeal=appeal, of_unit=of_unit, at=seen.at,
        )  # fmt: skip
    return connection(rows, size, kind, after)


@strawberry.type
class AppealQueries:
    """Root field about appeals."""

    @strawberry.field(
        description="Appeals, the latest filed first: for a handler those of the own department,"
        " also on cases that are no longer its own; for staff those of cases in their scope."
    )
    async def appeals(
        self,
        info: Info,
        first: int = 20,
        after: str | None = None,
        decided: Decided = None,
        appeal: One = None,
        side: Side = None,
        as_of: AskedAsOf = None,
    ) -> AppealConnection:
        """Return a page of appeals."""
        return await page_of_appeals(info.context, first, after, decided, appeal, side, as_of)
