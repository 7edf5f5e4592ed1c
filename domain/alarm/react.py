"""Which alarms a case asks for as it stands. Pure; the reactor only sends it on.

Imported cases ask for none: what a source states is not for us to be alarmed about.
"""

from collections.abc import Iterator
from typing import Final

from domain.alarm.values import AlarmKind
from domain.case.state import CaseState
from domain.case.values import Clock, Severity, Status

BEFORE_DISPATCH: Final = frozenset(
    {Status.REPORTED, Status.VERIFYING, Status.ACCEPTED, Status.FILED}
)
IN_HAND: Final = BEFORE_DISPATCH | {Status.DISPATCHED, Status.IN_PROGRESS}
"""Somebody has still to do something about it."""
DESK_CLOCKS: Final = frozenset({Clock.ACCEPT, Clock.FILE, Clock.DISPATCH})


def wanted(state: CaseState) -> frozenset[AlarmKind]:
    """Return the alarms that should stand for a case."""
    return frozenset() if state.source or state.exercise else frozenset(_wanted(state))


def _wanted(state: CaseState) -> Iterator[AlarmKind]:
    late = {running.due.clock for running in state.clocks if running.passed}
    if state.status in IN_HAND and state.severity is Severity.LIFE_SAFETY:
        yield AlarmKind.LIFE_SAFETY
    if state.status in IN_HAND and state.severity is not Severity.NORMAL and late:
        yield AlarmKind.URGENT_LATE
    if state.status in BEFORE_DISPATCH and late & DESK_CLOCKS:
        yield AlarmKind.WAITING
