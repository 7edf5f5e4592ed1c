"""`quanke check why`: every figure worked out again from the events it names, by other code.

For each figure of each area and department the explanation is asked for its cases, their
events are read from the log as plain JSON, and `refold.py` works the figure out from just
these. Prints how many agreed, and every one that did not.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg

from api.check import refold, remeasure
from api.check.refold import Case
from api.database import database
from api.settings import Settings
from domain.calendar.calendar import LimitKind
from domain.calendar.clock import elapsed
from projections.as_of import At, resolve
from projections.decoding import decode_page
from projections.figures.clock_times import UNITS, calendars_of
from projections.figures.definitions import ALL, VERSIONS, Definition, Duration
from projections.figures.queries import FigureRow, Level, Window, bounds, figures
from projections.figures.why import Part, counted, references, up_to
from projections.history import History
from projections.port import Connection
from projections.reading import at_position
from projections.sight import EVERYTHING

MANY: Final = 100_000
AT_ONCE: Final = 500
DAY: Final = 86_400_000_000


class Again:
    """Works figures out again as of one moment; cases are read once and kept."""

    def __init__(self, connection: Connection, window: Window, at: At) -> None:
        self._connection = connection
        self._window = window
        self._at = at
        self._cases: dict[UUID, Case] = {}
        self._end = 0
        self.checked = 0
        self.events = 0

    async def disagreements(
        self, level: Level, scope: str = "", keys: set[str] | None = None
    ) -> AsyncIterator[str]:
        """Yield what differs, a line each, of all figures of a level (or of some keys)."""
        _, edges = await bounds(self._connection, self._window, scope, self._at)
        self._end = edges[1]
        rows = await figures(
            self._connection, self._window, level, scope=scope, at=self._at, codes=list(VERSIONS)
        )
        for key in sorted({row.key for row in rows if keys is None or row.key in keys}):
            own = {row.definition: row for row in rows if row.key == key}
            for row in own.values():
                found = await self._found(row, level, scope, own)
                self.checked += 1
                if found != _shown(row):
                    yield f"{row.definition} of {key}: shown {_shown(row)}, refolded {found}"

    async def _found(
        self, row: FigureRow, level: Level, scope: str, own: dict[str, FigureRow]
    ) -> tuple[Any, ...]:
        definition = VERSIONS[row.definition]
        if not isinstance(definition, Definition | Duration):
            terms = {code: own[VERSIONS_OF[code]] for _, code, _ in remeasure.SCORE}
            return remeasure.score({c: (r.numerator, r.denominator) for c, r in terms.items()})
        counted_cases = await counted(
            self._connection, definition, Part.DENOMINATOR, self._window,
            scope=row.key if level else scope, department=None if level else row.key,
            at=self._at, limit=MANY,
        )  # fmt: skip
        cases = await self._worked_out([one.id for one in counted_cases])
        edges = self._window.start, self._end
        if isinstance(definition, Definition):
            return remeasure.rate(row.code, cases, *edges)
        took = remeasure.lengths(row.code, cases, *edges)
        told = len(took), remeasure.quantile(took, 5), remeasure.quantile(took, 9)
        if definition.clock is None:
            return told
        return *told, await self._in_clocks(row.code, definition.clock, cases)

    async def _worked_out(self, ids: Sequence[UUID]) -> list[Case]:
        missing = [one for one in ids if one not in self._cases]
        for first in range(0, len(missing), AT_ONCE):
            await self._read(missing[first : first + AT_ONCE])
        return [self._cases[one] for one in ids]

    async def _read(self, ids: Sequence[UUID]) -> None:
        """Read the events that the explanation names, and only these, as plain JSON."""
        recorded = await History(self._connection).read_streams(list(ids))
        for case, told in groupby(recorded, key=lambda one: one.stream):
            own = list(told)
            seen, _ = decode_page(own)
            named = {one.seen.position for one in references(case, up_to(seen, self._at))}
            events = [
                refold.read(one.topic, one.state, one.meta) for one in own if one.position in named
            ]
            self.events += len(events)
            self._cases[case] = refold.worked_out(events)

    async def _in_clocks(self, code: str, clock: str, cases: Sequence[Case]) -> tuple[Any, ...]:
        start, end, _ = remeasure.DURATIONS[code]
        names = {case.due[clock]["calendar"] for case in cases if _limit(case, clock)}
        calendars = await calendars_of(self._connection, names)
        told: list[tuple[Any, ...]] = []
        for kind in LimitKind:
            used = sorted(
                elapsed(case.at[start], case.at[end], kind, calendars[name], case.pauses)
                for case in cases
                if _limit(case, clock)[-1:] == kind.value
                and (name := case.due[clock]["calendar"]) in calendars
            )
            if used:
                _, length = UNITS[kind]
                told.append((kind.value, len(used), *(
                    (remeasure.quantile(used, tenths) or 0) // length for tenths in (5, 9)
                )))  # fmt: skip
        return tuple(told)


VERSIONS_OF: Final = {code: one.name for code, one in ALL.items()}
"""Code → the name of the version in force."""


def _limit(case: Case, clock: str) -> str:
    return str(case.due.get(clock, {}).get("limit", ""))


def _shown(row: FigureRow) -> tuple[Any, ...]:
    definition = VERSIONS[row.definition]
    if not isinstance(definition, Duration):
        return row.numerator, row.denominator
    told = row.n, row.p50_us, row.p90_us
    if definition.clock is None:
        return told
    times = row.clock_times or ()
    return *told, tuple((one.kind, one.n, one.p50, one.p90) for one in times)


def main(arguments: list[str]) -> int:
    """Check a data directory; 1 where a figure can't be worked out again."""
    parser = argparse.ArgumentParser(prog="quanke check why", description=__doc__)
    parser.add_argument("--data", type=Path, help="data directory")
    parser.add_argument("--days", type=int, default=365, help="length of the window up to now")
    asked = parser.parse_args(arguments)
    settings = Settings(data=asked.data) if asked.data else Settings()
    return asyncio.run(_check(settings, asked.days))


async def _check(settings: Settings, days: int) -> int:
    began, wrong = time.monotonic(), 0
    async with (
        database(settings, "check why") as dsn,
        asyncpg.create_pool(dsn, min_size=1, max_size=1, command_timeout=60) as pool,
        at_position(pool, EVERYTHING) as (connection, found),
    ):
        at = await resolve(connection, found, position=found.position)
        again = Again(connection, Window(at.clock - days * DAY, at.clock + 1), at)
        for level in (Level.DISTRICT, Level.DEPARTMENT, Level.TOWNSHIP, Level.GRID):
            before = again.checked
            async for line in again.disagreements(level):
                wrong += 1
                print(line)
            took = time.monotonic() - began
            print(f"{level.name.lower():<12}{again.checked - before:>8} figures   {took:6.1f} s")
    print(f"{again.checked} figures from {again.events} events at position {at.position}: "
          f"{wrong} differ")  # fmt: skip
    return 1 if wrong else 0
