"""Which grid a point lies in: a raster of candidates, then the even-odd rule.

1,182 grids over 128 × 128 cells leave two or three candidates a cell, so a look-up
costs a few microseconds and needs no geometry library at run time.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from domain.grid.events import Ring
from domain.grid.state import GridState

_CELLS: Final = 128


class GridIndex:
    """Point in polygon over the live grids, built once for a set of grids."""

    def __init__(self, grids: Iterable[GridState]) -> None:
        boxes = [(grid, _box(grid.rings)) for grid in grids if grid.rings]
        self._west = min((box[0] for _, box in boxes), default=0)
        self._south = min((box[1] for _, box in boxes), default=0)
        east = max((box[2] for _, box in boxes), default=0)
        north = max((box[3] for _, box in boxes), default=0)
        self._width = max(1, (east - self._west) // _CELLS + 1)
        self._height = max(1, (north - self._south) // _CELLS + 1)
        self._cells: dict[tuple[int, int], list[GridState]] = defaultdict(list)
        for grid, box in boxes:
            self._enter(grid, box)

    def at(self, lon: int, lat: int) -> GridState | None:
        """Return the grid a point (degrees × 1e6) lies in, or None."""
        cell = ((lon - self._west) // self._width, (lat - self._south) // self._height)
        for grid in self._cells.get(cell, ()):
            if _inside(grid.rings, lon, lat):
                return grid
        return None

    def _enter(self, grid: GridState, box: tuple[int, int, int, int]) -> None:
        west, south, east, north = box
        for x in range((west - self._west) // self._width, (east - self._west) // self._width + 1):
            for y in range(
                (south - self._south) // self._height, (north - self._south) // self._height + 1
            ):
                self._cells[x, y].append(grid)


def _box(rings: tuple[Ring, ...]) -> tuple[int, int, int, int]:
    lons = [lon for ring in rings for lon in ring[::2]]
    lats = [lat for ring in rings for lat in ring[1::2]]
    return min(lons), min(lats), max(lons), max(lats)


def _inside(rings: tuple[Ring, ...], lon: int, lat: int) -> bool:
    """Even-odd over all rings, so holes and several parts need no special case."""
    odd = False
    for ring in rings:
        x1, y1 = ring[0], ring[1]
        for x2, y2 in zip(ring[2::2], ring[3::2], strict=True):
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                odd = not odd
            x1, y1 = x2, y2
    return odd
