"""Who may see what: every role × action, then scope, department and reporter."""

import pytest

from domain.access import (
    GRANTS,
    Action,
    Allowed,
    DenialCode,
    Denied,
    Relation,
    decide,
    visible_range,
    visible_reporter,
    visible_unit,
)
from domain.actor import Actor, Role

OFFICE = {
    Role.ACCEPTOR, Role.DISPATCHER, Role.DUTY_LEADER, Role.CHECKER, Role.DISTRICT_LEADER,
    Role.EVALUATOR, Role.GRID_WORKER,
}  # fmt: skip
OVERSIGHT = {Role.AUDITOR, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER}
ON_THE_CASE = OFFICE | {Role.HANDLER, Role.RESIDENT}
UNITS = {
    Role.ACCEPTOR, Role.DISPATCHER, Role.DUTY_LEADER, Role.CHECKER, Role.GRID_WORKER, Role.HANDLER,
}  # fmt: skip
EXPECTED: dict[Action, set[Role]] = {
    Action.READ_WALL: set(Role),
    Action.READ_FIGURES: OFFICE | OVERSIGHT | {Role.HANDLER, Role.INTEGRATOR, Role.DISPLAY},
    Action.READ_CASE: ON_THE_CASE | OVERSIGHT | {Role.INTEGRATOR},
    Action.READ_ALARM: OFFICE | OVERSIGHT | {Role.HANDLER, Role.INTEGRATOR, Role.DISPLAY},
    Action.READ_TIMELINE: ON_THE_CASE | OVERSIGHT | {Role.INTEGRATOR},
    Action.READ_TEXT: ON_THE_CASE,
    Action.READ_CONTACT: {Role.ACCEPTOR, Role.DUTY_LEADER, Role.RESIDENT},
    Action.READ_PHOTO: UNITS,
    Action.READ_REDUCED_PHOTO: UNITS
    | {
        Role.RESIDENT,
        Role.DISTRICT_LEADER,
        Role.EVALUATOR,
        Role.AUDITOR,
        Role.PRIVACY_OFFICER,
    },
    Action.UPLOAD: UNITS | {Role.RESIDENT, Role.DISTRICT_LEADER, Role.INTEGRATOR},
    Action.READ_REFERENCE: set(Role) - {Role.PUBLIC},
    Action.READ_LOG: {Role.AUDITOR, Role.ADMINISTRATOR},
    Action.EXPORT: {Role.AUDITOR, Role.ADMINISTRATOR, Role.INTEGRATOR},
    Action.VERIFY: {Role.AUDITOR, Role.ADMINISTRATOR},
    Action.ADMINISTER: {Role.ADMINISTRATOR, Role.IMPORT},
    Action.ERASE: {Role.PRIVACY_OFFICER},
    Action.HOLD: {Role.PRIVACY_OFFICER},
    Action.EXPORT_SUBJECT: {Role.PRIVACY_OFFICER},
    Action.READ_ACCESS: {Role.AUDITOR, Role.PRIVACY_OFFICER},
}
HERE, THERE = "371602.005.036.", "371602.003."


def actor(role: Role, **more: str) -> Actor:
    fields = {"id": "me", "role": role, "scope": "371602.005.", "unit": "water"} | more
    return Actor(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_every_role_and_action(action: Action, role: Role) -> None:
    answer = decide(actor(role), action, HERE, {"water"}, "me")
    if role in EXPECTED[action]:
        assert isinstance(answer, Allowed)
    else:
        assert answer == Denied(DenialCode.ROLE_NOT_ALLOWED)


@pytest.mark.parametrize("action", Action)
def test_strangers_are_told_why(action: Action) -> None:
    codes = {
        Relation.IN_SCOPE: DenialCode.OUT_OF_SCOPE,
        Relation.OWN_UNIT: DenialCode.NOT_YOUR_UNIT,
        Relation.OWN_CASE: DenialCode.NOT_YOUR_CASE,
    }
    for role, relation in GRANTS[action].items():
        answer = decide(actor(role), action, THERE, {"parks"}, "you")
        if relation is Relation.ANYWHERE:
            assert answer == Allowed(relation)
        else:
            assert answer == Denied(codes[relation])


def test_without_a_unit_there_is_no_department_to_see() -> None:
    nobody = Actor(id="h", role=Role.HANDLER, scope="371602.")
    assert decide(nobody, Action.READ_CASE, HERE, {"water"}) == Denied(DenialCode.NOT_YOUR_UNIT)
    assert visible_unit(nobody) is None


def test_what_a_list_may_show() -> None:
    by_scope = OFFICE | OVERSIGHT | {Role.INTEGRATOR}
    for role in Role:
        own = ("371602.005.", "371602.005/") if role in by_scope else ("", "")
        assert visible_range(actor(role)) == own
        assert visible_unit(actor(role)) == ("water" if role is Role.HANDLER else None)
        assert visible_reporter(actor(role)) == ("me" if role is Role.RESIDENT else None)
    assert visible_range(actor(Role.AUDITOR, scope=""))[0] == ""
