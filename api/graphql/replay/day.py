"""A day of the wall as columns: how it began, and what each event of it changed.

A screen that has them shows any instant of the day without asking again: the last values
up to it are what the wall was. They are made by the replay's own fold, an event at a time
and at each moment at which a stated target ran out, so they are what `wall(asOf:)` says.
"""

from asyncio import Semaphore
from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Final

import strawberry

from api.graphql.as_of import Sighting
from api.graphql.context import Context, Info
from api.graphql.errors import BadInput
from api.graphql.live.cursor import Cursor
from api.graphql.load import AreaLoad, DepartmentLoad, Overview, local_day
from api.graphql.replay.wall import PastWall
from api.graphql.scalars import Instant, LogPosition
from api.graphql.wall.scene import shown_area
from api.graphql.wall.types import FeedEntry, WallDelta, WallScene
from domain.event import Microseconds
from projections.as_of import resolve
from projections.reading import at_position
from projections.replay.stage import Stage
from projections.replay.standing import stood
from projections.replay.tape import Order, Tape, place_of
from projections.seen import Seen
from projections.sight import EVERYTHING

MOST_EVENTS: Final = 20_000
"""A day with more is not told in one piece: the screen asks for its instants one by one."""
AT_ONCE: Final = 2
MILLISECOND: Final = 1_000
NOBODY: Final = -1
"""Stands in a column for a value there is none of."""
_room = Semaphore(AT_ONCE)


@strawberry.type(description="A local day of the wall: its beginning, and each change of it.")
class WallDay:
    """Columns of equal length; `step` says after which of `at` a value holds."""

    start: Instant = strawberry.field(description="Midnight at which the day begins.")
    end: Instant = strawberry.field(description="Midnight at which it ends, exclusive.")
    told: Instant = strawberry.field(description="Up to when it is told: its end, or now.")
    position: LogPosition = strawberry.field(description="The last position looked at.")
    scene: WallScene = strawberry.field(description="The wall at the start.")
    at: list[int] = strawberry.field(
        description="Milliseconds after the start from which each step holds, rising."
    )
    overview: list[int] = strawberry.field(
        description="For each step nine numbers, in the order of Overview; -1 for null."
    )
    grid_codes: list[str] = strawberry.field(description="The grids that the day touches.")
    grids: list[int] = strawberry.field(
        description="Fives: step, place in gridCodes, open, overdue, lifeSafety."
    )
    departments: list[DepartmentLoad] = strawberry.field(
        description="The departments that the day touches, as they last were."
    )
    duties: list[int] = strawberry.field(
        description="Sixes: step, place in departments, open, overdue, handled, closingRateBp."
    )
    areas: list[AreaLoad] = strawberry.field(
        description="The areas one level below that the day touches, as they last were."
    )
    loads: list[int] = strawberry.field(
        description="Fives: step, place in areas, open, overdue, closingRateBp; -1 for null."
    )
    feed: list[FeedEntry] = strawberry.field(description="What happened, the oldest first.")
    lines: list[int] = strawberry.field(description="The step of each entry of feed.")


class Columns:
    """The columns as they grow, a step at a time."""

    def __init__(self, start: Microseconds) -> None:
        self._start = start
        self.at: list[int] = []
        self.overview: list[int] = []
        self.grids: list[int] = []
        self.duties: list[int] = []
        self.loads: list[int] = []
        self.lines: list[int] = []
        self.feed: list[FeedEntry] = []
        self.codes: dict[str, int] = {}
        self.departments: dict[str, DepartmentLoad] = {}
        self.areas: dict[str, AreaLoad] = {}

    def add(self, delta: WallDelta, instant: Microseconds) -> None:
        """Take what changed at an instant. Milliseconds are rounded up: not before it."""
        step = len(self.at)
        self.at.append(-(-(instant - self._start) // MILLISECOND))
        self.overview += _numbers(delta.overview)
        for grid in delta.grids:
            place = self.codes.setdefault(grid.code, len(self.codes))
            self.grids += (step, place, grid.open, grid.overdue, grid.life_safety)
        for unit in delta.departments:
            self.departments[unit.id] = unit
            place = list(self.departments).index(unit.id)
            rate = _or_nobody(unit.closing_rate_bp)
            self.duties += (step, place, unit.open, unit.overdue, unit.handled, rate)
        for area in delta.townships:
            self.areas[area.scope] = area
            place = list(self.areas).index(area.scope)
            rate = _or_nobody(area.closing_rate_bp)
            self.loads += (step, place, area.open, area.overdue, rate)
        lines = list(reversed(delta.feed))
        self.feed += lines
        self.lines += [step] * len(lines)


async def told_day(context: Context, scope: str | None, instant: Microseconds) -> WallDay:
    """Return the day in which an instant lies. Raises BadInput for one too full or to come."""
    platform = context.platform
    area = shown_area(platform.reference, scope)
    start, end = local_day(instant, platform.reference.timezone(area.scope))
    now = platform.clock()
    if start >= now:
        raise BadInput("this day has not begun")
    async with _room, at_position(platform.reads, EVERYTHING) as (reads, found):
        context.has_read(found.position)
        until = min(end - 1, now)
        at = await resolve(reads, found, effective_at=start)
        seen = Sighting(platform, reads, found, at, await platform.earlier.at(at), start)
        place = await place_of(reads, Order.EFFECTIVE, start, found.position)
        tape = Tape(platform.pool, Order.EFFECTIVE, start, until, place=place, known=found.position)
        events = await _all(tape, until)
        stage = Stage(platform.log, await stood(reads, at), start)
        wall = PastWall(platform, area)
        begun = await wall.opened(
            seen, stage, Cursor(platform.epoch, "day", found.position), with_figures=False
        )
        columns = await _columns(wall, stage, events, start, until)
    return _day(columns, begun.scene, (start, end, until), found.position)


async def _all(tape: Tape, until: Microseconds) -> list[Seen]:
    events: list[Seen] = []
    while taken := await tape.until(until):
        events += taken
        if len(events) > MOST_EVENTS:
            raise BadInput(f"a day of more than {MOST_EVENTS:,} events is asked for by instants")
    return events


async def _columns(
    wall: PastWall,
    stage: Stage,
    events: Sequence[Seen],
    start: Microseconds,
    until: Microseconds,
) -> Columns:
    """Fold the day, an instant at a time."""
    columns = Columns(start)
    await stage.prepare(events)
    await wall.hide([one.stream for one in events])
    for instant, together in groupby(events, key=lambda one: one.meta.effective_at):
        await _run_out(wall, stage, columns, instant - 1)
        await _step(wall, stage, columns, list(together), instant)
    await _run_out(wall, stage, columns, until)
    return columns


async def _run_out(wall: PastWall, stage: Stage, columns: Columns, until: Microseconds) -> None:
    """Take a step at each moment at which a target ran out with no event to say so."""
    while (due := stage.next_due()) is not None and due <= until:
        await _step(wall, stage, columns, [], due)


async def _step(
    wall: PastWall, stage: Stage, columns: Columns, seen: list[Seen], instant: Microseconds
) -> None:
    last = seen[-1].position if seen else 0
    change = await stage.apply(seen, instant, last)
    delta = await wall.moved(change, Cursor("", "day", last))
    if isinstance(delta, WallDelta):
        columns.add(delta, instant)


def _day(columns: Columns, scene: WallScene, span: tuple[int, int, int], position: int) -> WallDay:
    start, end, until = span
    return WallDay(
        start=Instant(start), end=Instant(end), told=Instant(until),
        position=LogPosition(position), scene=scene, at=columns.at, overview=columns.overview,
        grid_codes=list(columns.codes), grids=columns.grids,
        departments=list(columns.departments.values()), duties=columns.duties,
        areas=list(columns.areas.values()), loads=columns.loads,
        feed=columns.feed, lines=columns.lines,
    )  # fmt: skip


def _numbers(overview: Overview) -> tuple[int, ...]:
    return (
        overview.open, overview.reported_today, overview.closed_today, overview.overdue,
        overview.life_safety, overview.total, overview.closed,
        _or_nobody(overview.closing_rate_bp), _or_nobody(overview.accept_p50_s),
    )  # fmt: skip


def _or_nobody(value: int | None) -> int:
    return NOBODY if value is None else value


@strawberry.type
class DayQueries:
    """Root field about a whole day."""

    @strawberry.field(description="A day of the wall in columns, for a scrubber; for anybody.")
    async def wall_day(
        self,
        info: Info,
        at: Annotated[Instant, strawberry.argument(description="An instant of the day.")],
        scope: Annotated[
            str | None, strawberry.argument(description="An area's scope; the district's.")
        ] = None,
    ) -> WallDay:
        """Return the day."""
        return await told_day(info.context, scope, at)
