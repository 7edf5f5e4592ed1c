"""/geo.json of the demo district: within its budget, and no border moved more than one sees."""

import gzip
from types import SimpleNamespace
from typing import Any, cast

import orjson

from api.demo.bincheng import district
from api.demo.grids import drawings
from api.http.geometry import MICRO, geometry
from api.reference import Reference

BUDGET = 60_000
HALF_A_STEP = 0.5


class Founded:
    """What the geometry asks of a reference, for the demo's own drawings."""

    generation = 1

    def grids_under(self, _scope: str) -> list[Any]:
        """Every grid of the demo."""
        return [
            SimpleNamespace(code=g.code, name=g.name, scope=f"371602.{g.code[6:9]}.{g.code[9:12]}.",
                            rings=g.rings, schematic=True)
            for g in drawings()
        ]  # fmt: skip

    def children(self, _scope: str) -> list[Any]:
        """Its townships."""
        return list(district().townships)

    def area(self, scope: str) -> Any:
        """A township by its scope."""
        return next((one for one in district().townships if one.scope == scope), None)


def test_the_district_is_at_most_60_kb_and_shifted_by_half_a_step() -> None:
    found = geometry(cast(Reference, Founded()), "371602.")
    size = len(gzip.compress(orjson.dumps(found), 9))
    print(f"\ngeometry, gzipped: {size} bytes")
    assert size <= BUDGET
    drawn = {one["code"]: one["rings"] for one in found["grids"]}
    for grid in drawings():
        for ring, deltas in zip(grid.rings, drawn[grid.code], strict=True):
            told = {tuple(point) for point in _points(deltas)}
            for lon, lat in zip(ring[0::2], ring[1::2], strict=True):
                near = (lon * found["scale"] / MICRO, lat * found["scale"] / MICRO)
                assert min(max(abs(near[0] - x), abs(near[1] - y)) for x, y in told) <= HALF_A_STEP


def _points(deltas: list[int]) -> list[list[int]]:
    points, lon, lat = [], 0, 0
    for dx, dy in zip(deltas[0::2], deltas[1::2], strict=True):
        lon, lat = lon + dx, lat + dy
        points.append([lon, lat])
    return points
