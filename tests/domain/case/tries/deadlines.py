"""Warned and passed once, for this very instant, and never before it."""

from msgspec.structs import replace

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.values import (
    Clock,
    Explanation,
    Status,
)
from domain.event import By
from tests.domain.case.attempts import (
    LEADER,
)
from tests.domain.case.tries.attempt import CLOCK, OK, Try
from tests.domain.case.world import (
    DAY,
    DUE,
    HELP,
    HISTORIES,
    HOUR,
    IN_PROGRESS,
    MINUTE,
    OTHER,
    PART,
    T0,
    Step,
    by,
    due,
)

WARN = T0 + DAY

NAMED = {"clock": Clock.HANDLE, "due": DUE}

WARNED: Step = (e.CaseDeadlineWarned(clock=Clock.HANDLE, due=DUE), CLOCK)

GONE: Step = (e.CaseDeadlinePassed(clock=Clock.HANDLE, due=DUE), CLOCK)

OWN_CLOCK: Step = (
    e.CaseAssistAdded(
        assignment="part-2", department=HELP, explanation=Explanation(),
        due=due(Clock.HANDLE, T0 + HOUR, warn=T0 + 30 * MINUTE),
    ),
    LEADER,
)  # fmt: skip

WARN_IT, PASS_IT = (
    c.WarnDeadline(clock=Clock.HANDLE, due=DUE),
    c.PassDeadline(clock=Clock.HANDLE, due=DUE),
)
WARN_HELP = c.WarnDeadline(clock=Clock.HANDLE, due=T0 + HOUR, assignment="part-2")
HELP_GONE = c.PassDeadline(clock=Clock.HANDLE, due=T0 + HOUR, assignment="part-2")
HELPED: tuple[Step, ...] = (*IN_PROGRESS, OWN_CLOCK)
LATER = by(Role.CLOCK, DUE)


def when(instant: int) -> By:
    return by(Role.CLOCK, instant)


MERGED_BACK: tuple[Step, ...] = (
    *HISTORIES[Status.MERGED],
    (e.CaseUnmerged(out_of=OTHER, status="suspended"), LEADER),
)
TRIES: list[Try] = [
    Try(IN_PROGRESS, WARN_IT, when(WARN - 1), "NOT_DUE_YET", about={"warn": WARN}),
    Try(IN_PROGRESS, WARN_IT, when(WARN), OK),
    Try((*IN_PROGRESS, WARNED), WARN_IT, when(WARN), "ALREADY_WARNED", about=NAMED),
    Try((*IN_PROGRESS, GONE), WARN_IT, LATER, "ALREADY_WARNED"),
    Try(IN_PROGRESS, PASS_IT, when(DUE - 1), "NOT_DUE_YET", about={"due": DUE, "now": DUE - 1}),
    Try(IN_PROGRESS, PASS_IT, LATER, OK),
    Try((*IN_PROGRESS, WARNED), PASS_IT, LATER, OK),
    Try((*IN_PROGRESS, GONE), PASS_IT, LATER, "ALREADY_PASSED", about=NAMED),
    Try(IN_PROGRESS, c.PassDeadline(clock=Clock.HANDLE, due=DUE - 1), LATER,
        "CLOCK_NOT_RUNNING", about={"clock": Clock.HANDLE, "due": DUE - 1}),
    Try(IN_PROGRESS, c.PassDeadline(clock=Clock.CHECK, due=DUE), LATER, "CLOCK_NOT_RUNNING"),
    Try(IN_PROGRESS, c.WarnDeadline(clock=Clock.HANDLE, due=DUE - 1), LATER,
        "CLOCK_NOT_RUNNING", about={"clock": Clock.HANDLE, "due": DUE - 1}),
    Try(IN_PROGRESS, c.WarnDeadline(clock=Clock.TOTAL, due=T0 + 9 * DAY), when(T0 + 9 * DAY),
        "NOT_DUE_YET", about={"warn": 0}),
    Try(HELPED, WARN_HELP, when(T0 + 30 * MINUTE - 1), "NOT_DUE_YET"),
    Try(HELPED, WARN_HELP, when(T0 + 30 * MINUTE), OK),
    Try(HELPED, HELP_GONE, when(T0 + HOUR), OK),
    Try(HELPED, replace(HELP_GONE, assignment="part-9"), LATER,
        "CLOCK_NOT_RUNNING"),
    Try(HELPED, replace(HELP_GONE, assignment=PART), LATER, "CLOCK_NOT_RUNNING"),
    Try(HELPED, replace(HELP_GONE, clock=Clock.TOTAL), LATER,
        "CLOCK_NOT_RUNNING"),
    Try(MERGED_BACK, c.PassDeadline(clock=Clock.TOTAL, due=T0 + 9 * DAY), when(T0 + 9 * DAY),
        "WRONG_STATE"),
]  # fmt: skip
