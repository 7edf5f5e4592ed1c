"""The lists that are asked as of the past: a client's own, by accounts that see just so much."""

from itertools import product

from graphql import parse, validate

from api.graphql.case.sight import case_sight
from api.graphql.schema import SCHEMA_CORE
from bench.answering import Took
from bench.lists_asked import (
    CASE,
    LIST,
    OVERVIEW,
    ROLES,
    Asked,
    actor_of,
    as_of,
    given,
)
from bench.lists_then import LISTS
from domain.access import visible_range, visible_unit
from projections.as_of import At
from projections.sight import Sight

SIGHTS = {
    "district": Sight(scope="371602."), "township": Sight(scope="371602.005."),
    "community": Sight(scope="371602.005.036."), "grid": Sight(scope="371602.005.036.001."),
    "department": Sight(units=("dep-01",)), "everything": Sight(),
}  # fmt: skip


def test_whoever_asks_has_a_role_that_sees_just_so_much() -> None:
    assert set(SIGHTS) == set(ROLES)
    for who, sight in SIGHTS.items():
        actor = actor_of(who, sight)
        assert case_sight(actor) == sight
        assert visible_unit(actor) == (sight.units[0] if sight.units else None)
        assert bool(visible_range(actor)[1]) is (sight.units is None)


def test_the_documents_are_the_schemas() -> None:
    for text in (LIST, CASE, OVERVIEW):
        assert validate(SCHEMA_CORE, parse(text)) == []


def test_every_list_is_asked_with_what_it_filters() -> None:
    asked = {name: given(*one)["filter"] for name, one in LISTS.items()}
    assert asked["in progress"]["status"] == ["IN_PROGRESS"]
    assert asked["life safety"]["severity"] == "LIFE_SAFETY"
    assert asked["open"]["open"] is True
    assert asked["overdue"]["overdue"] is True


def test_no_moment_is_asked_twice() -> None:
    moments = [
        At(position=9_000, clock=5, bound=5),
        At(position=9_000, clock=7, bound=7, effective_at=1_700_000_000_000_000),
    ]
    said = [str(as_of(at, number)["asOf"]) for at, number in product(moments, range(50))]
    assert len(set(said)) == 100


def test_a_ratio_is_of_the_time_that_somebody_waits() -> None:
    one = Asked("grid", "position", "open", Took(1.0, 2.0), Took(2.5, 3.0))
    assert (one.ratio, one.cpu_ratio) == (2.5, 1.5)
