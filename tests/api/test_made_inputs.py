"""Inputs that a plan makes without their constructor are those the constructor makes."""

from dataclasses import fields
from uuid import uuid4

import pytest
import strawberry
from graphql import GraphQLInputObjectType

from api.graphql.plan import Uncovered
from api.graphql.plan.inputs import BACKREF, _made
from api.graphql.schema import SCHEMA_CORE

INPUTS = [
    kind.extensions[BACKREF].origin
    for kind in SCHEMA_CORE.type_map.values()
    if isinstance(kind, GraphQLInputObjectType)
]


def test_there_are_many() -> None:
    assert len(INPUTS) > 50


@pytest.mark.parametrize("origin", INPUTS, ids=lambda one: one.__name__)
def test_every_input_is_made_as_by_its_constructor(origin: type) -> None:
    names = [one.name for one in fields(origin)]
    needed = [
        one.name for one in fields(origin) if not isinstance(one.default, type(strawberry.UNSET))
    ]
    for stated in (names, needed, names[::2] + needed):
        values = {name: uuid4() for name in stated}
        made, constructed = _made(origin)(dict(values)), origin(**values)
        assert made == constructed
        assert [getattr(made, name) for name in names] == [
            getattr(constructed, name) for name in names
        ]


def test_what_lacks_a_field_is_left_to_the_stock_coercion() -> None:
    origin = next(one for one in INPUTS if one.__name__ == "ReportCaseInput")
    with pytest.raises(Uncovered):
        _made(origin)({})
