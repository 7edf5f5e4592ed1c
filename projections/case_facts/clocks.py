"""The stage clocks of a case: set, stopped, run again after a pause, said to have passed."""

from typing import Final

from msgspec.structs import replace

from domain.case import events as ev
from domain.case.values import Clock, Due
from domain.event import Meta, Microseconds
from projections.case_facts.facts import CaseFacts, DueFact

NAMES: Final = {clock: str(clock) for clock in Clock}
"""Clocks by plain texts, the same ones for all cases: looked up, not made for each due."""


def _fact(due: Due) -> DueFact:
    counted = f"{due.limit[-1]} {due.calendar}" if due.limit else None
    return DueFact(due.limit, due.start, due.due, False, False, counted)


def stop(facts: CaseFacts, stopped: frozenset[Clock]) -> None:
    """Stop some of the clocks."""
    if not stopped.isdisjoint(facts.ticking):
        facts.ticking = _without(facts.ticking, stopped)


def turn(facts: CaseFacts, stopped: frozenset[Clock], dues: tuple[Due, ...]) -> None:
    """Stop some of the clocks, then set others; a later due of a clock replaces the earlier one."""
    known, ticking = facts.dues.copy(), _without(facts.ticking, stopped)
    for due in dues:
        clock = NAMES[due.clock]
        known[clock] = ticking[clock] = _fact(due)
    facts.dues, facts.ticking = known, ticking


def _without(ticking: dict[str, DueFact], stopped: frozenset[Clock]) -> dict[str, DueFact]:
    left = ticking.copy()
    for clock in stopped:
        left.pop(clock, None)
    return left


def stood_still(facts: CaseFacts, since: Microseconds | None, meta: Meta) -> None:
    """Note a stretch in which the clocks stood still; nothing when they did not."""
    if since is not None and since < meta.effective_at:
        facts.pauses = (*facts.pauses, (since, meta.effective_at))


def run_again(facts: CaseFacts, dues: tuple[Due, ...]) -> None:
    """Set the clocks after a pause; one whose due did not move keeps what was said about it.

    A warning holds for the moved due too: as much is used up as before.
    """
    was = facts.ticking
    facts.ticking = {}
    for due in dues:
        before = was.get(due.clock)
        kept = before if before is not None and before.due == due.due else None
        moved = replace(_fact(due), warned=before is not None and before.warned)
        fact = kept or moved
        facts.ticking[str(due.clock)] = fact
    facts.dues = {**facts.dues, **facts.ticking}


def _said(facts: CaseFacts, clock: str, due: int, *, passed: bool) -> None:
    was = facts.ticking.get(clock)
    if was is None or was.due != due:
        return
    said = replace(was, warned=was.warned or not passed, passed=was.passed or passed)
    facts.ticking = {**facts.ticking, str(clock): said}


def warned(facts: CaseFacts, event: ev.CaseDeadlineWarned, _: Meta) -> None:
    """Note that a clock was warned about."""
    if event.assignment is None:
        _said(facts, event.clock, event.due, passed=False)


def passed(facts: CaseFacts, event: ev.CaseDeadlinePassed, _: Meta) -> None:
    """Note that a clock ran out."""
    if event.assignment is None:
        _said(facts, event.clock, event.due, passed=True)


def target(facts: CaseFacts, event: ev.CaseTargetStated, _: Meta) -> None:
    """Set a source's own target as the due of the whole case."""
    start = facts.reported_at or 0
    stated = {"total": DueFact(limit="", start=start, due=event.due)}
    facts.dues = {**facts.dues, **stated}
    if facts.open:
        facts.ticking = {**facts.ticking, **stated}
