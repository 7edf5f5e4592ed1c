"""What the clock does by itself: warn, pass, resume. Pure; the reactor only sends it on.

Each command carries the very due instant, so that a second sending is refused and a
moved deadline is not confused with the old one. Imported cases are left alone: what
a source states is not for us to warn about.
"""

from collections.abc import Iterator

from domain.case.commands import PassDeadline, ResumeCase, WarnDeadline
from domain.case.state import CaseState, Running
from domain.event import Command, Microseconds


def clock_commands(state: CaseState, now: Microseconds) -> list[Command]:
    """Return what is due at `now`, in order of its instant; empty for imported cases."""
    due = [(instant, command) for instant, command in _agenda(state) if instant <= now]
    return [command for _, command in sorted(due, key=lambda item: item[0])]


def next_instant(state: CaseState) -> Microseconds | None:
    """Return the next instant at which `clock_commands` will have something; None: never."""
    return min((instant for instant, _ in _agenda(state)), default=None)


def _agenda(state: CaseState) -> Iterator[tuple[Microseconds, Command]]:
    """Yield everything the clock has yet to do, with its instant."""
    if state.source:
        return
    if state.paused_at is not None:
        if state.merged_into is None and state.review_at is not None:
            yield state.review_at, ResumeCase()
        return
    for running in state.clocks:
        yield from _of_clock(running, None)
    for part in state.assignments:
        if part.clock:
            yield from _of_clock(part.clock, part.id)


def _of_clock(running: Running, assignment: str | None) -> Iterator[tuple[Microseconds, Command]]:
    due = running.due
    if due.warn and due.warn < due.due and not running.warned and not running.passed:
        yield due.warn, WarnDeadline(clock=due.clock, due=due.due, assignment=assignment)
    if not running.passed:
        yield due.due, PassDeadline(clock=due.clock, due=due.due, assignment=assignment)
