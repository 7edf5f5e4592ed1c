"""Setting the stage clocks: dues are reckoned here once and stand on the events."""

from typing import Final

import msgspec

from domain.calendar.calendar import Calendar
from domain.calendar.clock import WARN_DENOMINATOR, WARN_NUMERATOR, due_and_warn, due_at, shifted
from domain.calendar.zone import DAY
from domain.case.facts import CaseFacts
from domain.case.state import CaseState, Running
from domain.case.values import AssistDue, Clock, Due
from domain.event import Microseconds

SUPERVISION_LIMIT: Final = "2W"
"""How soon an automatic supervision order must be answered."""


def set_clocks(facts: CaseFacts, *clocks: Clock, start: int | None = None) -> tuple[Due, ...]:
    """Return the dues of clocks that start now (or at `start`); those without a limit don't."""
    calendar = facts.calendar
    if calendar is None:
        return ()
    begin = facts.by.at if start is None else start
    return tuple(
        _due(clock, limit, calendar, begin)
        for clock in clocks
        if (limit := facts.limits.get(clock))
    )


def _due(clock: Clock, limit: str, calendar: Calendar, start: Microseconds) -> Due:
    due, warn = due_and_warn(start, limit, calendar)
    return Due(clock=clock, limit=limit, calendar=calendar.name, start=start, due=due, warn=warn)


def resumed(state: CaseState, facts: CaseFacts) -> tuple[Due, ...]:
    """Return the dues of all stopped clocks with the pause taken out."""
    return tuple(_shift(running, state, facts) for running in state.clocks)


def resumed_assists(state: CaseState, facts: CaseFacts) -> tuple[AssistDue, ...]:
    """Return the same for the assisting departments' own clocks."""
    return tuple(
        AssistDue(assignment=part.id, due=_shift(part.clock, state, facts))
        for part in state.assignments
        if part.clock
    )


def _shift(running: Running, state: CaseState, facts: CaseFacts) -> Due:
    due, calendar, paused_at = running.due, facts.calendar, state.paused_at
    assert paused_at is not None
    if calendar is None or not due.limit:
        moved = max(due.due, due.due + facts.by.at - paused_at if due.due > paused_at else 0)
        return msgspec.structs.replace(due, due=moved)
    instant = shifted(due.due, due.limit, calendar, paused_at, facts.by.at)
    warn = shifted(due.warn, due.limit, calendar, paused_at, facts.by.at) if due.warn else 0
    return msgspec.structs.replace(due, due=instant, warn=warn)


def until(due: Due, instant: Microseconds, now: Microseconds) -> Due:
    """Return a clock with an explicit due instant, warned at 80 % of the time from now."""
    warn = now + (instant - now) * WARN_NUMERATOR // WARN_DENOMINATOR
    return msgspec.structs.replace(due, due=instant, warn=warn)


def supervision_due(facts: CaseFacts) -> Microseconds:
    """Return when an automatic supervision order must be answered."""
    if facts.calendar is None:
        return facts.by.at + 2 * DAY
    return due_at(facts.by.at, SUPERVISION_LIMIT, facts.calendar)
