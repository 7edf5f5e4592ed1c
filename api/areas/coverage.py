"""Do the grids cover their ground once? Gaps between them and overlaps, as rings to paint.

The file's borders stand in for those of the grids it names; the other live grids around them
stay as they are. shapely is only wanted here: it is imported when somebody asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.areas.features import DEGREE, Ring

SLIVER_DEG2: Final = 1e-9
"""About 10 square metres: less than that is how surveyors round."""
MOST: Final = 200
"""So many of each are painted; the count tells of the others."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground that two grids both have."""

    codes: tuple[str, str]
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """`invalid` says why a border is none, by code: it crosses itself, such as."""

    gaps: tuple[Ring, ...]
    overlaps: tuple[Overlap, ...]
    gap_count: int
    overlap_count: int
    invalid: Mapping[str, str]


def covered(borders: Mapping[str, Sequence[Ring]]) -> Coverage:
    """Check the borders of several grids, by code. Takes a second for some thousand grids."""
    import shapely

    made = {code: _polygon(rings) for code, rings in borders.items() if rings}
    invalid = {
        code: shapely.is_valid_reason(shape) for code, shape in made.items() if not shape.is_valid
    }
    codes = [code for code in made if code not in invalid]
    shapes = [made[code] for code in codes]
    if not shapes:
        return Coverage((), (), 0, 0, invalid)
    overlaps = _overlaps(codes, shapes)
    whole = shapely.coverage_union_all(shapes) if not overlaps else shapely.union_all(shapes)
    gaps = [hole for part in shapely.get_parts(whole) for hole in part.interiors]
    gaps = [hole for hole in gaps if shapely.Polygon(hole).area > SLIVER_DEG2]
    return Coverage(
        tuple(_ring(hole.coords) for hole in gaps[:MOST]), tuple(overlaps[:MOST]),
        len(gaps), len(overlaps), invalid,
    )  # fmt: skip


def _polygon(rings: Sequence[Ring]) -> Any:
    """Return the ground of rings: what lies in an odd number of them."""
    import shapely

    parts = [
        shapely.Polygon([(x / DEGREE, y / DEGREE) for x, y in zip(r[::2], r[1::2], strict=True)])
        for r in rings
    ]
    ground = parts[0]
    for part in parts[1:]:
        ground = ground.symmetric_difference(part)
    return ground


def _overlaps(codes: Sequence[str], shapes: Sequence[Any]) -> list[Overlap]:
    import shapely

    tree = shapely.STRtree(shapes)
    found: list[Overlap] = []
    for one, other in zip(*tree.query(shapes, predicate="intersects"), strict=True):
        if one >= other:
            continue
        both = shapes[one].intersection(shapes[other])
        if both.area > SLIVER_DEG2:
            rings = tuple(
                _ring(part.exterior.coords)
                for part in shapely.get_parts(both)
                if part.geom_type == "Polygon"
            )
            found.append(Overlap((codes[int(one)], codes[int(other)]), rings))
    return found


def _ring(coordinates: Any) -> Ring:
    return tuple(round(value * DEGREE) for point in coordinates for value in point[:2])
