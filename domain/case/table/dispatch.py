"""The rows of dispatch, acknowledging and returning."""

from typing import Final

from domain.case import commands as c
from domain.case.guards import dispatch as dispatching
from domain.case.guards import triage
from domain.case.reasons import ReturnReason
from domain.case.table.row import (
    ASSIGNED,
    CENTRE,
    CLOCKS,
    DEPARTMENT,
    DISPATCHED,
    FILED,
    IN_PROGRESS,
    LEAD,
    REASON,
    UNIT,
    Row,
    needs,
    states,
)

# fmt: off
ROWS: Final[tuple[Row, ...]] = (
    Row(
        c.DispatchCase, states(FILED), (DISPATCHED,), CENTRE,
        (dispatching.tier_is_yours, *DEPARTMENT, dispatching.department_competent),
        needs("department", "explanation", "policy", *CLOCKS),
    ),
    Row(
        c.RedispatchCase, ASSIGNED, (DISPATCHED,), CENTRE,
        (
            dispatching.tier_is_yours, dispatching.no_return_pending,
            dispatching.another_department, *DEPARTMENT, dispatching.department_competent,
            triage.text("reason"),
        ),
        needs("department", "explanation", "policy", *CLOCKS),
    ),
    Row(
        c.AcknowledgeCase, ASSIGNED, (DISPATCHED, IN_PROGRESS), UNIT,
        (dispatching.no_return_pending, dispatching.part_offered),
    ),
    Row(
        c.ReturnCase, ASSIGNED, (), LEAD,
        (
            dispatching.no_return_pending, triage.coded("reason", ReturnReason, REASON),
            dispatching.returns_left, dispatching.return_in_time,
        ),
    ),
    Row(
        c.UpholdReturn, ASSIGNED, (FILED,), CENTRE,
        (dispatching.return_pending, dispatching.ruling_is_yours),
        needs(*CLOCKS),
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
        needs("department", "explanation", *CLOCKS),
    ),
)
# fmt: on
