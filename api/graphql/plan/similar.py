"""What is similar to a case straight from the database: the search and the rows in one statement.

What speaks for each and in which order they come is judged by the same words as everywhere
(`case/similar.py`), by the few columns that are compared.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from graphql import get_named_type

from api.graphql.as_of import glance
from api.graphql.case.sight import may_with, one_sight, reporter_for
from api.graphql.case.similar import Alike, likeliest
from api.graphql.context import Context
from api.graphql.cost import WEIGHTS
from api.graphql.ids import case_key
from api.graphql.plan import Uncovered
from api.graphql.plan.columns import Columns, Nodes, asked_below
from api.graphql.plan.inputs import Values
from api.graphql.plan.outputs import Outputs
from api.graphql.plan.tables import CASE
from api.reference import Reference
from domain.access import Action
from projections import written
from projections.written import COMPARED

TOLD: Final[Mapping[str, Callable[[Alike], Any]]] = {
    "distanceM": lambda alike: alike.distance_m,
    "sameGrid": lambda alike: alike.same_grid,
    "sameCategory": lambda alike: alike.same_category,
    "mergeable": lambda alike: alike.mergeable,
    "__typename": lambda _alike: "SimilarCase",
}
"""Fields that are no case, by what speaks for it."""
WEIGHT: Final = WEIGHTS["similarCases"]


class Found(NamedTuple):
    """A case as it is compared, and what was selected of it."""

    id: UUID
    scope: str
    departments: list[str]
    grid: str | None
    category: str
    lon: int | None
    lat: int | None
    selected: Sequence[Any]


class Similar:
    """The `similarCases` root compiled. Raises Uncovered for a selection it can't express."""

    def __init__(self, outputs: Outputs, kind: Any, nodes: Nodes) -> None:
        asked = asked_below(outputs, get_named_type(kind), nodes)
        self._names = {key: at[0].name.value for key, at in asked.items()}
        self._cases = {
            key: Columns(outputs, CASE, asked[key])
            for key, name in self._names.items()
            if name == "case"
        }
        selects = [one.select for one in self._cases.values()]
        self._select = ", ".join(selects or ["null"])
        self._weight = WEIGHT + sum(one.weight for one in self._cases.values())

    async def answer(
        self, context: Context, asked: Mapping[str, Any], _values: Values
    ) -> orjson.Fragment:
        """Return the list as JSON. Raises Uncovered for a case out of sight."""
        key = case_key(asked["case"])
        reporter = await reporter_for(context, key)
        async with glance(context, one_sight(context.actor, key, reporter), None) as seen:
            rows = await written.similar(seen.reads, self._select, key)
        if not rows.rows:
            raise Uncovered
        of, others = _parted(rows.rows)
        if not _may(context, of, reporter):
            raise Uncovered
        context.has_read(rows.position)
        shown = likeliest(of, [one for one in others if _may(context, one)])
        context.rows += len(shown) * self._weight
        return orjson.Fragment(orjson.dumps(self._made(shown, seen.reference)))

    def _made(
        self, shown: Sequence[tuple[Alike, Found]], reference: Reference
    ) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = [
            {key: TOLD[name](alike) for key, name in self._names.items() if name != "case"}
            for alike, _one in shown
        ]
        begins = 0
        for key, columns in self._cases.items():
            rows = [one.selected[begins:] for _alike, one in shown]
            begins += columns.width
            for one, text in zip(made, columns.texts(rows, reference), strict=True):
                one[key] = orjson.Fragment(text)
        return made


def _parted(rows: Sequence[Sequence[Any]]) -> tuple[Found, list[Found]]:
    """Return the case that was asked about, and the others beside it."""
    end = len(COMPARED)
    found = [Found._make((*row[end : 2 * end], row[2 * end :])) for row in rows]
    of = Found._make((*rows[0][:end], ()))
    return of, [one for one in found if one.id is not None]


def _may(context: Context, one: Found, reporter: str | None = None) -> bool:
    return may_with(context.actor, Action.READ_CASE, one.scope, one.departments, reporter)
