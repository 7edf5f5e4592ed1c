"""Duplicates, merges, splits: what may be tied to what, and when it may be undone."""

from math import cos, hypot, radians
from typing import Any, Final

from domain.actor import Role, within
from domain.calendar.zone import DAY
from domain.case.commands import MergeCase, SplitCase, SuggestDuplicate, UnmergeCase
from domain.case.facts import CaseFacts
from domain.case.guards.triage import not_placed
from domain.case.refusals import RefusalCode
from domain.case.state import CaseState
from domain.case.values import OPEN, Point
from domain.errors import Rejected

NEAR_M: Final = 50
"""The radius of `similar`, as open GB-style systems have it."""
MAX_DEPTH: Final = 3
FEWEST_PARTS, MOST_PARTS = 2, 20
METRES_PER_MICRODEGREE: Final = 0.111_320


def other_is_another(_state: CaseState, command: Any, facts: CaseFacts) -> Rejected | None:
    """A case is not tied to itself."""
    other = command.into if isinstance(command, MergeCase) else command.other
    if other == str(facts.case):
        return Rejected(RefusalCode.SAME_CASE, other=other)
    return None


def not_suggested_yet(
    state: CaseState, command: SuggestDuplicate, _facts: CaseFacts
) -> Rejected | None:
    """Each suggestion is made once."""
    if command.other in state.duplicates:
        return Rejected(RefusalCode.ALREADY_SUGGESTED, other=command.other)
    return None


def other_is_open(_state: CaseState, command: MergeCase, facts: CaseFacts) -> Rejected | None:
    """What goes on is a case that is open."""
    status = facts.other.status if facts.other else None
    if status in OPEN:
        return None
    return Rejected(RefusalCode.OTHER_NOT_OPEN, other=command.into, status=status)


def other_in_scope(_state: CaseState, command: MergeCase, facts: CaseFacts) -> Rejected | None:
    """The actor's scope contains the other case too; one that is not there looks the same."""
    scope = facts.other.place.scope if facts.other else ""
    if within(scope, facts.by.scope):
        return None
    return Rejected(RefusalCode.OTHER_OUT_OF_SCOPE, other=command.into)


def other_is_no_relative(state: CaseState, command: MergeCase, facts: CaseFacts) -> Rejected | None:
    """Parents and parts are not merged into one another."""
    assert facts.other
    if command.into == state.parent or facts.other.parent == str(facts.case):
        return Rejected(RefusalCode.OTHER_IS_RELATIVE, other=command.into)
    return None


def near(state: CaseState, command: MergeCase, facts: CaseFacts) -> Rejected | None:
    """Both lie in one grid or within the radius."""
    assert facts.other
    here, there = state.place, facts.other.place
    if here.grid is not None and here.grid == there.grid:
        return None
    metres = facts.distance_m
    if metres is None and isinstance(here.point, Point) and isinstance(there.point, Point):
        metres = distance_m(here.point, there.point)
    if metres is not None and metres <= NEAR_M:
        return None
    return Rejected(
        RefusalCode.TOO_FAR_APART, other=command.into, distance_m=metres, radius_m=NEAR_M
    )


def distance_m(one: Point, other: Point) -> int:
    """Return the metres between two near points, rounded up."""
    east = (one.lon - other.lon) * cos(radians((one.lat + other.lat) / 2e6))
    north = one.lat - other.lat
    return -int(-hypot(east, north) * METRES_PER_MICRODEGREE // 1)


def same_day_or_leader(
    state: CaseState, _command: UnmergeCase, facts: CaseFacts
) -> Rejected | None:
    """An acceptor undoes a merge on its own day; later the duty leader does."""
    assert state.merged_at is not None
    if facts.by.role != Role.ACCEPTOR:
        return None
    if _local_day(state.merged_at, facts) == _local_day(facts.by.at, facts):
        return None
    return Rejected(RefusalCode.UNMERGE_TOO_LATE, merged_at=state.merged_at)


def _local_day(instant: int, facts: CaseFacts) -> int:
    return facts.calendar.local_day(instant) if facts.calendar else instant // DAY


def parent_is_open(state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """A closed parent has no open child, so its parts stay ended."""
    parent = facts.parent
    if parent is None or parent.status in OPEN:
        return None
    return Rejected(RefusalCode.PARENT_CLOSED, parent=state.parent, status=parent.status)


def children_ended(_state: CaseState, _command: Any, facts: CaseFacts) -> Rejected | None:
    """All parts of the case have ended."""
    left = sum(child.status in OPEN for child in facts.children)
    return Rejected(RefusalCode.CHILDREN_OPEN, open=left) if left else None


def enough_parts(_state: CaseState, command: SplitCase, _facts: CaseFacts) -> Rejected | None:
    """Two parts at least, twenty at most."""
    parts = len(command.parts)
    if parts < FEWEST_PARTS:
        return Rejected(RefusalCode.TOO_FEW_PARTS, parts=parts, fewest=FEWEST_PARTS)
    if parts > MOST_PARTS:
        return Rejected(RefusalCode.TOO_MANY_PARTS, parts=parts, most=MOST_PARTS)
    return None


def not_too_deep(state: CaseState, _command: SplitCase, _facts: CaseFacts) -> Rejected | None:
    """Parts of parts of parts, and no further."""
    if state.depth < MAX_DEPTH:
        return None
    return Rejected(RefusalCode.SPLIT_TOO_DEEP, depth=state.depth, deepest=MAX_DEPTH)


def part_categories_known(
    _state: CaseState, command: SplitCase, facts: CaseFacts
) -> Rejected | None:
    """Each part's category exists and is live."""
    for part, category in zip(command.parts, facts.categories, strict=True):
        if category is None:
            return Rejected(RefusalCode.UNKNOWN_CATEGORY, category=part.category)
    return None


def part_places_resolved(
    _state: CaseState, command: SplitCase, facts: CaseFacts
) -> Rejected | None:
    """A part that lies elsewhere than the case lies in a live grid, in the actor's scope."""
    for index, part in enumerate(command.parts):
        if part.place is None:
            continue
        grid = facts.part_grid(index)
        refusal = not_placed(part.place, grid)
        if refusal is not None:
            return refusal
        scope = grid.scope if grid else part.place.scope
        if not within(scope, facts.by.scope):
            return Rejected(RefusalCode.OUT_OF_SCOPE, scope=scope, yours=facts.by.scope)
    return None
