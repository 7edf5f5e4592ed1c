"""What holds where: categories, routes, limits, standards, inherited from area to area.

A township inherits its district's catalogue and may add. Answers are remembered per
category and ruling area (the smallest one above a place that has a catalogue), until
anything in the district changes.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from api.reference.fold import Fold
from api.reference.routing import Route, choose, in_order
from domain.catalogue.state import CatalogueState, Category, FilingStandard, RoutingRule
from domain.codes import covers, nominal_hours, parent_scope
from domain.directory.state import AreaState
from domain.streams import catalogue_stream

T = TypeVar("T")

_KEPT: Final = 50_000
"""More answers than categories × owning areas × questions of any real district."""


class Policies(Fold):
    """The fold with its inherited policy."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: dict[tuple[str, str, str], Any] = {}
        self._memory_of = 0

    def area(self, scope: str) -> AreaState | None:
        """Return the area that has exactly this scope, live or retired."""
        code = self._area_at.get(scope)
        return None if code is None else self.areas[code]

    def path(self, scope: str) -> list[AreaState]:
        """Return the areas from the district down to a scope, those that are known."""
        areas = (self.area(step) for step in _steps(scope))
        return [area for area in areas if area is not None]

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
        return self._remembered("category", code, scope, self._category)

    def _category(self, code: str, scope: str) -> Category | None:
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
        known = self.category(category, scope)
        if known is None:
            return None
        rules = self._remembered("rules", known.code, scope, self._rules)
        return choose(rules, self.departments, known, scope)

    def _rules(self, category: str, scope: str) -> list[RoutingRule]:
        return in_order(self.policies(scope), category)

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

    def _ruling(self, scope: str) -> str:
        """Return the scope of the smallest area that holds this one and has a catalogue."""
        while scope:
            if self._area_at.get(scope) in self.catalogues:
                return scope
            scope = parent_scope(scope)
        return scope

    def _remembered(
        self, question: str, category: str, scope: str, answer: Callable[[str, str], T]
    ) -> T:
        if self._memory_of != self.generation or len(self._answers) > _KEPT:
            self._answers.clear()
            self._memory_of = self.generation
        key = (question, category, self._ruling(scope))
        if key not in self._answers:
            self._answers[key] = answer(category, key[2])
        found: T = self._answers[key]
        return found


def _steps(scope: str) -> list[str]:
    """Return every scope from the top down to this one."""
    cuts = [place + 1 for place, letter in enumerate(scope) if letter == "."]
    return [scope[:cut] for cut in cuts]


def _own_limits(catalogue: CatalogueState, category: str) -> dict[str, str]:
    general = {clock: limit for (clock, of), limit in catalogue.limits.items() if not of}
    special = {clock: limit for (clock, of), limit in catalogue.limits.items() if of == category}
    return general | special
