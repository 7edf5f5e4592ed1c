"""A GeoJSON file of grids and areas, read into what its features would do. Pure.

A feature's properties are the words of the commands: `code`, `name`, `name_en` (or
`nameEn`), `scope`, `level`, `kind`. In the national scheme the code says the scope. What can't
be used is told with its reason and never stops the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.reference import Reference
from domain.codes import GRID, is_scope, parent_scope

DEGREE: Final = 1_000_000
MOST: Final = 20_000
"""Features of one file; a big district has some thousand grids."""
LEVELS: Final = ("district", "township", "community", "grid")

Ring = tuple[int, ...]


class NotGeoJson(ValueError):
    """The file is no GeoJSON FeatureCollection; the message may be shown."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One feature: the mutation it would be and its input; empty when nothing would change.

    `problem` is a code of this reader's own or a rule's; with one there is no mutation.
    """

    index: int
    code: str
    name: str
    level: str
    mutation: str
    input: Mapping[str, Any]
    rings: tuple[Ring, ...]
    problem: str = ""


def planned(document: Any, reference: Reference) -> list[Planned]:
    """Return what each feature would do, areas before grids, parents first. Raises NotGeoJson."""
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise NotGeoJson("the file is not a GeoJSON FeatureCollection")
    features = document.get("features")
    if not isinstance(features, list) or not 1 <= len(features) <= MOST:
        raise NotGeoJson(f"a file has 1 to {MOST} features")
    found = [_planned(index, one, reference) for index, one in enumerate(features)]
    named = {one.input["scope"] for one in found if one.mutation == "nameArea"}
    found = [_with_parent(one, named, reference) for one in _once_each(found)]
    return sorted(found, key=lambda one: (LEVELS.index(one.level), one.index))


def _planned(index: int, feature: Any, reference: Reference) -> Planned:
    properties = (feature.get("properties") if isinstance(feature, dict) else None) or {}
    code, name = _said(properties, "code"), _said(properties, "name")
    level = _said(properties, "level") or "grid"
    scope = _said(properties, "scope") or _scope_of(code)

    def no(problem: str, rings: tuple[Ring, ...] = ()) -> Planned:
        return Planned(
            index, code, name, level if level in LEVELS else "grid", "", {}, rings, problem
        )

    if not code:
        return no("NO_CODE")
    if level not in LEVELS:
        return no("LEVEL_UNKNOWN")
    if not is_scope(scope):
        return no("NO_SCOPE")
    english = _said(properties, "name_en") or _said(properties, "nameEn")
    if level != "grid":
        return _area(index, code, name, english, level, scope, reference)
    rings = rings_of(feature.get("geometry"))
    if not rings:
        return no("NOT_A_POLYGON")
    known = reference.grid(code)
    if known is not None and not known.live:
        return no("GRID_RETIRED", rings)
    if known is not None and same_rings(known.rings, rings):
        return Planned(index, code, known.name, level, "", {}, rings)
    if known is not None:
        return Planned(
            index, code, known.name, level, "redrawGrid", {"code": code, "rings": rings}, rings
        )
    if not name:
        return no("NO_NAME", rings)
    given = {
        "code": code, "scope": scope, "name": name, "nameEn": english, "rings": rings,
        "kind": _said(properties, "kind") or "base",
    }  # fmt: skip
    return Planned(index, code, name, level, "drawGrid", given, rings)


def _area(
    index: int, code: str, name: str, english: str, level: str, scope: str, reference: Reference
) -> Planned:
    known = reference.areas.get(code)
    if (
        known is not None
        and known.live
        and (known.name, known.scope) == (name or known.name, scope)
    ):
        return Planned(index, code, known.name, level, "", {}, ())
    if not name:
        return Planned(index, code, "", level, "", {}, (), "NO_NAME")
    above = reference.area(parent_scope(scope))
    given = {"code": code, "scope": scope, "level": level, "name": name, "nameEn": english}
    if above is not None:
        given["parent"] = above.code
    elif parent_scope(scope):
        given["parent"] = parent_scope(scope).replace(".", "")
    return Planned(index, code, name, level, "nameArea", given, ())


def _once_each(found: Sequence[Planned]) -> list[Planned]:
    """Refuse every feature whose code an earlier one of the file has."""
    seen: set[str] = set()
    kept: list[Planned] = []
    for one in found:
        twice = one.code in seen and not one.problem
        seen.add(one.code)
        kept.append(_refused(one, "CODE_TWICE") if twice else one)
    return kept


def _with_parent(one: Planned, named: set[str], reference: Reference) -> Planned:
    """Refuse what would lie in an area that is neither known nor in the file."""
    above = parent_scope(one.input["scope"]) if "scope" in one.input else ""
    known = reference.area(above)
    if not above or above in named or (known is not None and known.live):
        return one
    return _refused(one, "PARENT_AREA_UNKNOWN")


def _refused(one: Planned, problem: str) -> Planned:
    return Planned(one.index, one.code, one.name, one.level, "", {}, one.rings, problem)


def _said(properties: Mapping[str, Any], name: str) -> str:
    value = properties.get(name)
    return str(value).strip() if isinstance(value, str | int) else ""


def _scope_of(code: str) -> str:
    """Return the scope that a national code says, empty for any other."""
    if GRID.fullmatch(code) is None and not (code.isdigit() and len(code) in {6, 9, 12}):
        return ""
    return ".".join((code[:6], *(code[at : at + 3] for at in range(6, len(code), 3)))) + "."


def rings_of(geometry: Any) -> tuple[Ring, ...]:
    """Return the closed rings of a polygon or several, degrees × 1e6; empty for anything else."""
    try:
        kind, given = geometry["type"], geometry["coordinates"]
        polygons = {"Polygon": [given], "MultiPolygon": given}[kind]
        rings = tuple(_ring(ring) for polygon in polygons for ring in polygon)
    except (TypeError, KeyError, ValueError, IndexError):
        return ()
    return rings if all(len(ring) >= 8 for ring in rings) else ()


def _ring(points: Sequence[Sequence[float]]) -> Ring:
    flat = [round(float(value) * DEGREE) for point in points for value in point[:2]]
    return tuple(flat if flat[:2] == flat[-2:] else [*flat, *flat[:2]])


def same_rings(one: Sequence[Ring], other: Sequence[Ring]) -> bool:
    """Tell whether two borders are the same, wherever each ring begins."""
    return sorted(map(_turned, one)) == sorted(map(_turned, other))


def _turned(ring: Ring) -> list[tuple[int, int]]:
    points = list(zip(ring[:-2:2], ring[1:-2:2], strict=True))
    first = points.index(min(points))
    return points[first:] + points[:first]
