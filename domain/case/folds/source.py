"""What a source stated: targets and corrections."""

from msgspec.structs import replace

from domain.case import events as e
from domain.case.folds.clocks import turned
from domain.case.state import Assignment, CaseState
from domain.case.values import OPEN, Clock, Due, Status
from domain.event import By


def target_stated(state: CaseState, event: e.CaseTargetStated, _by: By) -> CaseState:
    """The source's promise is the due of the whole case, in no limit of ours."""
    if state.status not in OPEN:
        return state
    due = Due(clock=Clock.TOTAL, limit="", calendar="", start=state.reported_at, due=event.due)
    return replace(state, clocks=turned(state.clocks, (), (due,)))


def corrected(state: CaseState, event: e.CaseCorrected, by: By) -> CaseState:
    """The new values count from now on."""
    source = replace(state.source, digest=event.digest) if state.source else None
    after = replace(
        state, source=source, category=event.category or state.category,
        place=event.place or state.place, sensitive=state.sensitive or event.sensitive,
    )  # fmt: skip
    if event.department:
        after = _led_by(after, event.department)
    if event.closed is None or event.closed == (after.status is Status.CLOSED):
        return after
    if event.closed:
        return replace(after, status=Status.CLOSED, closed_at=by.at, clocks=())
    back = Status.DISPATCHED if after.lead else Status.REPORTED
    return replace(after, status=back, closed_at=None)


def _led_by(state: CaseState, department: str) -> CaseState:
    """Another department leads, as part of what was there."""
    lead = state.lead
    if lead is None:
        part = Assignment(id=f"stated:{department}", department=department, lead=True)
        return replace(state, assignments=(*state.assignments, part))
    parts = tuple(
        replace(part, department=department) if part.id == lead.id else part
        for part in state.assignments
    )
    return replace(state, assignments=parts)
