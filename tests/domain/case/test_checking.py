"""Check, rework, close, follow-up, reopening, appeal."""

from uuid import uuid5

import msgspec

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.values import (
    AssignmentStatus,
    Clock,
    Status,
)
from domain.event import DomainEvent
from tests.domain.case.attempts import (
    ASKED_LATER,
    HANDLER,
    LEADER,
)
from tests.domain.case.starts import starts
from tests.domain.case.world import (
    AFTER,
    CASE,
    CHECKING,
    DAY,
    HISTORIES,
    IN_PROGRESS,
    LEAD,
    PART,
    RESOLVED,
    T0,
    Step,
    at,
    by,
    given,
)


def test_the_third_rework_is_supervised() -> None:
    def failed(rounds: int, **more: object) -> list[DomainEvent]:
        rework: Step = (e.CaseReworkOrdered(round=rounds), by(Role.CHECKER))
        steps = (*CHECKING, rework) if rounds else CHECKING
        return given(steps).when(c.FailCheck(note="no"), by(Role.CHECKER), **more).events

    handle = starts(Clock.HANDLE)
    failure = e.CaseCheckFailed(note="no")
    assert failed(0) == [failure, e.CaseReworkOrdered(round=1, dues=handle)]
    assert failed(1) == [failure, e.CaseReworkOrdered(round=2, dues=handle)]
    watched = e.CaseSupervisionOrdered(
        reason="third_rework", reply_due=at("2026-03-04 09:00"), automatic=True
    )
    third = e.CaseReworkOrdered(round=3, dues=handle)
    assert failed(2) == [failure, third, watched]
    assert failed(3)[2] == watched
    assert failed(2, calendar=None)[2] == msgspec.structs.replace(watched, reply_due=T0 + 2 * DAY)
    ordered: Step = (e.CaseSupervisionOrdered(reason="slow", reply_due=T0 + DAY), LEADER)
    again = (*CHECKING, (e.CaseReworkOrdered(round=2), by(Role.CHECKER)), ordered)
    state = given(again).when(c.FailCheck(note="no"), by(Role.CHECKER)).then(failure, third)
    assert (state.status, state.rework) == (Status.IN_PROGRESS, 3)
    assert state.assignments[0].status is AssignmentStatus.WORKING


def test_handled_work_waits_for_its_check() -> None:
    state = given(IN_PROGRESS, ASKED_LATER).when(
        c.HandleCase(conclusion="done", evidence=(AFTER,)), HANDLER
    ).then(
        e.CaseHandled(
            assignment=PART, department=LEAD, conclusion="done", evidence=(AFTER,),
            dues=starts(Clock.CHECK),
        )
    )  # fmt: skip
    assert (state.status, state.handling_unit) == (Status.RESOLVED, LEAD)
    assert (state.handlers, state.extension_until) == (("handler",), None)
    assert state.assignments[0].status is AssignmentStatus.DONE


def test_a_check_is_asked_for_and_passed() -> None:
    state = (
        given(RESOLVED)
        .when(c.RequestCheck(checker="k1"), LEADER)
        .then(e.CaseCheckRequested(checker="k1"))
    )
    assert (state.status, state.checker) == (Status.CHECKING, "k1")
    state = (
        given(CHECKING)
        .when(c.PassCheck(note="clean", evidence=(AFTER,)), by(Role.CHECKER))
        .then(e.CaseCheckPassed(note="clean", evidence=(AFTER,)))
    )
    assert (state.status, state.checker) == (Status.PASSED, None)


def test_after_closing_the_reporter_is_asked_and_may_reopen() -> None:
    closed = HISTORIES[Status.CLOSED]
    asked = (
        given(closed)
        .when(c.SendFollowUp(), by(Role.ACCEPTOR, T0 + DAY))
        .then(e.CaseFollowUpSent(until=T0 + 14 * DAY))
    )
    assert asked.follow_up_until == T0 + 14 * DAY
    follow_up: Step = (e.CaseFollowUpSent(until=T0 + 14 * DAY), LEADER)
    rated = e.CaseFeedbackReceived(
        contacted=True, solved=False, satisfaction="basically", comment="half"
    )
    state = given(closed, follow_up).when(
        c.GiveFeedback(contacted=True, solved=False, satisfaction="basically", comment="half"),
        by(Role.RESIDENT),
    ).then(rated)  # fmt: skip
    assert state.unhappy is True
    again = given(closed, follow_up, (rated, by(Role.RESIDENT))).when(
        c.ReopenCase(reason="not_solved"), by(Role.RESIDENT)
    ).then(
        e.CaseReopened(reason="not_solved", dues=starts(Clock.DISPATCH, Clock.TOTAL))
    )  # fmt: skip
    assert (again.status, again.lead, again.closed_at) == (Status.FILED, None, None)
    assert (again.follow_up_until, again.unhappy) == (None, None)


def test_force_closing_ends_everything() -> None:
    suspended = HISTORIES[Status.SUSPENDED]
    state = given(suspended).when(
        c.ForceCloseCase(reason="in_court"), by(Role.DISTRICT_LEADER, T0 + DAY)
    ).then(e.CaseForceClosed(reason="in_court"))  # fmt: skip
    assert (state.status, state.forced, state.closed_at) == (Status.CLOSED, True, T0 + DAY)
    assert (state.clocks, state.paused_at, state.review_at) == ((), None, None)


def test_an_appeal_is_numbered_and_decided_once() -> None:
    appeal = str(uuid5(CASE, "appeal:1"))
    filed = (
        given(IN_PROGRESS)
        .when(c.FileAppeal(figure="K5", note="rain"), HANDLER)
        .then(e.CaseAppealFiled(appeal=appeal, figure="K5", note="rain"))
    )
    assert filed.appeals == (appeal,)
    one: Step = (e.CaseAppealFiled(appeal="one", figure="K5"), HANDLER)
    second = str(uuid5(CASE, "appeal:2"))
    given(IN_PROGRESS, one).when(c.FileAppeal(figure="K6"), HANDLER).then(
        e.CaseAppealFiled(appeal=second, figure="K6")
    )
    decided = (
        given(IN_PROGRESS, one)
        .when(c.DecideAppeal(appeal="one", upheld=False, reason="no"), by(Role.EVALUATOR))
        .then(e.CaseAppealDecided(appeal="one", upheld=False, reason="no"))
    )
    assert (decided.appeals, decided.appellants) == ((), ("handler",))
