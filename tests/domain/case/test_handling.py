"""Handling: extension, pause, tiers, urgency, supervision."""

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.values import (
    AssignmentStatus,
    AssistDue,
    Clock,
    Explanation,
    Severity,
    Status,
    Tier,
)
from tests.domain.case.attempts import (
    HANDLER,
    LEADER,
)
from tests.domain.case.world import (
    DAY,
    DUE,
    HELP,
    HOUR,
    IMPORT,
    IN_PROGRESS,
    OTHER,
    PART,
    REPORTED,
    STATED,
    T0,
    Step,
    at,
    by,
    due,
    given,
    reported,
)


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
