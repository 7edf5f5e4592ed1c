"""Check, close, follow-up, reopen, appeal."""

from typing import Final
from uuid import uuid5

from domain.calendar.zone import DAY
from domain.case import commands as c
from domain.case import events as e
from domain.case.decisions.clocks import set_clocks, supervision_due
from domain.case.facts import CaseFacts
from domain.case.guards.checking import FOLLOW_UP_DAYS
from domain.case.state import CaseState
from domain.case.values import Clock
from domain.event import DomainEvent

REWORKS_BEFORE_SUPERVISION: Final = 3
SUPERVISION_REASON: Final = "third_rework"


def request_check(_s: CaseState, command: c.RequestCheck, _facts: CaseFacts) -> list[DomainEvent]:
    """By a named checker, or by whoever of the scope comes first."""
    return [e.CaseCheckRequested(checker=command.checker)]


def pass_check(_state: CaseState, command: c.PassCheck, _facts: CaseFacts) -> list[DomainEvent]:
    """Waits for the duty leader to close it."""
    return [e.CaseCheckPassed(note=command.note, evidence=command.evidence)]


def fail_check(state: CaseState, command: c.FailCheck, facts: CaseFacts) -> list[DomainEvent]:
    """Self-handled work goes to triage, a department's to rework; the third time is watched."""
    if state.self_handled:
        return [_failed(command, facts, Clock.ACCEPT)]
    rework = e.CaseReworkOrdered(round=state.rework + 1, dues=set_clocks(facts, Clock.HANDLE))
    events: list[DomainEvent] = [_failed(command, facts), rework]
    if rework.round >= REWORKS_BEFORE_SUPERVISION and state.supervised_until is None:
        events.append(
            e.CaseSupervisionOrdered(
                reason=SUPERVISION_REASON, reply_due=supervision_due(facts), automatic=True
            )
        )
    return events


def _failed(command: c.FailCheck, facts: CaseFacts, *clocks: Clock) -> DomainEvent:
    return e.CaseCheckFailed(
        note=command.note, evidence=command.evidence, dues=set_clocks(facts, *clocks)
    )


def close(state: CaseState, _command: c.CloseCase, _facts: CaseFacts) -> list[DomainEvent]:
    """`sampled` says that somebody checked."""
    return [e.CaseClosed(sampled=not state.self_handled or state.sampled)]


def force_close(_s: CaseState, command: c.ForceCloseCase, _facts: CaseFacts) -> list[DomainEvent]:
    """Never counted as on time."""
    return [e.CaseForceClosed(reason=command.reason)]


def send_follow_up(state: CaseState, _c: c.SendFollowUp, _facts: CaseFacts) -> list[DomainEvent]:
    """Open for 14 days from closing."""
    assert state.closed_at is not None
    return [e.CaseFollowUpSent(until=state.closed_at + FOLLOW_UP_DAYS * DAY)]


def give_feedback(_s: CaseState, command: c.GiveFeedback, _facts: CaseFacts) -> list[DomainEvent]:
    """As it was said."""
    return [
        e.CaseFeedbackReceived(
            contacted=command.contacted, solved=command.solved,
            satisfaction=command.satisfaction, comment=command.comment,
        )
    ]  # fmt: skip


def reopen(_state: CaseState, command: c.ReopenCase, facts: CaseFacts) -> list[DomainEvent]:
    """Back to be dispatched; the whole case's clock starts anew."""
    return [
        e.CaseReopened(reason=command.reason, dues=set_clocks(facts, Clock.DISPATCH, Clock.TOTAL))
    ]


def cancel(_state: CaseState, command: c.CancelCase, _facts: CaseFacts) -> list[DomainEvent]:
    """Void."""
    return [e.CaseCancelled(reason=command.reason)]


def file_appeal(state: CaseState, command: c.FileAppeal, facts: CaseFacts) -> list[DomainEvent]:
    """Numbered within the case."""
    appeal = str(uuid5(facts.case, f"appeal:{len(state.appellants) + 1}"))
    return [e.CaseAppealFiled(appeal=appeal, figure=command.figure, note=command.note)]


def decide_appeal(_s: CaseState, command: c.DecideAppeal, _facts: CaseFacts) -> list[DomainEvent]:
    """About the score only."""
    return [
        e.CaseAppealDecided(appeal=command.appeal, upheld=command.upheld, reason=command.reason)
    ]
