"""A list of cases straight from the database: the selection becomes one SQL statement.

PostgreSQL writes each case's JSON from the asked columns alone (`columns.py`); here the
texts are only joined. It writes only those that are not known yet (`shelves.py`). A page with
anything that `tables.py` does not have goes the way of the plan. Filter, sight and keyset are
those of the list itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.graphql.as_of import Glance, glance, of_the_past
from api.graphql.case.queries import CaseFilter, board_filter, list_sight, wanted_and_sight
from api.graphql.context import Context
from api.graphql.paging import MAX_CASES, decode_cursor, encode_cursor, page_size
from api.graphql.plan import Uncovered
from api.graphql.plan.columns import Nodes
from api.graphql.plan.inputs import Values
from api.graphql.plan.outputs import Outputs
from api.graphql.plan.pages import Paged
from api.graphql.plan.shelves import Before, Row, Shelf
from api.graphql.plan.tables import CASE
from api.reference import Reference
from projections import written
from projections.case_board import queries as board
from projections.case_board.queries import Sort
from projections.sight import Sight
from projections.written import Asked, Marked


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for: one row more of the board than it has, and its cursor."""

    asked: Asked
    after: str | None


class Listing:
    """One `cases` root compiled. Raises Uncovered for a selection it can't express."""

    def __init__(self, outputs: Outputs, kind: Any, nodes: Nodes) -> None:
        self._paged = Paged(outputs, CASE, kind, nodes)
        self._shelves = outputs.shelves

    async def answer(
        self, context: Context, given: Mapping[str, Any], _values: Values
    ) -> dict[str, Any]:
        """Return a page as JSON values. Raises Uncovered where nobody's cases are seen."""
        size, after = page_size(given["first"], MAX_CASES), given.get("after")
        order: Sort = given.get("order_by", Sort.REPORTED)
        asked = given.get("filter") or CaseFilter()
        past, now = of_the_past(given.get("as_of"), after), board_filter(context, asked)
        eyes = list_sight(context.actor, asked, past=past)
        walking = now is not None and now.walks(order)
        async with glance(context, eyes, given.get("as_of"), after, walking=walking) as seen:
            start: Any = decode_cursor(seen.cursor(f"cases {order}"), after)
            wanted, sight = wanted_and_sight(context, asked, seen.at)
            if wanted is None:
                raise Uncovered
            begin = (start[0], UUID(start[1])) if start is not None else None
            page = Page(Asked(wanted, order, begin, size + 1), after)
            total = None
            if given.get("with_total", False):
                total = await board.count(seen.reads, wanted, at=seen.at, sight=sight)
            found = await (self._present(context, seen, page) if seen.at is None
                           else self._past(context, seen, page, sight))  # fmt: skip
        return self._made(context, page, seen.cursor(f"cases {order}"), found, total)

    async def _present(self, context: Context, seen: Glance, page: Page) -> list[Row]:
        """Return one row more than the page has: texts that are known, and those written now."""
        shelf = self._shelves.shelf((self._paged.columns.signature, page.asked.sort))
        known = shelf.known(seen.reference)
        found = await self._marked(seen, page, known)
        rows = self._shelved(shelf, seen, found, known)
        if rows is None:  # an older case is asked for the first time: all of the page is written
            found = await self._marked(seen, page, -1)
            rows = self._shelved(shelf, seen, found, -1)
            assert rows is not None
        context.has_read(found.position)
        return rows

    async def _marked(self, seen: Glance, page: Page, known: int) -> Marked:
        return await written.marked(seen.reads, self._paged.columns.selects, page.asked, known)

    def _shelved(self, shelf: Shelf, seen: Glance, found: Marked, known: int) -> list[Row] | None:
        """Return a page's rows from the shelf, once those that are new lie there."""
        if not found.new:
            self._shelves.found += 1
        else:
            marks = [mark for mark in found.marks if mark >> 1 > known]
            texts = self._paged.columns.texts(found.new, seen.reference)
            keys = (row[-2:] for row in found.new)
            shelf.put(
                found.table, marks, [(text, *key) for text, key in zip(texts, keys, strict=True)]
            )
            self._shelves.make_room()
        return shelf.of(found.table, found.marks)

    async def _past(
        self, context: Context, seen: Glance, page: Page, sight: Sight | None
    ) -> list[Row]:
        """Return one row more than the page has, as of a moment.

        Whoever scrubs asks for one moment after the other: what the pages before had is not
        written again. Kept are pages with today's names alone, which are nearly all.
        """
        asked, reference = page.asked, seen.reference
        lasting = asked.after is None and reference is context.platform.reference
        list_of = self._paged.columns.signature, asked.sort, asked.wanted, sight
        shelf = self._shelves.shelf(list_of) if lasting else Shelf()
        before = shelf.before(reference)
        found = await self._then(seen, page, sight, before.rows)
        if before.rows and (found.table, reference.generation) != before[1:]:
            before = Before({}, 0, 0)
            found = await self._then(seen, page, sight, ())
        seen.has_read(context, found.position)
        self._shelves.found += not found.new
        rows = self._told(found, reference, before.rows)
        shelf.beside(reference, found.table, found.marks, rows)
        self._shelves.make_room()
        return rows

    async def _then(
        self, seen: Glance, page: Page, sight: Sight | None, known: Iterable[int]
    ) -> Marked:
        assert seen.at is not None, "the present is asked otherwise"
        return await written.then(
            seen.reads, self._paged.columns.selects, page.asked, seen.at, sight, known
        )

    def _told(self, found: Marked, reference: Reference, before: Mapping[int, Row]) -> list[Row]:
        """Return a page's rows: those that were there before, and those written now."""
        texts = self._paged.columns.texts(found.new, reference)
        new = ((text, *row[-2:]) for text, row in zip(texts, found.new, strict=True))
        return [before[mark] if mark in before else next(new) for mark in found.marks]

    def _made(
        self, context: Context, page: Page, kind: str, rows: list[Row], total: int | None
    ) -> dict[str, Any]:
        size = page.asked.limit - 1
        shown = rows[:size]
        context.rows += len(shown) * self._paged.columns.weight

        def cursor(place: int) -> str:
            _, value, key = shown[place]
            return encode_cursor(kind, (value or 0, str(key)))

        return self._paged.made(
            [row[0] for row in shown], cursor,
            more=len(rows) > size, after=page.after, total=total,
        )  # fmt: skip
