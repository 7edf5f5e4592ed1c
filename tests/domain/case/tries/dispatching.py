"""Who dispatches in which tier, to whom; returns and their ruling."""

from typing import Any

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.values import (
    Tier,
)
from domain.event import By
from tests.domain.case.attempts import (
    ASSIST,
    HANDLER,
    LEADER,
    ONE_UP,
    RETURNED,
)
from tests.domain.case.tries.attempt import (
    DISPATCHER,
    DISTRICT_CASE,
    DISTRICT_LEADER,
    OK,
    REFUSED,
    TOWN_CASE,
    TWICE,
    Try,
    department,
)
from tests.domain.case.world import (
    COMMUNITY,
    DAY,
    DISPATCHED,
    DISTRICT,
    ELSEWHERE,
    FILED,
    GRID,
    HELP,
    HOUR,
    IN_PROGRESS,
    LEAD,
    OTHER_UNIT,
    PART,
    T0,
    TOWNSHIP,
    by,
)

COMMAND = c.DispatchCase(department=OTHER_UNIT, reason="theirs")
REDISPATCH = c.RedispatchCase(department=OTHER_UNIT, reason="theirs")
UPHELD = (e.CaseReturnUpheld(assignment=PART, department=LEAD), LEADER)
GIVE_BACK = c.ReturnCase(reason="not_our_duty")


def from_(scope: str) -> By:
    return by(Role.DISPATCHER, scope=scope)


def tries_both(says: str, about: dict[str, Any], scope: str = DISTRICT, **flags: bool) -> list[Try]:
    return [
        Try(FILED, COMMAND, DISPATCHER, says, department(OTHER_UNIT, scope, **flags), about),
        Try(
            DISPATCHED,
            REDISPATCH,
            DISPATCHER,
            says,
            department(OTHER_UNIT, scope, **flags),
            about,
        ),
    ]


TRIES: list[Try] = [
    Try(FILED, COMMAND, from_(GRID), OK, department()),
    Try(FILED, COMMAND, from_(COMMUNITY), OK, department()),
    Try(TOWN_CASE, COMMAND, from_(COMMUNITY), "TIER_ABOVE_YOURS", department(),
        {"tier": Tier.TOWNSHIP, "yours": COMMUNITY}),
    Try(TOWN_CASE, COMMAND, from_(TOWNSHIP), OK, department()),
    Try(DISTRICT_CASE, COMMAND, from_(TOWNSHIP), "TIER_ABOVE_YOURS", department()),
    Try(DISTRICT_CASE, COMMAND, from_(DISTRICT), OK, department()),
    Try(DISTRICT_CASE, COMMAND, from_(""), OK, department()),
    Try((*DISPATCHED, ONE_UP), REDISPATCH, from_(COMMUNITY), "TIER_ABOVE_YOURS", department()),
    Try(FILED, COMMAND, DISPATCHER, "UNKNOWN_DEPARTMENT", {"department": None},
        {"department": OTHER_UNIT}),
    Try(FILED, c.DispatchCase(), DISPATCHER, "UNKNOWN_DEPARTMENT", {"department": None},
        {"department": None}),
    *tries_both("UNKNOWN_DEPARTMENT", {"department": OTHER_UNIT}, open=False),
    *tries_both("DEPARTMENT_OFF_DUTY", {"department": OTHER_UNIT}, on_duty=False),
    *tries_both("DEPARTMENT_NOT_COMPETENT", {"category": "06010"}, competent=False),
    *tries_both("DEPARTMENT_SERVES_ELSEWHERE", {"serves": ELSEWHERE, "scope": GRID},
                scope=ELSEWHERE),
    *tries_both(OK, {}, scope=TOWNSHIP),
    Try((*DISPATCHED, ASSIST), c.RedispatchCase(department=HELP, reason="theirs"), DISPATCHER,
        "ALREADY_ASSIGNED", department(id=HELP), {"department": HELP}),
    Try(DISPATCHED, c.RedispatchCase(department=LEAD, reason="-"), DISPATCHER,
        "SAME_DEPARTMENT", department(id=LEAD), {"department": LEAD}),
    Try(DISPATCHED, c.RedispatchCase(department=OTHER_UNIT, reason=" "), DISPATCHER,
        "TEXT_MISSING", department(), {"field": "reason"}),
    Try((*DISPATCHED, RETURNED), REDISPATCH, DISPATCHER, "RETURN_PENDING", department(),
        {"assignment": PART}),
    Try(DISPATCHED, c.AddAssist(department=LEAD), DISPATCHER, "ALREADY_ASSIGNED",
        department(id=LEAD)),
    Try((*DISPATCHED, ASSIST), c.AddAssist(department=HELP), DISPATCHER, "ALREADY_ASSIGNED",
        department(id=HELP)),
    Try(DISPATCHED, c.AddAssist(department=HELP), DISPATCHER, OK,
        department(id=HELP, competent=False)),
    Try(DISPATCHED, c.AddAssist(department=HELP), DISPATCHER, "DEPARTMENT_OFF_DUTY",
        department(id=HELP, on_duty=False)),
    Try(DISPATCHED, c.AddAssist(department=HELP), DISPATCHER, "UNKNOWN_DEPARTMENT",
        {"department": None}, {"department": HELP}),
    Try(DISPATCHED, c.AddAssist(department=HELP), DISPATCHER, "DEPARTMENT_SERVES_ELSEWHERE",
        department(id=HELP, scope=ELSEWHERE), {"serves": ELSEWHERE}),
    Try((*DISPATCHED, ASSIST, RETURNED, UPHELD), c.DispatchCase(department=HELP), DISPATCHER,
        "ALREADY_ASSIGNED", department(id=HELP), {"department": HELP}),
    Try(DISPATCHED, c.AcknowledgeCase(), HANDLER, OK),
    Try(IN_PROGRESS, c.AcknowledgeCase(), HANDLER, "ALREADY_ACKNOWLEDGED",
        about={"assignment": PART}),
    Try((*DISPATCHED, RETURNED), c.AcknowledgeCase(), HANDLER, "RETURN_PENDING"),
    Try(DISPATCHED, c.ReturnCase(reason="tired"), HANDLER, "UNKNOWN_REASON",
        about={"field": "reason", "value": "tired"}),
    Try((*DISPATCHED, RETURNED), GIVE_BACK, HANDLER, "RETURN_PENDING"),
    Try((*DISPATCHED, RETURNED, REFUSED), GIVE_BACK, HANDLER, OK),
    Try((*DISPATCHED, *TWICE, REFUSED), GIVE_BACK, HANDLER, "RETURNS_USED_UP",
        about={"used": 2, "most": 2}),
    Try(IN_PROGRESS, GIVE_BACK, by(Role.HANDLER, T0 + 4 * HOUR), OK),
    Try(IN_PROGRESS, GIVE_BACK, by(Role.HANDLER, T0 + 4 * HOUR + 1), "RETURN_TOO_LATE",
        about={"until": T0 + 4 * HOUR, "now": T0 + 4 * HOUR + 1}),
    Try(DISPATCHED, GIVE_BACK, by(Role.HANDLER, T0 + 9 * DAY), OK),
    Try(DISPATCHED, c.UpholdReturn(), DISPATCHER, "NO_RETURN_PENDING"),
    Try(DISPATCHED, c.RefuseReturn(), DISPATCHER, "NO_RETURN_PENDING"),
    Try((*DISPATCHED, *TWICE), c.UpholdReturn(), DISPATCHER, "DUTY_LEADER_MUST_RULE",
        about={"returns": 2}),
    Try((*DISPATCHED, *TWICE), c.RefuseReturn(), DISPATCHER, "DUTY_LEADER_MUST_RULE"),
    Try((*DISPATCHED, *TWICE), c.UpholdReturn(), LEADER, OK),
    Try((*DISPATCHED, *TWICE), c.RefuseReturn(), DISTRICT_LEADER, OK),
    Try((*DISPATCHED, (e.CaseJointHandlingOpened(reason="-"), LEADER)),
        c.OpenJointHandling(reason="again"), LEADER, "JOINT_HANDLING_OPEN"),
    Try(DISPATCHED, c.OpenJointHandling(reason=""), LEADER, "TEXT_MISSING"),
]  # fmt: skip
