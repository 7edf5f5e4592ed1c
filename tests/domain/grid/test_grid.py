"""A grid's rules: drawn once, in one live community, its code never used again."""

from typing import Any

import msgspec
import pytest

from domain.actor import Role
from domain.event import By
from domain.grid.commands import DrawGrid, MergeGrid, RedrawGrid, RenameGrid, RetireGrid, SplitGrid
from domain.grid.decide import GRID
from domain.grid.events import (
    GridDrawn,
    GridMerged,
    GridRedrawn,
    GridRenamed,
    GridRetired,
    GridSplit,
)
from domain.grid.facts import GridFacts
from tests.domain.telling import ADMIN, IMPORT, given

CODE, SCOPE = "371602005036001", "371602.005.036.001."
SQUARE = (0, 0, 10, 0, 10, 10, 0, 10, 0, 0)
DRAWN = GridDrawn(code=CODE, scope=SCOPE, name="学苑社区 1", rings=(SQUARE,))
DRAW = DrawGrid(code=CODE, scope=SCOPE, name="学苑社区 1", rings=(SQUARE,))
FACTS = GridFacts(by=ADMIN, parent_level="community")


def drawing(**changes: Any) -> DrawGrid:
    return msgspec.structs.replace(DRAW, **changes)


def test_draws_a_grid_in_a_live_community() -> None:
    given(GRID, FACTS).when(DRAW).then(DRAWN)


def test_a_code_is_never_used_again() -> None:
    for gone in (DRAWN,), (DRAWN, GridRetired(code=CODE, reason="x")):
        given(GRID, FACTS, *gone).when(DRAW).refused("GRID_CODE_USED", grid=CODE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "371602005036002"}, "GRID_CODE_MALFORMED"),
        ({"code": "371602605036001", "scope": "371602.605.036.001."}, "GRID_CODE_MALFORMED"),
        ({"code": "371602005036800", "scope": "371602.005.036.800."}, "GRID_CODE_OUT_OF_RANGE"),
        ({"code": "371602005036801", "scope": "371602.005.036.801."}, "GRID_CODE_OUT_OF_RANGE"),
        ({"kind": "special"}, "GRID_CODE_OUT_OF_RANGE"),
        ({"kind": "huge"}, "GRID_KIND_UNKNOWN"),
        ({"scope": "371602.005.036.001"}, "SCOPE_MALFORMED"),
        ({"scope": "371602."}, "SCOPE_MALFORMED"),
        ({"name": ""}, "NAME_MISSING"),
        ({"rings": ((0, 0, 1, 1, 0, 0),)}, "RING_NOT_CLOSED"),
        ({"rings": ((0, 0, 10, 0, 10, 10, 0, 10, 1, 1),)}, "RING_NOT_CLOSED"),
        ({"rings": ((0, 0, 190_000_000, 0, 9, 9, 0, 0),)}, "RING_OFF_THE_EARTH"),
    ],
)
def test_refuses_a_code_or_border_that_can_not_be(changes: dict[str, Any], code: str) -> None:
    given(GRID, FACTS).when(drawing(**changes)).refused(code)


def test_special_and_temporary_grids_have_ranges_of_their_own() -> None:
    for segment, kind in (("801", "special"), ("899", "special"), ("901", "temporary")):
        scope = f"371602.005.036.{segment}."
        command = drawing(code=f"371602005036{segment}", scope=scope, kind=kind)
        given(GRID, FACTS).when(command).then(
            msgspec.structs.replace(DRAWN, code=command.code, scope=scope, kind=kind)
        )


def test_needs_a_live_community_above_it_in_the_national_scheme() -> None:
    nowhere = GridFacts(by=ADMIN)
    given(GRID, nowhere).when(DRAW).refused("PARENT_AREA_UNKNOWN")
    township = GridFacts(by=ADMIN, parent_level="township")
    given(GRID, township).when(DRAW).refused("PARENT_AREA_LEVEL", needed="community")
    taken = GridFacts(by=ADMIN, parent_level="community", scope_taken=True)
    given(GRID, taken).when(DRAW).refused("SCOPE_TAKEN", scope=SCOPE)


def test_another_city_may_use_any_slug_under_any_area() -> None:
    facts = GridFacts(by=IMPORT, parent_level="district")
    command = DrawGrid(code="ward-3", scope="boston.ward-3.", name="Ward 3")
    given(GRID, facts).when(command).then(
        GridDrawn(code="ward-3", scope="boston.ward-3.", name="Ward 3")
    )


def test_only_administrators_and_importers_inside_their_scope() -> None:
    worker = GridFacts(by=By(actor="w", role=Role.GRID_WORKER), parent_level="community")
    given(GRID, worker).when(DRAW).refused("ROLE_NOT_ALLOWED", role=Role.GRID_WORKER)
    elsewhere = By(actor="a", role=Role.ADMINISTRATOR, scope="371602.001.")
    facts = GridFacts(by=elsewhere, parent_level="community")
    given(GRID, facts).when(DRAW).refused("OUT_OF_SCOPE", own="371602.001.")
    given(GRID, facts, DRAWN).when(RetireGrid(code=CODE, reason="x")).refused("OUT_OF_SCOPE")


def test_redraws_and_renames_what_lives_and_says_nothing_when_nothing_changes() -> None:
    bigger = (0, 0, 20, 0, 20, 20, 0, 20, 0, 0)
    story = given(GRID, FACTS, DRAWN)
    story.when(RedrawGrid(code=CODE, rings=(bigger,))).then(GridRedrawn(code=CODE, rings=(bigger,)))
    story.when(RedrawGrid(code=CODE, rings=(SQUARE,))).then()
    story.when(RenameGrid(code=CODE, name="新")).then(GridRenamed(code=CODE, name="新"))
    story.when(RenameGrid(code=CODE, name="学苑社区 1")).then()
    story.when(RenameGrid(code=CODE, name="")).refused("NAME_MISSING")


def test_a_split_names_two_live_successors_of_the_same_district() -> None:
    others = {"g2": "371602.005.036.002.", "g3": "371602.005.036.003.", "b": "boston.b."}
    story = given(GRID, GridFacts(by=ADMIN, others={**others, "dead": None}), DRAWN)
    story.when(SplitGrid(code=CODE, successors=("g2", "g3"))).then(
        GridSplit(code=CODE, successors=("g2", "g3"))
    )
    story.when(SplitGrid(code=CODE, successors=("g2",))).refused("SUCCESSORS_TOO_FEW")
    story.when(SplitGrid(code=CODE, successors=("g2", "dead"))).refused("SUCCESSOR_NOT_LIVE")
    story.when(SplitGrid(code=CODE, successors=("g2", "b"))).refused("SUCCESSOR_ELSEWHERE")
    story.when(MergeGrid(code=CODE, into="g2")).then(GridMerged(code=CODE, into="g2"))
    story.when(MergeGrid(code=CODE, into=CODE)).refused("SUCCESSOR_NOT_LIVE")


def test_what_is_retired_stays_as_it_was() -> None:
    story = given(GRID, FACTS, DRAWN, GridSplit(code=CODE, successors=("g2", "g3")))
    assert story.state.successors == ("g2", "g3")
    story.when(RenameGrid(code=CODE, name="新")).refused("GRID_RETIRED", grid=CODE)
    given(GRID, FACTS).when(RenameGrid(code=CODE, name="新")).refused("GRID_UNKNOWN")
    given(GRID, FACTS, DRAWN).when(RetireGrid(code=CODE, reason="")).refused("REASON_MISSING")
    given(GRID, FACTS, DRAWN).when(RetireGrid(code=CODE, reason="x")).then(
        GridRetired(code=CODE, reason="x")
    )
