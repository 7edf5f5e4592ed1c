"""Figures over a window, as of a moment: exact integers, never floats.

Ask inside `reading.at_position`, so that every query sees the same rows. As of an earlier
moment the same predicates look at the cases as they were then (`as_of.py`), and the window
ends there.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from enum import IntEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.actor import scope_range
from domain.event import Microseconds
from projections.area_load import queries as areas
from projections.as_of import At, States, over
from projections.case_past.queries import BLOCK
from projections.case_past.queries import SQL as PAST
from projections.figures.clock_times import ClockTime, clock_times
from projections.figures.definitions import (
    ALL,
    DURATIONS,
    EARLIER,
    RATES,
    SCORES,
    VERSIONS,
    Definition,
    Duration,
    Named,
    Score,
)
from projections.figures.measure import NAME, VERSION, MeasureRow
from projections.named import Queries, live_schema
from projections.port import Connection
from projections.writing import columns

D = TypeVar("D", Definition, Duration)

SQL: Final = Queries(Path(__file__).with_name("queries.sql"), live_schema(NAME, VERSION))

_THEN: Final = {
    "total_due": "p.whole_due as total_due",
    "cancelled": "p.status = 'cancelled' as cancelled",
}
STATES: Final = States(
    table=f"{SQL.schema}.measure",
    source=f"{SQL.schema}.measure n",
    now=", ".join(f"n.{name}" for name in columns(MeasureRow)),
    then=", ".join(_THEN.get(name, f"p.{name}") for name in columns(MeasureRow)),
)


KEYS: Final = dataclasses.replace(STATES, now="n.scope, n.department", then="p.scope, p.department")
"""For the departments with cases in an area."""
ALIVE: Final = dataclasses.replace(
    STATES,
    table=f"({SQL['since']} union all {SQL['waiting']})",
    source=f"({SQL['since']} union all {SQL['waiting']}) n",
)
"""For figures: the cases to which something may have happened in the window, those that wait."""
FLOOR: Final = SQL["floor"].replace(":tide", f"{PAST.schema}.tide")
SPANS: Final = (*DURATIONS, *EARLIER)


class Level(IntEnum):
    """For whom a figure is made: areas by the depth of their scope, or departments."""

    DEPARTMENT = 0
    DISTRICT = 1
    TOWNSHIP = 2
    COMMUNITY = 3
    GRID = 4


class Window(msgspec.Struct, frozen=True):
    """[start, end) in effective time, microseconds UTC."""

    start: Microseconds
    end: Microseconds


class FigureRow(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of one area or department.

    A rate is numerator ÷ denominator; a score's fraction is out of 100 (denominator of 0:
    no figure). `n` are the cases counted, `left_out` imported ones whose source does not
    state the stage. Durations carry `p50_us` and `p90_us` instead, and their time as the
    clocks count it; `clock_times` is None where that was not asked for.
    """

    code: str
    definition: str
    key: str
    numerator: int
    denominator: int
    n: int
    left_out: int = 0
    p50_us: int | None = None
    p90_us: int | None = None
    clock_times: tuple[ClockTime, ...] | None = None
    window: Window
    position: int


async def figures(
    connection: Connection,
    window: Window,
    level: Level,
    *,
    scope: str = "",
    at: At | None = None,
    codes: Sequence[str] | None = None,
    in_clocks: bool = True,
) -> list[FigureRow]:
    """Return figures by area or department inside a scope, by key and code, as of a moment.

    One pass over the scope's cases in which something happened since the window began, by
    their positions, and those that wait; a second one over those that a duration counts, where
    `in_clocks` asks for clock times.
    """
    position, arguments = await bounds(connection, window, scope, at)
    arguments.append(await _floor(connection, window.start))
    name, grouped = _grouping(level, scope)
    text = SQL[name].replace(":alive", SQL["alive"]).replace(":columns", counted(codes))
    sql, given = over(text, ALIVE, [*arguments, *grouped], at)
    rows: dict[str, Any] = {row["key"]: row for row in await connection.fetch(sql, *given)}
    made = [
        figure
        for key in await _keys(connection, level, scope, at)
        for figure in _figures(key, rows.get(key, {}), window, position, codes)
    ]
    spans = [one for one in _wanted(SPANS, codes) if one[1].clock is not None]
    if not in_clocks or not spans:
        return made
    name, grouped = ("by_area", [int(level)]) if level else ("by_department", [])
    sql, given = over(SQL[f"timed_{name}"], ALIVE, [*arguments, *grouped], at)
    times = await clock_times(connection, sql, given, spans)
    return [
        replace(one, clock_times=times.get((one.key, one.definition), ()))
        if _told_in_clocks(one.definition)
        else one
        for one in made
    ]


async def cases(
    connection: Connection,
    code: str,
    window: Window,
    *,
    numerator: bool = False,
    scope: str = "",
    department: str | None = None,
    at: At | None = None,
    limit: int = 1_000,
) -> list[UUID]:
    """Return the cases that make a rate's denominator, or only its numerator."""
    definition = ALL[code]
    assert isinstance(definition, Definition), code
    wanted = definition.denominator
    if numerator:
        wanted = f"({wanted}) and ({definition.numerator})"
    _, arguments = await bounds(connection, window, scope, at)
    text = SQL["cases"].replace(":columns", wanted)
    sql, given = over(text, STATES, [*arguments, department, limit], at)
    return [row[0] for row in await connection.fetch(sql, *given)]


async def bounds(
    connection: Connection, window: Window, scope: str, at: At | None
) -> tuple[int, list[Any]]:
    """Return the position read, and $1..$4: the window up to the moment, and the scope."""
    if at is None:
        row = await connection.fetchrow(SQL["reached"], NAME, VERSION)
        position, clock = (row["position"], row["recorded_at"]) if row is not None else (0, 0)
    else:
        position, clock = at.position, at.clock
    end = min(window.end, clock + 1) if clock else window.end
    return position, [window.start, end, *scope_range(scope)]


def _grouping(level: Level, scope: str) -> tuple[str, list[int]]:
    """Return which query counts: one area needs no grouping, as on the wall; and its argument."""
    if level is Level.DEPARTMENT:
        return "by_department", []
    if level == scope.count("."):
        return "of_area", []
    return "by_area", [int(level)]


async def _floor(connection: Connection, start: Microseconds) -> int:
    """Return a position before which nothing happened since the window began; 0: not known.

    What is held back from one read model may be told in another, so then all is looked at.
    """
    return int(await connection.fetchval(FLOOR, start, BLOCK))


def counted(codes: Sequence[str] | None = None) -> str:
    """Return the columns of the definitions wanted, all for None: counts and quantiles."""
    columns: list[str] = []
    for index, rate in _wanted(RATES, codes):
        columns += [
            f"count(*) filter (where {rate.denominator}) as r{index}d",
            f"count(*) filter (where ({rate.denominator}) and ({rate.numerator})) as r{index}n",
            f"count(*) filter (where {rate.left_out}) as r{index}l",
        ]
    for index, span in _wanted(SPANS, codes):
        quantile = f"within group (order by {span.measure}) filter (where {span.cases})"
        columns += [
            f"count(*) filter (where {span.cases}) as t{index}n",
            f"percentile_disc(0.5) {quantile} as t{index}p50",
            f"percentile_disc(0.9) {quantile} as t{index}p90",
        ]
    return ",\n       ".join(columns)


def _wanted(definitions: Sequence[D], codes: Sequence[str] | None) -> list[tuple[int, D]]:
    """Return the definitions asked for, and those that an asked-for score is made of."""
    terms = {c for one in SCORES if asked(one, codes) and codes for _, c, _ in one.terms}
    return [
        (index, one)
        for index, one in enumerate(definitions)
        if asked(one, codes) or one.code in terms
    ]


def asked(one: Named, codes: Sequence[str] | None) -> bool:
    """Tell whether a version is asked for: by its name, or the one in force by its code."""
    in_force = ALL[one.code] is one
    return in_force if codes is None else one.name in codes or (in_force and one.code in codes)


def _told_in_clocks(name: str) -> bool:
    definition = VERSIONS[name]
    return isinstance(definition, Duration) and definition.clock is not None


async def _keys(connection: Connection, level: Level, scope: str, at: At | None) -> list[str]:
    """Return the areas or departments that ever had a case, as of a moment.

    Areas are those that have a load: no need to look at the cases.
    """
    if level is Level.DEPARTMENT:
        sql, arguments = over(SQL["departments"], KEYS, scope_range(scope), at)
        return [row["key"] for row in await connection.fetch(sql, *arguments)]
    if level >= scope.count("."):
        return [row.scope for row in await areas.at_depth(connection, scope, level, at=at)]
    above = ".".join(scope.split(".")[:level]) + "."
    return [above] if await areas.one(connection, scope, at=at) is not None else []


def _figures(
    key: str, row: Mapping[str, Any], window: Window, position: int, codes: Sequence[str] | None
) -> list[FigureRow]:
    """Return the figures of one key; an empty row is one in which nothing counts."""
    rates = {
        rate.code: FigureRow(
            code=rate.code,
            definition=rate.name,
            key=key,
            numerator=row.get(f"r{index}n", 0),
            denominator=row.get(f"r{index}d", 0),
            n=row.get(f"r{index}d", 0),
            left_out=row.get(f"r{index}l", 0),
            window=window,
            position=position,
        )
        for index, rate in _wanted(RATES, codes)
    }
    spans = [
        FigureRow(
            code=span.code,
            definition=span.name,
            key=key,
            numerator=0,
            denominator=0,
            n=row.get(f"t{index}n", 0),
            p50_us=row.get(f"t{index}p50"),
            p90_us=row.get(f"t{index}p90"),
            window=window,
            position=position,
        )
        for index, span in _wanted(SPANS, codes)
    ]
    scores = [score(one, rates) for one in SCORES if asked(one, codes)]
    made = [*rates.values(), *scores, *spans]
    return [figure for figure in made if asked(VERSIONS[figure.definition], codes)]


def score(definition: Score, rates: dict[str, FigureRow]) -> FigureRow:
    """Return a weighted sum of rates as an exact fraction of points, 0 to 100.

    Without a case in any of its denominators there is no score: denominator 0.
    """
    parts = [rates[code] for _, code, _ in definition.terms]
    points = Fraction(0)
    for (weight, _, complement), rate in zip(definition.terms, parts, strict=True):
        if rate.denominator == 0:
            points = Fraction(-1)
            break
        share = Fraction(rate.numerator, rate.denominator)
        points += weight * (1 - share if complement else share)
    missing = points < 0
    return FigureRow(
        code=definition.code,
        definition=definition.name,
        key=parts[0].key,
        numerator=0 if missing else points.numerator,
        denominator=0 if missing else points.denominator,
        n=parts[0].n,
        window=parts[0].window,
        position=parts[0].position,
    )
