"""The city as data: its areas, grids, departments and categories, before its cases.

Only what the rows name. Where a row names no area, the case goes to the city's
explicit unlocated area; a level in between that is not stated is left out.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from api.importers.source import Source, slug
from api.importers.stated import AreaStep, Named, Stated
from api.reference import Reference
from domain.case.values import Place
from domain.catalogue.commands import DefineCategory
from domain.directory.commands import NameArea, OpenDepartment
from domain.event import Command
from domain.grid.commands import DrawGrid

UNLOCATED: Final = AreaStep("township", "unlocated", "Unlocated")
_UNLOCATED_ZH: Final = "未定位"
_NOT_CODE: Final = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True)
class City:
    """Turns what a row names into codes and scopes of the city; the same name, the same code."""

    source: Source
    category_codes: dict[str, str]
    """Category key → code, for every category of the file."""

    @property
    def code(self) -> str:
        """The city's own area code, also the first segment of every scope."""
        return slug(self.source.city)

    def place(self, row: Stated) -> Place:
        """Return where a row says its case is."""
        path = located(row.areas)
        return Place(
            scope=self.scope(path),
            grid=self.area_code(path) if path[-1].level == "grid" else None,
            point=row.point, address=row.address, unlocated=not row.areas,
        )  # fmt: skip

    def scope(self, path: Sequence[AreaStep]) -> str:
        """Return the scope of a path below the city."""
        return ".".join((self.code, *(step.segment for step in path))) + "."

    def area_code(self, path: Sequence[AreaStep]) -> str:
        """Return the code of the area or grid at the end of a path."""
        return "-".join((self.code, *(step.segment for step in path)))

    def category(self, row: Stated) -> str:
        """Return the code of a row's category."""
        return self.category_codes[category_key(self.source, row.category)]

    def department(self, named: Named) -> str:
        """Return the id of a department."""
        return f"{self.source.prefix}-{_NOT_CODE.sub('-', named.code)[:60]}"


def located(areas: tuple[AreaStep, ...]) -> tuple[AreaStep, ...]:
    """Return a path that starts at a township, the unlocated one where none is stated."""
    return areas if areas and areas[0].level == "township" else (UNLOCATED, *areas)


def category_key(source: Source, named: Named) -> str:
    """Return what tells one category of a source from another."""
    return named.code if source.named_by_code else named.name


def city_of(source: Source, categories: Iterable[Named], reference: Reference) -> City:
    """Return the city of a source, with a code for each category; known ones keep theirs."""
    known = reference.catalogues.get(slug(source.city))
    taken = {} if known is None else {one.code: one.name for one in known.categories.values()}
    codes: dict[str, str] = {}
    for named in sorted(categories, key=lambda one: (one.name, one.code)):
        code = f"{source.prefix}-{named.code}"
        if not source.named_by_code and taken.get(code, named.name) != named.name:
            code = f"{code}-{hashlib.sha256(named.name.encode()).hexdigest()[:4]}"
        taken.setdefault(code, named.name)
        codes[category_key(source, named)] = code
    return City(source, codes)


def founding(
    city: City, rows: Sequence[Stated], categories: Iterable[Named], reference: Reference
) -> list[Command]:
    """Return the commands that make what is not there yet, parents first, each in name order."""
    commands: list[Command] = []
    commands += _areas(city, rows, reference)
    commands += _departments(city, rows, reference)
    commands += _categories(city, categories, reference)
    return commands


def _areas(city: City, rows: Sequence[Stated], reference: Reference) -> list[Command]:
    source = city.source
    paths = {path[:depth] for path in {located(row.areas) for row in rows} for depth in (1, 2, 3)}
    found: list[Command] = []
    if city.code not in reference.areas:
        found.append(
            NameArea(
                code=city.code, scope=f"{city.code}.", level="district", name=source.city_zh,
                name_en=source.city, source=source.name,
            )
        )  # fmt: skip
    for path in sorted(paths | {(UNLOCATED,)}, key=lambda path: (len(path), city.scope(path))):
        code = city.area_code(path)
        if code not in reference.areas and code not in reference.grids:
            found.append(_area(city, path))
    return found


def _area(city: City, path: Sequence[AreaStep]) -> Command:
    step, code, scope = path[-1], city.area_code(path), city.scope(path)
    if step.level == "grid":
        return DrawGrid(code=code, scope=scope, name=step.name, name_en=step.name)
    name = _UNLOCATED_ZH if step is UNLOCATED else step.name
    return NameArea(
        code=code, scope=scope, level=step.level, name=name, name_en=step.name,
        parent=city.area_code(path[:-1]), source=city.source.name,
    )  # fmt: skip


def _departments(city: City, rows: Sequence[Stated], reference: Reference) -> list[Command]:
    """A department under two names gets the one most rows give it."""
    names: dict[str, Counter[str]] = {}
    for row in rows:
        if row.department is not None:
            names.setdefault(city.department(row.department), Counter())[row.department.name] += 1
    return [
        OpenDepartment(
            department=code, name=name, name_en=name, scope=f"{city.code}.", kind="source",
            source=city.source.name,
        )
        for code, said in sorted(names.items())
        if reference.department(code) is None
        for name in [min(said, key=lambda one: (-said[one], one))]
    ]  # fmt: skip


def _categories(city: City, categories: Iterable[Named], reference: Reference) -> list[Command]:
    known = reference.catalogues.get(city.code)
    there = set() if known is None else set(known.categories)
    names: dict[str, str] = {}
    for named in sorted(categories, key=lambda one: (one.name, one.code)):
        names.setdefault(city.category_codes[category_key(city.source, named)], named.name)
    return [
        DefineCategory(
            owner=city.code, code=code, name=name, name_en=name, lead="", limit="", tier="D",
            confidence="source",
        )
        for code, name in sorted(names.items())
        if code not in there
    ]  # fmt: skip
