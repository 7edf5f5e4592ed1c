"""Handling: progress, extension, suspension, tiers, urgency, supervision, deadlines."""

import msgspec

from domain.actor import Role
from domain.calendar.clock import due_and_warn
from domain.case import commands as c
from domain.case import events as e
from domain.case.decisions.clocks import (
    resumed,
    resumed_assists,
    set_clocks,
    until,
)
from domain.case.facts import CaseFacts
from domain.case.guards.handling import TIERS
from domain.case.state import CaseState
from domain.case.values import Clock, Due
from domain.event import DomainEvent


def note_progress(state: CaseState, command: c.NoteProgress, facts: CaseFacts) -> list[DomainEvent]:
    """The first note makes the part `working`."""
    part = state.assignment_of(facts.by.unit)
    assert part
    return [e.CaseProgressNoted(assignment=part.id, note=command.note)]


def attach(_state: CaseState, command: c.AttachEvidence, _f: CaseFacts) -> list[DomainEvent]:
    """By content hash; the file goes another way."""
    return [e.CaseEvidenceAttached(evidence=command.evidence)]


def assist_done(
    state: CaseState, command: c.ReportAssistDone, facts: CaseFacts
) -> list[DomainEvent]:
    """The assisting part ends."""
    part = state.assignment_of(facts.by.unit)
    assert part
    return [
        e.CaseAssistDone(
            assignment=part.id, department=part.department, conclusion=command.conclusion
        )
    ]


def request_extension(
    _state: CaseState, command: c.RequestExtension, _facts: CaseFacts
) -> list[DomainEvent]:
    """Asked, not given."""
    return [e.CaseExtensionRequested(reason=command.reason, until=command.until, note=command.note)]


def grant_extension(
    state: CaseState, command: c.GrantExtension, facts: CaseFacts
) -> list[DomainEvent]:
    """The handling is due later, and the whole case no earlier than that."""
    instant = state.extension_until if command.until is None else command.until
    assert instant is not None
    moved = tuple(
        until(running.due, instant, facts.by.at)
        for running in state.clocks
        if running.due.clock is Clock.HANDLE
        or (running.due.clock is Clock.TOTAL and running.due.due < instant)
    )
    return [e.CaseExtensionGranted(dues=moved)]


def refuse_extension(_s: CaseState, command: c.RefuseExtension, _f: CaseFacts) -> list[DomainEvent]:
    """Nothing moves."""
    return [e.CaseExtensionRefused(note=command.note)]


def suspend(_state: CaseState, command: c.SuspendCase, _facts: CaseFacts) -> list[DomainEvent]:
    """All clocks stand until the review date."""
    return [e.CaseSuspended(reason=command.reason, review_at=command.review_at)]


def resume(state: CaseState, _command: c.ResumeCase, facts: CaseFacts) -> list[DomainEvent]:
    """The pause is taken out of every clock."""
    return [
        e.CaseResumed(
            automatic=facts.by.role == Role.CLOCK, dues=resumed(state, facts),
            assists=resumed_assists(state, facts),
        )
    ]  # fmt: skip


def escalate(state: CaseState, command: c.EscalateCase, facts: CaseFacts) -> list[DomainEvent]:
    """To the next tier, or to the one named."""
    tier = command.tier or TIERS[TIERS.index(state.tier) + 1]
    return [
        e.CaseEscalated(
            tier=tier, was=state.tier, reason=command.reason,
            automatic=facts.by.role == Role.CLOCK,
        )
    ]  # fmt: skip


def return_down(state: CaseState, command: c.ReturnCaseDown, _f: CaseFacts) -> list[DomainEvent]:
    """To the tier below."""
    tier = TIERS[TIERS.index(state.tier) - 1]
    return [e.CaseReturnedDown(tier=tier, was=state.tier, reason=command.reason)]


def urge(_state: CaseState, command: c.UrgeCase, _facts: CaseFacts) -> list[DomainEvent]:
    """Nothing moves, but it is on record."""
    return [e.CaseUrged(note=command.note)]


def expedite(state: CaseState, command: c.ExpediteCase, facts: CaseFacts) -> list[DomainEvent]:
    """With a limit, the handling is due that soon from now."""
    return [e.CaseExpedited(severity=command.severity, dues=_sooner(state, command, facts))]


def _sooner(state: CaseState, command: c.ExpediteCase, facts: CaseFacts) -> tuple[Due, ...]:
    running, calendar, limit = state.clock(Clock.HANDLE), facts.calendar, command.limit
    if limit is None:
        return ()
    assert running
    assert calendar
    due, warn = due_and_warn(facts.by.at, limit, calendar)
    return (
        msgspec.structs.replace(
            running.due, limit=limit, calendar=calendar.name, start=facts.by.at, due=due, warn=warn
        ),
    )  # fmt: skip


def order_supervision(
    _state: CaseState, command: c.OrderSupervision, _facts: CaseFacts
) -> list[DomainEvent]:
    """With the date by which the unit must answer."""
    return [e.CaseSupervisionOrdered(reason=command.reason, reply_due=command.reply_due)]


def reply_supervision(
    _state: CaseState, command: c.ReplySupervision, _facts: CaseFacts
) -> list[DomainEvent]:
    """The order is answered."""
    return [e.CaseSupervisionReplied(reply=command.reply)]


def warn_deadline(_s: CaseState, command: c.WarnDeadline, _f: CaseFacts) -> list[DomainEvent]:
    """Said once."""
    return [
        e.CaseDeadlineWarned(clock=command.clock, due=command.due, assignment=command.assignment)
    ]


def pass_deadline(_s: CaseState, command: c.PassDeadline, _f: CaseFacts) -> list[DomainEvent]:
    """Said once."""
    return [
        e.CaseDeadlinePassed(clock=command.clock, due=command.due, assignment=command.assignment)
    ]


def handle(state: CaseState, command: c.HandleCase, facts: CaseFacts) -> list[DomainEvent]:
    """The lead's work is done; the check's clock starts."""
    lead = state.lead
    assert lead
    return [
        e.CaseHandled(
            assignment=lead.id, department=lead.department, conclusion=command.conclusion,
            evidence=command.evidence, dues=set_clocks(facts, Clock.CHECK),
        )
    ]  # fmt: skip
