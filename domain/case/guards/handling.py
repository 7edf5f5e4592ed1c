"""Handling and its clocks: extension, suspension, tiers, urgency, supervision, deadlines."""

from typing import Any, Final

from domain.actor import Role
from domain.calendar.clock import MalformedLimit, due_at, parse_limit
from domain.calendar.zone import DAY
from domain.case.commands import (
    EscalateCase,
    ExpediteCase,
    GrantExtension,
    OrderSupervision,
    PassDeadline,
    RequestExtension,
    SuspendCase,
    WarnDeadline,
)
from domain.case.facts import CaseFacts
from domain.case.refusals import RefusalCode
from domain.case.state import CaseState, Running
from domain.case.values import AssignmentStatus, Clock, Severity, Tier
from domain.errors import Rejected

EXTENSIONS: Final = 2
FARTHEST_REVIEW_DAYS: Final = 366
TIERS: Final = (Tier.VILLAGE, Tier.TOWNSHIP, Tier.DISTRICT)
SEVERITIES: Final = (Severity.NORMAL, Severity.URGENT, Severity.LIFE_SAFETY)


def assists_done(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """Every assisting department has reported its part done."""
    left = [
        part.department
        for part in state.assignments
        if not part.lead and part.status not in (AssignmentStatus.DONE, AssignmentStatus.RETURNED)
    ]
    return Rejected(RefusalCode.ASSISTS_OPEN, departments=left) if left else None


def handling_clock_runs(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """There is a due instant to move."""
    if state.clock(Clock.HANDLE):
        return None
    return Rejected(RefusalCode.CLOCK_NOT_RUNNING, clock=Clock.HANDLE)


def before_due(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """More time is asked for before it has run out."""
    due = _handling_due(state)
    if facts.by.at < due:
        return None
    return Rejected(RefusalCode.DUE_PASSED, due=due, now=facts.by.at)


def extensions_left(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """Two extensions are granted at most."""
    if state.extensions < EXTENSIONS:
        return None
    return Rejected(RefusalCode.EXTENSIONS_USED_UP, granted=state.extensions, most=EXTENSIONS)


def no_extension_pending(state: CaseState, _command: Any, _f: CaseFacts) -> Rejected | None:
    """One request at a time."""
    if state.extension_until is None:
        return None
    return Rejected(RefusalCode.EXTENSION_PENDING, until=state.extension_until)


def extension_pending(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """A request waits for its answer."""
    if state.extension_until is not None:
        return None
    return Rejected(RefusalCode.NO_EXTENSION_PENDING)


def until_is_later(
    state: CaseState, command: RequestExtension | GrantExtension, facts: CaseFacts
) -> Rejected | None:
    """The new due instant lies after the present one, and ahead."""
    until = state.extension_until if command.until is None else command.until
    due = _handling_due(state)
    if until is not None and until > max(due, facts.by.at):
        return None
    return Rejected(RefusalCode.DUE_NOT_LATER, due=due, until=until)


def _handling_due(state: CaseState) -> int:
    running = state.clock(Clock.HANDLE)
    assert running
    return running.due.due


def review_is_ahead(_state: CaseState, command: SuspendCase, facts: CaseFacts) -> Rejected | None:
    """The review date lies ahead, and not more than a year."""
    if command.review_at <= facts.by.at:
        return Rejected(RefusalCode.REVIEW_NOT_AHEAD, review_at=command.review_at)
    farthest = facts.by.at + FARTHEST_REVIEW_DAYS * DAY
    if command.review_at > farthest:
        return Rejected(RefusalCode.REVIEW_TOO_FAR, review_at=command.review_at, farthest=farthest)
    return None


def clock_waits_for_review(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """The clock itself resumes on the review date; people may do so before."""
    if facts.by.role != Role.CLOCK:
        return None
    assert state.review_at is not None
    if facts.by.at >= state.review_at:
        return None
    return Rejected(RefusalCode.REVIEW_NOT_REACHED, review_at=state.review_at)


def tier_can_rise(state: CaseState, command: EscalateCase, _facts: CaseFacts) -> Rejected | None:
    """One tier up; life safety may jump."""
    here = TIERS.index(state.tier)
    if state.tier is Tier.DISTRICT:
        return Rejected(RefusalCode.TOP_TIER, tier=state.tier)
    there = here + 1 if command.tier is None else TIERS.index(command.tier)
    if there <= here:
        return Rejected(RefusalCode.TIER_NOT_HIGHER, tier=state.tier, asked=command.tier)
    if there - here > 1 and state.severity is not Severity.LIFE_SAFETY:
        return Rejected(RefusalCode.ONE_TIER_ONLY, tier=state.tier, asked=command.tier)
    return None


def tier_can_fall(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """There is a tier below."""
    if state.tier is Tier.VILLAGE:
        return Rejected(RefusalCode.BOTTOM_TIER, tier=state.tier)
    return None


def severity_rises(state: CaseState, command: ExpediteCase, _f: CaseFacts) -> Rejected | None:
    """Expediting raises the severity, or with a limit at least keeps it."""
    here, there = SEVERITIES.index(state.severity), SEVERITIES.index(command.severity)
    if there > here or (there == here and command.limit):
        return None
    return Rejected(
        RefusalCode.SEVERITY_NOT_HIGHER, severity=state.severity, asked=command.severity
    )


def due_comes_earlier(state: CaseState, command: ExpediteCase, facts: CaseFacts) -> Rejected | None:
    """The limit is well formed, there is a handling clock, and its due comes earlier."""
    if command.limit is None:
        return None
    try:
        parse_limit(command.limit)
    except MalformedLimit:
        return Rejected(RefusalCode.LIMIT_MALFORMED, limit=command.limit)
    running = state.clock(Clock.HANDLE)
    if running is None or facts.calendar is None or state.paused_at is not None:
        return Rejected(RefusalCode.CLOCK_NOT_RUNNING, clock=Clock.HANDLE)
    due = due_at(facts.by.at, command.limit, facts.calendar)
    if due < running.due.due:
        return None
    return Rejected(RefusalCode.DUE_NOT_EARLIER, due=running.due.due, asked=due)


def no_supervision_open(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """One order at a time."""
    if state.supervised_until is None:
        return None
    return Rejected(RefusalCode.SUPERVISION_OPEN, reply_due=state.supervised_until)


def supervision_open(state: CaseState, _command: Any, _facts: CaseFacts) -> Rejected | None:
    """An order waits for its answer."""
    if state.supervised_until is not None:
        return None
    return Rejected(RefusalCode.NO_SUPERVISION_OPEN)


def reply_due_is_ahead(
    _state: CaseState, command: OrderSupervision, facts: CaseFacts
) -> Rejected | None:
    """The unit has time to answer."""
    if command.reply_due > facts.by.at:
        return None
    return Rejected(RefusalCode.REPLY_DUE_NOT_AHEAD, reply_due=command.reply_due)


def _named_clock(state: CaseState, command: WarnDeadline | PassDeadline) -> Running | None:
    """Return the running clock a deadline command names, if its due is still that one."""
    if command.assignment is None:
        running = state.clock(command.clock)
    else:
        parts = [part for part in state.assignments if part.id == command.assignment]
        running = parts[0].clock if parts else None
    if running and running.due.due == command.due and running.due.clock is command.clock:
        return running
    return None


def clock_runs(
    state: CaseState, command: WarnDeadline | PassDeadline, _facts: CaseFacts
) -> Rejected | None:
    """The clock runs, and towards this very instant."""
    if state.paused_at is None and _named_clock(state, command):
        return None
    return Rejected(RefusalCode.CLOCK_NOT_RUNNING, clock=command.clock, due=command.due)


def warning_is_due(state: CaseState, command: WarnDeadline, facts: CaseFacts) -> Rejected | None:
    """Warned once, when four fifths are used up, and not after it has passed."""
    running = _named_clock(state, command)
    assert running
    if running.warned or running.passed:
        return Rejected(RefusalCode.ALREADY_WARNED, clock=command.clock, due=command.due)
    warn = running.due.warn
    if warn == 0 or facts.by.at < warn:
        return Rejected(RefusalCode.NOT_DUE_YET, warn=warn, now=facts.by.at)
    return None


def due_is_reached(state: CaseState, command: PassDeadline, facts: CaseFacts) -> Rejected | None:
    """Passed once, and never before the instant."""
    running = _named_clock(state, command)
    assert running
    if running.passed:
        return Rejected(RefusalCode.ALREADY_PASSED, clock=command.clock, due=command.due)
    if facts.by.at < running.due.due:
        return Rejected(RefusalCode.NOT_DUE_YET, due=command.due, now=facts.by.at)
    return None
