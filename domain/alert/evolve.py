"""Fold the events of an alert; never refuses."""

from dataclasses import replace

from domain.alert.events import AlertConfirmed, AlertDismissed, AlertRaised
from domain.alert.state import AlertState
from domain.event import By, DomainEvent


def evolve(state: AlertState, event: DomainEvent, by: By) -> AlertState:
    """Return the alert after one event."""
    match event:
        case AlertRaised():
            return AlertState(
                alert=event.alert, device=event.device, category=event.category,
                scope=event.scope, grid=event.grid, certainty=event.certainty, raised_at=by.at,
                raised=True,
            )  # fmt: skip
        case AlertConfirmed():
            return replace(state, category=event.category, outcome="confirmed")
        case AlertDismissed():
            return replace(state, outcome=event.reason)
        case _:
            return state
