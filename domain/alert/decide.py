"""Answer a command about an alert with an event, or refuse it.

A device never makes a case: only a person's confirmation does (`react.py`).
Codes: ROLE_NOT_ALLOWED, OUT_OF_SCOPE, UNKNOWN, UNKNOWN_CATEGORY, ALERT_MALFORMED,
ALERT_DECIDED, TOO_MANY_ALERTS, UNKNOWN_REASON, PLACE_NOT_IN_A_LIVE_GRID.
"""

import re
from typing import Final

from domain.actor import Role, within
from domain.alert.commands import COMMANDS, ConfirmAlert, DismissAlert, RaiseAlert
from domain.alert.events import EVENTS, AlertConfirmed, AlertDismissed, AlertRaised
from domain.alert.evolve import evolve
from domain.alert.facts import AlertFacts
from domain.alert.state import AlertState, no_alert
from domain.decider import Decider
from domain.errors import Rejected
from domain.event import Command, DomainEvent

RAISES: Final = frozenset({Role.INTEGRATOR})
LOOKS: Final = frozenset({Role.ACCEPTOR, Role.DUTY_LEADER, Role.GRID_WORKER})
REASONS: Final = ("false_alarm", "duplicate", "handled", "drill")
MOST_OPEN: Final = 50
"""Of one device: what cries without end is mended, not heard."""
_NAME: Final = re.compile(r"[\w:.-]{1,80}")


def decide(state: AlertState, command: Command, facts: AlertFacts) -> list[DomainEvent]:
    """Return the event; nothing when it was raised before. Raises Rejected."""
    if isinstance(command, RaiseAlert):
        return _raise(state, command, facts)
    assert isinstance(command, ConfirmAlert | DismissAlert)
    if facts.by.role not in LOOKS:
        raise Rejected("ROLE_NOT_ALLOWED", role=facts.by.role)
    if not state.raised or not within(state.scope, facts.by.scope):
        raise Rejected("UNKNOWN", which=command.alert)
    if not state.open:
        raise Rejected("ALERT_DECIDED", outcome=state.outcome)
    if isinstance(command, DismissAlert):
        return _dismiss(command)
    if not facts.category_known:
        raise Rejected("UNKNOWN_CATEGORY", category=command.category)
    category = command.category or state.category
    return [AlertConfirmed(alert=command.alert, device=command.device, category=category)]


def _raise(state: AlertState, command: RaiseAlert, facts: AlertFacts) -> list[DomainEvent]:
    if facts.by.role not in RAISES:
        raise Rejected("ROLE_NOT_ALLOWED", role=facts.by.role)
    for name in (command.alert, command.device):
        if _NAME.fullmatch(name) is None:
            raise Rejected("ALERT_MALFORMED", field=name)
    if command.certainty is not None and not 0 <= command.certainty <= 100:
        raise Rejected("ALERT_MALFORMED", field="certainty")
    if facts.grid_scope is None:
        raise Rejected("PLACE_NOT_IN_A_LIVE_GRID", grid=command.grid)
    if not within(facts.grid_scope, facts.by.scope):
        raise Rejected("OUT_OF_SCOPE", scope=facts.grid_scope, yours=facts.by.scope)
    if not facts.category_known:
        raise Rejected("UNKNOWN_CATEGORY", category=command.category)
    if state.raised:
        return []
    if facts.open >= MOST_OPEN:
        raise Rejected("TOO_MANY_ALERTS", device=command.device, most=MOST_OPEN)
    return [
        AlertRaised(
            alert=command.alert, device=command.device, category=command.category,
            scope=facts.grid_scope, grid=command.grid, certainty=command.certainty,
        )
    ]  # fmt: skip


def _dismiss(command: DismissAlert) -> list[DomainEvent]:
    if command.reason not in REASONS:
        raise Rejected(
            "UNKNOWN_REASON", field="reason", value=command.reason, allowed=list(REASONS)
        )
    return [AlertDismissed(alert=command.alert, device=command.device, reason=command.reason)]


ALERT: Final = Decider("alert", no_alert, decide, evolve, COMMANDS, EVENTS)
