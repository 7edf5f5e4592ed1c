"""Who may act: the roles of the loop and the actor that carries one.

A scope is area codes joined and ended by a dot (`371602.005.036.001.`), so that one
byte range [p, p with its last byte + 1) is everything below it.
"""

from enum import StrEnum
from typing import Final

import msgspec


class Role(StrEnum):
    """The roles; what each may do is data (`access.py`, `case/table/`)."""

    RESIDENT = "resident"
    GRID_WORKER = "grid_worker"
    ACCEPTOR = "acceptor"
    DISPATCHER = "dispatcher"
    DUTY_LEADER = "duty_leader"
    HANDLER = "handler"
    CHECKER = "checker"
    DISTRICT_LEADER = "district_leader"
    EVALUATOR = "evaluator"
    PRIVACY_OFFICER = "privacy_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    INTEGRATOR = "integrator"
    DISPLAY = "display"
    CLOCK = "clock"
    IMPORT = "import"
    PUBLIC = "public"


IN_THE_FIELD: Final = frozenset({Role.GRID_WORKER, Role.HANDLER, Role.CHECKER, Role.RESIDENT})
"""Who works on a phone, out of reach for hours; everybody else at a desk, where others sit too."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """An opaque account, key or `system:…`/`import:…` id with role, scope and unit.

    `unit` is the department a handler acts for. Never a name.
    """

    id: str
    role: Role
    scope: str = ""
    unit: str | None = None


def scope_range(scope: str) -> tuple[str, str]:
    """Return the half-open byte range [lo, hi) of codes inside a scope; all for ''."""
    if not scope:
        return "", "\uffff"
    assert scope.endswith("."), scope
    return scope, scope[:-1] + "/"


def within(scope: str, outer: str) -> bool:
    """Tell whether one scope lies inside another (or is it)."""
    return scope.startswith(outer)
