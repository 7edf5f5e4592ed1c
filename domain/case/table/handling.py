"""The rows of handling and its clocks."""

from typing import Final

from domain.actor import Role
from domain.case import commands as c
from domain.case.guards import dispatch as dispatching
from domain.case.guards import handling, relations, triage
from domain.case.reasons import ExtensionReason, SuspensionReason
from domain.case.table.row import (
    ANY_OPEN,
    CENTRE,
    CLOCK,
    CLOCKS,
    DESK,
    DISPATCHED,
    IN_PROGRESS,
    LEAD,
    LEADER,
    REASON,
    RESOLVED,
    SUSPENDED,
    TICKING,
    UNIT,
    Row,
    needs,
    states,
)

# fmt: off
ROWS: Final[tuple[Row, ...]] = (
    Row(
        c.NoteProgress, states(IN_PROGRESS, SUSPENDED), (), UNIT,
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
        c.ReportAssistDone, states(DISPATCHED, IN_PROGRESS, SUSPENDED), (),
        {Role.HANDLER: relations.assisting_unit},
        (dispatching.part_in_hand, triage.text("conclusion")),
    ),
    Row(
        c.RequestExtension, states(IN_PROGRESS), (), LEAD,
        (
            triage.coded("reason", ExtensionReason, REASON), handling.handling_clock_runs,
            handling.no_extension_pending, handling.extensions_left, handling.before_due,
            handling.until_is_later,
        ),
    ),
    Row(
        c.GrantExtension, states(IN_PROGRESS), (), LEADER,
        (handling.extension_pending, handling.handling_clock_runs, handling.until_is_later),
    ),
    Row(c.RefuseExtension, states(IN_PROGRESS), (), LEADER, (handling.extension_pending,)),
    Row(
        c.SuspendCase, states(IN_PROGRESS), (SUSPENDED,), LEADER,
        (triage.coded("reason", SuspensionReason, REASON), handling.review_is_ahead),
    ),
    Row(
        c.ResumeCase, states(SUSPENDED), (IN_PROGRESS,), {**LEADER, **CLOCK},
        (handling.clock_waits_for_review,),
        needs("calendar"),
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
        needs("calendar"),
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
        c.HandleCase, states(IN_PROGRESS), (RESOLVED,), LEAD,
        (
            dispatching.no_return_pending, handling.assists_done, triage.after_evidence,
            triage.text("conclusion"),
        ),
        needs(*CLOCKS),
    ),
)
# fmt: on
