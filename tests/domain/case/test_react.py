"""What the clock does by itself, and when it will next have something to do."""

from msgspec.structs import replace

from domain.actor import Role
from domain.case import events as e
from domain.case.commands import PassDeadline, ResumeCase, WarnDeadline
from domain.case.decide import decide
from domain.case.react import clock_commands, next_instant
from domain.case.state import CaseState, initial
from domain.case.values import Clock, Explanation, Status
from tests.domain.case.attempts import LEADER
from tests.domain.case.world import (
    DAY,
    DUE,
    HELP,
    HISTORIES,
    HOUR,
    IN_PROGRESS,
    OTHER,
    REPORTED,
    STATED,
    T0,
    Step,
    by,
    due,
    facts,
    fold,
    reported,
)

WARN = T0 + DAY
TOTAL = T0 + 9 * DAY
WARN_HANDLE = WarnDeadline(clock=Clock.HANDLE, due=DUE)
PASS_HANDLE = PassDeadline(clock=Clock.HANDLE, due=DUE)
PASS_TOTAL = PassDeadline(clock=Clock.TOTAL, due=TOTAL)


def ticked(state: CaseState, now: int) -> CaseState:
    """Let the clock do what it has to at an instant."""
    who = by(Role.CLOCK, now)
    for command in clock_commands(state, now):
        for event in decide(state, command, facts(who)):
            state = fold([(event, who)], state)
    return state


def test_nothing_before_its_time() -> None:
    state = fold(IN_PROGRESS)
    assert next_instant(state) == WARN
    assert clock_commands(state, WARN - 1) == []
    assert clock_commands(state, WARN) == [WARN_HANDLE]


def test_what_is_due_comes_in_order_and_once() -> None:
    state = fold(IN_PROGRESS)
    assert clock_commands(state, DUE) == [WARN_HANDLE, PASS_HANDLE]
    assert clock_commands(state, TOTAL) == [WARN_HANDLE, PASS_HANDLE, PASS_TOTAL]
    state = ticked(state, WARN)
    assert clock_commands(state, WARN) == []
    assert next_instant(state) == DUE
    state = ticked(state, DUE)
    assert clock_commands(state, DUE) == []
    assert next_instant(state) == TOTAL
    state = ticked(state, TOTAL)
    assert next_instant(state) is None


def test_a_clock_that_passed_unwarned_is_not_warned_about() -> None:
    passed: Step = (e.CaseDeadlinePassed(clock=Clock.HANDLE, due=DUE), by(Role.CLOCK, DUE))
    assert clock_commands(fold((*IN_PROGRESS, passed)), DUE) == []


def test_no_warning_where_there_is_no_time_for_one() -> None:
    state = fold((reported(dues=(due(Clock.ACCEPT, T0 + 5, warn=T0 + 5),)),))
    assert clock_commands(state, T0 + 5) == [PassDeadline(clock=Clock.ACCEPT, due=T0 + 5)]


def test_an_assisting_departments_clock_ticks_too() -> None:
    own = due(Clock.HANDLE, T0 + HOUR, warn=T0 + HOUR // 2)
    assist: Step = (
        e.CaseAssistAdded(assignment="p2", department=HELP, explanation=Explanation(), due=own),
        LEADER,
    )  # fmt: skip
    state = fold((*IN_PROGRESS, assist))
    named = {"clock": Clock.HANDLE, "due": T0 + HOUR, "assignment": "p2"}
    assert next_instant(state) == T0 + HOUR // 2
    commands = clock_commands(state, T0 + HOUR)
    assert [type(command) for command in commands] == [WarnDeadline, PassDeadline]
    assert all({name: getattr(command, name) for name in named} == named for command in commands)
    state = ticked(state, T0 + HOUR)
    assert next_instant(state) == WARN


def test_a_pause_after_the_warning_does_not_warn_again() -> None:
    state = ticked(fold(IN_PROGRESS), WARN)
    paused = e.CaseSuspended(reason="season", review_at=T0 + 5 * DAY)
    state = ticked(fold([(paused, by(when=WARN + HOUR))], state), T0 + 5 * DAY)
    running = state.clock(Clock.HANDLE)
    assert running is not None
    assert (state.status, running.warned) == (Status.IN_PROGRESS, True)
    assert running.due.due > DUE
    assert clock_commands(state, running.due.due)[0] == PassDeadline(
        clock=Clock.HANDLE, due=running.due.due
    )


def test_a_suspended_case_only_resumes() -> None:
    state = fold(HISTORIES[Status.SUSPENDED])
    review = T0 + 30 * DAY
    assert next_instant(state) == review
    assert clock_commands(state, review - 1) == []
    assert clock_commands(state, review) == [ResumeCase()]
    state = ticked(state, review)
    assert state.status is Status.IN_PROGRESS
    assert clock_commands(state, review) == []


def test_a_merged_case_accrues_no_clock() -> None:
    assert next_instant(fold(HISTORIES[Status.MERGED])) is None
    suspended = fold(HISTORIES[Status.SUSPENDED])
    merged = fold([(e.CaseMerged(into=OTHER, was="suspended"), LEADER)], suspended)
    assert next_instant(merged) is None
    assert clock_commands(merged, T0 + 99 * DAY) == []


def test_ended_and_imported_cases_are_left_alone() -> None:
    for status in (Status.CLOSED, Status.DECLINED, Status.CANCELLED):
        assert next_instant(fold(HISTORIES[status])) is None
    target: Step = (e.CaseTargetStated(due=T0 + DAY), LEADER)
    assert next_instant(fold((STATED, target))) is None
    assert next_instant(initial()) is None


def test_a_moved_deadline_is_another_one() -> None:
    state = ticked(fold(IN_PROGRESS), DUE)
    later = due(Clock.HANDLE, DUE + DAY, warn=DUE + HOUR)
    state = fold([(e.CaseExtensionGranted(dues=(later,)), LEADER)], state)
    assert clock_commands(state, DUE + DAY) == [
        WarnDeadline(clock=Clock.HANDLE, due=DUE + DAY),
        PassDeadline(clock=Clock.HANDLE, due=DUE + DAY),
    ]
    assert next_instant(fold(REPORTED)) == TOTAL
    assert replace(fold(REPORTED), clocks=()) != fold(REPORTED)
