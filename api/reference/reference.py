"""The questions that rules, screens and importers ask about the district.

Codes and scopes come in as plain strings; every look-up is in memory, cheap enough
for each command: a grid by point in microseconds, the rest a dictionary away.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from api.reference.fold import Fold
from api.reference.locate import GridIndex
from api.reference.routing import Route, choose
from domain.calendar.calendar import Calendar
from domain.catalogue.state import CatalogueState, Category, FilingStandard
from domain.codes import covers, nominal_hours, parent_scope
from domain.directory.state import AreaState, DepartmentState, WorkerState
from domain.grid.state import GridState
from domain.streams import catalogue_stream

T = TypeVar("T")

_KEPT: Final = 300_000
"""Answers remembered until something changes: 81 categories × 1,182 grids × 3 and some."""


class Reference(Fold):
    """Areas, grids, departments, workers, policy and calendars as of the last event folded."""

    def __init__(self) -> None:
        super().__init__()
        self._index: tuple[int, GridIndex] = (0, GridIndex(()))
        self._answers: dict[tuple[str, str, str], Any] = {}
        self._memory_of = 0

    # ---- areas and grids

    @property
    def district(self) -> AreaState | None:
        """The first live district of the cell: what the wall shows unless it is told."""
        return next(iter(self.districts), None)

    @property
    def districts(self) -> list[AreaState]:
        """The live areas at the top, in the order they were named."""
        return self.children("")

    def area(self, scope: str) -> AreaState | None:
        """Return the area that has exactly this scope, live or retired."""
        code = self._area_at.get(scope)
        return None if code is None else self.areas[code]

    def children(self, scope: str) -> list[AreaState]:
        """Return the live areas one level below a scope; the districts for an empty one."""
        areas = (self.areas[code] for code in self._areas_in.get(scope, ()))
        return [area for area in areas if area.live]

    def grids_in(self, scope: str) -> list[GridState]:
        """Return the live grids directly in a community (or whatever area holds them)."""
        grids = (self.grids[code] for code in self._grids_in.get(scope, ()))
        return [grid for grid in grids if grid.live]

    def grids_under(self, scope: str) -> list[GridState]:
        """Return every live grid inside a scope, at any depth. A scan: for snapshots."""
        return [grid for grid in self.grids.values() if grid.live and grid.scope.startswith(scope)]

    def path(self, scope: str) -> list[AreaState]:
        """Return the areas from the district down to a scope, those that are known."""
        areas = (self.area(step) for step in _steps(scope))
        return [area for area in areas if area is not None]

    def grid(self, code: str) -> GridState | None:
        """Return a grid by its code, live or retired."""
        return self.grids.get(code)

    def grid_by_scope(self, scope: str) -> GridState | None:
        """Return the grid that has exactly this scope."""
        codes = self._grids_in.get(parent_scope(scope), ())
        return next((self.grids[code] for code in codes if self.grids[code].scope == scope), None)

    def grid_at(self, lon: int, lat: int) -> GridState | None:
        """Return the live grid at a point (degrees × 1e6), or None outside all of them."""
        stamp, index = self._index
        if stamp != self._ground:
            index = GridIndex(grid for grid in self.grids.values() if grid.live)
            self._index = (self._ground, index)
        return index.at(lon, lat)

    # ---- departments and workers

    def department(self, department: str) -> DepartmentState | None:
        """Return a department by its id, live or closed."""
        return self.departments.get(department)

    def worker(self, worker: str) -> WorkerState | None:
        """Return a grid worker by id."""
        return self.workers.get(worker)

    # ---- policy: a township inherits from its district and may add

    def policies(self, scope: str) -> list[CatalogueState]:
        """Return the catalogues that hold for a scope, the district's first."""
        catalogues = (self.catalogues.get(area.code) for area in self.path(scope))
        return [catalogue for catalogue in catalogues if catalogue is not None]

    def policy(self, scope: str) -> str:
        """Name the policy in force for a scope: owner@version, joined by `+`, district first."""
        return self._remembered("policy", "", scope, self._policy)

    def _policy(self, _category: str, scope: str) -> str:
        owners = [area.code for area in self.path(scope) if area.code in self.catalogues]
        return "+".join(f"{code}@{self.versions.get(catalogue_stream(code), 0)}" for code in owners)

    def category(self, code: str, scope: str = "") -> Category | None:
        """Return a category by code or by an old code (alias), live or retired.

        Without a scope every catalogue is asked: for the names of what is in the log.
        """
        catalogues = self.policies(scope) if scope else list(self.catalogues.values())
        for catalogue in reversed(catalogues):
            if code in catalogue.categories:
                return catalogue.categories[code]
        for catalogue in reversed(catalogues):
            for category in catalogue.categories.values():
                if code in category.aliases:
                    return category
        return None

    def categories(self, scope: str) -> dict[str, Category]:
        """Return the live categories that hold for a scope, by code."""
        merged = {
            code: category
            for catalogue in self.policies(scope)
            for code, category in catalogue.categories.items()
        }
        return {code: category for code, category in merged.items() if category.live}

    def route(self, category: str, scope: str) -> Route | None:
        """Return the department for a case and why; None when nobody may take it."""
        return self._remembered("route", category, scope, self._route)

    def _route(self, category: str, scope: str) -> Route | None:
        known = self.category(category, scope)
        if known is None:
            return None
        return choose(self.policies(scope), self.departments, known, scope)

    def limits(self, category: str, scope: str) -> dict[str, str]:
        """Return the limit of every stage clock for a category in a scope, by clock.

        In one catalogue the category's own limit beats the general one; of a district's
        and a township's the tighter holds. The category's `limit` is its handle clock.
        """
        return self._remembered("limits", category, scope, self._limits)

    def _limits(self, category: str, scope: str) -> dict[str, str]:
        known = self.category(category, scope)
        found = {"handle": known.limit} if known is not None and known.limit else {}
        for catalogue in self.policies(scope):
            for clock, limit in _own_limits(catalogue, category).items():
                found[clock] = min(found.get(clock, limit), limit, key=nominal_hours)
        return found

    def standard(self, category: str, scope: str) -> FilingStandard | None:
        """Return the filing standard for a category: the smallest area's, the closest match."""
        return self._remembered("standard", category, scope, self._standard)

    def _standard(self, category: str, scope: str) -> FilingStandard | None:
        for catalogue in reversed(self.policies(scope)):
            own = catalogue.standards.values()
            matching = [one for one in own if covers(one.category, category)]
            if matching:
                return max(matching, key=lambda one: (len(one.category), one.standard))
        return None

    def _remembered(
        self, question: str, category: str, scope: str, answer: Callable[[str, str], T]
    ) -> T:
        if self._memory_of != self.generation or len(self._answers) > _KEPT:
            self._answers.clear()
            self._memory_of = self.generation
        key = (question, category, scope)
        if key not in self._answers:
            self._answers[key] = answer(category, scope)
        found: T = self._answers[key]
        return found

    # ---- calendars

    def calendar(self, scope: str = "") -> Calendar | None:
        """Return the newest working calendar of the district a scope lies in, else the first."""
        name = scope.partition(".")[0]
        versions = self.calendars.get(name) or next(iter(self.calendars.values()), ())
        return versions[-1] if versions else None

    def calendar_version(self, calendar: str, version: str) -> Calendar | None:
        """Return one published version of a calendar."""
        versions = self.calendars.get(calendar, ())
        return next((one for one in versions if one.version == version), None)

    def timezone(self, scope: str = "") -> str:
        """Return the IANA time zone of the district a scope lies in, UTC when none is published."""
        calendar = self.calendar(scope)
        return "UTC" if calendar is None else calendar.timezone


def _steps(scope: str) -> list[str]:
    """Return every scope from the top down to this one."""
    cuts = [place + 1 for place, letter in enumerate(scope) if letter == "."]
    return [scope[:cut] for cut in cuts]


def _own_limits(catalogue: CatalogueState, category: str) -> dict[str, str]:
    general = {clock: limit for (clock, of), limit in catalogue.limits.items() if not of}
    special = {clock: limit for (clock, of), limit in catalogue.limits.items() if of == category}
    return general | special
