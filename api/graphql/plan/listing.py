"""A list of cases straight from the database: the selection becomes one SQL statement.

PostgreSQL writes each case's JSON from the asked columns alone (`columns.py`); here the
texts are only joined. A page with anything that `tables.py` does not have goes the way of
the plan. Filter, sight and keyset are those of the list itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.graphql.as_of import Glance, glance
from api.graphql.case.queries import CaseFilter, board_filter, list_sight, wanted_and_sight
from api.graphql.context import Context
from api.graphql.paging import MAX_CASES, decode_cursor, encode_cursor, page_size
from api.graphql.plan import Uncovered
from api.graphql.plan.columns import Nodes
from api.graphql.plan.inputs import Values
from api.graphql.plan.outputs import Outputs
from api.graphql.plan.pages import Paged
from api.graphql.plan.tables import CASE
from projections import written
from projections.case_board import queries as board
from projections.case_board.queries import Filter, Sort
from projections.sight import Sight


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for: `begin` is the sort key it begins after, `after` its cursor."""

    wanted: Filter
    order: Sort
    begin: tuple[int, UUID] | None
    size: int
    after: str | None


class Listing:
    """One `cases` root compiled. Raises Uncovered for a selection it can't express."""

    def __init__(self, outputs: Outputs, kind: Any, nodes: Nodes) -> None:
        self._paged = Paged(outputs, CASE, kind, nodes)

    async def answer(
        self, context: Context, given: Mapping[str, Any], _values: Values
    ) -> dict[str, Any]:
        """Return a page as JSON values. Raises Uncovered where nobody's cases are seen."""
        size, after = page_size(given["first"], MAX_CASES), given.get("after")
        order: Sort = given.get("order_by", Sort.REPORTED)
        asked = given.get("filter") or CaseFilter()
        eyes, now = list_sight(context.actor, asked), board_filter(context, asked)
        walking = now is not None and now.walks(order)
        async with glance(context, eyes, given.get("as_of"), after, walking=walking) as seen:
            start: Any = decode_cursor(seen.cursor(f"cases {order}"), after)
            wanted, sight = wanted_and_sight(context, asked, seen.at)
            if wanted is None:
                raise Uncovered
            begin = (start[0], UUID(start[1])) if start is not None else None
            page = Page(wanted, order, begin, size, after)
            made = self._joined if self._paged.joined and seen.at is None else self._listed
            total = None
            if given.get("with_total", False):
                total = await board.count(seen.reads, wanted, at=seen.at, sight=sight)
            return await made(context, seen, page, sight, total)

    async def _joined(
        self, context: Context, seen: Glance, page: Page, _sight: Sight | None, total: int | None
    ) -> dict[str, Any]:
        """Return a page that the database has put together as one text."""
        columns = self._paged.columns
        found = await written.joined(
            seen.reads, columns.selects[0], page.wanted, page.order, page.begin, page.size
        )
        context.has_read(found.position)
        text, cases = found.rows[0]
        context.rows += cases * columns.weight
        texts = [text] if cases else []
        return self._paged.made(texts, lambda _place: "", more=False, after=page.after, total=total)

    async def _listed(
        self, context: Context, seen: Glance, page: Page, sight: Sight | None, total: int | None
    ) -> dict[str, Any]:
        columns, kind = self._paged.columns, seen.cursor(f"cases {page.order}")
        found = await written.page(
            seen.reads, columns.select, page.wanted, page.order, page.begin, page.size + 1,
            seen.at, sight,
        )  # fmt: skip
        if seen.at is None:
            context.has_read(found.position)
        rows = found.rows[: page.size]
        texts = columns.texts(rows, seen.reference, then=seen.at is not None)
        context.rows += len(rows) * columns.weight

        def cursor(place: int) -> str:
            value, key = rows[place][-2:]
            return encode_cursor(kind, (value or 0, str(key)))

        return self._paged.made(
            texts, cursor, more=len(found.rows) > page.size, after=page.after, total=total
        )
