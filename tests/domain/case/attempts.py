"""For every command a valid attempt: the command, what must have happened, who, and facts."""

from collections.abc import Callable
from typing import Any, NamedTuple

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.facts import CategoryFact, DepartmentFact
from domain.case.values import Channel, Clock, Explanation, Place, Severity, Source, Status, Tier
from domain.event import Command
from tests.domain.case.world import (
    AFTER,
    BEFORE,
    CHILDREN,
    DAY,
    DISTRICT,
    DUE,
    GRID,
    GRID_CODE,
    HELP,
    HOUR,
    LEAD,
    OTHER,
    OTHER_UNIT,
    PART,
    REPORTED,
    SOURCE,
    T0,
    Step,
    by,
    due,
    fold,
)


class Attempt(NamedTuple):
    """A command that the rules allow once `before` has happened."""

    command: Command
    before: tuple[Step, ...] = ()
    who: dict[str, Any] = {}
    facts: dict[str, Any] = {}


LEADER = by(Role.DUTY_LEADER)
HANDLER = by(Role.HANDLER)
HELPER = by(Role.HANDLER, unit=HELP)
ASSIST: Step = (
    e.CaseAssistAdded(assignment="part-2", department=HELP, explanation=Explanation()), LEADER,
)  # fmt: skip
ASSIST_TAKEN: Step = (
    e.CaseAcknowledged(assignment="part-2", department=HELP, lead=False), HELPER,
)  # fmt: skip
RETURNED: Step = (
    e.CaseReturned(assignment=PART, department=LEAD, reason="not_our_duty"), HANDLER,
)  # fmt: skip
ASKED_LATER: Step = (
    e.CaseExtensionRequested(reason="weather", until=DUE + DAY), HANDLER,
)  # fmt: skip
ONE_UP: Step = (e.CaseEscalated(tier=Tier.TOWNSHIP, was=Tier.VILLAGE, reason="-"), LEADER)
SUPERVISED: Step = (e.CaseSupervisionOrdered(reason="-", reply_due=T0 + DAY), LEADER)
CLOCKED: Step = (
    e.CaseExpedited(
        severity=Severity.NORMAL, dues=(due(Clock.TOTAL, T0 + HOUR, warn=T0 + HOUR // 2),)
    ),
    LEADER,
)  # fmt: skip
ASKED: Step = (e.CaseFollowUpSent(until=T0 + 14 * DAY), LEADER)
UNHAPPY: Step = (
    e.CaseFeedbackReceived(contacted=True, solved=False, satisfaction="unsatisfied"),
    by(Role.RESIDENT),
)  # fmt: skip
APPEALED: Step = (e.CaseAppealFiled(appeal="appeal-1", figure="K5"), HANDLER)
PARTS = (c.Part(category="06010"), c.Part(category="06011"))


def _department(name: str) -> dict[str, Any]:
    return {"department": DepartmentFact(id=name, scope=DISTRICT)}


PLACE = Place(scope=GRID, grid=GRID_CODE)


def _attempts(role: str) -> dict[str, Attempt]:
    made = (*_to_return(role), *_to_appeal(), *_stated())
    return {attempt.command.NAME: attempt for attempt in made}


def _to_return(role: str) -> tuple[Attempt, ...]:
    channel = {
        Role.GRID_WORKER: Channel.GRID_WORKER, Role.RESIDENT: Channel.RESIDENT,
        Role.ACCEPTOR: Channel.HOTLINE, Role.HANDLER: Channel.DEPARTMENT,
        Role.INTEGRATOR: Channel.SENSOR,
    }.get(Role(role), Channel.LEADER)  # fmt: skip
    return (
        Attempt(c.ReportCase(channel=channel, category="06010", place=PLACE)),
        Attempt(c.SelfHandleCase(conclusion="swept", evidence=(BEFORE, AFTER))),
        Attempt(c.RequestVerification(worker="grid_worker")),
        Attempt(c.ReportVerification(result="exists")),
        Attempt(c.AcceptCase()),
        Attempt(c.DeclineCase(reason="too_vague", reply="where is it?")),
        Attempt(c.FileCase()),
        Attempt(c.RefuseFiling(reason="below_standard", reply="too small")),
        Attempt(
            c.ClassifyCase(category="06011"), facts={"category": CategoryFact(code="06011")}
        ),
        Attempt(c.RelocateCase(place=PLACE)),
        Attempt(c.SealContact(contact="0543")),
        Attempt(c.SuggestDuplicate(other=OTHER, distance_m=7)),
        Attempt(c.MergeCase(into=OTHER), facts={"other": fold(REPORTED), "other_id": OTHER}),
        Attempt(c.UnmergeCase(), facts={"other": fold(REPORTED), "other_id": OTHER}),
        Attempt(
            c.SplitCase(parts=PARTS),
            facts={
                "child_ids": CHILDREN, "numbers": ("n1", "n2"),
                "categories": (CategoryFact(code="06010"), CategoryFact(code="06011")),
            },
        ),
        Attempt(c.DispatchCase()),
        Attempt(
            c.RedispatchCase(department=OTHER_UNIT, reason="theirs"),
            facts=_department(OTHER_UNIT),
        ),
        Attempt(c.AcknowledgeCase(), (ASSIST,), {"unit": HELP}),
        Attempt(c.ReturnCase(reason="not_our_duty")),
        Attempt(c.UpholdReturn(), (RETURNED,)),
        Attempt(c.RefuseReturn(), (RETURNED,)),
    )  # fmt: skip


def _to_appeal() -> tuple[Attempt, ...]:
    return (
        Attempt(c.OpenJointHandling(reason="flood")),
        Attempt(c.AddAssist(department=HELP), facts=_department(HELP)),
        Attempt(c.NoteProgress(note="on site")),
        Attempt(c.AttachEvidence(evidence=(AFTER,))),
        Attempt(c.ReportAssistDone(conclusion="pumped"), (ASSIST, ASSIST_TAKEN), {"unit": HELP}),
        Attempt(c.RequestExtension(reason="weather", until=DUE + DAY)),
        Attempt(c.GrantExtension(), (ASKED_LATER,)),
        Attempt(c.RefuseExtension(), (ASKED_LATER,)),
        Attempt(c.SuspendCase(reason="season", review_at=T0 + 30 * DAY)),
        Attempt(c.ResumeCase(), who={"when": T0 + 30 * DAY}),
        Attempt(c.EscalateCase(reason="too big")),
        Attempt(c.ReturnCaseDown(reason="small"), (ONE_UP,)),
        Attempt(c.UrgeCase()),
        Attempt(c.ExpediteCase(severity=Severity.URGENT)),
        Attempt(c.OrderSupervision(reason="slow", reply_due=T0 + DAY)),
        Attempt(c.ReplySupervision(reply="tomorrow"), (SUPERVISED,)),
        Attempt(
            c.WarnDeadline(clock=Clock.TOTAL, due=T0 + HOUR), (CLOCKED,), {"when": T0 + HOUR // 2}
        ),
        Attempt(c.PassDeadline(clock=Clock.TOTAL, due=T0 + HOUR), (CLOCKED,), {"when": T0 + HOUR}),
        Attempt(c.HandleCase(conclusion="done", evidence=(AFTER,))),
        Attempt(c.RequestCheck()),
        Attempt(c.PassCheck()),
        Attempt(c.FailCheck(note="still there")),
        Attempt(c.CloseCase()),
        Attempt(c.ForceCloseCase(reason="in_court")),
        Attempt(c.SendFollowUp()),
        Attempt(c.GiveFeedback(contacted=True, solved=True, satisfaction="satisfied"), (ASKED,)),
        Attempt(c.ReopenCase(reason="not_solved"), (ASKED, UNHAPPY)),
        Attempt(c.CancelCase(reason="test")),
        Attempt(c.FileAppeal(figure="K5")),
        Attempt(
            c.DecideAppeal(appeal="appeal-1", upheld=True, reason="flood"), (APPEALED,)
        ),
    )  # fmt: skip


def _stated() -> tuple[Attempt, ...]:
    return (
        Attempt(
            c.StateReport(
                source=Source(source="s", source_id="1", digest="d"), number="1",
                category="x", place=PLACE,
            )
        ),
        Attempt(c.StateAssignment(department="DPW")),
        Attempt(c.StateTarget(due=T0 + DAY)),
        Attempt(c.StateStatus(stated="Open")),
        Attempt(c.StateNote(kind="activity")),
        Attempt(c.StateClose(stated="Case Resolved")),
        Attempt(c.StateCorrection(digest="d2", fields=("category",), category="y")),
        Attempt(c.FlagCase(rule="closed_before_opened", field="closed_dt")),
    )  # fmt: skip


ATTEMPTS: dict[str, dict[str, Attempt]] = {role: _attempts(role) for role in Role}
"""Role → command → attempt."""
Stranger = Callable[[str], dict[str, Any]]


def from_source(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the same history of a case that a source reported."""
    if not steps:
        return steps
    (first, who), *rest = steps
    assert isinstance(first, e.CaseReported)
    stated = e.CaseReported(
        number=first.number, channel=Channel.SOURCE, category=first.category,
        place=first.place, source=SOURCE, dues=first.dues,
    )  # fmt: skip
    return ((stated, who), *rest)


def all_states() -> tuple[Status | None, ...]:
    """Return every state, and that of no case at all."""
    return (None, *Status)
