"""One case with its timeline straight from the database, in one SQL statement.

What may be done with it now is no column: it is asked of the rules, by its state in memory.
Who may see it is decided by the row of today that comes with it, by the same words as
everywhere (`sight.py`). Sealed words are no columns: who asks for them goes another way,
where opening them is an event.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from graphql import get_named_type

from api.graphql.as_of import Glance, glance
from api.graphql.case.events import TimelinePage
from api.graphql.case.queries import asked_case
from api.graphql.case.sight import may_with, one_sight, reporter_for
from api.graphql.case.verbs import verbs_of
from api.graphql.context import Context
from api.graphql.errors import BadInput
from api.graphql.ids import case_key
from api.graphql.plan import Uncovered
from api.graphql.plan.columns import Columns, Nodes
from api.graphql.plan.inputs import Values
from api.graphql.plan.outputs import Outputs, arguments, given
from api.graphql.plan.pages import Paged
from api.graphql.plan.tables import CASE, EVENT
from domain.access import Action
from projections import written
from projections.written import FOUND, Below

BESIDE: Final = frozenset({"timeline", "allowed"})
"""Fields of a case that are not columns of its row."""


class Timeline:
    """One page of a timeline compiled. Raises Uncovered."""

    def __init__(self, outputs: Outputs, kind: Any, nodes: Nodes) -> None:
        self._paged = Paged(outputs, EVENT, kind, nodes)
        self.columns = self._paged.columns
        self.width = self.columns.width + 1

    def below(self, page: TimelinePage) -> Below:
        """Return what the database is asked for."""
        columns = self.columns
        return Below(tuple(columns.selects), columns.placed, page.start, page.size + 1)

    def made(
        self, lists: Sequence[Any], page: TimelinePage, seen: Glance, *, sensitive: bool
    ) -> tuple[dict[str, Any], int]:
        """Return the page from its lists of columns, and how much it has cost."""
        if sensitive and self.columns.placed:  # a place once told plainly has to be taken out
            raise Uncovered
        rows = list(zip(*lists, strict=True)) if lists[0] is not None else []
        shown = rows[: page.size]
        texts = self.columns.texts(shown, seen.reference)
        made = self._paged.made(
            texts, lambda place: page.cursor(shown[place][-1]),
            more=len(rows) > page.size, after=page.after,
        )  # fmt: skip
        return made, 1 + len(shown) * self.columns.weight


class Detail:
    """One `case` root compiled. Raises Uncovered for a selection it can't express."""

    def __init__(self, outputs: Outputs, kind: Any, nodes: Nodes) -> None:
        self._columns = Columns(outputs, CASE, nodes, pages=BESIDE, alone=True)
        case: Any = get_named_type(kind)
        field = case.fields["timeline"]
        self._timelines = [
            (key, Timeline(outputs, field.type, at), arguments(field, at[0]))
            for key, at in self._columns.below.items()
            if at[0].name.value == "timeline"
        ]
        self._verbs = [
            key for key, at in self._columns.below.items() if at[0].name.value == "allowed"
        ]

    async def answer(
        self, context: Context, asked: Mapping[str, Any], values: Values
    ) -> orjson.Fragment | None:
        """Return the case as JSON, None where there is none for the caller."""
        key = await asked_case(context, asked.get("id"), asked.get("number"))
        if key is None or (self._verbs and context.shared):
            raise Uncovered
        reporter = await reporter_for(context, key)
        sight = one_sight(context.actor, key, reporter)
        async with glance(context, sight, asked.get("as_of")) as seen:
            pages = [
                _page(seen, **given(getters, values)) for _key, _one, getters in self._timelines
            ]
            below = [
                one.below(page) for (_, one, _), page in zip(self._timelines, pages, strict=True)
            ]
            found = await written.one(seen.reads, self._columns.select, key, below, seen.at)
        seen.has_read(context, found.position)
        if not found.rows or not _may(context, Action.READ_CASE, found.rows[0], reporter):
            return None
        timeline = Action.READ_TIMELINE
        if self._timelines and not _may(context, timeline, found.rows[0], reporter):
            raise Uncovered
        made = self._made(context, found.rows[0], seen, pages)
        if self._verbs:
            verbs = await verbs_of(context, key) if seen.at is None else []
            made |= dict.fromkeys(self._verbs, verbs)
        return orjson.Fragment(orjson.dumps(made))

    def _made(
        self, context: Context, row: Sequence[Any], seen: Glance, pages: Sequence[TimelinePage]
    ) -> dict[str, Any]:
        columns, end = self._columns, FOUND + self._columns.width
        made = columns.made(row[FOUND:end], seen.reference)
        spent = columns.weight
        for (key, one, _getters), page in zip(self._timelines, pages, strict=True):
            lists = row[end : end + one.width]
            end += one.width
            made[key], cost = one.made(lists, page, seen, sensitive=row[3])
            spent += cost
        context.rows += spent
        return made


class TimelineRoot:
    """One `caseTimeline` root compiled. Raises Uncovered for a selection it can't express."""

    def __init__(self, outputs: Outputs, kind: Any, nodes: Nodes) -> None:
        self._timeline = Timeline(outputs, kind, nodes)

    async def answer(
        self, context: Context, asked: Mapping[str, Any], _values: Values
    ) -> dict[str, Any]:
        """Return the page. Raises Uncovered for a case out of sight."""
        key = case_key(asked["case"])
        after = asked.get("after")
        reporter = await reporter_for(context, key)
        sight = one_sight(context.actor, key, reporter)
        async with glance(context, sight, asked.get("as_of"), after) as seen:
            page = _page(seen, asked.get("first", 100), after)
            below = [self._timeline.below(page)]
            found = await written.one(seen.reads, "null", key, below, seen.at, whole=True)
        if not found.rows or not _may(context, Action.READ_CASE, found.rows[0], reporter):
            raise Uncovered
        seen.has_read(context, found.position)
        row = found.rows[0]
        made, cost = self._timeline.made(row[FOUND + 1 :], page, seen, sensitive=row[3])
        context.rows += cost
        return made


def _page(seen: Glance, first: int = 100, after: str | None = None) -> TimelinePage:
    """Return the page that is asked for.

    Raises Uncovered for one that can't be: of a case out of sight nobody is told so.
    """
    try:
        return TimelinePage(first, after, seen.at)
    except BadInput as error:
        raise Uncovered from error


def _may(context: Context, action: Action, row: Sequence[Any], reporter: str | None) -> bool:
    """Tell whether the caller may do this with the case of a row that `written.one` found."""
    _key, scope, departments = row[:3]
    return may_with(context.actor, action, scope, departments, reporter)
