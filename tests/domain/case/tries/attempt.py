"""One command against one history, and who usually sends it."""

from typing import Any, NamedTuple

from domain.actor import Role
from domain.case import events as e
from domain.case.facts import DepartmentFact
from domain.case.values import (
    Place,
    Tier,
)
from domain.event import By, Command
from tests.domain.case.attempts import (
    LEADER,
    ONE_UP,
    RETURNED,
)
from tests.domain.case.world import (
    DISTRICT,
    FILED,
    GRID,
    GRID_CODE,
    LEAD,
    OTHER_UNIT,
    PART,
    TOWNSHIP,
    Step,
    by,
    given,
)

OK = "accepted"


class Try(NamedTuple):
    """One command against one history."""

    steps: tuple[Step, ...]
    command: Command
    who: By
    says: str
    facts: dict[str, Any] = {}
    about: dict[str, Any] = {}


def tried(case: Try) -> None:
    """Send it and compare."""
    outcome = given(case.steps).when(case.command, case.who, **case.facts)
    if case.says == OK:
        outcome.allowed()
    else:
        outcome.rejected(case.says, **case.about)


ACCEPTOR, DISPATCHER = by(Role.ACCEPTOR), by(Role.DISPATCHER)

WORKER, CHECKER = by(Role.GRID_WORKER), by(Role.CHECKER)

RESIDENT, CLOCK, DISTRICT_LEADER = by(Role.RESIDENT), by(Role.CLOCK), by(Role.DISTRICT_LEADER)

HERE = Place(scope=GRID, grid=GRID_CODE)

UNLOCATED = Place(scope=TOWNSHIP, unlocated=True)


def department(id: str = OTHER_UNIT, scope: str = DISTRICT, **flags: bool) -> dict[str, Any]:  # noqa: A002
    return {"department": DepartmentFact(id=id, scope=scope, **flags)}


TOWN_CASE: tuple[Step, ...] = (*FILED, ONE_UP)

DISTRICT_CASE: tuple[Step, ...] = (
    *TOWN_CASE, (e.CaseEscalated(tier=Tier.DISTRICT, was=Tier.TOWNSHIP, reason="-"), LEADER),
)  # fmt: skip

TWICE: tuple[Step, ...] = (
    RETURNED, (e.CaseReturnRefused(assignment=PART, department=LEAD), DISPATCHER), RETURNED,
)  # fmt: skip

REFUSED: Step = (e.CaseReturnRefused(assignment=PART, department=LEAD), LEADER)
