"""A plan that gave up where the executor did not has a bug, unless its session was cut."""

import asyncpg
import pytest

from api.graphql.measured import OPERATIONS
from api.graphql.plan.given_up import FAILED, REFUSED, given_up

KIND = "query"


@pytest.mark.parametrize(
    ("why", "answer", "counted"),
    [
        (KeyError("a bug"), {"data": {}}, FAILED),
        (KeyError("a bug"), {"errors": []}, REFUSED),
        (asyncpg.ConnectionDoesNotExistError("cut"), {"data": {}}, REFUSED),
        (asyncpg.InternalClientError("cut"), {"data": {}}, REFUSED),
    ],
)
def test_only_a_bug_is_counted_as_one(
    why: Exception, answer: dict[str, object], counted: str
) -> None:
    before = dict(OPERATIONS.plans)
    given_up(KIND, why, answer, "r")
    for outcome in (FAILED, REFUSED):
        more = OPERATIONS.plans[KIND, outcome] - before.get((KIND, outcome), 0)
        assert more == (outcome == counted)
