"""Draw the borders of 1,182 grids that do not exist: schematic, gap-free, repeatable.

Seeds by k-means inside k-means (township, community, grid), one Voronoi diagram over
all seeds, so that neighbours share every vertex; then every border is bent by one
smooth displacement field. The field is a function of place with a gradient below 1,
so it can fold nothing, and it dies out at the outline. The result is kept in
`grids.json` (`python -m api demo borders` writes it again, byte for byte).
"""

import hashlib
import json
import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from api.demo.bincheng import SCALE, Community, District, Township, district

_KM_PER_DEGREE: Final = 111.32
_BEND_KM: Final = 0.16
_WAVES: Final = ((5.1, 0.7, 0.3), (3.3, 2.1, 1.9), (2.3, 4.0, 0.6))
"""Length in km, direction and phase of each wave of the field."""
_CALM_KM: Final = 1.2
"""Within this distance of the outline the field dies out."""
_STEP_KM: Final = 0.35
"""Borders get a vertex this often, so that they can bend."""

Points = NDArray[np.float64]


def draw() -> str:
    """Return the text of the data file: vertices once, rings as runs of their indexes."""
    place = _Plane(district())
    cells = place.cells()
    rings = {code: place.bent(ring) for code, ring in cells.items()}
    vertices: dict[tuple[int, int], int] = {}
    for ring in rings.values():
        for vertex in ring:
            vertices.setdefault(vertex, len(vertices))
    return _text(vertices, {code: [vertices[v] for v in ring] for code, ring in rings.items()})


def _text(vertices: dict[tuple[int, int], int], rings: dict[str, list[int]]) -> str:
    head = {"note": "示意 / schematic: synthetic borders, not surveyed", "scale": SCALE}
    lines = [json.dumps(head, ensure_ascii=False)[:-1] + ',\n"vertices":[']
    lines.append(",\n".join(_chunks([n for vertex in _deltas(list(vertices)) for n in vertex])))
    lines.append('],\n"grids":{')
    lines.append(",\n".join(f'"{code}":{_compact(_runs(ring))}' for code, ring in rings.items()))
    lines.append("}}\n")
    return "\n".join(lines)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _chunks(numbers: list[int]) -> Iterator[str]:
    for start in range(0, len(numbers), 32):
        yield _compact(numbers[start : start + 32])[1:-1]


def _deltas(vertices: list[tuple[int, int]]) -> list[tuple[int, int]]:
    before = [(0, 0), *vertices[:-1]]
    return [(v[0] - b[0], v[1] - b[1]) for v, b in zip(vertices, before, strict=True)]


def _runs(ring: list[int]) -> list[int]:
    """Indexes as differences: most steps of a new ring are 1."""
    return [index - before for index, before in zip(ring, [0, *ring[:-1]], strict=True)]


class _Plane:
    """The district on a flat sheet, kilometres east and north of its middle."""

    def __init__(self, where: District) -> None:
        self.where = where
        lons, lats = zip(*where.outline, strict=True)
        self.middle = np.array([(min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2])
        self.unit = np.array([_KM_PER_DEGREE * math.cos(math.radians(self.middle[1])),
                              _KM_PER_DEGREE])  # fmt: skip
        self.outline = shapely.Polygon(self.flat(np.array(where.outline)))

    def flat(self, degrees: Points) -> Points:
        """Return kilometres for degrees."""
        flat: Points = (degrees - self.middle) * self.unit
        return flat

    def cells(self) -> dict[str, Points]:
        """Return the unbent ring of every grid by its code, borders with extra vertices."""
        seeds = self._seeds()
        sites = shapely.MultiPoint(np.array(list(seeds.values())))
        diagram = shapely.voronoi_polygons(sites, extend_to=self.outline, ordered=True)
        cut = shapely.intersection(shapely.get_parts(diagram), self.outline)
        return {
            code: np.array(_largest(cell).exterior.coords)
            for code, cell in zip(seeds, cut, strict=True)
        }

    def bent(self, ring: Points) -> list[tuple[int, int]]:
        """Return a ring with its borders bent, in integer degrees, closed by its first vertex."""
        flat = self._divided(np.round(ring, 6))
        moved = flat + self._field(flat)
        vertices = np.round((moved / self.unit + self.middle) * SCALE).astype(int).tolist()
        kept = [tuple(v) for v, b in zip(vertices, [None, *vertices[:-1]], strict=True) if v != b]
        return kept if kept[0] == kept[-1] else [*kept, kept[0]]

    def _seeds(self) -> dict[str, Points]:
        towns = self.where.townships
        seats = shapely.MultiPoint(self.flat(np.array([town.seat for town in towns])))
        parts = shapely.voronoi_polygons(seats, extend_to=self.outline, ordered=True)
        seeds: dict[str, Points] = {}
        for town, part in zip(towns, shapely.get_parts(parts), strict=True):
            ground = shapely.intersection(part, self.outline)
            seeds |= _seeds_in(town, ground, self._communities(town), self.flat)
        return seeds

    def _communities(self, town: Township) -> list[Community]:
        return [one for one in self.where.communities if one.code.startswith(town.code)]

    def _divided(self, ring: Points) -> Points:
        """Add vertices to long edges, the same ones from either side."""
        pieces: list[Points] = []
        for start, end in pairwise(ring):
            forward = tuple(start) <= tuple(end)
            low, high = (start, end) if forward else (end, start)
            count = max(1, math.ceil(float(np.hypot(*(end - start))) / _STEP_KM))
            shares = np.linspace(0, 1, count + 1)[:, None]
            edge = np.round(low + (high - low) * shares, 6)
            pieces.append((edge if forward else edge[::-1])[:-1])
        return np.concatenate([*pieces, ring[-1:]])

    def _field(self, flat: Points) -> Points:
        assert _gradient() < 1, "the field would fold"
        distance = shapely.distance(shapely.points(flat), self.outline.exterior)
        calm = np.clip(distance / _CALM_KM, 0, 1)
        bend = np.zeros_like(flat)
        for length, direction, phase in _WAVES:
            along = flat @ np.array([math.cos(direction), math.sin(direction)])
            wave = np.sin(2 * math.pi * along / length + phase)
            bend += wave[:, None] * np.array([-math.sin(direction), math.cos(direction)])
        moved: Points = bend * (_BEND_KM / len(_WAVES)) * calm[:, None]
        return moved


def _gradient() -> float:
    """The steepest the field can be: its waves together, and its dying out."""
    share = _BEND_KM / len(_WAVES)
    return sum(share * 2 * math.pi / length for length, _, _ in _WAVES) + _BEND_KM / _CALM_KM


def _largest(cell: Any) -> Any:
    parts = shapely.get_parts(cell)
    return max(parts, key=shapely.area)


def _seeds_in(
    town: Township, ground: Any, communities: list[Community], flat: Any
) -> dict[str, Points]:
    """Place the seeds of one township; its own randomness, so others do not move with it."""
    rng = np.random.default_rng(
        int.from_bytes(hashlib.sha256(town.code.encode()).digest()[:8], "big")
    )
    total = sum(one.grids for one in communities)
    cloud = _scatter(ground, total * 24, rng)
    seat = flat(np.array([town.seat]))[0]
    centres = _kmeans(cloud, len(communities), rng)
    nearest = np.argsort(np.hypot(*(centres - seat).T), kind="stable")
    in_order = sorted(communities, key=lambda one: (not one.urban, one.code))
    labels = _closest(cloud, centres)
    seeds: dict[str, Points] = {}
    for community, centre in zip(in_order, nearest, strict=True):
        own = cloud[labels == centre]
        points = _kmeans(own, community.grids, rng)
        west_to_east = points[np.lexsort((-points[:, 1], np.round(points[:, 0], 1)))]
        for number, point in enumerate(west_to_east, 1):
            seeds[f"{community.code}{number:03d}"] = point
    return dict(sorted(seeds.items()))


def _scatter(ground: Any, count: int, rng: np.random.Generator) -> Points:
    west, south, east, north = ground.bounds
    found = np.empty((0, 2))
    while len(found) < count:
        tried = rng.uniform((west, south), (east, north), (count, 2))
        inside = shapely.contains_xy(ground, tried[:, 0], tried[:, 1])
        found = np.concatenate([found, tried[inside]])
    return found[:count]


def _closest(cloud: Points, centres: Points) -> NDArray[np.intp]:
    apart = ((cloud[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    nearest: NDArray[np.intp] = apart.argmin(axis=1)
    return nearest


def _kmeans(cloud: Points, count: int, rng: np.random.Generator) -> Points:
    """Lloyd's rounds from random members; a centre left alone stays where it is."""
    centres: Points = cloud[rng.choice(len(cloud), count, replace=False)]
    for _ in range(16):
        labels = _closest(cloud, centres)
        sizes = np.bincount(labels, minlength=count)
        sums = np.stack(
            [np.bincount(labels, weights=cloud[:, axis], minlength=count) for axis in (0, 1)], 1
        )
        centres = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
    return centres
