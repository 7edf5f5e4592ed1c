"""The transition table: who may do what to a case, in which state, under which rules.

One row per command, data only. The order of checks is fixed: state, then role, then
scope (the relation beside the role), then the guards from left to right. `to` lists
the states a case can be in afterwards; empty means that it stays where it is.
`needs` names the facts, besides `by` and `case`, that the row's rules and decision read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.actor import Role
from domain.case import commands as c
from domain.case.facts import CaseFacts
from domain.case.guards import checking, handling, links, relations, triage
from domain.case.guards import dispatch as dispatching
from domain.case.reasons import (
    CancelReason,
    DeclineReason,
    ExtensionReason,
    Finding,
    ForceCloseReason,
    NoteKind,
    ReopenReason,
    ReturnReason,
    Satisfaction,
    SuspensionReason,
)
from domain.case.refusals import RefusalCode
from domain.case.state import CaseState
from domain.case.values import OPEN, Status
from domain.errors import Rejected
from domain.event import Command

Rule = Callable[[CaseState, Any, CaseFacts], Rejected | None]
States = frozenset[Status | None]
Who = Mapping[str, Rule]
"""Role → how it must stand to the case."""


@dataclass(frozen=True, slots=True)
class Row:
    """One command's line in the table."""

    command: type[Command]
    states: States
    to: tuple[Status, ...]
    who: Who
    guards: tuple[Rule, ...] = ()
    needs: frozenset[str] = frozenset()


def _states(*names: Status | None) -> States:
    return frozenset(names)


def _needs(*names: str) -> frozenset[str]:
    return frozenset(names)


REPORTED, VERIFYING, ACCEPTED, FILED, DISPATCHED = (
    Status.REPORTED, Status.VERIFYING, Status.ACCEPTED, Status.FILED, Status.DISPATCHED,
)  # fmt: skip
IN_PROGRESS, SUSPENDED, RESOLVED, CHECKING, PASSED = (
    Status.IN_PROGRESS, Status.SUSPENDED, Status.RESOLVED, Status.CHECKING, Status.PASSED,
)  # fmt: skip
CLOSED, DECLINED, MERGED, CANCELLED = (
    Status.CLOSED, Status.DECLINED, Status.MERGED, Status.CANCELLED,
)  # fmt: skip

NEW: Final = _states(None)
ANY_OPEN: Final[States] = frozenset(OPEN)
ANY: Final[States] = frozenset(Status)
ASSIGNED: Final = _states(DISPATCHED, IN_PROGRESS)
TICKING: Final[States] = ANY_OPEN - {SUSPENDED}
BEFORE_DISPATCH: Final = _states(REPORTED, VERIFYING, ACCEPTED, FILED)
FILED_ON: Final[States] = ANY_OPEN - {REPORTED, VERIFYING, ACCEPTED}

TRIAGE: Final[Who] = {
    Role.ACCEPTOR: relations.in_scope,
    Role.DUTY_LEADER: relations.in_scope,
}
LEADER: Final[Who] = {
    Role.DUTY_LEADER: relations.in_scope,
    Role.DISTRICT_LEADER: relations.in_scope,
}
CENTRE: Final[Who] = {Role.DISPATCHER: relations.in_scope, **LEADER}
DESK: Final[Who] = {Role.ACCEPTOR: relations.in_scope, **CENTRE}
LEAD: Final[Who] = {Role.HANDLER: relations.lead_unit}
UNIT: Final[Who] = {Role.HANDLER: relations.assigned_unit}
CLOCK: Final[Who] = {Role.CLOCK: relations.anyone}
SOURCE: Final[Who] = {Role.IMPORT: relations.from_source}
CHECKERS: Final[Who] = {
    Role.CHECKER: relations.in_scope,
    Role.GRID_WORKER: relations.in_scope,
}
DEPARTMENT: Final = (
    dispatching.department_known,
    dispatching.department_on_duty,
    dispatching.department_serves,
    dispatching.department_free,
)
CLOCKS: Final = ("limits", "calendar")
_REASON: Final = RefusalCode.UNKNOWN_REASON
_VALUE: Final = RefusalCode.UNKNOWN_VALUE

# fmt: off
ROWS: Final[tuple[Row, ...]] = (
    # ---- report and triage
    Row(
        c.ReportCase, NEW, (REPORTED,),
        {
            Role.GRID_WORKER: relations.reports_in_scope,
            Role.RESIDENT: relations.anyone,
            Role.ACCEPTOR: relations.reports_in_scope,
            Role.HANDLER: relations.reports_in_scope,
            Role.DUTY_LEADER: relations.reports_in_scope,
            Role.DISTRICT_LEADER: relations.reports_in_scope,
            Role.INTEGRATOR: relations.reports_in_scope,
        },
        (triage.category_known, triage.place_resolved, triage.channel_fits, triage.severity_fits),
        _needs("number", "policy", "category", "grid", *CLOCKS),
    ),
    Row(
        c.SelfHandleCase, _states(REPORTED), (RESOLVED,),
        {Role.GRID_WORKER: relations.in_scope},
        (
            triage.village_tier, triage.self_handling_untried, triage.before_evidence,
            triage.after_evidence, triage.text("conclusion"),
        ),
        _needs("sampled", *CLOCKS),
    ),
    Row(
        c.RequestVerification, _states(REPORTED), (VERIFYING,), TRIAGE,
        (triage.verifier_is_another,),
    ),
    Row(
        c.ReportVerification, _states(VERIFYING), (REPORTED,),
        {Role.GRID_WORKER: relations.in_scope},
        (triage.verifier_was_asked, triage.coded("result", Finding, _VALUE)),
    ),
    Row(
        c.AcceptCase, _states(REPORTED), (ACCEPTED, FILED), TRIAGE,
        (triage.not_found_absent,),
        _needs("standard", *CLOCKS),
    ),
    Row(
        c.DeclineCase, _states(REPORTED), (DECLINED,), TRIAGE,
        (
            triage.coded("reason", DeclineReason, _REASON), triage.absence_verified,
            triage.text("reply"),
        ),
    ),
    Row(
        c.FileCase, _states(ACCEPTED), (FILED,), LEADER, (triage.standard_known,),
        _needs("standard", *CLOCKS),
    ),
    Row(
        c.RefuseFiling, _states(ACCEPTED), (DECLINED,), LEADER,
        (
            triage.coded("reason", DeclineReason, _REASON), triage.absence_verified,
            triage.text("reply"),
        ),
    ),
    Row(
        c.ClassifyCase, ANY_OPEN, (), DESK,
        (triage.category_known, triage.category_differs),
        _needs("category"),
    ),
    Row(c.RelocateCase, ANY_OPEN, (), DESK, (triage.place_resolved,), _needs("grid")),
    Row(
        c.SealContact, ANY_OPEN, (),
        {
            Role.ACCEPTOR: relations.in_scope,
            Role.GRID_WORKER: relations.in_scope,
            Role.RESIDENT: relations.own_case,
        },
        (triage.text("contact"),),
    ),
    # ---- duplicates, merges, splits
    Row(
        c.SuggestDuplicate, ANY_OPEN, (), {**DESK, **CLOCK},
        (links.other_is_another, links.not_suggested_yet),
    ),
    Row(
        c.MergeCase, ANY_OPEN, (MERGED,), DESK,
        (
            links.other_is_another, links.other_in_scope, links.other_is_open,
            links.other_is_no_relative, links.near, links.children_ended,
        ),
        _needs("other", "distance_m", "children"),
    ),
    Row(
        c.UnmergeCase, _states(MERGED), tuple(sorted(OPEN)),
        {Role.ACCEPTOR: relations.in_scope, **LEADER},
        (links.same_day_or_leader, links.parent_is_open),
        _needs("other", "parent", "calendar"),
    ),
    Row(
        c.SplitCase, _states(FILED, DISPATCHED, IN_PROGRESS), (), CENTRE,
        (
            links.not_too_deep, links.enough_parts, links.part_categories_known,
            links.part_places_resolved,
        ),
        _needs("numbers", "child_ids", "categories", "part_grids", "policy", *CLOCKS),
    ),
    # ---- dispatch, acknowledge, return
    Row(
        c.DispatchCase, _states(FILED), (DISPATCHED,), CENTRE,
        (dispatching.tier_is_yours, *DEPARTMENT, dispatching.department_competent),
        _needs("department", "explanation", "policy", *CLOCKS),
    ),
    Row(
        c.RedispatchCase, ASSIGNED, (DISPATCHED,), CENTRE,
        (
            dispatching.tier_is_yours, dispatching.no_return_pending,
            dispatching.another_department, *DEPARTMENT, dispatching.department_competent,
            triage.text("reason"),
        ),
        _needs("department", "explanation", "policy", *CLOCKS),
    ),
    Row(
        c.AcknowledgeCase, ASSIGNED, (DISPATCHED, IN_PROGRESS), UNIT,
        (dispatching.no_return_pending, dispatching.part_offered),
    ),
    Row(
        c.ReturnCase, ASSIGNED, (), LEAD,
        (
            dispatching.no_return_pending, triage.coded("reason", ReturnReason, _REASON),
            dispatching.returns_left, dispatching.return_in_time,
        ),
    ),
    Row(
        c.UpholdReturn, ASSIGNED, (FILED,), CENTRE,
        (dispatching.return_pending, dispatching.ruling_is_yours),
        _needs(*CLOCKS),
    ),
    Row(
        c.RefuseReturn, ASSIGNED, (), CENTRE,
        (dispatching.return_pending, dispatching.ruling_is_yours),
    ),
    Row(
        c.OpenJointHandling, ASSIGNED, (), CENTRE,
        (dispatching.joint_not_open, triage.text("reason")),
    ),
    Row(
        c.AddAssist, ASSIGNED, (), CENTRE,
        DEPARTMENT,
        _needs("department", "explanation", *CLOCKS),
    ),
    # ---- handling
    Row(
        c.NoteProgress, _states(IN_PROGRESS, SUSPENDED), (), UNIT,
        (dispatching.part_in_hand, triage.text("note")),
    ),
    Row(
        c.AttachEvidence, ANY_OPEN, (),
        {
            **UNIT,
            Role.GRID_WORKER: relations.in_scope,
            Role.ACCEPTOR: relations.in_scope,
            Role.RESIDENT: relations.own_case,
        },
        (triage.some_evidence,),
    ),
    Row(
        c.ReportAssistDone, _states(DISPATCHED, IN_PROGRESS, SUSPENDED), (),
        {Role.HANDLER: relations.assisting_unit},
        (dispatching.part_in_hand, triage.text("conclusion")),
    ),
    Row(
        c.RequestExtension, _states(IN_PROGRESS), (), LEAD,
        (
            triage.coded("reason", ExtensionReason, _REASON), handling.handling_clock_runs,
            handling.no_extension_pending, handling.extensions_left, handling.before_due,
            handling.until_is_later,
        ),
    ),
    Row(
        c.GrantExtension, _states(IN_PROGRESS), (), LEADER,
        (handling.extension_pending, handling.handling_clock_runs, handling.until_is_later),
    ),
    Row(c.RefuseExtension, _states(IN_PROGRESS), (), LEADER, (handling.extension_pending,)),
    Row(
        c.SuspendCase, _states(IN_PROGRESS), (SUSPENDED,), LEADER,
        (triage.coded("reason", SuspensionReason, _REASON), handling.review_is_ahead),
    ),
    Row(
        c.ResumeCase, _states(SUSPENDED), (IN_PROGRESS,), {**LEADER, **CLOCK},
        (handling.clock_waits_for_review,),
        _needs("calendar"),
    ),
    Row(
        c.EscalateCase, ANY_OPEN, (), {**UNIT, **CENTRE, **CLOCK},
        (handling.tier_can_rise, triage.text("reason")),
    ),
    Row(
        c.ReturnCaseDown, ANY_OPEN, (), CENTRE,
        (handling.tier_can_fall, triage.text("reason")),
    ),
    Row(c.UrgeCase, ANY_OPEN, (), {Role.RESIDENT: relations.own_case, **DESK}),
    Row(
        c.ExpediteCase, ANY_OPEN, (), LEADER,
        (handling.severity_rises, handling.due_comes_earlier),
        _needs("calendar"),
    ),
    Row(
        c.OrderSupervision, ANY_OPEN, (), LEADER,
        (
            handling.no_supervision_open, handling.reply_due_is_ahead, triage.text("reason"),
        ),
    ),
    Row(
        c.ReplySupervision, ANY_OPEN, (), {**LEAD, Role.DUTY_LEADER: relations.in_scope},
        (handling.supervision_open, triage.text("reply")),
    ),
    Row(
        c.WarnDeadline, TICKING, (), CLOCK, (handling.clock_runs, handling.warning_is_due),
    ),
    Row(
        c.PassDeadline, TICKING, (), CLOCK, (handling.clock_runs, handling.due_is_reached),
    ),
    Row(
        c.HandleCase, _states(IN_PROGRESS), (RESOLVED,), LEAD,
        (
            dispatching.no_return_pending, handling.assists_done, triage.after_evidence,
            triage.text("conclusion"),
        ),
        _needs(*CLOCKS),
    ),
    # ---- check, close and after
    Row(
        c.RequestCheck, _states(RESOLVED, CHECKING), (CHECKING,),
        {**CENTRE, Role.CHECKER: relations.in_scope},
        (checking.named_checker_is_another,),
    ),
    Row(
        c.PassCheck, _states(CHECKING), (PASSED,), CHECKERS,
        (checking.checker_is_independent, checking.checker_was_asked),
    ),
    Row(
        c.FailCheck, _states(CHECKING), (IN_PROGRESS, REPORTED), CHECKERS,
        (
            checking.checker_is_independent, checking.checker_was_asked, triage.text("note"),
        ),
        _needs(*CLOCKS),
    ),
    Row(
        c.CloseCase, _states(RESOLVED, PASSED), (CLOSED,),
        {Role.DUTY_LEADER: relations.in_scope},
        (checking.check_passed_or_spared, links.children_ended),
        _needs("children"),
    ),
    Row(
        c.ForceCloseCase, FILED_ON, (CLOSED,), {Role.DISTRICT_LEADER: relations.in_scope},
        (triage.coded("reason", ForceCloseReason, _REASON), links.children_ended),
        _needs("children"),
    ),
    Row(
        c.SendFollowUp, _states(CLOSED), (), TRIAGE,
        (checking.no_follow_up_yet, checking.follow_up_in_time),
    ),
    Row(
        c.GiveFeedback, _states(CLOSED), (),
        {Role.RESIDENT: relations.own_case_or_link, Role.ACCEPTOR: relations.in_scope},
        (
            checking.follow_up_sent, checking.feedback_not_given, checking.feedback_in_time,
            checking.rater_did_not_handle, triage.coded("satisfaction", Satisfaction, _VALUE),
        ),
    ),
    Row(
        c.ReopenCase, _states(CLOSED), (FILED,),
        {
            Role.RESIDENT: relations.own_case,
            Role.CHECKER: relations.in_scope,
            **CENTRE,
        },
        (
            triage.coded("reason", ReopenReason, _REASON), checking.reopen_in_time,
            checking.resident_is_unhappy, links.parent_is_open,
        ),
        _needs("parent", *CLOCKS),
    ),
    Row(
        c.CancelCase, BEFORE_DISPATCH, (CANCELLED,), {Role.DUTY_LEADER: relations.in_scope},
        (
            triage.coded("reason", CancelReason, _REASON), checking.never_dispatched,
            links.children_ended,
        ),
        _needs("children"),
    ),
    Row(
        c.FileAppeal, ANY, (),
        {Role.HANDLER: relations.once_assigned_unit, Role.GRID_WORKER: relations.in_scope},
        (triage.text("figure"),),
    ),
    Row(
        c.DecideAppeal, ANY, (), {Role.EVALUATOR: relations.in_scope},
        (checking.appeal_open, checking.evaluator_did_not_appeal, triage.text("reason")),
    ),
    # ---- what a source states: no order of steps is asked of it, nothing is invented
    Row(
        c.StateReport, NEW, (REPORTED,), {Role.IMPORT: relations.anyone}, (),
        _needs("policy", "category"),
    ),
    Row(c.StateAssignment, ANY, tuple(Status), SOURCE),
    Row(c.StateTarget, ANY, (), SOURCE),
    Row(c.StateStatus, ANY, (), SOURCE),
    Row(c.StateNote, ANY, (), SOURCE, (triage.coded("kind", NoteKind, _VALUE),)),
    Row(c.StateClose, ANY, tuple(Status), SOURCE),
    Row(c.StateCorrection, ANY, tuple(Status), SOURCE),
    Row(c.FlagCase, ANY, (), SOURCE),
)
# fmt: on

TABLE: Final[Mapping[type[Command], Row]] = {row.command: row for row in ROWS}
MULTI: Final[frozenset[type[Command]]] = frozenset({c.MergeCase, c.UnmergeCase, c.SplitCase})
"""Commands that write to more than one stream: `decide_many`."""

assert len(TABLE) == len(ROWS) == len(c.COMMANDS)
