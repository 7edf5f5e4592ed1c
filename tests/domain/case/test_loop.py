"""The loop, told as given, when, then: exact events with their due instants."""

from typing import Any
from uuid import uuid5

import msgspec
import pytest

from domain.actor import Role
from domain.calendar.clock import due_at, warn_at
from domain.case import commands as c
from domain.case import events as e
from domain.case.decide import decide, decide_many
from domain.case.facts import CategoryFact, DepartmentFact, StandardFact, related
from domain.case.values import (
    AssignmentStatus,
    AssistDue,
    Channel,
    Clock,
    Due,
    Explanation,
    Place,
    Point,
    Severity,
    Status,
    Tier,
)
from domain.errors import Rejected
from domain.event import Command, DomainEvent, Sealed
from tests.domain.case.attempts import (
    ASKED_LATER,
    ASSIST,
    ASSIST_TAKEN,
    HANDLER,
    LEADER,
    PARTS,
    RETURNED,
)
from tests.domain.case.world import (
    ACCEPTED,
    AFTER,
    BEFORE,
    CASE,
    CHECKING,
    CHILDREN,
    CHINA,
    DAY,
    DISPATCHED,
    DISTRICT,
    DUE,
    FILED,
    GRID,
    GRID_CODE,
    HELP,
    HISTORIES,
    HOUR,
    IMPORT,
    IN_PROGRESS,
    LEAD,
    LIMITS,
    OTHER,
    OTHER_UNIT,
    PART,
    REPORTED,
    RESOLVED,
    SOURCE,
    STATED,
    T0,
    Step,
    at,
    by,
    due,
    facts,
    fold,
    given,
    reported,
)

WORKER = by(Role.GRID_WORKER)
FIRST_PART = str(uuid5(CASE, "assignment:1"))
SECOND_PART = str(uuid5(CASE, "assignment:2"))


def starts(*clocks: Clock, when: int = T0) -> tuple[Due, ...]:
    """The dues of clocks that start at an instant, under the limits of the tests."""
    return tuple(
        Due(
            clock=clock, limit=LIMITS[clock], calendar="china@2026.1", start=when,
            due=due_at(when, LIMITS[clock], CHINA), warn=warn_at(when, LIMITS[clock], CHINA),
        )
        for clock in clocks
    )  # fmt: skip


def test_the_tests_know_when_things_are_due() -> None:
    accept, total = starts(Clock.ACCEPT, Clock.TOTAL)
    assert (accept.due, accept.warn) == (at("2026-03-02 11:00"), at("2026-03-02 10:36"))
    assert (total.due, total.warn) == (at("2026-03-09 09:00"), at("2026-03-06 09:00"))


def test_a_report_takes_tier_severity_and_place_from_what_is_known() -> None:
    category = CategoryFact(
        code="92007", tier=Tier.DISTRICT, severity=Severity.LIFE_SAFETY, sensitive=True
    )
    point = Point(lon=118_000_000, lat=37_400_000)
    command = c.ReportCase(
        channel=Channel.RESIDENT, category="92007", place=Place(scope="", point=point),
        description="gas", contact="0543", evidence=(BEFORE,), exercise=True,
    )  # fmt: skip
    given().when(command, by(Role.RESIDENT), category=category, number="N1").then(
        e.CaseReported(
            number="N1", channel=Channel.RESIDENT, category="92007",
            place=Place(scope=GRID, grid=GRID_CODE, point=point), tier=Tier.DISTRICT,
            severity=Severity.LIFE_SAFETY, sensitive=True, description="gas", contact="0543",
            evidence=(BEFORE,), exercise=True, policy="p1",
            dues=starts(Clock.ACCEPT, Clock.TOTAL),
        )
    )  # fmt: skip


def test_a_clock_without_a_limit_does_not_start() -> None:
    command = c.ReportCase(
        channel=Channel.RESIDENT, category="x", place=Place(scope=GRID), severity=None
    )
    nothing: list[dict[str, Any]] = [{"limits": {}}, {"calendar": None}]
    for more in nothing:
        (event,) = given().when(command, by(Role.RESIDENT), **more).events
        assert isinstance(event, e.CaseReported)
        assert event.dues == ()


def test_an_unlocated_report_keeps_its_area() -> None:
    place = Place(scope="371602.005.", unlocated=True)
    command = c.ReportCase(channel=Channel.HOTLINE, category="x", place=place)
    (event,) = given().when(command, by(Role.ACCEPTOR), grid=None).events
    assert isinstance(event, e.CaseReported)
    assert event.place == place


@pytest.mark.parametrize("sampled", [True, False])
def test_self_handled_work_is_checked_only_when_drawn(sampled: bool) -> None:
    command = c.SelfHandleCase(conclusion="swept", evidence=(BEFORE, AFTER))
    state = given(REPORTED).when(command, WORKER, sampled=sampled).then(
        e.CaseSelfHandled(
            conclusion="swept", evidence=(BEFORE, AFTER), sampled=sampled,
            dues=starts(Clock.CHECK) if sampled else (),
        )
    )  # fmt: skip
    assert state.status is Status.RESOLVED
    assert {one.due.clock for one in state.clocks} == {Clock.TOTAL} | (
        {Clock.CHECK} if sampled else set()
    )
    assert state.handlers == ("grid_worker",)


def test_a_spared_one_is_closed_as_not_sampled_and_a_checked_one_as_sampled() -> None:
    spared: Step = (e.CaseSelfHandled(conclusion="-", evidence=(), sampled=False), WORKER)
    drawn: Step = (e.CaseSelfHandled(conclusion="-", evidence=(), sampled=True), WORKER)
    passed: tuple[Step, ...] = ((e.CaseCheckRequested(), LEADER), (e.CaseCheckPassed(), LEADER))
    given(REPORTED, spared).when(c.CloseCase(), LEADER).then(e.CaseClosed(sampled=False))
    given(REPORTED, drawn, passed).when(c.CloseCase(), LEADER).then(e.CaseClosed(sampled=True))
    given(HISTORIES[Status.PASSED]).when(c.CloseCase(), LEADER).then(e.CaseClosed(sampled=True))


def test_a_failed_check_of_self_handled_work_goes_back_to_triage() -> None:
    drawn: Step = (e.CaseSelfHandled(conclusion="-", evidence=(), sampled=True), WORKER)
    state = given(REPORTED, drawn, (e.CaseCheckRequested(), LEADER)).when(
        c.FailCheck(note="dirty"), by(Role.CHECKER)
    ).then(e.CaseCheckFailed(note="dirty", dues=starts(Clock.ACCEPT)))  # fmt: skip
    assert (state.status, state.self_handled, state.rework) == (Status.REPORTED, False, 0)
    assert {one.due.clock for one in state.clocks} == {Clock.TOTAL, Clock.ACCEPT}


def test_accepting_files_at_once_where_the_standard_is_automatic() -> None:
    automatic = StandardFact(id="S9", automatic=True)
    given(REPORTED).when(c.AcceptCase(), by(Role.ACCEPTOR)).then(
        e.CaseAccepted(dues=starts(Clock.FILE))
    )
    state = given(REPORTED).when(c.AcceptCase(), by(Role.ACCEPTOR), standard=automatic).then(
        e.CaseAccepted(),
        e.CaseFiled(standard="S9", automatic=True, dues=starts(Clock.DISPATCH)),
    )  # fmt: skip
    assert (state.status, state.standard) == (Status.FILED, "S9")
    given(ACCEPTED).when(c.FileCase(), LEADER).then(
        e.CaseFiled(standard="S1", dues=starts(Clock.DISPATCH))
    )


def test_each_stage_stops_its_clock_and_starts_the_next() -> None:
    """Report to close, and which clocks run after each step."""
    steps: list[tuple[Command, str, set[str]]] = [
        (c.AcceptCase(), Role.ACCEPTOR, {"total", "file"}),
        (c.FileCase(), Role.DUTY_LEADER, {"total", "dispatch"}),
        (c.DispatchCase(), Role.DISPATCHER, {"total", "acknowledge", "handle"}),
        (c.AcknowledgeCase(), Role.HANDLER, {"total", "handle"}),
        (c.NoteProgress(note="on site"), Role.HANDLER, {"total", "handle"}),
        (c.HandleCase(conclusion="x", evidence=(AFTER,)), Role.HANDLER, {"total", "check"}),
        (c.RequestCheck(), Role.DISPATCHER, {"total", "check"}),
        (c.FailCheck(note="x"), Role.CHECKER, {"total", "handle"}),
        (c.HandleCase(conclusion="x", evidence=(AFTER,)), Role.HANDLER, {"total", "check"}),
        (c.RequestCheck(), Role.DISPATCHER, {"total", "check"}),
        (c.PassCheck(), Role.CHECKER, {"total"}),
        (c.CloseCase(), Role.DUTY_LEADER, set()),
        (c.ReopenCase(reason="came_back"), Role.CHECKER, {"total", "dispatch"}),
    ]
    state = fold((reported(dues=starts(Clock.ACCEPT, Clock.TOTAL)),))
    for hour, (command, role, running) in enumerate(steps):
        who = by(role, T0 + hour * HOUR)
        for event in decide(state, command, facts(who)):
            state = fold([(event, who)], state)
        assert {one.due.clock for one in state.clocks} == running, command.NAME
    assert state.clock(Clock.DISPATCH) is not None
    assert state.last_at == T0 + 12 * HOUR


def test_a_dispatch_says_why() -> None:
    route = Explanation(rule="r1", reason="环卫")
    given(FILED).when(c.DispatchCase(), by(Role.DISPATCHER), explanation=route).then(
        e.CaseDispatched(
            assignment=FIRST_PART, department=LEAD, explanation=route, policy="p1",
            dues=starts(Clock.ACKNOWLEDGE, Clock.HANDLE),
        )
    )  # fmt: skip
    named = c.DispatchCase(department=LEAD, reason="knows it")
    (event,) = given(FILED).when(named, by(Role.DISPATCHER), explanation=route).events
    assert isinstance(event, e.CaseDispatched)
    assert event.explanation == Explanation(reason="knows it")
    unexplained = c.DispatchCase(department=LEAD)
    (event,) = given(FILED).when(unexplained, by(Role.DISPATCHER), explanation=None).events
    assert isinstance(event, e.CaseDispatched)
    assert event.explanation == Explanation()


def test_redispatching_ends_the_old_lead() -> None:
    command = c.RedispatchCase(department=OTHER_UNIT, reason="theirs")
    parks = DepartmentFact(id=OTHER_UNIT, scope=DISTRICT)
    asked = (*IN_PROGRESS, ASKED_LATER)
    state = given(asked).when(command, by(Role.DISPATCHER), department=parks).then(
        e.CaseRedispatched(
            assignment=SECOND_PART, department=OTHER_UNIT, was=LEAD, policy="p1",
            explanation=Explanation(reason="theirs"),
            dues=starts(Clock.ACKNOWLEDGE, Clock.HANDLE),
        )
    )  # fmt: skip
    assert state.status is Status.DISPATCHED
    assert [part.status for part in state.assignments] == [
        AssignmentStatus.RETURNED, AssignmentStatus.OFFERED,
    ]  # fmt: skip
    assert (state.lead and state.lead.department, state.extension_until) == (OTHER_UNIT, None)


def test_acknowledging_moves_the_lead_and_an_assist_only_itself() -> None:
    state = (
        given(DISPATCHED, ASSIST)
        .when(c.AcknowledgeCase(), HANDLER)
        .then(e.CaseAcknowledged(assignment=PART, department=LEAD))
    )
    assert state.status is Status.IN_PROGRESS
    lead = state.lead
    assert lead is not None
    assert (lead.status, lead.acknowledged_at) == (AssignmentStatus.ACKNOWLEDGED, T0)
    state = given(DISPATCHED, ASSIST).when(c.AcknowledgeCase(), by(Role.HANDLER, unit=HELP)).then(
        e.CaseAcknowledged(assignment="part-2", department=HELP, lead=False)
    )  # fmt: skip
    assert state.status is Status.DISPATCHED
    assert state.clock(Clock.ACKNOWLEDGE) is not None


def test_a_return_is_ruled_on() -> None:
    back = c.ReturnCase(reason="wrong_place", note="not ours")
    given(DISPATCHED).when(back, HANDLER).then(
        e.CaseReturned(assignment=PART, department=LEAD, reason="wrong_place", note="not ours")
    )
    upheld = given(DISPATCHED, RETURNED).when(c.UpholdReturn(), by(Role.DISPATCHER)).then(
        e.CaseReturnUpheld(assignment=PART, department=LEAD, dues=starts(Clock.DISPATCH))
    )  # fmt: skip
    assert (upheld.status, upheld.lead, upheld.pending_return) == (Status.FILED, None, None)
    assert {one.due.clock for one in upheld.clocks} == {Clock.TOTAL, Clock.DISPATCH}
    refused = (
        given(DISPATCHED, RETURNED)
        .when(c.RefuseReturn(note="is"), LEADER)
        .then(e.CaseReturnRefused(assignment=PART, department=LEAD, note="is"))
    )
    assert (refused.status, refused.returns) == (Status.DISPATCHED, (LEAD,))
    assert {one.due.clock for one in refused.clocks} == {
        Clock.TOTAL, Clock.ACKNOWLEDGE, Clock.HANDLE,
    }  # fmt: skip


def test_assisting_departments_have_clocks_of_their_own() -> None:
    water = DepartmentFact(id=HELP, scope=DISTRICT)
    (handle,) = starts(Clock.HANDLE)
    state = given(IN_PROGRESS).when(
        c.AddAssist(department=HELP, reason="pumps"), LEADER, department=water
    ).then(
        e.CaseAssistAdded(
            assignment=SECOND_PART, department=HELP, due=handle,
            explanation=Explanation(reason="pumps"),
        )
    )  # fmt: skip
    part = state.assignment_of(HELP)
    assert part is not None
    assert part.clock is not None
    assert part.clock.due == handle
    joined = given(DISPATCHED).when(c.OpenJointHandling(reason="flood"), LEADER)
    assert joined.then(e.CaseJointHandlingOpened(reason="flood")).joint
    state = given(IN_PROGRESS, ASSIST, ASSIST_TAKEN).when(
        c.ReportAssistDone(conclusion="pumped"), by(Role.HANDLER, unit=HELP)
    ).then(e.CaseAssistDone(assignment="part-2", department=HELP, conclusion="pumped"))  # fmt: skip
    done = state.assignment_of(HELP)
    assert done is not None
    assert (done.status, done.clock) == (AssignmentStatus.DONE, None)


def test_progress_makes_the_part_worked_on() -> None:
    state = (
        given(IN_PROGRESS)
        .when(c.NoteProgress(note="there"), HANDLER)
        .then(e.CaseProgressNoted(assignment=PART, note="there"))
    )
    assert state.assignments[0].status is AssignmentStatus.WORKING


def test_an_extension_moves_the_handling_and_drags_the_total_along() -> None:
    given(IN_PROGRESS).when(
        c.RequestExtension(reason="weather", until=T0 + 12 * DAY, note="rain"), HANDLER
    ).then(e.CaseExtensionRequested(reason="weather", until=T0 + 12 * DAY, note="rain"))
    asked: Step = (e.CaseExtensionRequested(reason="weather", until=T0 + 12 * DAY), HANDLER)
    who = by(Role.DUTY_LEADER, T0 + 2 * DAY)
    state = given(IN_PROGRESS, asked).when(c.GrantExtension(), who).then(
        e.CaseExtensionGranted(
            dues=(
                due(Clock.TOTAL, T0 + 12 * DAY, warn=T0 + 10 * DAY),
                due(Clock.HANDLE, T0 + 12 * DAY, warn=T0 + 10 * DAY),
            )
        )
    )  # fmt: skip
    assert (state.extensions, state.extension_until) == (1, None)
    (event,) = given(IN_PROGRESS, asked).when(c.GrantExtension(until=T0 + 9 * DAY), who).events
    assert event == e.CaseExtensionGranted(
        dues=(due(Clock.HANDLE, T0 + 9 * DAY, warn=T0 + 2 * DAY + 7 * DAY * 4 // 5),)
    )
    state = (
        given(IN_PROGRESS, asked)
        .when(c.RefuseExtension(note="no"), who)
        .then(e.CaseExtensionRefused(note="no"))
    )
    assert (state.extensions, state.extension_until) == (0, None)


def test_a_pause_is_taken_out_of_every_clock() -> None:
    helped: Step = (
        e.CaseAssistAdded(
            assignment="part-2", department=HELP, explanation=Explanation(),
            due=due(Clock.HANDLE, at("2026-03-03 11:00"), limit="8H"),
        ),
        LEADER,
    )  # fmt: skip
    suspended: Step = (
        e.CaseSuspended(reason="owner", review_at=at("2026-03-09 08:00")),
        by(Role.DUTY_LEADER, at("2026-03-03 09:00")),
    )
    given(IN_PROGRESS).when(c.SuspendCase(reason="owner", review_at=T0 + DAY), LEADER).then(
        e.CaseSuspended(reason="owner", review_at=T0 + DAY)
    )
    clock = by(Role.CLOCK, at("2026-03-09 09:00"))
    state = given(IN_PROGRESS, helped, suspended).when(c.ResumeCase(), clock).then(
        e.CaseResumed(
            automatic=True,
            dues=(  # four working days lie between Tuesday and Monday 09:00
                due(Clock.TOTAL, at("2026-03-17 09:00")),
                due(Clock.HANDLE, at("2026-03-10 09:00"), warn=T0 + DAY),
            ),
            assists=(
                AssistDue(
                    assignment="part-2", due=due(Clock.HANDLE, at("2026-03-09 11:00"), limit="8H")
                ),
            ),
        )
    )  # fmt: skip
    assert state.status is Status.IN_PROGRESS
    assert state.pauses == ((at("2026-03-03 09:00"), at("2026-03-09 09:00")),)
    assert (state.paused_at, state.review_at) == (None, None)
    part = state.assignment_of(HELP)
    assert part is not None
    assert part.clock is not None
    assert part.clock.due.due == at("2026-03-09 11:00")


def test_a_clock_that_had_run_out_stays_run_out() -> None:
    gone: Step = (e.CaseDeadlinePassed(clock=Clock.HANDLE, due=DUE), by(Role.CLOCK, DUE))
    suspended: Step = (
        e.CaseSuspended(reason="owner", review_at=DUE + 9 * DAY), by(Role.DUTY_LEADER, DUE + HOUR),
    )  # fmt: skip
    late = by(Role.DUTY_LEADER, DUE + 5 * HOUR)
    state = given(IN_PROGRESS, gone, suspended).when(c.ResumeCase(), late).allowed()
    running = state.clock(Clock.HANDLE)
    assert running is not None
    assert (running.due.due, running.passed) == (DUE, True)


def test_a_targets_own_clock_is_shifted_plainly() -> None:
    target: Step = (e.CaseTargetStated(due=T0 + DAY), IMPORT)
    merged: Step = (e.CaseMerged(into=OTHER, was="reported"), by(Role.ACCEPTOR, T0 + HOUR))
    early = (STATED, target, merged)
    (event,) = given(early).when(
        c.UnmergeCase(), by(Role.DUTY_LEADER, T0 + 4 * HOUR, scope="boston.")
    ).events  # fmt: skip
    assert isinstance(event, e.CaseUnmerged)
    assert [one.due for one in event.dues] == [T0 + DAY + 3 * HOUR]
    late: Step = (e.CaseMerged(into=OTHER, was="reported"), by(Role.ACCEPTOR, T0 + 2 * DAY))
    (event,) = given(STATED, target, late).when(
        c.UnmergeCase(), by(Role.DUTY_LEADER, T0 + 3 * DAY, scope="boston.")
    ).events  # fmt: skip
    assert isinstance(event, e.CaseUnmerged)
    assert [one.due for one in event.dues] == [T0 + DAY]


def test_tiers_go_up_and_down() -> None:
    up = (
        given(REPORTED)
        .when(c.EscalateCase(reason="big"), by(Role.DISPATCHER))
        .then(e.CaseEscalated(tier=Tier.TOWNSHIP, was=Tier.VILLAGE, reason="big"))
    )
    assert up.tier is Tier.TOWNSHIP
    given(REPORTED).when(c.EscalateCase(reason="late"), by(Role.CLOCK)).then(
        e.CaseEscalated(tier=Tier.TOWNSHIP, was=Tier.VILLAGE, reason="late", automatic=True)
    )
    saved = (reported(severity=Severity.LIFE_SAFETY),)
    jump = c.EscalateCase(reason="gas", tier=Tier.DISTRICT)
    given(saved).when(jump, LEADER).then(
        e.CaseEscalated(tier=Tier.DISTRICT, was=Tier.VILLAGE, reason="gas")
    )
    district = (reported(tier=Tier.DISTRICT),)
    down = (
        given(district)
        .when(c.ReturnCaseDown(reason="small"), LEADER)
        .then(e.CaseReturnedDown(tier=Tier.TOWNSHIP, was=Tier.DISTRICT, reason="small"))
    )
    assert down.tier is Tier.TOWNSHIP


def test_expediting_raises_the_severity_and_shortens_the_clock() -> None:
    state = given(IN_PROGRESS).when(
        c.ExpediteCase(severity=Severity.URGENT, limit="10U"), LEADER
    ).then(
        e.CaseExpedited(
            severity=Severity.URGENT,
            dues=(due(Clock.HANDLE, T0 + 10 * HOUR, warn=T0 + 8 * HOUR, limit="10U"),),
        )
    )  # fmt: skip
    assert state.severity is Severity.URGENT
    given(IN_PROGRESS).when(c.ExpediteCase(severity=Severity.URGENT), LEADER).then(
        e.CaseExpedited(severity=Severity.URGENT)
    )


def test_urging_and_supervision_are_on_record() -> None:
    given(REPORTED).when(c.UrgeCase(note="please"), by(Role.RESIDENT)).then(
        e.CaseUrged(note="please")
    )
    state = (
        given(REPORTED)
        .when(c.OrderSupervision(reason="slow", reply_due=T0 + DAY), LEADER)
        .then(e.CaseSupervisionOrdered(reason="slow", reply_due=T0 + DAY))
    )
    assert state.supervised_until == T0 + DAY
    ordered: Step = (e.CaseSupervisionOrdered(reason="slow", reply_due=T0 + DAY), LEADER)
    state = (
        given(IN_PROGRESS, ordered)
        .when(c.ReplySupervision(reply="soon"), HANDLER)
        .then(e.CaseSupervisionReplied(reply="soon"))
    )
    assert state.supervised_until is None


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


def test_triage_events_carry_what_was_said() -> None:
    said = given(REPORTED).when(c.DeclineCase(reason="duplicate", reply="known"), LEADER)
    assert said.then(e.CaseDeclined(reason="duplicate", reply="known")).clocks == ()
    said = given(ACCEPTED).when(c.RefuseFiling(reason="duplicate", reply="known"), LEADER)
    assert said.then(e.CaseFilingRefused(reason="duplicate", reply="known")).clocks == ()
    said = given(REPORTED).when(c.CancelCase(reason="test"), LEADER)
    assert said.then(e.CaseCancelled(reason="test")).clocks == ()
    said = given(REPORTED).when(c.RequestVerification(worker="w1"), LEADER)
    assert said.then(e.CaseVerificationRequested(worker="w1")).verifier == "w1"
    said = given(HISTORIES[Status.VERIFYING]).when(
        c.ReportVerification(result="absent", note="nothing", evidence=(BEFORE,)), WORKER
    )
    state = said.then(e.CaseVerified(result="absent", note="nothing", evidence=(BEFORE,)))
    assert (state.verified, state.verifier) == ("absent", None)
    said = given(REPORTED).when(c.SealContact(contact="0543"), by(Role.ACCEPTOR))
    said.then(e.CaseContactSealed(contact="0543"))
    said = given(REPORTED).when(c.AttachEvidence(evidence=(AFTER,)), by(Role.RESIDENT))
    said.then(e.CaseEvidenceAttached(evidence=(AFTER,)))


def test_once_sensitive_always_sensitive() -> None:
    for before, kind, after in ((False, False, False), (False, True, True), (True, False, True)):
        state = given((reported(sensitive=before),)).when(
            c.ClassifyCase(category="x"), LEADER,
            category=CategoryFact(code="x", sensitive=kind),
        ).then(e.CaseClassified(category="x", was="06010", sensitive=after))  # fmt: skip
        assert (state.category, state.sensitive) == ("x", after)


def test_relocating_keeps_the_old_scope_on_record() -> None:
    place = Place(scope="whatever", point=Point(lon=1, lat=2))
    state = given((reported(sensitive=True),)).when(c.RelocateCase(place=place), LEADER).then(
        e.CaseRelocated(
            place=Place(scope=GRID, grid=GRID_CODE, point=Point(lon=1, lat=2)), was_scope=GRID,
            sensitive=True,
        )
    )  # fmt: skip
    assert state.place.point == Point(lon=1, lat=2)


def test_merging_writes_to_both_streams_and_unmerging_too() -> None:
    other = fold(REPORTED)
    state = fold(FILED)
    writes = decide_many(state, c.MergeCase(into=OTHER), facts(LEADER, other=other))
    assert writes == {
        str(CASE): [e.CaseMerged(into=OTHER, was="filed")],
        OTHER: [e.CaseAbsorbed(other=str(CASE))],
    }
    merged = fold([(event, LEADER) for event in writes[str(CASE)]], state)
    host = fold([(event, LEADER) for event in writes[OTHER]], other)
    assert (merged.status, merged.paused_at, host.absorbed) == (Status.MERGED, T0, (str(CASE),))
    later = by(Role.DUTY_LEADER, T0 + 2 * DAY)
    writes = decide_many(merged, c.UnmergeCase(), facts(later, other=host))
    total = due(Clock.TOTAL, at("2026-03-13 00:00") + 9 * HOUR)
    assert writes == {
        str(CASE): [e.CaseUnmerged(out_of=OTHER, status="filed", dues=(total,))],
        OTHER: [e.CaseReleased(other=str(CASE))],
    }
    back = fold([(event, later) for event in writes[str(CASE)]], merged)
    assert (back.status, back.merged_into, back.paused_at) == (Status.FILED, None, None)
    assert back.pauses == ((T0, T0 + 2 * DAY),)
    assert fold([(event, later) for event in writes[OTHER]], host).absorbed == ()


def test_a_suspended_case_comes_out_of_a_merge_suspended() -> None:
    suspended = fold(HISTORIES[Status.SUSPENDED])
    merged = fold([(e.CaseMerged(into=OTHER, was="suspended"), by(when=T0 + DAY))], suspended)
    assert merged.paused_at == T0
    later = by(Role.DUTY_LEADER, T0 + 2 * DAY)
    (event,) = decide(merged, c.UnmergeCase(), facts(later, other=fold(REPORTED)))
    assert event == e.CaseUnmerged(out_of=OTHER, status="suspended")
    back = fold([(event, later)], merged)
    assert (back.status, back.paused_at) == (Status.SUSPENDED, T0)
    assert back.clocks == suspended.clocks


def test_a_split_gives_children_that_are_filed() -> None:
    sealed = Sealed(key="k", nonce="n", ct="c")
    place = Place(scope=GRID, grid=GRID_CODE, point=sealed, address=sealed)
    state = fold((reported(place=place, severity=Severity.URGENT), *FILED[1:]))
    there = Place(scope="371602.003.")
    parts = (
        c.Part(category="06010", description="left half"),
        c.Part(category="91001", place=there),
    )
    kinds = (CategoryFact(code="06010"), CategoryFact(code="91001", sensitive=True))
    who = by(Role.DISPATCHER, T0 + DAY)
    known = facts(who, child_ids=CHILDREN, numbers=("a", "b"), categories=kinds)
    writes = decide_many(state, c.SplitCase(parts=parts), known)
    assert list(writes) == [str(CASE), *CHILDREN]
    assert writes[str(CASE)] == [e.CaseSplit(children=CHILDREN)]
    (dispatch,) = starts(Clock.DISPATCH, when=T0 + DAY)
    (total,) = starts(Clock.TOTAL, when=T0)
    assert writes[CHILDREN[0]] == [
        e.CaseSplitOff(
            parent=str(CASE), depth=1, number="a", channel=Channel.RESIDENT, category="06010",
            place=Place(scope=GRID, grid=GRID_CODE), tier=Tier.VILLAGE, severity=Severity.URGENT,
            description="left half", reported_at=T0, policy="p1", dues=(dispatch, total),
        )
    ]  # fmt: skip
    (second,) = writes[CHILDREN[1]]
    assert isinstance(second, e.CaseSplitOff)
    assert (second.place, second.sensitive, second.number) == (there, True, "b")
    child = fold([(writes[CHILDREN[0]][0], who)])
    assert (child.status, child.parent, child.depth) == (Status.FILED, str(CASE), 1)
    assert (child.reported_at, child.last_at, child.reporter) == (T0, T0 + DAY, None)
    parent = fold([(writes[str(CASE)][0], who)], state)
    assert parent.children == CHILDREN


def test_a_plain_point_goes_with_the_parts_of_a_split() -> None:
    point = Point(lon=1, lat=2)
    state = fold((reported(place=Place(scope=GRID, point=point)), *FILED[1:]))
    known = facts(
        LEADER, child_ids=CHILDREN, numbers=("a", "b"), categories=(CategoryFact(code="06010"),) * 2
    )
    writes = decide_many(state, c.SplitCase(parts=PARTS), known)
    (child,) = writes[CHILDREN[0]]
    assert isinstance(child, e.CaseSplitOff)
    assert child.place.point == point
    assert not child.sensitive


def test_single_stream_commands_are_right_in_decide_many_too() -> None:
    assert decide_many(fold(REPORTED), c.UrgeCase(), facts(LEADER)) == {str(CASE): [e.CaseUrged()]}


def test_which_other_cases_a_command_looks_at() -> None:
    alone, family = fold(FILED), fold((*FILED, (e.CaseSplit(children=CHILDREN), LEADER)))
    child = msgspec.structs.replace(alone, parent=OTHER)
    merged = fold(HISTORIES[Status.MERGED])
    looks = related(family, c.MergeCase(into=OTHER))
    assert (looks.other, looks.parent, looks.children) == (OTHER, None, CHILDREN)
    assert related(merged, c.UnmergeCase()).other == OTHER
    assert related(child, c.ReopenCase(reason="x")).parent == OTHER
    assert related(alone, c.ReopenCase(reason="x")) == related(alone, c.UrgeCase())
    ending: tuple[Command, ...] = (
        c.CloseCase(), c.ForceCloseCase(reason="x"), c.CancelCase(reason="x"),
    )  # fmt: skip
    for command in ending:
        assert related(family, command).children == CHILDREN
        assert related(alone, command).children == ()
    assert related(family, c.UrgeCase()).children == ()


def test_a_source_states_and_nothing_is_invented() -> None:
    place = Place(scope="boston.01.")
    command = c.StateReport(
        source=SOURCE, number="101", category="potholes", place=place, description="hole"
    )
    given().when(command, IMPORT, category=None).then(
        e.CaseReported(
            number="101", channel=Channel.SOURCE, category="potholes", place=place,
            description="hole", source=SOURCE, policy="p1",
        )
    )  # fmt: skip
    (event,) = given().when(command, IMPORT, category=CategoryFact(code="x", sensitive=True)).events
    assert isinstance(event, e.CaseReported)
    assert event.sensitive
    stated = Explanation(rule="source", reason="来源所载", reason_en="as the source states")
    first: Step = (
        e.CaseDispatched(assignment=FIRST_PART, department="DPW", explanation=stated), IMPORT,
    )  # fmt: skip
    state = given(STATED).when(c.StateAssignment(department="DPW"), IMPORT).then(first[0])
    assert (state.status, state.clocks) == (Status.DISPATCHED, ())
    assert given(STATED, first).when(c.StateAssignment(department="DPW"), IMPORT).events == []
    given(STATED, first).when(c.StateAssignment(department="ISD"), IMPORT).then(
        e.CaseRedispatched(assignment=SECOND_PART, department="ISD", was="DPW", explanation=stated)
    )


def test_a_source_closes_whenever_it_says_so() -> None:
    before = by(Role.IMPORT, T0 - DAY)
    state = (
        given(STATED)
        .when(c.StateClose(stated="Resolved"), before)
        .then(e.CaseClosed(sampled=False, stated="Resolved"))
    )
    assert (state.status, state.closed_at) == (Status.CLOSED, T0 - DAY)
    closed: Step = (e.CaseClosed(sampled=False), IMPORT)
    assert given(STATED, closed).when(c.StateClose(stated="Resolved"), IMPORT).events == []
    late = (
        given(STATED, closed)
        .when(c.StateAssignment(department="DPW"), IMPORT)
        .then(e.CaseCorrected(digest="d1", fields=("department",), department="DPW"))
    )
    assert late.status is Status.CLOSED
    assert (late.lead and late.lead.department) == "DPW"
    same = given(STATED, closed, (e.CaseCorrected(
        digest="d1", fields=("department",), department="DPW"), IMPORT))  # fmt: skip
    assert same.when(c.StateAssignment(department="DPW"), IMPORT).events == []


def test_a_source_corrects_itself() -> None:
    there = Place(scope="boston.02.")
    command = c.StateCorrection(
        digest="d2", fields=("category", "place"), category="lights", place=there,
        description="lamp", department="DPW",
    )  # fmt: skip
    state = given(STATED).when(command, IMPORT).then(
        e.CaseCorrected(
            digest="d2", fields=("category", "place"), category="lights", place=there,
            description="lamp", department="DPW",
        )
    )  # fmt: skip
    assert state.source is not None
    assert (state.source.digest, state.category, state.place) == ("d2", "lights", there)
    assert state.status is Status.REPORTED
    closed: Step = (e.CaseClosed(sampled=False), IMPORT)

    def corrected(*steps: Step, is_closed: bool) -> tuple[Status | None, int | None]:
        done = given(STATED, *steps).when(
            c.StateCorrection(digest="d3", fields=("closed",), closed=is_closed), IMPORT
        ).allowed()  # fmt: skip
        return done.status, done.closed_at

    assigned: Step = (
        e.CaseDispatched(assignment="p", department="DPW", explanation=Explanation()), IMPORT,
    )  # fmt: skip
    assert corrected(is_closed=True) == (Status.CLOSED, T0)
    assert corrected(is_closed=False) == (Status.REPORTED, None)
    assert corrected(closed, is_closed=True) == (Status.CLOSED, T0)
    assert corrected(closed, is_closed=False) == (Status.REPORTED, None)
    assert corrected(assigned, closed, is_closed=False) == (Status.DISPATCHED, None)


def test_a_source_states_targets_words_and_doubts() -> None:
    state = (
        given(STATED)
        .when(c.StateTarget(due=T0 + DAY), IMPORT)
        .then(e.CaseTargetStated(due=T0 + DAY))
    )
    running = state.clock(Clock.TOTAL)
    assert running is not None
    assert (running.due.due, running.due.start, running.due.limit) == (T0 + DAY, T0, "")
    closed: Step = (e.CaseClosed(sampled=False), IMPORT)
    late = given(STATED, closed).when(c.StateTarget(due=T0 + DAY), IMPORT).allowed()
    assert late.clocks == ()
    given(STATED).when(c.StateStatus(stated="Open", note="n"), IMPORT).then(
        e.CaseStatusStated(stated="Open", note="n")
    )
    given(STATED).when(c.StateNote(kind="follow_on", note="n"), IMPORT).then(
        e.CaseNoteStated(kind="follow_on", note="n")
    )
    given(STATED).when(c.StateNote(kind="gossip"), IMPORT).rejected("UNKNOWN_VALUE", field="kind")
    given(STATED).when(c.FlagCase(rule="closed_before_opened", field="closed_dt"), IMPORT).then(
        e.CaseFlagged(rule="closed_before_opened", field="closed_dt")
    )


def test_a_refusal_names_the_rule_and_what_it_looked_at() -> None:
    with pytest.raises(Rejected) as refused:
        decide(fold(REPORTED), c.CloseCase(), facts(LEADER))
    assert refused.value.code == "WRONG_STATE"
    assert refused.value.facts == {"state": "reported", "allowed": ["passed", "resolved"]}
    given(REPORTED).when(c.AcceptCase(), by(Role.DISPLAY)).rejected(
        "ROLE_NOT_ALLOWED", role="display", allowed=["acceptor", "duty_leader"]
    )
    given(REPORTED).when(
        c.ReportCase(channel=Channel.RESIDENT, category="x", place=Place(scope=GRID)), LEADER
    ).rejected("CASE_EXISTS", number="1")
    given(REPORTED).when(c.AcceptCase(), by(Role.ACCEPTOR, scope="371602.003.")).rejected(
        "OUT_OF_SCOPE", scope=GRID, yours="371602.003."
    )
