"""Who may see what: roles × actions × how the actor stands to the resource, as data.

What an actor may *do* to a case stands in `case/table/`. Here is reading, export
and administration. Three axes: the scope (area codes), the department of a handler,
and the reporter of a case for a resident. Whatever is not granted is denied.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.actor import Actor, Role, scope_range, within


class Action(StrEnum):
    """What can be asked for besides commands."""

    READ_WALL = "read_wall"
    READ_FIGURES = "read_figures"
    READ_CASE = "read_case"
    READ_ALARM = "read_alarm"
    READ_TIMELINE = "read_timeline"
    READ_TEXT = "read_text"
    READ_CONTACT = "read_contact"
    READ_PHOTO = "read_photo"
    READ_REDUCED_PHOTO = "read_reduced_photo"
    UPLOAD = "upload"
    READ_REFERENCE = "read_reference"
    READ_LOG = "read_log"
    EXPORT = "export"
    VERIFY = "verify"
    ADMINISTER = "administer"
    ERASE = "erase"
    HOLD = "hold"
    EXPORT_SUBJECT = "export_subject"
    READ_ACCESS = "read_access"


class Relation(StrEnum):
    """How the actor must stand to what is asked for."""

    ANYWHERE = "anywhere"
    IN_SCOPE = "in_scope"
    OWN_UNIT = "own_unit"
    OWN_CASE = "own_case"


class DenialCode(StrEnum):
    """Why not."""

    ROLE_NOT_ALLOWED = "ROLE_NOT_ALLOWED"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    NOT_YOUR_UNIT = "NOT_YOUR_UNIT"
    NOT_YOUR_CASE = "NOT_YOUR_CASE"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes, by this relation."""

    relation: Relation


@dataclass(frozen=True, slots=True)
class Denied:
    """No, for this reason."""

    code: DenialCode


Grants = Mapping[Role, Relation]

_EVERYONE: Final[Grants] = dict.fromkeys(Role, Relation.ANYWHERE)
_OFFICE: Final[Grants] = dict.fromkeys(
    (
        Role.ACCEPTOR, Role.DISPATCHER, Role.DUTY_LEADER, Role.CHECKER, Role.DISTRICT_LEADER,
        Role.EVALUATOR, Role.GRID_WORKER,
    ),
    Relation.IN_SCOPE,
)  # fmt: skip
_OVERSIGHT: Final[Grants] = dict.fromkeys(
    (Role.AUDITOR, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER), Relation.IN_SCOPE
)
_PRIVACY: Final[Grants] = {Role.PRIVACY_OFFICER: Relation.IN_SCOPE}
_ON_THE_CASE: Final[Grants] = {
    **_OFFICE,
    Role.HANDLER: Relation.OWN_UNIT,
    Role.RESIDENT: Relation.OWN_CASE,
}
_UNITS: Final[Grants] = {
    **dict.fromkeys(
        (Role.ACCEPTOR, Role.DISPATCHER, Role.DUTY_LEADER, Role.CHECKER, Role.GRID_WORKER),
        Relation.IN_SCOPE,
    ),
    Role.HANDLER: Relation.OWN_UNIT,
}
"""The units on a case: who runs it, its grid's workers, its departments, its checkers."""
_PLAIN: Final[Grants] = {
    **_ON_THE_CASE,
    **_OVERSIGHT,
    Role.INTEGRATOR: Relation.IN_SCOPE,
}

GRANTS: Final[Mapping[Action, Grants]] = {
    Action.READ_WALL: _EVERYONE,
    Action.READ_FIGURES: {
        **_OFFICE,
        **_OVERSIGHT,
        Role.HANDLER: Relation.IN_SCOPE,
        Role.INTEGRATOR: Relation.IN_SCOPE,
        Role.DISPLAY: Relation.IN_SCOPE,
    },
    Action.READ_CASE: _PLAIN,
    Action.READ_ALARM: {
        **_OFFICE,
        **_OVERSIGHT,
        Role.HANDLER: Relation.OWN_UNIT,
        Role.INTEGRATOR: Relation.IN_SCOPE,
        Role.DISPLAY: Relation.IN_SCOPE,
    },
    Action.READ_TIMELINE: _PLAIN,
    Action.READ_TEXT: _ON_THE_CASE,
    Action.READ_CONTACT: {
        Role.ACCEPTOR: Relation.IN_SCOPE,
        Role.DUTY_LEADER: Relation.IN_SCOPE,
        Role.RESIDENT: Relation.OWN_CASE,
    },
    Action.READ_PHOTO: _UNITS,
    Action.READ_REDUCED_PHOTO: {
        **_UNITS,
        Role.RESIDENT: Relation.OWN_CASE,
        **dict.fromkeys(
            (Role.DISTRICT_LEADER, Role.EVALUATOR, Role.AUDITOR, Role.PRIVACY_OFFICER),
            Relation.IN_SCOPE,
        ),
    },
    Action.UPLOAD: dict.fromkeys(
        (
            Role.GRID_WORKER,
            Role.HANDLER,
            Role.CHECKER,
            Role.RESIDENT,
            Role.ACCEPTOR,
            Role.DISPATCHER,
            Role.DUTY_LEADER,
            Role.DISTRICT_LEADER,
            Role.INTEGRATOR,
        ),
        Relation.ANYWHERE,
    ),
    Action.READ_REFERENCE: dict.fromkeys(set(Role) - {Role.PUBLIC}, Relation.ANYWHERE),
    Action.READ_LOG: {
        Role.AUDITOR: Relation.ANYWHERE,
        Role.ADMINISTRATOR: Relation.ANYWHERE,
    },
    Action.EXPORT: {
        Role.AUDITOR: Relation.IN_SCOPE,
        Role.ADMINISTRATOR: Relation.IN_SCOPE,
        Role.INTEGRATOR: Relation.IN_SCOPE,
    },
    Action.VERIFY: {
        Role.AUDITOR: Relation.ANYWHERE,
        Role.ADMINISTRATOR: Relation.ANYWHERE,
    },
    Action.ADMINISTER: {
        Role.ADMINISTRATOR: Relation.IN_SCOPE,
        Role.IMPORT: Relation.IN_SCOPE,
    },
    Action.ERASE: _PRIVACY,
    Action.HOLD: _PRIVACY,
    Action.EXPORT_SUBJECT: _PRIVACY,
    Action.READ_ACCESS: dict.fromkeys((Role.AUDITOR, Role.PRIVACY_OFFICER), Relation.ANYWHERE),
}

NOWHERE: Final = ("", "")
"""The empty range: lo = hi."""
_BY_SCOPE: Final = frozenset(
    role for role, relation in GRANTS[Action.READ_CASE].items() if relation is Relation.IN_SCOPE
)


def decide(
    actor: Actor,
    action: Action,
    scope: str = "",
    units: AbstractSet[str] = frozenset(),
    reporter: str | None = None,
) -> Allowed | Denied:
    """Tell whether an actor may, given the resource's scope, departments and reporter."""
    relation = GRANTS[action].get(actor.role)
    if relation is None:
        return Denied(DenialCode.ROLE_NOT_ALLOWED)
    if relation is Relation.IN_SCOPE and not within(scope, actor.scope):
        return Denied(DenialCode.OUT_OF_SCOPE)
    if relation is Relation.OWN_UNIT and actor.unit not in units:
        return Denied(DenialCode.NOT_YOUR_UNIT)
    if relation is Relation.OWN_CASE and actor.id != reporter:
        return Denied(DenialCode.NOT_YOUR_CASE)
    return _ALLOWED[relation]


_ALLOWED: Final = {relation: Allowed(relation) for relation in Relation}


def visible_range(actor: Actor) -> tuple[str, str]:
    """Return the half-open range of scopes whose cases an actor sees by scope alone.

    Empty for those who see by department (`visible_unit`), by report (`visible_reporter`)
    or not at all.
    """
    return scope_range(actor.scope) if actor.role in _BY_SCOPE else NOWHERE


def visible_unit(actor: Actor) -> str | None:
    """Return the department whose cases a handler sees, wherever they are."""
    return actor.unit if actor.role is Role.HANDLER else None


def visible_reporter(actor: Actor) -> str | None:
    """Return the account whose reports a resident sees: the own one."""
    return actor.id if actor.role is Role.RESIDENT else None
