"""The rows of report and triage."""

from typing import Final

from domain.actor import Role
from domain.case import commands as c
from domain.case.guards import relations, triage
from domain.case.reasons import DeclineReason, Finding
from domain.case.table.row import (
    ACCEPTED,
    ANY_OPEN,
    CLOCKS,
    DECLINED,
    DESK,
    FILED,
    LEADER,
    NEW,
    REASON,
    REPORTED,
    RESOLVED,
    TRIAGE,
    VALUE,
    VERIFYING,
    Row,
    needs,
    states,
)

# fmt: off
ROWS: Final[tuple[Row, ...]] = (
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
        needs("number", "policy", "category", "grid", *CLOCKS),
    ),
    Row(
        c.SelfHandleCase, states(REPORTED), (RESOLVED,),
        {Role.GRID_WORKER: relations.in_scope},
        (
            triage.village_tier, triage.self_handling_untried, triage.before_evidence,
            triage.after_evidence, triage.text("conclusion"),
        ),
        needs("sampled", *CLOCKS),
    ),
    Row(
        c.RequestVerification, states(REPORTED), (VERIFYING,), TRIAGE,
        (triage.verifier_is_another,),
    ),
    Row(
        c.ReportVerification, states(VERIFYING), (REPORTED,),
        {Role.GRID_WORKER: relations.in_scope},
        (triage.verifier_was_asked, triage.coded("result", Finding, VALUE)),
    ),
    Row(
        c.AcceptCase, states(REPORTED), (ACCEPTED, FILED), TRIAGE,
        (triage.not_found_absent,),
        needs("standard", *CLOCKS),
    ),
    Row(
        c.DeclineCase, states(REPORTED), (DECLINED,), TRIAGE,
        (
            triage.coded("reason", DeclineReason, REASON), triage.absence_verified,
            triage.text("reply"),
        ),
    ),
    Row(
        c.FileCase, states(ACCEPTED), (FILED,), LEADER, (triage.standard_known,),
        needs("standard", *CLOCKS),
    ),
    Row(
        c.RefuseFiling, states(ACCEPTED), (DECLINED,), LEADER,
        (
            triage.coded("reason", DeclineReason, REASON), triage.absence_verified,
            triage.text("reply"),
        ),
    ),
    Row(
        c.ClassifyCase, ANY_OPEN, (), DESK,
        (triage.category_known, triage.category_differs),
        needs("category"),
    ),
    Row(c.RelocateCase, ANY_OPEN, (), DESK, (triage.place_resolved,), needs("grid")),
    Row(
        c.SealContact, ANY_OPEN, (),
        {
            Role.ACCEPTOR: relations.in_scope,
            Role.GRID_WORKER: relations.in_scope,
            Role.RESIDENT: relations.own_case,
        },
        (triage.text("contact"),),
    ),
)
# fmt: on
