"""The rows of checking, closing and what comes after."""

from typing import Final

from domain.actor import Role
from domain.case import commands as c
from domain.case.guards import checking, links, relations, triage
from domain.case.reasons import CancelReason, ForceCloseReason, ReopenReason, Satisfaction
from domain.case.table.row import (
    ANY,
    BEFORE_DISPATCH,
    CANCELLED,
    CENTRE,
    CHECKERS,
    CHECKING,
    CLOCKS,
    CLOSED,
    FILED,
    FILED_ON,
    IN_PROGRESS,
    PASSED,
    REASON,
    REPORTED,
    RESOLVED,
    TRIAGE,
    VALUE,
    Row,
    needs,
    states,
)

# fmt: off
ROWS: Final[tuple[Row, ...]] = (
    Row(
        c.RequestCheck, states(RESOLVED, CHECKING), (CHECKING,),
        {**CENTRE, Role.CHECKER: relations.in_scope},
        (checking.named_checker_is_another,),
    ),
    Row(
        c.PassCheck, states(CHECKING), (PASSED,), CHECKERS,
        (checking.checker_is_independent, checking.checker_was_asked),
    ),
    Row(
        c.FailCheck, states(CHECKING), (IN_PROGRESS, REPORTED), CHECKERS,
        (
            checking.checker_is_independent, checking.checker_was_asked, triage.text("note"),
        ),
        needs(*CLOCKS),
    ),
    Row(
        c.CloseCase, states(RESOLVED, PASSED), (CLOSED,),
        {Role.DUTY_LEADER: relations.in_scope},
        (checking.check_passed_or_spared, links.children_ended),
        needs("children"),
    ),
    Row(
        c.ForceCloseCase, FILED_ON, (CLOSED,), {Role.DISTRICT_LEADER: relations.in_scope},
        (triage.coded("reason", ForceCloseReason, REASON), links.children_ended),
        needs("children"),
    ),
    Row(
        c.SendFollowUp, states(CLOSED), (), TRIAGE,
        (checking.no_follow_up_yet, checking.follow_up_in_time),
    ),
    Row(
        c.GiveFeedback, states(CLOSED), (),
        {Role.RESIDENT: relations.own_case_or_link, Role.ACCEPTOR: relations.in_scope},
        (
            checking.follow_up_sent, checking.feedback_not_given, checking.feedback_in_time,
            checking.rater_did_not_handle, triage.coded("satisfaction", Satisfaction, VALUE),
        ),
    ),
    Row(
        c.ReopenCase, states(CLOSED), (FILED,),
        {
            Role.RESIDENT: relations.own_case,
            Role.CHECKER: relations.in_scope,
            **CENTRE,
        },
        (
            triage.coded("reason", ReopenReason, REASON), checking.reopen_in_time,
            checking.resident_is_unhappy, links.parent_is_open,
        ),
        needs("parent", *CLOCKS),
    ),
    Row(
        c.CancelCase, BEFORE_DISPATCH, (CANCELLED,), {Role.DUTY_LEADER: relations.in_scope},
        (
            triage.coded("reason", CancelReason, REASON), checking.never_dispatched,
            links.children_ended,
        ),
        needs("children"),
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
)
# fmt: on
