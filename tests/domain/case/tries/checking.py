"""Who checks, what closes, and what may still be said afterwards."""

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.values import (
    Channel,
    Status,
    Tier,
)
from tests.domain.case.attempts import (
    APPEALED,
    ASKED,
    ASSIST,
    HANDLER,
    LEADER,
    RETURNED,
    UNHAPPY,
)
from tests.domain.case.tries.attempt import (
    ACCEPTOR,
    CHECKER,
    DISTRICT_LEADER,
    HERE,
    OK,
    RESIDENT,
    WORKER,
    Try,
)
from tests.domain.case.world import (
    CHECKING,
    DAY,
    DISPATCHED,
    FILED,
    HELP,
    HISTORIES,
    IN_PROGRESS,
    LEAD,
    OTHER_UNIT,
    PARENT,
    PART,
    PASSED,
    REPORTED,
    RESOLVED,
    T0,
    Step,
    by,
    fold,
)

SELF_HANDLED: tuple[Step, ...] = (
    *REPORTED,
    (e.CaseSelfHandled(conclusion="-", evidence=(), sampled=True), WORKER),
)
SPARED: tuple[Step, ...] = (
    *REPORTED,
    (e.CaseSelfHandled(conclusion="-", evidence=(), sampled=False), WORKER),
)
SELF_CHECKING: tuple[Step, ...] = (*SELF_HANDLED, (e.CaseCheckRequested(), LEADER))
NAMED: tuple[Step, ...] = (*RESOLVED, (e.CaseCheckRequested(checker="k1"), LEADER))
HELPED: tuple[Step, ...] = (
    *IN_PROGRESS, ASSIST, *RESOLVED[len(IN_PROGRESS):], *CHECKING[len(RESOLVED):],
)  # fmt: skip
CLOSED = HISTORIES[Status.CLOSED]
RATE = c.GiveFeedback(contacted=True, solved=True, satisfaction="satisfied")
AGAIN = c.ReopenCase(reason="not_solved")
TWO_WEEKS, MONTH = T0 + 14 * DAY, T0 + 30 * DAY
RATED: Step = (
    e.CaseFeedbackReceived(contacted=True, solved=True, satisfaction="basically"), RESIDENT,
)  # fmt: skip
UNREACHED: Step = (
    e.CaseFeedbackReceived(contacted=False, solved=False, satisfaction="unsatisfied"),
    ACCEPTOR,
)
UNSATISFIED: Step = (
    e.CaseFeedbackReceived(contacted=True, solved=True, satisfaction="unsatisfied"), RESIDENT,
)  # fmt: skip
BACK: tuple[Step, ...] = (
    *DISPATCHED, RETURNED,
    (e.CaseReturnUpheld(assignment=PART, department=LEAD), LEADER),
)  # fmt: skip
OPEN_CHILD = {"children": (fold(FILED),)}
ENDED = {
    "children": tuple(
        fold(HISTORIES[state])
        for state in (Status.CLOSED, Status.DECLINED, Status.MERGED, Status.CANCELLED)
    )
}
CHILD_CLOSED: tuple[Step, ...] = (
    (
        e.CaseSplitOff(
            parent=PARENT,
            depth=1,
            number="1",
            channel=Channel.HOTLINE,
            category="06010",
            place=HERE,
            tier=Tier.VILLAGE,
        ),
        LEADER,
    ),
    (e.CaseForceClosed(reason="in_court"), DISTRICT_LEADER),
)
DECIDE = c.DecideAppeal(appeal="appeal-1", upheld=True, reason="-")
EVALUATOR = by(Role.EVALUATOR)
TRIES: list[Try] = [
    Try(RESOLVED, c.RequestCheck(checker="handler"), LEADER, "CHECKER_HANDLED_IT",
        about={"checker": "handler"}),
    Try(RESOLVED, c.RequestCheck(checker="k1"), LEADER, OK),
    *(
        Try(CHECKING, command, by(Role.CHECKER, actor="handler"), "CHECKER_HANDLED_IT")
        for command in (c.PassCheck(), c.FailCheck(note="x"))
    ),
    Try(CHECKING, c.PassCheck(), by(Role.CHECKER, unit=LEAD), "CHECKER_OF_HANDLING_UNIT",
        about={"unit": LEAD}),
    Try(HELPED, c.PassCheck(), by(Role.CHECKER, unit=HELP), "CHECKER_OF_HANDLING_UNIT"),
    Try(CHECKING, c.PassCheck(), by(Role.CHECKER, unit=OTHER_UNIT), OK),
    Try(SELF_CHECKING, c.PassCheck(), WORKER, "CHECKER_HANDLED_IT"),
    Try(SELF_CHECKING, c.PassCheck(), by(Role.GRID_WORKER, actor="w2"), OK),
    Try(NAMED, c.PassCheck(), by(Role.CHECKER, actor="k2"), "NOT_THE_ONE_ASKED",
        about={"asked": "k1"}),
    Try(NAMED, c.PassCheck(), by(Role.CHECKER, actor="k1"), OK),
    Try(NAMED, c.FailCheck(note="x"), by(Role.CHECKER, actor="k2"), "NOT_THE_ONE_ASKED"),
    Try(CHECKING, c.FailCheck(note=" "), CHECKER, "TEXT_MISSING"),
    Try(SPARED, c.CloseCase(), LEADER, OK),
    Try(SELF_HANDLED, c.CloseCase(), LEADER, "CHECK_NOT_PASSED",
        about={"status": Status.RESOLVED}),
    Try(PASSED, c.CloseCase(), LEADER, "CHILDREN_OPEN", OPEN_CHILD, {"open": 1}),
    Try(PASSED, c.CloseCase(), LEADER, OK, ENDED),
    Try(FILED, c.ForceCloseCase(reason="in_court"), DISTRICT_LEADER, "CHILDREN_OPEN",
        OPEN_CHILD),
    Try(FILED, c.ForceCloseCase(reason="tired"), DISTRICT_LEADER, "UNKNOWN_REASON"),
    Try(FILED, c.CancelCase(reason="test"), LEADER, "CHILDREN_OPEN", OPEN_CHILD),
    Try(FILED, c.CancelCase(reason="tired"), LEADER, "UNKNOWN_REASON"),
    Try(BACK, c.CancelCase(reason="test"), LEADER, "ALREADY_DISPATCHED"),
    Try(CLOSED, c.SendFollowUp(), by(Role.ACCEPTOR, TWO_WEEKS), OK),
    Try(CLOSED, c.SendFollowUp(), by(Role.ACCEPTOR, TWO_WEEKS + 1), "FOLLOW_UP_TOO_LATE",
        about={"until": TWO_WEEKS, "now": TWO_WEEKS + 1}),
    Try((*CLOSED, ASKED), c.SendFollowUp(), ACCEPTOR, "FOLLOW_UP_SENT",
        about={"until": TWO_WEEKS}),
    Try(CLOSED, RATE, RESIDENT, "NO_FOLLOW_UP_SENT"),
    Try((*CLOSED, ASKED, RATED), RATE, RESIDENT, "FEEDBACK_GIVEN"),
    Try((*CLOSED, ASKED), RATE, by(Role.RESIDENT, TWO_WEEKS), OK),
    Try((*CLOSED, ASKED), RATE, by(Role.RESIDENT, TWO_WEEKS + 1), "FEEDBACK_TOO_LATE",
        about={"until": TWO_WEEKS}),
    Try((*CLOSED, ASKED), RATE, by(Role.ACCEPTOR, actor="handler"), "FEEDBACK_BY_HANDLER"),
    Try((*CLOSED, ASKED), RATE, by(Role.ACCEPTOR, unit=LEAD), "FEEDBACK_BY_HANDLER",
        about={"unit": LEAD}),
    Try((*CLOSED, ASKED), RATE, by(Role.ACCEPTOR, unit=OTHER_UNIT), OK),
    Try((*CLOSED, ASKED), c.GiveFeedback(contacted=True, solved=True, satisfaction="meh"),
        RESIDENT, "UNKNOWN_VALUE", about={"field": "satisfaction"}),
    Try((*CLOSED, ASKED, UNHAPPY), AGAIN, by(Role.RESIDENT, MONTH), OK),
    Try((*CLOSED, ASKED, UNHAPPY), AGAIN, by(Role.RESIDENT, MONTH + 1), "REOPEN_TOO_LATE",
        about={"until": MONTH}),
    Try((*CLOSED, ASKED, UNSATISFIED), AGAIN, RESIDENT, OK),
    Try((*CLOSED, ASKED, RATED), AGAIN, RESIDENT, "FEEDBACK_NOT_UNHAPPY",
        about={"unhappy": False}),
    Try((*CLOSED, ASKED, UNREACHED), AGAIN, RESIDENT, "FEEDBACK_NOT_UNHAPPY"),
    Try(CLOSED, AGAIN, RESIDENT, "FEEDBACK_NOT_UNHAPPY", about={"unhappy": None}),
    Try(CLOSED, AGAIN, CHECKER, OK),
    Try(CLOSED, c.ReopenCase(reason="bored"), CHECKER, "UNKNOWN_REASON"),
    Try(CHILD_CLOSED, AGAIN, LEADER, "PARENT_CLOSED", {"parent": fold(CLOSED)},
        {"parent": PARENT}),
    Try(CHILD_CLOSED, AGAIN, LEADER, OK, {"parent": fold(FILED)}),
    Try(CLOSED, c.FileAppeal(figure=""), HANDLER, "TEXT_MISSING"),
    Try(CLOSED, DECIDE, EVALUATOR, "NO_SUCH_APPEAL", about={"appeal": "appeal-1"}),
    Try((*CLOSED, APPEALED), DECIDE, by(Role.EVALUATOR, actor="handler"),
        "EVALUATOR_APPEALED"),
    Try((*CLOSED, APPEALED), c.DecideAppeal(appeal="appeal-1", upheld=True, reason=""),
        EVALUATOR, "TEXT_MISSING"),
    Try(IN_PROGRESS, c.FileAppeal(figure="K5"), by(Role.HANDLER, unit=OTHER_UNIT),
        "NOT_YOUR_UNIT"),
    Try(BACK, c.FileAppeal(figure="K5"), HANDLER, OK),
    Try(CLOSED, c.FileAppeal(figure="K11"), by(Role.GRID_WORKER), OK),
]  # fmt: skip
