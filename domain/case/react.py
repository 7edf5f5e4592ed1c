"""What the clock does by itself: warn, pass, resume. Pure; the reactor only sends it on.

Each command carries the very due instant, so that a second sending is refused and a
moved deadline is not confused with the old one. Imported cases are left alone: what
a source states is not for us to warn about.
"""

from operator import attrgetter
from typing import Final, NamedTuple

from domain.case.commands import PassDeadline, ResumeCase, WarnDeadline
from domain.case.state import CaseState, Running
from domain.case.values import Due
from domain.event import Command, Microseconds


def clock_commands(state: CaseState, now: Microseconds) -> list[Command]:
    """Return what is due at `now`, in order of its instant; empty for imported cases."""
    due = sorted((item for item in _agenda(state) if item.instant <= now), key=_instant)
    return [item.command() for item in due]


def next_instant(state: CaseState) -> Microseconds | None:
    """Return the next instant at which `clock_commands` will have something; None: never."""
    if state.source:
        return None
    if state.paused_at is not None:
        return None if state.merged_into is not None else state.review_at
    running = [*state.clocks, *(part.clock for part in state.assignments if part.clock)]
    return min([_next_of(one) for one in running if not one.passed], default=None)


class Item(NamedTuple):
    """Something the clock has yet to do; made into a command only when it is due."""

    instant: Microseconds
    says: type[WarnDeadline | PassDeadline] | None = None
    due: Due | None = None
    assignment: str | None = None

    def command(self) -> Command:
        """Return the command; a case that waits only for this instant goes on."""
        if self.says is None or self.due is None:
            return ResumeCase()
        return self.says(clock=self.due.clock, due=self.due.due, assignment=self.assignment)


_instant: Final = attrgetter("instant")


def _agenda(state: CaseState) -> list[Item]:
    """Return everything the clock has yet to do."""
    if state.source:
        return []
    if state.paused_at is not None:
        review = None if state.merged_into is not None else state.review_at
        return [] if review is None else [Item(review)]
    items: list[Item] = []
    for running in state.clocks:
        _of_clock(items, running, None)
    for part in state.assignments:
        if part.clock:
            _of_clock(items, part.clock, part.id)
    return items


def _next_of(running: Running) -> Microseconds:
    """Return the first of the instants that `_of_clock` lists; asked after every command."""
    due = running.due
    return due.warn if due.warn and due.warn < due.due and not running.warned else due.due


def _of_clock(items: list[Item], running: Running, assignment: str | None) -> None:
    due = running.due
    if running.passed:
        return
    if due.warn and due.warn < due.due and not running.warned:
        items.append(Item(due.warn, WarnDeadline, due, assignment))
    items.append(Item(due.due, PassDeadline, due, assignment))
