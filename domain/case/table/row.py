"""What a row of the transition table is made of: states, who stands how to the case, rules.

What several rows share has a name here: groups of states, groups of roles, the guards of
whoever is given a case.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.actor import Role
from domain.case.facts import CaseFacts
from domain.case.guards import dispatch as dispatching
from domain.case.guards import relations
from domain.case.refusals import RefusalCode
from domain.case.state import CaseState
from domain.case.values import OPEN, Status
from domain.errors import Rejected
from domain.event import Command

Rule = Callable[[CaseState, Any, CaseFacts], Rejected | None]
States = frozenset[Status | None]
Who = Mapping[str, Rule]
"""Role → how it must stand to the case."""


@dataclass(frozen=True, slots=True)
class Row:
    """One command's line in the table."""

    command: type[Command]
    states: States
    to: tuple[Status, ...]
    who: Who
    guards: tuple[Rule, ...] = ()
    needs: frozenset[str] = frozenset()


def states(*names: Status | None) -> States:
    """Return the states of a row; None is a case that does not exist yet."""
    return frozenset(names)


def needs(*names: str) -> frozenset[str]:
    """Return the facts that a row's rules and decision read."""
    return frozenset(names)


REPORTED, VERIFYING, ACCEPTED, FILED, DISPATCHED = (
    Status.REPORTED, Status.VERIFYING, Status.ACCEPTED, Status.FILED, Status.DISPATCHED,
)  # fmt: skip
IN_PROGRESS, SUSPENDED, RESOLVED, CHECKING, PASSED = (
    Status.IN_PROGRESS, Status.SUSPENDED, Status.RESOLVED, Status.CHECKING, Status.PASSED,
)  # fmt: skip
CLOSED, DECLINED, MERGED, CANCELLED = (
    Status.CLOSED, Status.DECLINED, Status.MERGED, Status.CANCELLED,
)  # fmt: skip

NEW: Final = states(None)
ANY_OPEN: Final[States] = frozenset(OPEN)
ANY: Final[States] = frozenset(Status)
ASSIGNED: Final = states(DISPATCHED, IN_PROGRESS)
TICKING: Final[States] = ANY_OPEN - {SUSPENDED}
BEFORE_DISPATCH: Final = states(REPORTED, VERIFYING, ACCEPTED, FILED)
FILED_ON: Final[States] = ANY_OPEN - {REPORTED, VERIFYING, ACCEPTED}

TRIAGE: Final[Who] = {
    Role.ACCEPTOR: relations.in_scope,
    Role.DUTY_LEADER: relations.in_scope,
}
LEADER: Final[Who] = {
    Role.DUTY_LEADER: relations.in_scope,
    Role.DISTRICT_LEADER: relations.in_scope,
}
CENTRE: Final[Who] = {Role.DISPATCHER: relations.in_scope, **LEADER}
DESK: Final[Who] = {Role.ACCEPTOR: relations.in_scope, **CENTRE}
LEAD: Final[Who] = {Role.HANDLER: relations.lead_unit}
UNIT: Final[Who] = {Role.HANDLER: relations.assigned_unit}
CLOCK: Final[Who] = {Role.CLOCK: relations.anyone}
SOURCE: Final[Who] = {Role.IMPORT: relations.from_source}
CHECKERS: Final[Who] = {
    Role.CHECKER: relations.in_scope,
    Role.GRID_WORKER: relations.in_scope,
}
DEPARTMENT: Final = (
    dispatching.department_known,
    dispatching.department_on_duty,
    dispatching.department_serves,
    dispatching.department_free,
)
CLOCKS: Final = ("limits", "calendar")
REASON: Final = RefusalCode.UNKNOWN_REASON
VALUE: Final = RefusalCode.UNKNOWN_VALUE
