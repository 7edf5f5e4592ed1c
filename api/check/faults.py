"""Faults to plant in the fast ways, each breaking one a little: somebody has to notice."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

from msgspec.structs import replace

from api.graphql.case.similar import likeliest
from api.graphql.case.verbs import verbs_of
from api.graphql.context import Context
from api.graphql.load import local_day
from api.graphql.plan import (
    columns,
    detail,
    listing,
    loads,
    operation,
    outputs,
    pages,
    similar,
    tables,
)
from api.graphql.plan.columns import Recall
from api.graphql.plan.shelves import Shelf
from api.graphql.results import Results
from api.graphql.scalars import rfc3339
from api.graphql.scope import whole
from projections import written
from projections.area_load import queries as areas
from projections.case_board import queries as board
from projections.grid_load import queries as grids
from projections.sight import EVERYTHING, Sight
from projections.stage_funnel import queries as funnel

DAY_US: Final = 86_400_000_000


ABOUT: Final[Mapping[str, str]] = {
    "fields asked twice are not merged": "areas",
    "instants a microsecond late": "deadlines",
    "filters forgotten": "cases",
    "everything has the first name": "cases",
    "the filter forgotten in SQL": "cases",
    "the filter of the past forgotten in SQL": "cases",
    "somebody else's cases are listed": "cases",
    "every case has the text of the first": "cases",
    "a case out of sight is shown": "case",
    "a case of the past as of today": "case",
    "a timeline of the past as of today": "caseTimeline",
    "a verb that may be tried is left out": "case",
    "the likeliest is left out": "similarCases",
    "what is similar out of sight is shown": "similarCases",
    "the loads of everywhere": "gridLoad",
    "a department's rate is off by one": "departmentLoad",
    "areas one level too deep": "areaLoad",
    "the overview of another day": "overview",
    "the funnel of everywhere": "stageFunnel",
    "no page has a next one": "cases",
}
"""The root whose documents are most likely to show a fault; they are asked first."""


def faults() -> Mapping[str, Any]:
    """Return the faults by name, as what plants them."""
    return {**_of_plans(), **_of_lists(), **_of_cases(), **_of_desks(), **_of_loads()}


def _of_plans() -> Mapping[str, Any]:
    key, included, collected = Results.key, outputs.included, outputs.collected
    given_now: Any = outputs.given

    def blind(self: Any, asked: Any, raw: Any, context: Context) -> Any:
        made = key(self, asked, raw, context)
        return None if made is None else (*made[:3], *made[6:])

    def once(*arguments: Any) -> Any:
        return {name: nodes[:1] for name, nodes in collected(*arguments).items()}

    def unfiltered(getters: Any, values: Any) -> Any:
        return {name: one for name, one in given_now(getters, values).items() if name != "filter"}

    return {
        "kept for everybody": patch.object(Results, "key", blind),
        "instants a microsecond late": patch.object(outputs, "rfc3339", lambda at: rfc3339(at + 1)),
        "@skip taken for @include": patch.object(
            outputs, "included", lambda given, truths: not given or not included(given, truths)
        ),
        "fields asked twice are not merged": patch.object(outputs, "collected", once),
        "filters forgotten": patch.object(operation, "given", unfiltered),
    }


def _of_lists() -> Mapping[str, Any]:
    text, then, marked, of = Recall.text, written.then, written.marked, Shelf.of
    made: Any = pages.Paged.made

    def first_found(self: Any, reference: Any, key: Any, texts: Any) -> str:
        return next(iter(texts.values())) if texts else text(self, reference, key, texts)

    async def unlimited_then(reads: Any, selects: Any, asked: Any, *rest: Any) -> Any:
        return await then(reads, selects, asked._replace(wanted=board.ALL), *rest)

    async def unlimited(reads: Any, selects: Any, asked: Any, known: int) -> Any:
        return await marked(reads, selects, asked._replace(wanted=board.ALL), known)

    async def unbounded(reads: Any, selects: Any, asked: Any, known: int) -> Any:
        everywhere = replace(asked.wanted, scope="", departments=None)
        return await marked(reads, selects, asked._replace(wanted=everywhere), known)

    def first_known(self: Any, table: int, marks: Any) -> Any:
        rows = of(self, table, marks)
        return rows and rows[:1] * len(rows)

    def ending(self: Any, texts: Any, cursor: Any, **more: Any) -> Any:
        return made(self, texts, cursor, **{**more, "more": False})

    return {
        "a microsecond late in SQL": patch.object(
            columns, "INSTANT", columns.INSTANT.replace("b.{0}", "(b.{0} + 1)")
        ),
        "everything has the first name": patch.object(Recall, "text", first_found),
        "the filter forgotten in SQL": patch.object(written, "marked", unlimited),
        "the filter of the past forgotten in SQL": patch.object(written, "then", unlimited_then),
        "somebody else's cases are listed": _both(
            patch.object(written, "marked", unbounded),
            patch.object(listing, "list_sight", lambda _actor, _asked, **_: EVERYTHING),
        ),
        "every case has the text of the first": patch.object(Shelf, "of", first_known),
        "no page has a next one": patch.object(pages.Paged, "made", ending),
    }


def _of_cases() -> Mapping[str, Any]:
    one = written.one

    async def of_today(reads: Any, select: str, key: Any, below: Any, at: Any, **more: Any) -> Any:
        return await one(reads, select, key, below, None if more else at, **more)

    def everybody(*_asked: Any) -> bool:
        return True

    def everything(*_asked: Any) -> Sight:
        return EVERYTHING

    def present(states: Any, _which: str, given: Any, _at: Any) -> Any:
        return f"select * from {states.table} b where b.id = $1", given

    return {
        "a case out of sight is shown": _both(
            patch.object(detail, "_may", everybody),
            patch.object(detail, "one_sight", everything),  # the second line would hold
        ),
        "a case of the past as of today": patch.object(written, "of_one", present),
        "a timeline of the past as of today": patch.object(written, "one", of_today),
    }


def _of_desks() -> Mapping[str, Any]:
    async def fewer(context: Context, case: Any) -> list[str]:
        return (await verbs_of(context, case))[1:]

    def rest(of: Any, seen: Any) -> Any:
        return likeliest(of, seen)[1:]

    return {
        "a verb that may be tried is left out": patch.object(detail, "verbs_of", fewer),
        "the likeliest is left out": patch.object(similar, "likeliest", rest),
        "what is similar out of sight is shown": _both(
            patch.object(similar, "_may", lambda *_asked: True),
            patch.object(similar, "one_sight", lambda *_asked: EVERYTHING),
        ),
    }


def _of_loads() -> Mapping[str, Any]:
    return {
        "the loads of everywhere": patch.object(
            loads, "_grids", lambda _context, seen, _asked: grids.inside_query("", seen.at)
        ),
        "a department's rate is off by one": patch.dict(
            tables.DEPARTMENT_LOAD.written, {"closingRateBp": f"1 + ({tables.RATE})"}
        ),
        "areas one level too deep": patch.object(
            loads, "_areas", lambda _context, seen, _asked: areas.depth_query("", 3, seen.at)
        ),
        "the overview of another day": patch.object(
            loads, "local_day", lambda now, zone: local_day(now - DAY_US, zone)
        ),
        "the funnel of everywhere": patch.object(
            loads,
            "_funnel",
            lambda _context, seen, _asked: funnel.scope_query(whole(seen.reference), seen.at),
        ),
    }


@contextmanager
def _both(one: Any, other: Any) -> Iterator[None]:
    with one, other:
        yield
