"""The rules about grids, one function each: it says no by raising, or nothing."""

from typing import Final

from domain.actor import Role, within
from domain.codes import GRID, in_range, is_national, is_scope, parent_scope, segments
from domain.errors import Rejected
from domain.event import By
from domain.grid.events import Ring
from domain.grid.facts import GridFacts
from domain.grid.state import GridState

MAY_DRAW: Final = frozenset({Role.ADMINISTRATOR, Role.IMPORT})
KINDS: Final = frozenset({"base", "special", "temporary"})
_FULL_CIRCLE: Final = (180_000_000, 90_000_000)


def allowed(by: By, scope: str) -> None:
    """Only administrators and importers change grids, inside their own scope."""
    if by.role not in MAY_DRAW:
        raise Rejected("ROLE_NOT_ALLOWED", role=by.role)
    if not within(scope, by.scope):
        raise Rejected("OUT_OF_SCOPE", scope=scope, own=by.scope)


def never_used(state: GridState) -> None:
    """A code is never used again, not even after the grid is gone."""
    if state.drawn:
        raise Rejected("GRID_CODE_USED", grid=state.code)


def live(state: GridState) -> None:
    """What is retired stays as it was."""
    if not state.drawn:
        raise Rejected("GRID_UNKNOWN")
    if not state.live:
        raise Rejected("GRID_RETIRED", grid=state.code)


def code_fits(code: str, scope: str, kind: str) -> None:
    """The scope is well formed, and in the national scheme its digits are the code."""
    if not is_scope(scope) or len(segments(scope)) < 2:
        raise Rejected("SCOPE_MALFORMED", scope=scope)
    if kind not in KINDS:
        raise Rejected("GRID_KIND_UNKNOWN", kind=kind)
    if not is_national(scope):
        return
    if GRID.fullmatch(code) is None or "".join(segments(scope)) != code:
        raise Rejected("GRID_CODE_MALFORMED", grid=code, scope=scope)
    if not in_range(kind, code[-3:]):
        raise Rejected("GRID_CODE_OUT_OF_RANGE", grid=code, kind=kind)


def has_parent(facts: GridFacts, scope: str) -> None:
    """A grid lies in one live area; in the national scheme that is a community."""
    if facts.parent_level is None:
        raise Rejected("PARENT_AREA_UNKNOWN", scope=parent_scope(scope))
    if is_national(scope) and facts.parent_level != "community":
        raise Rejected("PARENT_AREA_LEVEL", level=facts.parent_level, needed="community")
    if facts.scope_taken:
        raise Rejected("SCOPE_TAKEN", scope=scope)


def closed_rings(rings: tuple[Ring, ...]) -> None:
    """Every ring is closed, has a ground to stand on and lies on the earth."""
    for index, ring in enumerate(rings):
        if len(ring) < 8 or len(ring) % 2 or ring[:2] != ring[-2:]:
            raise Rejected("RING_NOT_CLOSED", ring=index)
        lon, lat = _FULL_CIRCLE
        if max(map(abs, ring[::2])) > lon or max(map(abs, ring[1::2])) > lat:
            raise Rejected("RING_OFF_THE_EARTH", ring=index)


def successors(state: GridState, codes: tuple[str, ...], facts: GridFacts) -> None:
    """The grids that take over are live, others than this one, and in the same district."""
    for code in codes:
        scope = facts.others.get(code)
        if scope is None or code == state.code:
            raise Rejected("SUCCESSOR_NOT_LIVE", grid=code)
        if segments(scope)[0] != segments(state.scope)[0]:
            raise Rejected("SUCCESSOR_ELSEWHERE", grid=code, scope=scope)
