"""Duplicates, merges and splits."""

from msgspec.structs import replace

from domain.case import events as e
from domain.case.folds.clocks import reset_assists, resumed
from domain.case.state import CaseState
from domain.case.values import Status
from domain.event import By


def suggested(state: CaseState, event: e.CaseDuplicateSuggested, _by: By) -> CaseState:
    """Remembered, so that it is not said twice."""
    return replace(state, duplicates=(*state.duplicates, event.other))


def merged(state: CaseState, event: e.CaseMerged, by: By) -> CaseState:
    """Its clocks stand from now on, unless they already stood."""
    return replace(
        state, status=Status.MERGED, merged_into=event.into, merged_from=Status(event.was),
        merged_at=by.at, paused_at=by.at if state.paused_at is None else state.paused_at,
    )  # fmt: skip


def unmerged(state: CaseState, event: e.CaseUnmerged, by: By) -> CaseState:
    """Back where it was; if it was suspended then, its clocks still stand."""
    back = replace(
        state, status=Status(event.status), merged_into=None, merged_from=None, merged_at=None
    )
    if back.status is Status.SUSPENDED:
        return back
    assert state.paused_at is not None
    running = replace(
        back, pauses=(*state.pauses, (state.paused_at, by.at)), paused_at=None,
        clocks=resumed(state.clocks, event.dues),
    )  # fmt: skip
    return reset_assists(running, event.assists)


def absorbed(state: CaseState, event: e.CaseAbsorbed, _by: By) -> CaseState:
    """It carries another one along."""
    return replace(state, absorbed=(*state.absorbed, event.other))


def released(state: CaseState, event: e.CaseReleased, _by: By) -> CaseState:
    """The other one goes its own way again."""
    return replace(state, absorbed=tuple(one for one in state.absorbed if one != event.other))


def split(state: CaseState, event: e.CaseSplit, _by: By) -> CaseState:
    """It has parts now."""
    return replace(state, children=(*state.children, *event.children))
