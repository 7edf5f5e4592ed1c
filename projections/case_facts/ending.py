"""Handed in, checked, closed, rated, reopened, corrected."""

from typing import Any

from domain.case import events as ev
from domain.case.values import Status
from domain.event import Meta
from projections.case_facts.clocks import stood_still
from projections.case_facts.facts import CaseFacts
from projections.case_facts.opening import place


def handled(facts: CaseFacts, _: Any, meta: Meta) -> None:
    """Handed in; a check of earlier work does not count for this."""
    facts.status = Status.RESOLVED
    facts.handled_at = meta.effective_at
    facts.checked_at = None


def check_requested(facts: CaseFacts, _: Any, __: Meta) -> None:
    """Somebody checks."""
    facts.status = Status.CHECKING


def check_passed(facts: CaseFacts, _: Any, meta: Meta) -> None:
    """Waits to be closed."""
    facts.status = Status.PASSED
    facts.checked_at = meta.effective_at


def check_failed(facts: CaseFacts, _: Any, meta: Meta) -> None:
    """Back to the department, or to triage when it was self-handled."""
    facts.status = Status.REPORTED if facts.self_handled else Status.IN_PROGRESS
    facts.self_handled = False
    facts.handled_at = None
    facts.checked_at = meta.effective_at
    facts.failed_checks += 1


def rework(facts: CaseFacts, event: ev.CaseReworkOrdered, _: Meta) -> None:
    """Once more."""
    facts.rework = event.round


def closed(facts: CaseFacts, _: Any, meta: Meta) -> None:
    """Done."""
    facts.status = Status.CLOSED
    facts.closed_at = facts.ended_at = _closing_time(facts, meta)
    stood_still(facts, facts.suspended_at, meta)
    if facts.suspended_at is not None:
        facts.suspended_us += meta.effective_at - facts.suspended_at
    facts.suspended_at = facts.review_at = facts.reply_due = None
    facts.ticking = {}


def _closing_time(facts: CaseFacts, meta: Meta) -> int:
    """A source may correct its closing time to an earlier one, but not to before the report."""
    if meta.basis != "source":
        return meta.effective_at
    return max(meta.occurred_at, facts.reported_at or 0)


def force_closed(facts: CaseFacts, event: ev.CaseForceClosed, meta: Meta) -> None:
    """Done by order."""
    closed(facts, event, meta)
    facts.forced = True


def feedback(facts: CaseFacts, event: ev.CaseFeedbackReceived, _: Meta) -> None:
    """Rated."""
    facts.contacted = event.contacted
    facts.solved = event.solved
    facts.satisfaction = event.satisfaction


def reopened(facts: CaseFacts, _: Any, __: Meta) -> None:
    """Filed again, without a department."""
    facts.status = Status.FILED
    facts.reopened += 1
    facts.department = facts.assignment = None
    facts.parts = ()
    facts.forced = facts.self_handled = False
    facts.dues = facts.ticking = {}
    facts.closed_at = facts.ended_at = facts.handled_at = facts.checked_at = None


def corrected(facts: CaseFacts, event: ev.CaseCorrected, meta: Meta) -> None:
    """A source changed its row."""
    facts.category = event.category or facts.category
    facts.department = event.department or facts.department
    facts.sensitive = facts.sensitive or event.sensitive
    if event.place is not None:
        place(facts, event.place)
    if event.closed and facts.status != Status.CLOSED:
        closed(facts, event, meta)
    elif event.closed is False and facts.status == Status.CLOSED:
        facts.status = Status.DISPATCHED if facts.department else Status.REPORTED
        facts.closed_at = facts.ended_at = None
