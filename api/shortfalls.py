"""What a district's register lacks: areas, grids, people and calendars that won't do as they are.

Nothing here stops the platform, and each is seen only when somebody looks for it: a grid
nobody is posted to, a person who was given no role, a calendar that ends next month.
Pure; the ground's borders are compared by shapely (`api/areas/coverage.py`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import msgspec

from api.areas.coverage import Coverage, covered
from api.areas.features import Ring
from api.reference import Reference
from domain.actor import within
from domain.directory.guards import LEVELS
from domain.event import Microseconds

EXAMPLES: Final = 5
SOON_US: Final = 30 * 86_400_000_000
"""What ends within so many days wants to be looked at now."""
COMMUNITY: Final = "community"

Borders = tuple[tuple[str, tuple[Ring, ...]], ...]


class Example(msgspec.Struct, frozen=True):
    """One thing that is meant; names are empty where it has none."""

    code: str
    name: str = ""
    name_en: str = ""


class Shortfall(msgspec.Struct, frozen=True):
    """One kind of lack: how many there are, and the first of them."""

    kind: str
    count: int
    examples: tuple[Example, ...]


def shortfalls(reference: Reference, scope: str, now: Microseconds) -> list[Shortfall]:
    """Return what a scope lacks, kind by kind; kinds that lack nothing are left out.

    `now` in microseconds UTC. Takes a second for some thousand grids after the ground has changed.
    """
    found = [_told(kind, look(reference, scope, now)) for kind, look in LOOKS.items()]
    borders = tuple((g.code, g.rings) for g in reference.grids_under(scope) if g.rings)
    ground = _covered(borders)
    found.append(Shortfall("border_gap", ground.gap_count, ()))
    pairs = tuple(Example(" ".join(one.codes)) for one in ground.overlaps[:EXAMPLES])
    found.append(Shortfall("border_overlap", ground.overlap_count, pairs))
    return [one for one in found if one.count]


def inventory(reference: Reference, scope: str) -> dict[str, int]:
    """Return how many of each kind a scope has: areas by level, grids, people, departments."""
    areas = [one for one in reference.areas.values() if one.live and within(one.scope, scope)]
    levels = Counter(one.level for one in areas)
    workers = [one for one in reference.workers.values() if one.live and within(one.scope, scope)]
    return {
        **{level: levels[level] for level in LEVELS},
        "grid": len(reference.grids_under(scope)),
        "worker": len(workers),
        "department": sum(one.live for one in reference.departments.values()),
        "category": len({code for one in areas for code in reference.categories(one.scope)}),
    }


@lru_cache(maxsize=2)
def _covered(borders: Borders) -> Coverage:
    return covered(dict(borders))


def _told(kind: str, found: Iterable[Example]) -> Shortfall:
    every = list(found)
    return Shortfall(kind, len(every), tuple(every[:EXAMPLES]))


def _areas_without_grids(reference: Reference, scope: str, _now: int) -> Iterator[Example]:
    for area in reference.areas.values():
        community = area.live and area.level == COMMUNITY and within(area.scope, scope)
        if community and not reference.grids_in(area.scope):
            yield Example(area.code, area.name, area.name_en)


def _grids_without_borders(reference: Reference, scope: str, _now: int) -> Iterator[Example]:
    for grid in reference.grids_under(scope):
        if not grid.rings:
            yield Example(grid.code, grid.name, grid.name_en)


def _grids_without_workers(reference: Reference, scope: str, _now: int) -> Iterator[Example]:
    posted = {worker.grid for worker in reference.workers.values() if worker.live}
    for grid in reference.grids_under(scope):
        if grid.code not in posted:
            yield Example(grid.code, grid.name, grid.name_en)


def _categories_without_departments(
    reference: Reference, scope: str, _now: int
) -> Iterator[Example]:
    for district in reference.districts:
        if not within(district.scope, scope):
            continue
        for code, category in sorted(reference.categories(district.scope).items()):
            lead = reference.department(category.lead)
            if (lead is None or not lead.live) and not reference.route(code, district.scope):
                yield Example(code, category.name, category.name_en)


def _people_without_roles(reference: Reference, scope: str, now: int) -> Iterator[Example]:
    for name, account in sorted(reference.accounts.items()):
        if account.kind != "person" or not account.live or not within(account.scope, scope):
            continue
        if not any(one.lasts(now) for one in account.grants):
            yield Example(name)


def _keys_that_end(reference: Reference, scope: str, now: int) -> Iterator[Example]:
    for name, account in sorted(reference.accounts.items()):
        if account.live and within(account.scope, scope):
            for key, one in account.keys.items():
                if one.live(now) and not one.live(now + SOON_US):
                    yield Example(f"{name} {key}")


def _calendars_that_end(reference: Reference, scope: str, now: int) -> Iterator[Example]:
    for district in reference.districts:
        if within(district.scope, scope):
            calendar = reference.calendar(district.scope)
            soon = datetime.fromtimestamp((now + SOON_US) / 1_000_000, UTC)
            if calendar is None or calendar.last_year < soon.year:
                yield Example(district.code, district.name, district.name_en)


Look = Callable[[Reference, str, int], Iterator[Example]]
LOOKS: Final[dict[str, Look]] = {
    "person_without_role": _people_without_roles,
    "key_ending": _keys_that_end,
    "calendar_ending": _calendars_that_end,
    "category_without_department": _categories_without_departments,
    "area_without_grid": _areas_without_grids,
    "grid_without_worker": _grids_without_workers,
    "grid_without_border": _grids_without_borders,
}
