"""A list of cases straight from the database: the selection becomes one SQL statement.

PostgreSQL writes each case's JSON from the asked columns alone (`columns.py`); here the
texts are only joined. A page with anything that `tables.py` does not have goes the way of
the plan. Filter, sight and keyset are those of the list itself.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from api.graphql.as_of import glance
from api.graphql.case.queries import CaseFilter, list_sight, wanted_and_sight
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
from projections.case_board.queries import Sort


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
        columns = self._paged.columns
        eyes = list_sight(context.actor, given.get("filter"))
        async with glance(context, eyes, given.get("as_of"), after) as seen:
            kind = seen.cursor(f"cases {order}")
            start: Any = decode_cursor(kind, after)
            wanted, sight = wanted_and_sight(context, given.get("filter") or CaseFilter(), seen.at)
            if wanted is None:
                raise Uncovered
            begin = (start[0], UUID(start[1])) if start is not None else None
            found = await written.page(
                seen.reads, columns.select, wanted, order, begin, size + 1, seen.at, sight
            )
            total = None
            if given.get("with_total", False):
                total = await board.count(seen.reads, wanted, at=seen.at, sight=sight)
        if seen.at is None:
            context.has_read(found.position)
        rows = found.rows[:size]
        texts = columns.texts(rows, seen.reference, then=seen.at is not None)
        context.rows += len(rows) * columns.weight

        def cursor(place: int) -> str:
            value, key = rows[place][-2:]
            return encode_cursor(kind, (value or 0, str(key)))

        return self._paged.made(
            texts, cursor, more=len(found.rows) > size, after=after, total=total
        )
