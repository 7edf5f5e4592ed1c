"""Fold an alarm's events; never refuses."""

from dataclasses import replace

from domain.alarm import events as e
from domain.alarm.state import AlarmState
from domain.event import By, DomainEvent


def evolve(state: AlarmState, event: DomainEvent, _by: By) -> AlarmState:
    """Return the alarm after one event."""
    match event:
        case e.AlarmRaised():
            return AlarmState(cycle=event.cycle, raised=True, case=event.case, scope=event.scope)
        case e.AlarmAcknowledged():
            return replace(state, acknowledged=True)
        case e.AlarmShelved():
            return replace(state, shelved_until=event.until)
        case e.AlarmUnshelved():
            return replace(state, shelved_until=None)
        case e.AlarmCleared():
            return replace(state, raised=False, shelved_until=None)
        case _:
            return state
