"""The dues of clocks that start at an instant, and the ids of assignments, as expected."""

from uuid import uuid5

from domain.actor import Role
from domain.calendar.clock import due_at, warn_at
from domain.case.values import (
    Clock,
    Due,
)
from tests.domain.case.world import (
    CASE,
    CHINA,
    LIMITS,
    T0,
    by,
)

WORKER = by(Role.GRID_WORKER)

FIRST_PART = str(uuid5(CASE, "assignment:1"))

SECOND_PART = str(uuid5(CASE, "assignment:2"))


def starts(*clocks: Clock, when: int = T0) -> tuple[Due, ...]:
    """The dues of clocks that start at an instant, under the limits of the tests."""
    return tuple(
        Due(
            clock=clock, limit=LIMITS[clock], calendar="china@2026.1", start=when,
            due=due_at(when, LIMITS[clock], CHINA), warn=warn_at(when, LIMITS[clock], CHINA),
        )
        for clock in clocks
    )  # fmt: skip
