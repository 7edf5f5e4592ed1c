"""Places: what a place may be, in whose scope, and that nothing out of scope shows."""

from domain.actor import Role
from domain.case import commands as c
from domain.case import events as e
from domain.case.decide import decide_many
from domain.case.facts import CategoryFact, GridFact
from domain.case.values import Channel, Place, Status
from tests.domain.case.attempts import LEADER
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
    REPORTED,
    TOWNSHIP,
    by,
    facts,
    fold,
    given,
    reported,
)

FAR = GridFact(code="371602003015001", scope="371602.003.015.001.")
WORKER = by(Role.GRID_WORKER, scope=TOWNSHIP)
OF_PARTS = {
    "child_ids": CHILDREN, "numbers": ("a", "b"), "categories": (CategoryFact(code="06010"),) * 2,
}  # fmt: skip


def report(place: Place) -> c.ReportCase:
    return c.ReportCase(channel=Channel.GRID_WORKER, category="06010", place=place)


def split(place: Place) -> c.SplitCase:
    return c.SplitCase(parts=(c.Part(category="06010"), c.Part(category="06010", place=place)))


def test_unlocated_opens_no_way_into_a_foreign_grid() -> None:
    named = report(Place(scope=FAR.scope, grid=FAR.code, unlocated=True))
    given(()).when(named, WORKER, grid=FAR).rejected("OUT_OF_SCOPE", scope=FAR.scope)
    given(()).when(report(Place(scope=ELSEWHERE, unlocated=True)), WORKER, grid=None).allowed()


def test_unlocated_and_a_grid_nobody_knows_contradict_each_other() -> None:
    place = Place(scope=TOWNSHIP, grid="nowhere", unlocated=True)
    given(()).when(report(place), WORKER, grid=None).rejected(
        "PLACE_NOT_IN_A_LIVE_GRID", grid="nowhere"
    )


def test_a_part_lies_in_a_live_grid_of_the_actors_scope() -> None:
    dispatcher = by(Role.DISPATCHER, scope=TOWNSHIP)
    there = Place(scope=GRID, grid=GRID_CODE)

    def part_in(place: Place, grid: GridFact | None) -> tuple[str, object] | None:
        known = OF_PARTS | {"part_grids": (None, grid)}
        refused = given(FILED).when(split(place), dispatcher, **known).refused
        return None if refused is None else (refused.code, refused.facts["scope"])

    assert part_in(there, GridFact(code=GRID_CODE, scope=GRID)) is None
    assert part_in(Place(scope=TOWNSHIP, unlocated=True), None) is None
    nowhere = "PLACE_NOT_IN_A_LIVE_GRID"
    assert part_in(there, None) == (nowhere, GRID)
    assert part_in(there, GridFact(code=GRID_CODE, scope=GRID, live=False)) == (nowhere, GRID)
    assert part_in(there, FAR) == ("OUT_OF_SCOPE", FAR.scope)
    assert part_in(Place(scope=ELSEWHERE, unlocated=True), None) == ("OUT_OF_SCOPE", ELSEWHERE)


def test_a_part_takes_scope_and_code_of_its_grid() -> None:
    asked = Place(scope="371602.", unlocated=True)
    known = facts(LEADER, **OF_PARTS, part_grids=(None, GridFact(code=GRID_CODE, scope=GRID)))
    writes = decide_many(fold(FILED), split(asked), known)
    (child,) = writes[CHILDREN[1]]
    assert isinstance(child, e.CaseSplitOff)
    assert child.place == Place(scope=GRID, grid=GRID_CODE)
    assert list(writes) == [str(CASE), *CHILDREN]


def test_a_merge_tells_nothing_of_a_case_out_of_scope() -> None:
    acceptor = by(Role.ACCEPTOR, scope=COMMUNITY)
    far = reported(place=Place(scope=FAR.scope, grid=FAR.code))
    closed = fold((far, *HISTORIES[Status.CLOSED][1:]))
    for other in (None, fold((far,)), closed):
        outcome = given(REPORTED).when(c.MergeCase(into=OTHER), acceptor, other=other)
        outcome.rejected("OTHER_OUT_OF_SCOPE")
        assert outcome.refused is not None
        assert outcome.refused.facts == {"other": OTHER}
