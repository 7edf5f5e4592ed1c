"""Figures: named, versioned definitions over a window, as of a position."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Final

import strawberry
from strawberry.types.nodes import SelectedField, Selection

from api.graphql.as_of import AskedAsOf, AsOf, sighting
from api.graphql.case.sight import place_sight
from api.graphql.context import Info
from api.graphql.errors import BadInput
from api.graphql.scalars import Instant, LogPosition
from api.graphql.scope import seen_scope
from api.graphql.why.definitions import definition_of, versions_of
from api.graphql.why.pages import Behind, page_of_counted
from api.graphql.why.types import After, CountedCaseConnection, FigureDefinition, First
from projections.as_of import At
from projections.figures.definitions import (
    ALL,
    DURATIONS,
    VERSIONS,
    Definition,
    Duration,
    Score,
)
from projections.figures.queries import FigureRow, Level, Window, figures
from projections.figures.why import Part
from projections.port import Connection
from projections.sight import Sight

MONTH_US: Final = 30 * 86_400_000_000
ON_THE_WALL: Final = ("K1", "K4", "K6", "K7t", "K8", "K10", "K12v", "K15.total")
"""The figures that the wall shows."""
DURATION_CODES: Final = frozenset(one.code for one in DURATIONS)

strawberry.enum(
    Level,
    name="FigureLevel",
    description="For whom figures are made: each department, or each area of a depth.",
)


@strawberry.type(description="A duration as one kind of clock counts it, pauses taken out.")
class ClockTime:
    """Median and p90 of the cases whose stage had a limit of this kind."""

    kind: str = strawberry.field(
        description="U urgent hours, H working hours, W working days, C calendar days."
    )
    unit: str = strawberry.field(
        description="min (counted minutes; of U, H) or d/1000 (thousandths of a counted day of"
        " 24 hours; of W, C)."
    )
    n: int = strawberry.field(description="How many cases it rests on.")
    p50: int = strawberry.field(description="The median in `unit`, rounded down.")
    p90: int = strawberry.field(description="The 90th percentile in `unit`, rounded down.")


@strawberry.type(description="One figure: a definition, a window, a value and its n.")
class Figure:
    """Counts are exact; `value` is derived from them and null when there is nothing to divide."""

    code: str = strawberry.field(description="Short name, such as K7.")
    definition: str = strawberry.field(description="Definition at version, such as K7@1.")
    name: str = strawberry.field(description="Name in Chinese.")
    name_en: str = strawberry.field(description="Name in English.")
    key: str = strawberry.field(description="The scope or the department id it is about.")
    unit: str = strawberry.field(description="bp (basis points), points (of 100) or s (median).")
    value: float | None = strawberry.field(description="The value in `unit`; null when n is 0.")
    p90_s: float | None = strawberry.field(
        name="p90S", description="The 90th percentile in seconds, of a duration."
    )
    clock_times: list[ClockTime] | None = strawberry.field(
        description="A duration in its clock's own unit, by kind of limit; without the cases"
        " whose clock had no limit. Null for other figures and on the wall."
    )
    numerator: int = strawberry.field(description="Cases counted, for a rate.")
    denominator: int = strawberry.field(description="Out of these, for a rate.")
    n: int = strawberry.field(description="How many cases it rests on.")
    left_out: int = strawberry.field(
        description="Imported cases whose source does not state the stage."
    )
    since: Instant = strawberry.field(description="Start of the window, inclusive.")
    until: Instant = strawberry.field(description="End of the window, exclusive.")
    position: LogPosition = strawberry.field(description="Position it is as of.")
    behind: strawberry.Private[Behind]

    @strawberry.field(description="Why it says so: its definition, its cases, their events.")
    def why(self) -> "FigureWhy":
        """Return the explanation; what is dear in it is worked out when asked for."""
        named = VERSIONS[self.definition]
        others = [one for one in versions_of(self.code) if one.name != self.definition]
        return FigureWhy(definition=definition_of(named), versions=others, behind=self.behind)


@strawberry.type(description="One term of a score.")
class ScoreTerm:
    """Its points are the weight times the rate, or times what is missing to the whole."""

    weight: int = strawberry.field(description="Points it can bring.")
    complement: bool = strawberry.field(description="Whether the lower the rate, the better.")
    figure: Figure = strawberry.field(description="The rate, with its own explanation.")


@strawberry.type(description="Why a figure says what it says.")
class FigureWhy:
    """As of the very position at which the figure was made."""

    behind: strawberry.Private[Behind]
    definition: FigureDefinition = strawberry.field(description="What is counted.")
    versions: list[FigureDefinition] = strawberry.field(
        description="Other versions of the definition: ask figures for their names beside it."
    )

    @strawberry.field(description="The cases of the numerator, each with its events.")
    async def numerator(
        self, info: Info, first: First = 20, after: After = None
    ) -> CountedCaseConnection | None:
        """Return a page; null for what is no rate."""
        return await self._page(info, Part.NUMERATOR, first, after, (Definition,))

    @strawberry.field(description="The cases it rests on, each with its events.")
    async def denominator(
        self, info: Info, first: First = 20, after: After = None
    ) -> CountedCaseConnection | None:
        """Return a page; null for a score, which rests on its terms."""
        return await self._page(info, Part.DENOMINATOR, first, after, (Definition, Duration))

    @strawberry.field(description="Imported cases whose source does not state the stage.")
    async def left_out(
        self, info: Info, first: First = 20, after: After = None
    ) -> CountedCaseConnection | None:
        """Return a page; null for what is no rate."""
        return await self._page(info, Part.LEFT_OUT, first, after, (Definition,))

    @strawberry.field(description="The weighted terms of a score; null for anything else.")
    async def terms(self, info: Info) -> list[ScoreTerm] | None:
        """Return the terms with their rates as of the same moment."""
        behind = self.behind
        definition = VERSIONS[behind.row.definition]
        if not isinstance(definition, Score):
            return None
        codes = [code for _, code, _ in definition.terms]
        scope = behind.row.key if behind.level else behind.scope
        async with sighting(info.context, Sight(scope=behind.scope), behind.moment) as seen:
            rows = await figures(
                seen.reads, behind.row.window, behind.level, scope=scope, at=seen.at, codes=codes,
                in_clocks=False,
            )  # fmt: skip
        own = {row.code: row for row in rows if row.key == behind.row.key}
        return [
            ScoreTerm(
                weight=weight,
                complement=complement,
                figure=figure_of(replace(behind, row=own[code])),
            )
            for weight, code, complement in definition.terms
        ]

    async def _page(
        self, info: Info, part: Part, first: int, after: str | None, kinds: tuple[type, ...]
    ) -> CountedCaseConnection | None:
        if not isinstance(VERSIONS[self.behind.row.definition], kinds):
            return None
        return await page_of_counted(info.context, self.behind, part, first, after)


def figure_of(behind: Behind) -> Figure:
    """Return a figure for the API."""
    row = behind.row
    named = VERSIONS[row.definition]
    unit, value = _value(row)
    return Figure(
        code=row.code, definition=row.definition, name=named.zh, name_en=named.en, key=row.key,
        unit=unit, value=value, clock_times=_clock_times(row),
        p90_s=None if row.p90_us is None else row.p90_us / 1_000_000,
        numerator=row.numerator, denominator=row.denominator, n=row.n, left_out=row.left_out,
        since=Instant(row.window.start), until=Instant(row.window.end),
        position=LogPosition(row.position), behind=behind,
    )  # fmt: skip


def _clock_times(row: FigureRow) -> list[ClockTime] | None:
    if row.clock_times is None:
        return None
    return [
        ClockTime(kind=one.kind, unit=one.unit, n=one.n, p50=one.p50, p90=one.p90)
        for one in row.clock_times
    ]


def _value(row: FigureRow) -> tuple[str, float | None]:
    if row.code in DURATION_CODES:
        return "s", None if row.p50_us is None else row.p50_us / 1_000_000
    unit, scale = ("points", 1) if row.code == "K10" else ("bp", 10_000)
    if not row.denominator:
        return unit, None
    return unit, round(float(Fraction(row.numerator, row.denominator) * scale), 2)


async def wall_figures(
    reads: Connection, scope: str, now: int, at: At | None = None
) -> list[Figure]:
    """Return the figures of the last 30 days that the wall shows, as of a moment."""
    level = Level(max(1, min(4, scope.count("."))))
    window = Window(now - MONTH_US, now)
    rows = await figures(
        reads, window, level, scope=scope, at=at, codes=ON_THE_WALL, in_clocks=False
    )
    asked = None if at is None else moment_of(at)
    return [figure_of(Behind(row, level, scope, asked)) for row in _own(rows, scope)]


def moment_of(at: At) -> AsOf:
    """Return a moment as one asks for it."""
    if at.effective_at is not None:
        return AsOf(effective_at=Instant(at.effective_at))
    return AsOf(position=LogPosition(at.position))


def _own(rows: Iterable[FigureRow], scope: str) -> list[FigureRow]:
    return [row for row in rows if row.key == scope]


def checked_codes(asked: list[str] | None) -> list[str] | None:
    """Return the asked codes. Raises BadInput for one that has no definition."""
    unknown = sorted(set(asked or ()) - set(ALL) - set(VERSIONS))
    if unknown:
        raise BadInput(f"there is no figure {unknown[0]}; there are {', '.join(ALL)}")
    return asked


def asks_for(selections: Iterable[Selection], name: str) -> bool:
    """Tell whether a field is asked for, at any depth and in any fragment."""
    return any(
        (isinstance(one, SelectedField) and one.name == name) or asks_for(one.selections, name)
        for one in selections
    )


Codes = Annotated[
    list[str] | None,
    strawberry.argument(
        description="Codes such as K7, or versions such as K15.total@1; all in force without."
    ),
]


@strawberry.type
class FigureQueries:
    """Root field of the figures."""

    @strawberry.field(description="Figures of cases in a window of effective time.")
    async def figures(
        self,
        info: Info,
        since: Instant,
        until: Instant,
        level: Level = Level.DISTRICT,
        scope: str | None = None,
        codes: Codes = None,
        as_of: AskedAsOf = None,
    ) -> list[Figure]:
        """Return figures by key and code."""
        wanted = checked_codes(codes)
        if since >= until:
            raise BadInput("since comes before until")
        place = seen_scope(info.context, scope)
        async with sighting(info.context, place_sight(info.context.actor), as_of) as seen:
            rows = await figures(
                seen.reads, Window(since, until), level, scope=place, at=seen.at, codes=wanted,
                in_clocks=asks_for(info.selected_fields, "clockTimes"),
            )  # fmt: skip
        asked = None if seen.at is None else moment_of(seen.at)
        return [figure_of(Behind(row, level, place, asked)) for row in rows]
