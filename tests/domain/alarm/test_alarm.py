"""Alarms by their rules: who may do what in which state, and when a case asks for one."""

import pytest

from domain.actor import Role
from domain.alarm import commands as c
from domain.alarm import events as e
from domain.alarm.decide import ALARM, ROWS
from domain.alarm.facts import AlarmFacts
from domain.alarm.react import wanted
from domain.alarm.state import AlarmState
from domain.alarm.values import AlarmKind, Priority
from domain.calendar.clock import HOUR
from domain.case.state import CaseState, Running
from domain.case.values import Clock, Due, Severity, Source, Status
from domain.errors import Rejected
from domain.event import By, Command

T0 = 1_000 * HOUR
RAISE = c.RaiseAlarm(
    kind=AlarmKind.LIFE_SAFETY, case="c", number="n", category="06010", scope="1.2.", cause=7
)
SHELVE = c.ShelveAlarm(reason="being_handled", until=T0 + HOUR)
TRIES: dict[str, Command] = {
    "raise": RAISE, "clear": c.ClearAlarm(cause=8), "acknowledge": c.AcknowledgeAlarm(),
    "shelve": SHELVE, "unshelve": c.UnshelveAlarm(),
}  # fmt: skip
EXPECTED = {
    "quiet": {"raise"},
    "raised": {"clear", "acknowledge", "shelve", "unshelve"},
    "acknowledged": {"clear", "shelve", "unshelve"},
    "cleared": {"raise", "acknowledge"},
}


def by(role: Role, scope: str = "1.") -> By:
    return By(actor="a", role=role, scope="" if role is Role.CLOCK else scope, at=T0)


def told(*commands: Command, role: Role = Role.DUTY_LEADER) -> AlarmState:
    state = ALARM.initial()
    for command in commands:
        clock = isinstance(command, c.RaiseAlarm | c.ClearAlarm)
        who = by(Role.CLOCK if clock else role)
        for event in ALARM.decide(state, command, AlarmFacts(who, "1.2.")):
            state = ALARM.evolve(state, event, who)
    return state


STATES = {
    "quiet": told(RAISE, c.AcknowledgeAlarm(), c.ClearAlarm(cause=8)),
    "raised": told(RAISE),
    "acknowledged": told(RAISE, c.AcknowledgeAlarm()),
    "cleared": told(RAISE, c.ClearAlarm(cause=8)),
}


def said(state: AlarmState, command: Command, who: By) -> str:
    try:
        ALARM.decide(state, command, AlarmFacts(who, "1.2."))
    except Rejected as rejected:
        return rejected.code
    return "accepted"


@pytest.mark.parametrize("standing", STATES)
def test_every_state_command_and_role(standing: str) -> None:
    state = STATES[standing]
    assert state.standing == standing
    for name, command in TRIES.items():
        for role in Role:
            heard = said(state, command, by(role))
            if name not in EXPECTED[standing]:
                assert heard == "WRONG_STATE", (name, role)
            elif role not in ROWS[type(command)].roles:
                assert heard == "ROLE_NOT_ALLOWED", (name, role)
            else:
                assert heard == ("ALARM_NOT_SHELVED" if name == "unshelve" else "accepted")
                if role is not Role.CLOCK:
                    assert said(state, command, by(role, "9.")) == "OUT_OF_SCOPE"


def test_the_place_of_today_counts_and_not_the_one_it_was_raised_in() -> None:
    moved, here = AlarmFacts(by(Role.DISPATCHER, "1.2."), "1.7."), by(Role.DISPATCHER, "1.7.")
    with pytest.raises(Rejected, match="OUT_OF_SCOPE"):
        ALARM.decide(STATES["raised"], c.AcknowledgeAlarm(), moved)
    (event,) = ALARM.decide(STATES["raised"], c.AcknowledgeAlarm(), AlarmFacts(here, "1.7."))
    assert event == e.AlarmAcknowledged(cycle=1)


def test_raised_again_is_another_cycle_of_the_same_alarm() -> None:
    (event,) = ALARM.decide(STATES["cleared"], RAISE, AlarmFacts(by(Role.CLOCK), ""))
    assert isinstance(event, e.AlarmRaised)
    assert (event.cycle, event.priority, event.cause) == (2, Priority.HIGH, 7)


@pytest.mark.parametrize(
    ("reason", "until", "code"),
    [
        ("because", T0 + HOUR, "UNKNOWN_REASON"),
        ("being_handled", T0, "SHELF_NOT_AHEAD"),
        ("being_handled", T0 + 8 * HOUR + 1, "SHELF_TOO_LONG"),
        ("being_handled", T0 + 8 * HOUR, "accepted"),
    ],
)
def test_shelving_needs_a_reason_and_ends(reason: str, until: int, code: str) -> None:
    command = c.ShelveAlarm(reason=reason, until=until)
    assert said(STATES["raised"], command, by(Role.DISPATCHER)) == code


def test_a_shelved_alarm_is_shelved_once_until_its_time_or_earlier() -> None:
    shelved = told(RAISE, SHELVE)
    assert (shelved.shelved(T0), shelved.shelved(T0 + HOUR)) == (True, False)
    assert said(shelved, SHELVE, by(Role.DISPATCHER)) == "ALARM_SHELVED"
    assert not told(RAISE, SHELVE, c.UnshelveAlarm()).shelved(T0)
    assert told(RAISE, SHELVE, c.ClearAlarm(cause=8)).shelved_until is None


def late(clock: Clock) -> tuple[Running, ...]:
    due = Due(clock=clock, limit="1U", calendar="c", start=0, due=1)
    return (Running(due=due, passed=True),)


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        (CaseState(status=Status.REPORTED), set()),
        (CaseState(status=Status.REPORTED, clocks=late(Clock.ACCEPT)), {AlarmKind.WAITING}),
        (CaseState(status=Status.IN_PROGRESS, clocks=late(Clock.HANDLE)), set()),
        (
            CaseState(
                status=Status.IN_PROGRESS, clocks=late(Clock.HANDLE), severity=Severity.URGENT
            ),
            {AlarmKind.URGENT_LATE},
        ),
        (
            CaseState(status=Status.DISPATCHED, severity=Severity.LIFE_SAFETY),
            {AlarmKind.LIFE_SAFETY},
        ),
        (CaseState(status=Status.RESOLVED, severity=Severity.LIFE_SAFETY), set()),
        (
            CaseState(status=Status.FILED, severity=Severity.LIFE_SAFETY, exercise=True),
            set(),
        ),
        (
            CaseState(
                status=Status.FILED, severity=Severity.LIFE_SAFETY,
                source=Source(source="s", source_id="1", digest="d"),
            ),
            set(),
        ),
    ],
)  # fmt: skip
def test_only_what_needs_a_person_now_is_an_alarm(state: CaseState, kinds: set[AlarmKind]) -> None:
    assert wanted(state) == kinds
