"""/geo.json: the borders of a scope's grids, small enough for a wall to fetch at once.

Rings are deltas of integers (degrees × scale) from point to point, first point
absolute; the scale is as fine as a screen can show. The answer is made once per state of the
reference, compressed, with an ETag.
"""

import gzip
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.platform import Platform
from api.reference import Reference
from domain.codes import parent_scope
from domain.grid.state import GridState

FINEST: Final = 100_000
ACROSS: Final = 9_000
"""Steps across an area that are enough for a map of two thousand pixels: a district's are 6 m."""
MICRO: Final = 1_000_000
KEPT: Final = 16


class Geometry:
    """Answers /geo.json."""

    def __init__(self, platform: Platform) -> None:
        self._reference = platform.reference
        self._made = lru_cache(maxsize=KEPT)(self._make)

    async def __call__(self, request: Request) -> Response:
        """Return the geometry of a scope, 304 when the caller has it, 404 for no such area."""
        scope = request.query_params.get("scope", "")
        area = self._reference.area(scope) if scope else self._reference.district
        if area is None and scope:
            return Response("no such area", HTTPStatus.NOT_FOUND, media_type="text/plain")
        found = area.scope if area is not None else ""
        body, packed, etag = self._made(self._reference.generation, found)
        headers = {"etag": etag, "cache-control": "no-cache", "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(packed, headers=headers, media_type="application/json")
        return Response(body, headers=headers, media_type="application/json")

    def _make(self, _generation: int, scope: str) -> tuple[bytes, bytes, str]:
        body = orjson.dumps(geometry(self._reference, scope))
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return body, gzip.compress(body, 9, mtime=0), etag


def geometry(reference: Reference, scope: str) -> dict[str, Any]:
    """Return the geometry of a scope as JSON values."""
    grids = sorted(reference.grids_under(scope), key=lambda grid: grid.code)
    towns = reference.children(scope)
    bounds = _bounds(grids)
    scale = _scale(bounds)
    return {
        "version": str(reference.generation),
        "bounds": bounds,
        "scale": scale,
        "schematic": any(grid.schematic for grid in grids),
        "grids": [
            {
                "code": grid.code,
                "name": grid.name,
                "township": _township(reference, grid, scope),
                "rings": [_deltas(ring, scale) for ring in grid.rings],
            }
            for grid in grids
        ],
        "townships": [
            {"code": town.code, "name": town.name, "nameEn": town.name_en or town.name}
            | _middle([grid for grid in grids if grid.scope.startswith(town.scope)])
            for town in towns
        ],
    }


def _township(reference: Reference, grid: GridState, scope: str) -> str:
    """Return the code of the area one level below the scope that holds a grid."""
    place = parent_scope(grid.scope)
    while place and place.count(".") > scope.count(".") + 1:
        place = parent_scope(place)
    area = reference.area(place)
    return area.code if area is not None else ""


def _scale(bounds: Sequence[float]) -> int:
    """Return the steps of a degree: as fine as the area's size on a screen can show."""
    west, south, east, north = bounds
    across = max(east - west, north - south)
    return FINEST if across * FINEST <= ACROSS else max(1_000, int(ACROSS / across))


def _deltas(ring: Sequence[int], scale: int) -> list[int]:
    """Return a ring as steps; points that fall together are said once."""
    lon = lat = 0
    deltas: list[int] = []
    for index in range(0, len(ring) - 1, 2):
        x, y = round(ring[index] * scale / MICRO), round(ring[index + 1] * scale / MICRO)
        if (x, y) != (lon, lat) or not deltas:
            deltas += (x - lon, y - lat)
        lon, lat = x, y
    return deltas


def _bounds(grids: Sequence[GridState]) -> list[float]:
    lons = [lon for grid in grids for ring in grid.rings for lon in ring[0::2]]
    lats = [lat for grid in grids for ring in grid.rings for lat in ring[1::2]]
    if not lons:
        return [0.0, 0.0, 0.0, 0.0]
    return [min(lons) / MICRO, min(lats) / MICRO, max(lons) / MICRO, max(lats) / MICRO]


def _middle(grids: Sequence[GridState]) -> dict[str, float | None]:
    if not any(grid.rings for grid in grids):
        return {"lon": None, "lat": None}
    west, south, east, north = _bounds(grids)
    return {"lon": round((west + east) / 2, 6), "lat": round((south + north) / 2, 6)}
