"""Reports: which channel fits whom, who sets a severity, and where a place must lie."""

from typing import Any

from domain.actor import Role
from domain.case import commands as c
from domain.case.facts import GridFact
from domain.case.values import (
    Channel,
    Place,
    Severity,
)
from domain.event import By
from tests.domain.case.tries.attempt import HERE, OK, UNLOCATED, Try
from tests.domain.case.world import (
    ELSEWHERE,
    GRID,
    GRID_CODE,
    TOWNSHIP,
    by,
)


def report(
    role: str, channel: Channel, place: Place = HERE, severity: Severity | None = None
) -> tuple[c.ReportCase, By]:
    return c.ReportCase(channel=channel, category="06010", place=place, severity=severity), by(role)


FITS = {
    Role.GRID_WORKER: {Channel.GRID_WORKER, Channel.SENSOR},
    Role.RESIDENT: {Channel.RESIDENT},
    Role.ACCEPTOR: {Channel.HOTLINE, Channel.RESIDENT, Channel.SENSOR},
    Role.HANDLER: {Channel.DEPARTMENT},
    Role.DUTY_LEADER: {Channel.LEADER, Channel.SENSOR},
    Role.DISTRICT_LEADER: {Channel.LEADER},
    Role.INTEGRATOR: {Channel.SENSOR, Channel.HOTLINE, Channel.RESIDENT},
}
BY_CHANNEL = [
    Try((), *report(role, channel), OK if channel in channels else "CHANNEL_NOT_YOURS")
    for role, channels in FITS.items()
    for channel in Channel
]
for role, channels in FITS.items():
    laymen = role in (Role.RESIDENT, Role.INTEGRATOR)
    asked = report(role, min(channels), severity=Severity.URGENT)
    BY_CHANNEL.append(Try((), *asked, "SEVERITY_NOT_YOURS" if laymen else OK))
WORKER = report(Role.GRID_WORKER, Channel.GRID_WORKER)
NOWHERE = report(Role.GRID_WORKER, Channel.GRID_WORKER, UNLOCATED)
NO_AREA = report(Role.RESIDENT, Channel.RESIDENT, Place(scope="", unlocated=True))
NO_GRID: dict[str, Any] = {"grid": None}
RETIRED = {"grid": GridFact(code=GRID_CODE, scope=GRID, live=False)}
GRID_ELSEWHERE = {"grid": GridFact(code="x", scope=ELSEWHERE)}
TOWN_WORKER = by(Role.GRID_WORKER, scope=TOWNSHIP)
TRIES: list[Try] = [
    *BY_CHANNEL,
    Try((), *WORKER, "UNKNOWN_CATEGORY", {"category": None}, {"category": "06010"}),
    Try((), *WORKER, "PLACE_NOT_IN_A_LIVE_GRID", NO_GRID, {"grid": GRID_CODE, "scope": GRID}),
    Try((), *WORKER, "PLACE_NOT_IN_A_LIVE_GRID", RETIRED),
    Try((), *NOWHERE, OK, NO_GRID),
    Try((), *NO_AREA, "PLACE_NOT_IN_A_LIVE_GRID", NO_GRID),
    Try((), WORKER[0], TOWN_WORKER, OK),
    Try((), WORKER[0], TOWN_WORKER, "OUT_OF_SCOPE", GRID_ELSEWHERE, {"scope": ELSEWHERE}),
    Try((), NOWHERE[0], by(Role.GRID_WORKER, scope=ELSEWHERE), OK, NO_GRID),
]
