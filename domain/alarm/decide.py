"""Answer a command about an alarm with events, or refuse it.

Codes: WRONG_STATE, ROLE_NOT_ALLOWED, OUT_OF_SCOPE, UNKNOWN_REASON, SHELF_NOT_AHEAD,
SHELF_TOO_LONG, ALARM_SHELVED, ALARM_NOT_SHELVED.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.actor import Role, within
from domain.alarm import commands as c
from domain.alarm import events as e
from domain.alarm.commands import COMMANDS
from domain.alarm.events import EVENTS
from domain.alarm.evolve import evolve
from domain.alarm.facts import AlarmFacts
from domain.alarm.state import AlarmState, initial
from domain.alarm.values import LONGEST_SHELF_HOURS, PRIORITIES, ShelveReason
from domain.calendar.clock import HOUR
from domain.decider import Decider
from domain.errors import Rejected
from domain.event import Command, DomainEvent

Answer = Callable[[AlarmState, Any, AlarmFacts], DomainEvent]
CLOCK: Final = frozenset({Role.CLOCK})
DESK: Final = frozenset(
    {Role.ACCEPTOR, Role.DISPATCHER, Role.DUTY_LEADER, Role.DISTRICT_LEADER}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One command: in which states, by whom, and what it comes to."""

    states: frozenset[str]
    roles: frozenset[Role]
    answer: Answer


def decide(state: AlarmState, command: Command, facts: AlarmFacts) -> list[DomainEvent]:
    """Return the event. Raises Rejected."""
    row, by = ROWS[type(command)], facts.by
    if state.standing not in row.states:
        raise Rejected("WRONG_STATE", state=state.standing, allowed=sorted(row.states))
    if by.role not in row.roles:
        raise Rejected("ROLE_NOT_ALLOWED", role=by.role, allowed=sorted(row.roles))
    if by.role != Role.CLOCK and not within(facts.case_scope, by.scope):
        raise Rejected("OUT_OF_SCOPE", scope=facts.case_scope, yours=by.scope)
    return [row.answer(state, command, facts)]


def _raise(state: AlarmState, command: c.RaiseAlarm, _facts: AlarmFacts) -> DomainEvent:
    return e.AlarmRaised(
        kind=command.kind, priority=PRIORITIES[command.kind], case=command.case,
        number=command.number, category=command.category, scope=command.scope,
        cycle=state.cycle + 1, cause=command.cause, department=command.department,
    )  # fmt: skip


def _clear(state: AlarmState, command: c.ClearAlarm, _facts: AlarmFacts) -> DomainEvent:
    return e.AlarmCleared(cycle=state.cycle, cause=command.cause)


def _acknowledge(state: AlarmState, _command: c.AcknowledgeAlarm, _f: AlarmFacts) -> DomainEvent:
    return e.AlarmAcknowledged(cycle=state.cycle)


def _shelve(state: AlarmState, command: c.ShelveAlarm, facts: AlarmFacts) -> DomainEvent:
    now, longest = facts.by.at, facts.by.at + LONGEST_SHELF_HOURS * HOUR
    if state.shelved(now):
        raise Rejected("ALARM_SHELVED", until=state.shelved_until)
    if command.reason not in frozenset(ShelveReason):
        raise Rejected("UNKNOWN_REASON", field="reason", value=command.reason)
    if command.until <= now:
        raise Rejected("SHELF_NOT_AHEAD", until=command.until)
    if command.until > longest:
        raise Rejected("SHELF_TOO_LONG", until=command.until, longest=longest)
    return e.AlarmShelved(
        cycle=state.cycle, reason=ShelveReason(command.reason), until=command.until
    )


def _unshelve(state: AlarmState, _command: c.UnshelveAlarm, facts: AlarmFacts) -> DomainEvent:
    if not state.shelved(facts.by.at):
        raise Rejected("ALARM_NOT_SHELVED")
    return e.AlarmUnshelved(cycle=state.cycle)


ACTIVE: Final = frozenset({"raised", "acknowledged"})
ROWS: Final[Mapping[type[Command], Row]] = {
    c.RaiseAlarm: Row(frozenset({"quiet", "cleared"}), CLOCK, _raise),
    c.ClearAlarm: Row(ACTIVE, CLOCK, _clear),
    c.AcknowledgeAlarm: Row(frozenset({"raised", "cleared"}), DESK, _acknowledge),
    c.ShelveAlarm: Row(ACTIVE, DESK, _shelve),
    c.UnshelveAlarm: Row(ACTIVE, DESK, _unshelve),
}
ALARM: Final = Decider("alarm", initial, decide, evolve, COMMANDS, EVENTS)
