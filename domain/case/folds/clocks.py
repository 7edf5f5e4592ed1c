"""Starting, stopping and marking the running clocks of a case."""

from collections.abc import Collection
from typing import Final

from msgspec.structs import replace

from domain.case import events as e
from domain.case.state import CaseState, Running
from domain.case.values import AssistDue, Clock, Due
from domain.event import By, DomainEvent

STOPS: Final[dict[type[DomainEvent], frozenset[Clock]]] = {
    e.CaseSelfHandled: frozenset({Clock.ACCEPT}),
    e.CaseAccepted: frozenset({Clock.ACCEPT}),
    e.CaseFiled: frozenset({Clock.FILE}),
    e.CaseDispatched: frozenset({Clock.DISPATCH}),
    e.CaseRedispatched: frozenset({Clock.ACKNOWLEDGE, Clock.HANDLE}),
    e.CaseReturnUpheld: frozenset({Clock.ACKNOWLEDGE, Clock.HANDLE}),
    e.CaseHandled: frozenset({Clock.HANDLE}),
    e.CaseCheckPassed: frozenset({Clock.CHECK}),
    e.CaseCheckFailed: frozenset({Clock.CHECK}),
}
"""Which clocks an event stops; the lead's acknowledgement stops its own in `dispatch.py`."""


def turned(
    clocks: tuple[Running, ...], stopped: Collection[Clock], dues: tuple[Due, ...]
) -> tuple[Running, ...]:
    """Return the clocks without those stopped, and with each due set anew."""
    if not dues:
        return tuple(_without(clocks, stopped)) if clocks else clocks
    if clocks:
        gone = (*stopped, *[due.clock for due in dues])  # so few that looking beats hashing
        return (*_without(clocks, gone), *[Running(due=due) for due in dues])
    return tuple([Running(due=due) for due in dues])


def _without(clocks: tuple[Running, ...], gone: Collection[Clock]) -> list[Running]:
    return [running for running in clocks if running.due.clock not in gone]


def reset_assists(state: CaseState, assists: tuple[AssistDue, ...]) -> CaseState:
    """Set the assisting departments' own clocks after a pause."""
    if not assists:
        return state
    dues = {one.assignment: one.due for one in assists}
    parts = tuple(
        replace(part, clock=_moved(part.clock, dues[part.id])) if part.id in dues else part
        for part in state.assignments
    )
    return replace(state, assignments=parts)


def _moved(running: Running | None, due: Due) -> Running:
    """A clock whose due did not move keeps what was said about it; one that did, the warning."""
    if running and running.due.due == due.due:
        return replace(running, due=due)
    return Running(due=due, warned=running is not None and running.warned)


def resumed(clocks: tuple[Running, ...], dues: tuple[Due, ...]) -> tuple[Running, ...]:
    """Return the clocks after a pause; one that had already run out stays run out."""
    before = {running.due.clock: running for running in clocks}
    return tuple(_moved(before.get(due.clock), due) for due in dues)


def warned(state: CaseState, event: e.CaseDeadlineWarned, _by: By) -> CaseState:
    """Mark the clock as warned."""
    return _mark(state, event, warned=True)


def passed(state: CaseState, event: e.CaseDeadlinePassed, _by: By) -> CaseState:
    """Mark the clock as passed."""
    return _mark(state, event, passed=True)


def _mark(
    state: CaseState, event: e.CaseDeadlineWarned | e.CaseDeadlinePassed, **mark: bool
) -> CaseState:
    if event.assignment is not None:
        parts = tuple(
            replace(part, clock=replace(part.clock, **mark))
            if part.id == event.assignment and part.clock
            else part
            for part in state.assignments
        )
        return replace(state, assignments=parts)
    clocks = tuple(
        replace(running, **mark) if running.due.clock is event.clock else running
        for running in state.clocks
    )
    return replace(state, clocks=clocks)
