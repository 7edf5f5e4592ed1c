"""From a file's bytes to what it states, whole or not at all. Pure; before any append."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from api.importers.boston_311 import BOSTON_311
from api.importers.columns import Field, matched, official
from api.importers.nyc_311 import NYC_311
from api.importers.open311 import OPEN_311, SERVICES, service
from api.importers.reading import Reading
from api.importers.refused import FileRefused
from api.importers.rows import RawTable, read_rows
from api.importers.source import RowUnusable, Source
from api.importers.stated import DUPLICATE, Flag, Named, Stated
from api.importers.times import zone_of

SOURCES: Final[Mapping[str, Source]] = {
    source.name: source for source in (BOSTON_311, NYC_311, OPEN_311)
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that could not become a case, and where."""

    line: int
    column: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.why}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file's statements in canonical order, whatever order the file had.

    `cases` holds, for each id, the rows that state it, oldest first; there is more
    than one only where a file contradicts itself. `twins` counts rows said twice.
    """

    source: Source
    read: int
    cases: tuple[tuple[Stated, ...], ...]
    services: tuple[Named, ...]
    twins: int
    problems: tuple[Problem, ...]

    @property
    def rows(self) -> list[Stated]:
        """Every row that states a case."""
        return [row for rows in self.cases for row in rows]

    @property
    def categories(self) -> list[Named]:
        """Every category that a row or a service list names."""
        return list(dict.fromkeys([*self.services, *(row.category for row in self.rows)]))


def source_called(name: str) -> Source:
    """Return a source by its name. Raises FileRefused for one there is not."""
    if name not in SOURCES:
        raise FileRefused(f"there is no source called {name!r}, only {', '.join(SOURCES)}")
    return SOURCES[name]


def prepare(data: bytes, source: Source, timezone: str | None = None) -> Prepared:
    """Return what a file states. Raises FileRefused naming line and column."""
    zone_name = timezone or source.timezone
    zone = None if zone_name is None else zone_of(zone_name)
    table = read_rows(data)
    if source is OPEN_311 and _is_service_list(table.header):
        return _services(source, table)
    fields = matched(table.header, source.fields)
    if table.header:
        _right_source(source, table.header, fields)
    stated, problems = _stated(source, table, fields, zone)
    if problems and not stated:
        first = problems[0]
        raise FileRefused(f"no row can be read; the first: {first.why}", first.line, first.column)
    cases, twins = _by_case(source, stated)
    return Prepared(source, len(table.rows), cases, (), twins, tuple(problems))


def _stated(
    source: Source, table: RawTable, fields: dict[str, Field], zone: tzinfo | None
) -> tuple[list[Stated], list[Problem]]:
    stated: list[Stated] = []
    problems: list[Problem] = []
    for raw in table.rows:
        reading = Reading(raw, fields, zone)
        try:
            stated.append(source.states(source, reading))
        except RowUnusable as unusable:
            name = official(source.fields, unusable.field)
            column = reading.column(unusable.field)
            problems.append(Problem(raw.line, column, f"{name}: {unusable.why}"))
    return stated, problems


def _right_source(source: Source, header: Sequence[str], fields: dict[str, Field]) -> None:
    have = {field.name for field in fields.values()}
    missing = [name for name in source.required if name not in have]
    if not missing:
        return
    lacking = ", ".join(official(source.fields, name) for name in missing)
    other = _who_else(source, header)
    if other is not None:
        raise FileRefused(f"this is a file of {other.name}, not of {source.name} (no {lacking})")
    seen = ", ".join(header[:8])
    raise FileRefused(f"no column {lacking}, so this is not {source.name}; the file has: {seen}")


def _who_else(source: Source, header: Sequence[str]) -> Source | None:
    for other in SOURCES.values():
        have = {field.name for field in matched(header, other.fields).values()}
        if other is not source and have.issuperset(other.required):
            return other
    return None


def _is_service_list(header: Iterable[str]) -> bool:
    names = set(header)
    return "service_code" in names and not names & {"service_request_id", "requested_datetime"}


def _services(source: Source, table: RawTable) -> Prepared:
    fields = matched(table.header, SERVICES)
    named = [service(source, Reading(raw, fields, None)) for raw in table.rows]
    unique = tuple({one.code: one for one in reversed(named)}.values())
    return Prepared(source, len(table.rows), (), unique, len(named) - len(unique), ())


def _by_case(source: Source, stated: list[Stated]) -> tuple[tuple[tuple[Stated, ...], ...], int]:
    """Group rows by id in the order cases opened; a case said in two ways is flagged."""
    groups: dict[str, dict[tuple[tuple[str, str], ...], Stated]] = {}
    for row in stated:
        groups.setdefault(row.source_id, {}).setdefault(_content(row), row)
    cases = [_flagged(source, sorted(group.values(), key=_age)) for group in groups.values()]
    cases.sort(key=lambda rows: (rows[0].opened, rows[0].source_id))
    return tuple(cases), len(stated) - sum(len(rows) for rows in cases)


def _flagged(source: Source, rows: list[Stated]) -> tuple[Stated, ...]:
    if len(rows) == 1:
        return tuple(rows)
    flag = Flag(DUPLICATE, source.required[0])
    return (*rows[:-1], replace(rows[-1], flags=tuple(sorted({*rows[-1].flags, flag}))))


def _content(row: Stated) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(row.values.items()))


def _age(row: Stated) -> tuple[int, tuple[tuple[str, str], ...]]:
    """The later a row's last date, the newer the row."""
    known = (row.opened, row.closed_at, row.status_at)
    return max(at for at in known if at is not None), _content(row)
