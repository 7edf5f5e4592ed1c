"""The fold: one event into the state. Never refuses: what is in the log has happened."""

from domain.case.state import CaseState
from domain.event import By, DomainEvent


def evolve(state: CaseState, event: DomainEvent, by: By) -> CaseState:
    """Return the state after the event; `by.at` is the event's effective time."""
    raise AssertionError("published first, filled within the hour")
