"""The district in memory answers as its events say, fast enough for every command."""

import random
import time
from uuid import uuid4

import pytest
import shapely

from api.reference import Reference, Route, facts_of, stream_of
from domain.actor import Role
from domain.case.values import Explanation
from domain.catalogue.events import CategoryDefined, CategoryRetired, RoutingRuleSet
from domain.directory.commands import NameArea, RetireArea
from domain.directory.events import AreaNamed, CompetenceSet, DepartmentOpened, DutySet
from domain.directory.facts import AreaFacts
from domain.event import By, Meta
from domain.grid.commands import SplitGrid
from domain.grid.events import GridDrawn, GridMerged
from domain.streams import CELL, area_stream, catalogue_stream, grid_stream
from domain.topics import encode
from eventlog.record import Position, Recorded
from tests.reference.founded import founded

GRID = "371602.005.036.001."
BY = By(actor="a", role=Role.ADMINISTRATOR, scope="371602.")


META = encode(Meta(occurred_at=1, effective_at=1, role="administrator"))


def recorded(event: AreaNamed, position: int, version: int) -> Recorded:
    return Recorded(
        position=Position(position), stream=area_stream(event.code), version=version,
        topic=event.TOPIC, schema=1, recorded_at=0, command_id=uuid4(), command_index=0,
        actor="a", meta=META, state=encode(event),
    )  # fmt: skip


def small() -> Reference:
    """A city with two areas, two grids, two departments and a few rules."""
    reference = Reference()
    square = (0, 0, 100, 0, 100, 100, 0, 100, 0, 0)
    hole = (40, 40, 60, 40, 60, 60, 40, 60, 40, 40)
    east = (100, 0, 200, 0, 200, 100, 100, 100, 100, 0)
    for event in (
        AreaNamed(code="city", scope="city.", level="district", name="City"),
        AreaNamed(code="north", scope="city.north.", level="township", name="North"),
        GridDrawn(code="g1", scope="city.north.g1.", name="G1", rings=(square, hole)),
        GridDrawn(code="g2", scope="city.north.g2.", name="G2", rings=(east,)),
        DepartmentOpened(department="parks", name="园林", name_en="Parks", scope="city."),
        DepartmentOpened(department="roads", name="道路", name_en="Roads", scope="city."),
        CategoryDefined(owner="city", code="tree", name="树", name_en="Tree", lead="parks",
                        limit="4H", tier="V", aliases=("old-tree",)),
    ):  # fmt: skip
        reference.fold(event)
    return reference


def rule(name: str, priority: int, department: str, scope: str = "city.") -> RoutingRuleSet:
    owner = "north" if scope != "city." else "city"
    return RoutingRuleSet(
        owner=owner, rule=name, priority=priority, category="tree", scope=scope,
        department=department, reason="因为", reason_en="because",
    )  # fmt: skip


def test_an_event_seen_twice_changes_nothing() -> None:
    reference = Reference()
    named = recorded(AreaNamed(code="city", scope="city.", level="district", name="A"), 1, 1)
    again = recorded(AreaNamed(code="city", scope="city.", level="district", name="B"), 2, 2)
    reference.apply_all([named, again])
    reference.apply(named)
    assert [area.name for area in reference.districts] == ["B"]
    assert (reference.position, reference.generation) == (2, 2)


def test_point_to_grid_knows_holes_neighbours_and_outside() -> None:
    reference = small()
    found = [reference.grid_at(*point) for point in ((10, 10), (50, 50), (150, 50), (300, 50))]
    assert [grid.code if grid else None for grid in found] == ["g1", None, "g2", None]


def test_a_retired_grid_is_found_by_code_only() -> None:
    reference = small()
    reference.fold(GridMerged(code="g2", into="g1"))
    assert reference.grid_at(150, 50) is None
    merged = reference.grid("g2")
    assert merged is not None
    assert (merged.live, merged.successors) == (False, ("g1",))
    assert [grid.code for grid in reference.grids_in("city.north.")] == ["g1"]


def test_the_lead_takes_it_where_no_rule_says_otherwise() -> None:
    assert small().route("tree", "city.north.g1.") == Route(
        "parks",
        Explanation(reason="该类别的主责部门是园林", reason_en="Parks leads this category"),
    )


def test_the_lowest_priority_wins_then_the_smaller_area() -> None:
    reference = small()
    because = {"reason": "因为", "reason_en": "because"}
    reference.fold(rule("all", 10, "parks"))
    reference.fold(rule("north", 10, "roads", "city.north."))
    inside, outside = "city.north.g1.", "city.south."
    assert reference.route("tree", inside) == Route("roads", Explanation(rule="north", **because))
    assert reference.route("tree", outside) == Route("parks", Explanation(rule="all", **because))
    reference.fold(rule("first", 5, "parks"))
    assert reference.route("tree", inside) == Route("parks", Explanation(rule="first", **because))


def test_who_is_off_duty_or_not_competent_is_passed_over() -> None:
    reference = small()
    reference.fold(rule("roads-first", 1, "roads"))
    reference.fold(DutySet(department="roads", on_duty=False))
    route = reference.route("tree", "city.")
    assert route is not None
    assert route.department == "parks"
    reference.fold(DutySet(department="roads", on_duty=True))
    reference.fold(CompetenceSet(department="roads", categories=("pothole*",)))
    route = reference.route("tree", "city.")
    assert route is not None
    assert route.department == "parks"
    reference.fold(CompetenceSet(department="parks", categories=()))
    assert reference.route("tree", "city.") is None


def test_old_codes_lead_to_the_category_and_retired_ones_keep_their_names() -> None:
    reference = small()
    old = reference.category("old-tree", "city.north.")
    assert old is not None
    assert old.code == "tree"
    reference.fold(CategoryRetired(owner="city", code="tree"))
    known = reference.category("tree")
    assert known is not None
    assert (known.name, known.live) == ("树", False)
    assert reference.categories("city.") == {}


def test_a_township_inherits_and_its_tighter_limit_holds() -> None:
    reference, _ = founded()
    assert reference.limits("06010", "371602.001.001.001.") == {
        "handle": "4H", "accept": "4U", "file": "1W", "dispatch": "4H", "acknowledge": "4H",
        "check": "2W", "total": "5W",
    }  # fmt: skip
    pengli = reference.limits("06010", GRID)
    assert (pengli["handle"], pengli["accept"], pengli["total"]) == ("3H", "2U", "5W")
    assert reference.policy("371602.001.") == "371602@356"
    assert reference.policy(GRID) == "371602@356+371602005@3"


def test_names_lead_from_the_district_down_to_the_grid() -> None:
    reference, _ = founded()
    assert [area.name for area in reference.path(GRID)] == ["滨城区", "彭李街道", "学苑社区"]
    grid = reference.grid_by_scope(GRID)
    assert grid is not None
    assert (grid.code, grid.name, grid.name_en) == ("371602005036001", "学苑社区 1", "Xueyuan 1")
    district = reference.district
    assert district is not None
    assert (district.code, len(reference.children("371602."))) == ("371602", 15)
    assert reference.timezone(GRID) == "Asia/Shanghai"


def test_a_local_rule_explains_itself() -> None:
    reference, _ = founded()
    assert reference.route("06020", "371602.105.201.001.") == Route(
        "agriculture",
        Explanation(rule="local-06020-105", reason="乡村秸秆焚烧由农业农村局处置",
                    reason_en="straw burning in villages belongs to agriculture"),
    )  # fmt: skip


def test_point_to_grid_agrees_with_a_geometry_library() -> None:
    reference, _ = founded()
    grids = [grid for grid in reference.grids.values() if grid.live]
    rings = [list(zip(g.rings[0][::2], g.rings[0][1::2], strict=True)) for g in grids]
    tree = shapely.STRtree([shapely.Polygon(ring) for ring in rings])
    dice = random.Random(7)
    west, south, east, north = 117_783_000, 37_203_000, 118_170_000, 37_609_000
    points = [(dice.randint(west, east), dice.randint(south, north)) for _ in range(2_000)]
    for point in points:
        expected = {grids[n].code for n in tree.query(shapely.Point(point), "intersects")}
        found = reference.grid_at(*point)
        assert (found.code in expected) if found is not None else not expected


@pytest.mark.timeout(30)
def test_point_to_grid_takes_no_more_than_twenty_microseconds() -> None:
    reference, _ = founded()
    dice = random.Random(7)
    points = [
        (dice.randint(117_783_000, 118_170_000), dice.randint(37_203_000, 37_609_000))
        for _ in range(5_000)
    ]
    reference.grid_at(*points[0])
    began = time.thread_time()
    for lon, lat in points:
        reference.grid_at(lon, lat)
    assert (time.thread_time() - began) / len(points) < 20e-6


def test_facts_of_an_area_count_what_it_holds_and_who_has_its_scope() -> None:
    reference, _ = founded()
    assert facts_of(reference, RetireArea(code="371602005", reason="x"), BY) == AreaFacts(
        by=BY, parent_level="district", holds=27
    )
    twin = NameArea(code="371602099", scope="371602.005.", level="township", name="x")
    assert facts_of(reference, twin, BY) == AreaFacts(
        by=BY, parent_level="district", scope_taken=True, holds=27
    )


def test_facts_of_a_split_know_which_successors_live() -> None:
    reference, _ = founded()
    command = SplitGrid(code="371602005036001", successors=("371602005036002", "nowhere"))
    facts = facts_of(reference, command, BY)
    assert facts.others == {"371602005036002": "371602.005.036.002.", "nowhere": None}
    assert stream_of(command) == grid_stream("371602005036001")


def test_streams_are_named_for_ever() -> None:
    assert str(CELL) == "eae557d6-e1b7-56b8-ab90-5f6a7fca5b60"
    assert len({area_stream("x"), grid_stream("x"), catalogue_stream("x")}) == 3
