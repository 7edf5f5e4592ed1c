"""What may be merged, taken apart and split."""

from typing import Any

from msgspec.structs import replace

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.facts import CategoryFact
from domain.case.state import CaseState
from domain.case.values import (
    Channel,
    Place,
    Point,
    Status,
    Tier,
)
from domain.event import Sealed
from tests.domain.case.attempts import (
    LEADER,
    PARTS,
)
from tests.domain.case.tries.attempt import ACCEPTOR, CLOCK, DISPATCHER, HERE, OK, Try
from tests.domain.case.world import (
    CASE,
    CHILDREN,
    COMMUNITY,
    ELSEWHERE,
    FILED,
    GRID,
    GRID_CODE,
    HISTORIES,
    OTHER,
    PARENT,
    REPORTED,
    T0,
    Step,
    at,
    by,
    fold,
    reported,
)


def place_at(lon: int, lat: int, grid: str | None = None) -> CaseState:
    """A case reported at a point."""
    place = Place(scope=GRID, grid=grid, point=Point(lon=lon, lat=lat))
    return fold((reported(place=place),))


OTHER_CASE = fold(REPORTED)
MERGE = c.MergeCase(into=OTHER)
ITSELF = c.MergeCase(into=str(CASE))
LOCATED = (reported(place=Place(scope=GRID, point=Point(lon=118_000_000, lat=37_400_000))),)
SEALED = Sealed(key="k", nonce="n", ct="c")
HIDDEN = (reported(place=Place(scope=GRID, point=SEALED)),)
SPLIT_OFF = e.CaseSplitOff(
    parent=PARENT, depth=1, number="1-1", channel=Channel.HOTLINE, category="06010",
    place=HERE, tier=Tier.VILLAGE,
)  # fmt: skip
CHILD: tuple[Step, ...] = ((SPLIT_OFF, LEADER),)
DEEP = replace(SPLIT_OFF, depth=3)
SHALLOW = replace(SPLIT_OFF, depth=2)
SUGGESTED: tuple[Step, ...] = (
    *REPORTED, (e.CaseDuplicateSuggested(other=OTHER, distance_m=1), CLOCK),
)  # fmt: skip
MERGED = HISTORIES[Status.MERGED]
EVENING, MORNING = by(Role.ACCEPTOR, at("2026-03-02 23:59")), at("2026-03-03 00:00")
CHILD_MERGED: tuple[Step, ...] = (*CHILD, (e.CaseMerged(into=OTHER, was="filed"), LEADER))
OF_PARTS = {
    "child_ids": CHILDREN, "numbers": ("a", "b"),
    "categories": (CategoryFact(code="06010"), CategoryFact(code="06011")),
}  # fmt: skip
UNKNOWN_PART = OF_PARTS | {"categories": (CategoryFact(code="06010"), None)}
KINDS = (CategoryFact(code="06010"),)


def parts(count: int) -> tuple[c.SplitCase, dict[str, Any]]:
    ids = tuple(str(index) for index in range(count))
    known = {"child_ids": ids, "numbers": ids, "categories": KINDS * count}
    return c.SplitCase(parts=PARTS[:1] * count), known


def of(name: str, state: CaseState | None) -> dict[str, Any]:
    return {name: state}


def split(count: int, says: str, about: dict[str, Any]) -> Try:
    command, known = parts(count)
    return Try(FILED, command, DISPATCHER, says, known, about)


TRIES: list[Try] = [
    Try(REPORTED, ITSELF, ACCEPTOR, "SAME_CASE", of("other", OTHER_CASE)),
    Try(
        REPORTED, c.SuggestDuplicate(other=str(CASE), distance_m=0), CLOCK, "SAME_CASE",
        about={"other": str(CASE)},
    ),
    Try(SUGGESTED, c.SuggestDuplicate(other=OTHER, distance_m=1), CLOCK, "ALREADY_SUGGESTED"),
    Try(SUGGESTED, c.SuggestDuplicate(other=PARENT, distance_m=1), CLOCK, OK),
    Try(REPORTED, MERGE, ACCEPTOR, "OTHER_OUT_OF_SCOPE", of("other", None)),
    Try(
        REPORTED, MERGE, ACCEPTOR, "OTHER_NOT_OPEN",
        of("other", fold(HISTORIES[Status.CLOSED])), {"status": Status.CLOSED},
    ),
    Try(
        REPORTED, MERGE, by(Role.ACCEPTOR, scope=COMMUNITY), "OTHER_OUT_OF_SCOPE",
        of("other", fold((reported(place=Place(scope=ELSEWHERE, grid=GRID_CODE)),))),
    ),
    Try(
        CHILD, c.MergeCase(into=PARENT), ACCEPTOR, "OTHER_IS_RELATIVE",
        of("other", OTHER_CASE), {"other": PARENT},
    ),
    Try(
        REPORTED, MERGE, ACCEPTOR, "OTHER_IS_RELATIVE",
        of("other", fold(((replace(SPLIT_OFF, parent=str(CASE)), LEADER),))),
    ),
    Try(CHILD, MERGE, ACCEPTOR, OK, of("other", OTHER_CASE)),
    Try(LOCATED, MERGE, ACCEPTOR, OK, of("other", place_at(118_000_000, 37_400_449))),
    Try(
        LOCATED, MERGE, ACCEPTOR, "TOO_FAR_APART",
        of("other", place_at(118_000_000, 37_400_450)), {"distance_m": 51, "radius_m": 50},
    ),
    Try(LOCATED, MERGE, ACCEPTOR, OK, of("other", place_at(118_000_565, 37_400_000))),
    Try(LOCATED, MERGE, ACCEPTOR, "TOO_FAR_APART", of("other", place_at(118_000_566, 37_400_000))),
    Try(HIDDEN, MERGE, ACCEPTOR, "TOO_FAR_APART", of("other", OTHER_CASE), {"distance_m": None}),
    Try(LOCATED, MERGE, ACCEPTOR, "TOO_FAR_APART", of("other", fold(HIDDEN))),
    Try(HIDDEN, MERGE, ACCEPTOR, OK, {"other": OTHER_CASE, "distance_m": 50}),
    Try(HIDDEN, MERGE, ACCEPTOR, "TOO_FAR_APART", {"other": OTHER_CASE, "distance_m": 51}),
    Try(REPORTED, MERGE, ACCEPTOR, OK, {"other": OTHER_CASE, "distance_m": 900}),
    Try(
        HIDDEN, MERGE, ACCEPTOR, "TOO_FAR_APART", of("other", fold(HIDDEN)),
        {"distance_m": None},
    ),
    Try(
        FILED, MERGE, ACCEPTOR, "CHILDREN_OPEN",
        {"other": OTHER_CASE, "children": (OTHER_CASE, fold(HISTORIES[Status.CLOSED]))},
        {"open": 1},
    ),
    Try(MERGED, c.UnmergeCase(), EVENING, OK, of("other", OTHER_CASE)),
    Try(
        MERGED, c.UnmergeCase(), by(Role.ACCEPTOR, MORNING), "UNMERGE_TOO_LATE",
        of("other", OTHER_CASE), {"merged_at": T0},
    ),
    Try(MERGED, c.UnmergeCase(), by(Role.DUTY_LEADER, MORNING), OK, of("other", OTHER_CASE)),
    Try(MERGED, c.UnmergeCase(), by(Role.DISTRICT_LEADER, MORNING), OK, of("other", OTHER_CASE)),
    Try(
        MERGED, c.UnmergeCase(), by(Role.ACCEPTOR, at("2026-03-03 07:59")), OK,
        {"other": OTHER_CASE, "calendar": None},
    ),
    Try(
        MERGED, c.UnmergeCase(), by(Role.ACCEPTOR, at("2026-03-03 08:00")),
        "UNMERGE_TOO_LATE", {"other": OTHER_CASE, "calendar": None},
    ),
    Try(
        CHILD_MERGED, c.UnmergeCase(), LEADER, "PARENT_CLOSED",
        {"other": OTHER_CASE, "parent": fold(HISTORIES[Status.CLOSED])},
        {"parent": PARENT, "status": Status.CLOSED},
    ),
    Try(
        CHILD_MERGED, c.UnmergeCase(), LEADER, OK,
        {"other": OTHER_CASE, "parent": fold(FILED)},
    ),
    split(1, "TOO_FEW_PARTS", {"parts": 1, "fewest": 2}),
    split(2, OK, {}),
    split(20, OK, {}),
    split(21, "TOO_MANY_PARTS", {"parts": 21, "most": 20}),
    Try(
        ((DEEP, LEADER),), c.SplitCase(parts=PARTS), DISPATCHER, "SPLIT_TOO_DEEP", OF_PARTS,
        {"depth": 3, "deepest": 3},
    ),
    Try(((SHALLOW, LEADER),), c.SplitCase(parts=PARTS), DISPATCHER, OK, OF_PARTS),
    Try(
        FILED, c.SplitCase(parts=PARTS), DISPATCHER, "UNKNOWN_CATEGORY", UNKNOWN_PART,
        {"category": "06011"},
    ),
]  # fmt: skip
