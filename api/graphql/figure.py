"""Figures: named, versioned definitions over a window, as of a position."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

import strawberry
from strawberry.types.nodes import SelectedField, Selection

from api.graphql.as_of import AskedAsOf, sighting
from api.graphql.context import Info
from api.graphql.errors import BadInput
from api.graphql.scalars import Instant, LogPosition
from api.graphql.scope import seen_scope
from projections.as_of import At
from projections.figures.definitions import ALL, DURATIONS
from projections.figures.queries import FigureRow, Level, Window, figures
from projections.port import Connection

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


def figure_of(row: FigureRow) -> Figure:
    """Return a figure for the API."""
    named = ALL[row.code]
    unit, value = _value(row)
    return Figure(
        code=row.code, definition=row.definition, name=named.zh, name_en=named.en, key=row.key,
        unit=unit, value=value, clock_times=_clock_times(row),
        p90_s=None if row.p90_us is None else row.p90_us / 1_000_000,
        numerator=row.numerator, denominator=row.denominator, n=row.n, left_out=row.left_out,
        since=Instant(row.window.start), until=Instant(row.window.end),
        position=LogPosition(row.position),
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
    return [figure_of(row) for row in _own(rows, scope)]


def _own(rows: Iterable[FigureRow], scope: str) -> list[FigureRow]:
    return [row for row in rows if row.key == scope]


def checked_codes(asked: list[str] | None) -> list[str] | None:
    """Return the asked codes. Raises BadInput for one that has no definition."""
    unknown = sorted(set(asked or ()) - set(ALL))
    if unknown:
        raise BadInput(f"there is no figure {unknown[0]}; there are {', '.join(ALL)}")
    return asked


def asks_for(selections: Iterable[Selection], name: str) -> bool:
    """Tell whether a field is asked for, at any depth and in any fragment."""
    return any(
        (isinstance(one, SelectedField) and one.name == name) or asks_for(one.selections, name)
        for one in selections
    )


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
        codes: list[str] | None = None,
        as_of: AskedAsOf = None,
    ) -> list[Figure]:
        """Return figures by key and code."""
        wanted = checked_codes(codes)
        if since >= until:
            raise BadInput("since comes before until")
        place = seen_scope(info.context, scope)
        async with sighting(info.context, as_of) as seen:
            rows = await figures(
                seen.reads, Window(since, until), level, scope=place, at=seen.at, codes=wanted,
                in_clocks=asks_for(info.selected_fields, "clockTimes"),
            )  # fmt: skip
        return [figure_of(row) for row in rows]
