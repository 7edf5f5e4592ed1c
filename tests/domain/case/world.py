"""A small world for the rules of a case, and `given(...).when(...).then(...)` as data.

Monday 2 March 2026, 09:00 in Binzhou; working hours 08–12 and 14–18. Histories are
written as events, so a test of `decide` does not lean on `decide`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeGuard, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.actor import Role
from domain.calendar.china import publish_china
from domain.calendar.decide import decide as decide_calendar
from domain.calendar.events import CalendarPublished
from domain.calendar.evolve import calendar_of
from domain.calendar.facts import CalendarFacts
from domain.calendar.state import initial as no_calendar
from domain.case import events as e
from domain.case.commands import COMMANDS
from domain.case.decide import decide
from domain.case.evolve import evolve
from domain.case.facts import (
    CaseFacts,
    CategoryFact,
    DepartmentFact,
    GridFact,
    StandardFact,
)
from domain.case.state import CaseState, initial
from domain.case.values import (
    Channel,
    Clock,
    Due,
    Evidence,
    Explanation,
    Place,
    Severity,
    Source,
    Status,
    Tier,
)
from domain.errors import Rejected
from domain.event import By, Command, DomainEvent

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = 60 * 1_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    """Return a local time such as `2026-03-02 09:00` as microseconds UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * 1_000_000


T0 = at("2026-03-02 09:00")
CASE = UUID(int=0x0192_0000_0000_7000_8000_0000_0000_0001)
OTHER = str(UUID(int=2))
PARENT = str(UUID(int=3))
CHILDREN = (str(UUID(int=4)), str(UUID(int=5)))
DISTRICT = "371602."
TOWNSHIP = "371602.005."
COMMUNITY = "371602.005.036."
GRID = "371602.005.036.001."
GRID_CODE = "371602005036001"
ELSEWHERE = "371602.003."
LEAD, HELP, OTHER_UNIT = "sanitation", "water", "parks"
LIMITS = {
    "accept": "2H", "file": "4H", "dispatch": "4H", "acknowledge": "4H", "handle": "2W",
    "check": "1W", "total": "5W",
}  # fmt: skip
BEFORE = Evidence(sha256="b" * 64, kind="before")
AFTER = Evidence(sha256="a" * 64, kind="after")
CATEGORY = CategoryFact(code="06010")


def _china() -> Any:
    by = By(actor="root", role=Role.ADMINISTRATOR)
    (event,) = decide_calendar(no_calendar(), publish_china(), CalendarFacts(by))
    assert isinstance(event, CalendarPublished)
    return calendar_of(event)


CHINA = _china()
IDS = {Role.HANDLER: "handler", Role.RESIDENT: "reporter"}


def by(role: str = Role.DUTY_LEADER, when: int = T0, **more: Any) -> By:
    """Return who acts: by default with the scope and unit that fit the case of the tests."""
    unit = LEAD if role == Role.HANDLER else None
    fields: dict[str, Any] = {
        "actor": IDS.get(Role(role), str(role)), "scope": DISTRICT, "unit": unit,
    }  # fmt: skip
    return By(role=role, at=when, **(fields | more))


def facts(who: By | None = None, **more: Any) -> CaseFacts:
    """Return facts under which nothing but the rule under test should object."""
    fields: dict[str, Any] = {
        "by": who or by(), "case": CASE, "calendar": CHINA, "limits": LIMITS,
        "category": CATEGORY, "standard": StandardFact(id="S1"), "policy": "p1",
        "grid": GridFact(code=GRID_CODE, scope=GRID), "number": "371602202603020001",
        "department": DepartmentFact(id=LEAD, scope=DISTRICT),
        "explanation": Explanation(rule="r1", reason="环卫"),
    }  # fmt: skip
    return CaseFacts(**(fields | more))


Step = tuple[DomainEvent, By]


def due(clock: Clock, end: int, start: int = T0, warn: int = 0, limit: str = "2W") -> Due:
    """Return a Due as an event carries it."""
    return Due(clock=clock, limit=limit, calendar="china@2026.1", start=start, due=end, warn=warn)


def reported(**more: Any) -> Step:
    """The report by the resident `reporter`."""
    fields: dict[str, Any] = {
        "number": "1", "channel": Channel.RESIDENT, "category": "06010",
        "place": Place(scope=GRID, grid=GRID_CODE), "dues": (due(Clock.TOTAL, T0 + 9 * DAY),),
    }  # fmt: skip
    return e.CaseReported(**(fields | more)), by(Role.RESIDENT)


DUE = T0 + 2 * DAY
PART = "part-1"
DISPATCHED_TO_LEAD = e.CaseDispatched(
    assignment=PART, department=LEAD, explanation=Explanation(),
    dues=(due(Clock.ACKNOWLEDGE, T0 + DAY), due(Clock.HANDLE, DUE, warn=T0 + DAY)),
)  # fmt: skip
HANDLED = e.CaseHandled(assignment=PART, department=LEAD, conclusion="done", evidence=(AFTER,))
_LEADER = by(Role.DUTY_LEADER)
_HANDLER = by(Role.HANDLER)
REPORTED: tuple[Step, ...] = (reported(),)
ACCEPTED: tuple[Step, ...] = (*REPORTED, (e.CaseAccepted(), by(Role.ACCEPTOR)))
FILED: tuple[Step, ...] = (*ACCEPTED, (e.CaseFiled(standard="S1"), _LEADER))
DISPATCHED: tuple[Step, ...] = (*FILED, (DISPATCHED_TO_LEAD, by(Role.DISPATCHER)))
IN_PROGRESS: tuple[Step, ...] = (
    *DISPATCHED, (e.CaseAcknowledged(assignment=PART, department=LEAD), _HANDLER),
)  # fmt: skip
RESOLVED: tuple[Step, ...] = (*IN_PROGRESS, (HANDLED, _HANDLER))
CHECKING: tuple[Step, ...] = (*RESOLVED, (e.CaseCheckRequested(), _LEADER))
PASSED: tuple[Step, ...] = (*CHECKING, (e.CaseCheckPassed(), by(Role.CHECKER)))
HISTORIES: Mapping[Status | None, tuple[Step, ...]] = {
    None: (),
    Status.REPORTED: REPORTED,
    Status.VERIFYING: (*REPORTED, (e.CaseVerificationRequested(worker="grid_worker"), _LEADER)),
    Status.ACCEPTED: ACCEPTED,
    Status.FILED: FILED,
    Status.DISPATCHED: DISPATCHED,
    Status.IN_PROGRESS: IN_PROGRESS,
    Status.SUSPENDED: (
        *IN_PROGRESS,
        (e.CaseSuspended(reason="season", review_at=T0 + 30 * DAY), _LEADER),
    ),
    Status.RESOLVED: RESOLVED,
    Status.CHECKING: CHECKING,
    Status.PASSED: PASSED,
    Status.CLOSED: (*PASSED, (e.CaseClosed(), _LEADER)),
    Status.DECLINED: (*REPORTED, (e.CaseDeclined(reason="absent", reply="-"), _LEADER)),
    Status.MERGED: (*REPORTED, (e.CaseMerged(into=OTHER, was="reported"), _LEADER)),
    Status.CANCELLED: (*REPORTED, (e.CaseCancelled(reason="test"), _LEADER)),
}
"""One way into each state."""
SOURCE = Source(source="boston-311", source_id="101", digest="d1")
IMPORT = by(Role.IMPORT, actor="import:boston-311")
STATED: Step = (
    e.CaseReported(
        number="101", channel=Channel.SOURCE, category="potholes",
        place=Place(scope="boston.01."), source=SOURCE,
    ),
    IMPORT,
)  # fmt: skip


def fold(steps: Sequence[Step], state: CaseState | None = None) -> CaseState:
    """Return the state after the steps."""
    state = initial() if state is None else state
    for event, who in steps:
        state = evolve(state, event, who)
    return state


def now(state: CaseState) -> Status | None:
    """Return the state's status; a function, so that no checker narrows it."""
    return state.status


class Given:
    """A case with a history."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.state = fold(steps)

    def when(self, command: Command, who: By | None = None, **more: Any) -> "Outcome":
        """Send a command under facts that differ from the usual by `more`."""
        known = facts(who, **more)
        try:
            return Outcome(self.state, known, decide(self.state, command, known), None)
        except Rejected as refused:
            return Outcome(self.state, known, [], refused)


class Outcome:
    """What came of it."""

    def __init__(
        self,
        state: CaseState,
        known: CaseFacts,
        events: list[DomainEvent],
        refused: Rejected | None,
    ) -> None:
        self.events = events
        self.refused = refused
        self.after = fold([(event, known.by) for event in events], state)

    def then(self, *events: DomainEvent) -> CaseState:
        """Exactly these events; returns the state after them."""
        assert self.refused is None, (self.refused, self.refused and self.refused.facts)
        assert self.events == list(events)
        return self.after

    def allowed(self) -> CaseState:
        """Some events; returns the state after them."""
        assert self.refused is None, (self.refused, self.refused and self.refused.facts)
        assert self.events
        return self.after

    def rejected(self, code: str, **said: Any) -> None:
        """Refused by exactly this rule, with these facts among those it names."""
        assert self.refused is not None, self.events
        assert self.refused.code == code
        assert {key: self.refused.facts.get(key) for key in said} == said


def given(*steps: Step | Sequence[Step]) -> Given:
    """Return a case with a history, given as steps or lists of steps."""
    flat: list[Step] = []
    for step in steps:
        flat.extend((step,) if is_step(step) else cast("Sequence[Step]", step))
    return Given(flat)


def is_step(step: Step | Sequence[Step]) -> TypeGuard[Step]:
    """Tell one step from a list of them."""
    return len(step) == 2 and isinstance(step[0], DomainEvent)


__all__ = [
    "ACCEPTED", "AFTER", "BEFORE", "CASE", "CATEGORY", "CHECKING", "CHILDREN", "CHINA",
    "COMMANDS", "COMMUNITY", "DAY", "DISPATCHED", "DISPATCHED_TO_LEAD", "DISTRICT", "DUE",
    "ELSEWHERE", "FILED", "GRID", "GRID_CODE", "HANDLED", "HELP", "HISTORIES", "HOUR", "IMPORT",
    "IN_PROGRESS", "LEAD", "LIMITS", "MINUTE", "OTHER", "OTHER_UNIT", "PARENT", "PART", "PASSED",
    "REPORTED", "RESOLVED", "SOURCE", "STATED", "T0", "TOWNSHIP", "Given", "Severity", "Tier",
    "at", "by", "due", "facts", "fold", "given", "now", "reported",
]  # fmt: skip
