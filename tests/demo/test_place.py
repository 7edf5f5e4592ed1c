"""The demo's place: real names and codes, synthetic grids without a gap, nobody real."""

import gzip
import json
from collections import Counter
from itertools import accumulate

import shapely

from api.demo import borders, policy, staff
from api.demo.bincheng import GRID_DATA, PENGLI, SCALE, district
from api.demo.founding import stages
from api.demo.grids import drawings
from api.demo.texts import MARK, MARK_EN
from domain.codes import GRID, LIMIT
from tests.reference.founded import founded

SENSITIVE = {"91004", "92003"}


def test_the_district_has_its_published_counts() -> None:
    reference, events = founded()
    areas = Counter(area.level for area in reference.areas.values())
    assert areas == {"district": 1, "township": 15, "community": 402}
    assert len(reference.grids) == 1_182
    assert len(reference.departments) == 35
    assert len(reference.categories("371602.")) == 81
    kinds = Counter(worker.kind for worker in staff.workers())
    assert kinds == {"full_time": 1_714, "part_time": 1_499}
    # all but the last worker are posted now; the last one when the year is told
    assert len(events) == 418 + 1 + 1_182 + 70 + 356 + 3 + 3_213 + 3_212


def test_pengli_has_its_85_grids_and_every_community_at_least_two() -> None:
    grids = Counter(drawing.code[:9] for drawing in drawings())
    assert grids[PENGLI] == 85
    assert min(community.grids for community in district().communities) == 2
    assert all(GRID.fullmatch(drawing.code) for drawing in drawings())


def test_the_grids_cover_the_district_without_gap_or_overlap() -> None:
    polygons = [
        shapely.Polygon(list(zip(d.rings[0][::2], d.rings[0][1::2], strict=True)))
        for d in drawings()
    ]
    assert all(polygon.is_valid for polygon in polygons)
    assert shapely.coverage_is_valid(polygons)
    whole = shapely.union_all(polygons)
    assert isinstance(whole, shapely.Polygon)
    assert len(whole.interiors) == 0
    assert all(d.schematic for d in drawings())


def test_drawing_again_gives_the_same_bytes() -> None:
    kept = GRID_DATA.read_bytes()
    assert borders.draw().encode() == kept
    assert len(gzip.compress(kept)) <= 150_000


def test_the_outline_is_schematic_and_of_few_vertices() -> None:
    data = json.loads(GRID_DATA.read_text("utf-8"))
    assert "示意 / schematic" in data["note"]
    assert len(district().outline) <= 60
    vertices = list(accumulate(data["vertices"][::2]))
    assert min(vertices) > 117.7 * SCALE


def test_sensitive_categories_are_the_ones_about_people() -> None:
    found = {kind.code for kind in policy.kinds() if kind.publicity == "sensitive"}
    about_people = {k.code for k in policy.kinds() if k.code[:2] in ("94", "95")}
    assert found == about_people | SENSITIVE
    space = [kind for kind in policy.kinds() if kind.code[:2] <= "10"]
    assert {kind.publicity for kind in space} == {"open"}
    assert all(LIMIT.fullmatch(kind.limit) for kind in policy.kinds())
    assert {kind.confidence for kind in policy.kinds()} <= {"R", "J", "B", "P"}


def test_every_category_finds_a_department_with_a_reason_everywhere() -> None:
    reference, _ = founded()
    for township in district().townships:
        for kind in policy.kinds():
            route = reference.route(kind.code, township.scope)
            assert route is not None
            assert route.explanation.reason
            assert route.explanation.reason_en
            assert reference.standard(kind.code, township.scope) is not None
    led = {kind.lead for kind in policy.kinds()} | {r.department for r in policy.LOCAL_RULES}
    assert led == set(reference.departments)


def test_nobody_has_a_name_of_a_person() -> None:
    names = [worker.appointment.name for worker in staff.workers()]
    assert all(str(name).startswith("模拟网格员 ") for name in names)
    assert all("synthetic worker" in str(name) for name in names)
    assert MARK == "（模拟）"
    assert MARK_EN == "(synthetic)"


def test_every_grid_has_a_full_time_worker() -> None:
    first = {grid: crew[0].kind for grid, crew in staff.workers_of().items()}
    assert set(first.values()) == {"full_time"}
    assert set(first) == {drawing.code for drawing in drawings()}


def test_founding_is_the_same_every_time() -> None:
    assert stages() == stages()
