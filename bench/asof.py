"""As of an earlier moment: what it costs beside the present.

Filtered case lists at moments all over the log against the same lists live, by turns, for each kind
of staff (`lists_then.py`): the median ratio is judged, and so is the worst. The overview of the
district, the whole wall but its figures, the figures, and one case. Of `--data`
(a stopped data directory, whose read models are built if they are not), or of a made-up log
of `--events` on a server of its own that is thrown away.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg
import uvloop

from api.database import database
from api.graphql.figure import wall_figures
from api.graphql.load import overview
from api.settings import Settings
from bench.histories.filled import fill, server
from bench.lists_then import Times, lists_then
from migrations import migrate
from projections.area_load import queries as areas
from projections.as_of import At, resolve
from projections.case_board import queries as board
from projections.case_timeline import queries as timeline
from projections.department_load import queries as departments
from projections.feed import queries as feed
from projections.grid_load import queries as grids
from projections.port import Connection
from projections.reading import standing
from projections.rebuild import build_missing
from projections.registry import READ_MODELS

TIMES_LIVE: Final = 3.0
OVERVIEW_MS: Final = 50.0
CASE_MS: Final = 5.0
SEEK_MS: Final = 100.0
ROUNDS: Final = 5
MOMENTS: Final = 12
Look = Callable[[Connection, At | None], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds, medians over moments and rounds; ratios within one run."""

    events: int
    build_s: float
    live_list_ms: float
    as_of_list_ms: float
    ratio: float
    worst_ratio: float
    overview_ms: float
    overview_max_ms: float
    case_ms: float
    case_max_ms: float
    wall_ms: float
    wall_max_ms: float
    lists: list[Times]
    """By who asks, axis and filter: of the processor of their session."""

    @property
    def met(self) -> bool:
        """Whether every goal is met."""
        return (
            max(self.ratio, self.worst_ratio) <= TIMES_LIVE
            and self.overview_max_ms <= OVERVIEW_MS
            and self.case_ms <= CASE_MS
        )


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench asof", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path)
    asked = parser.parse_args(arguments)
    found = uvloop.run(_measure(asked.data, asked.events))
    print(json.dumps(asdict(found)) if asked.json else _table(found))
    return 0 if found.met else 1


@asynccontextmanager
async def _filled(data: Path | None, events: int) -> AsyncIterator[str]:
    if data is not None:
        async with database(Settings(data=data), "bench") as dsn:
            await migrate(dsn)
            yield dsn
        return
    async with server("asof") as served:
        await fill(served.dsn, events)
        yield served.dsn


async def _measure(data: Path | None, events: int) -> Figures:
    async with _filled(data, events) as dsn:
        began = time.perf_counter()
        await build_missing(dsn, READ_MODELS)
        build_s = time.perf_counter() - began
        connection = await asyncpg.connect(dsn, server_settings={"jit": "off"})
        await connection.execute("vacuum analyze")
        try:
            return await _looked(dsn, connection, build_s)
        finally:
            await connection.close()


async def _looked(dsn: str, connection: Connection, build_s: float) -> Figures:
    rng, here = random.Random(1), await standing(connection)
    places = [rng.randrange(here.position // 10, here.position) for _ in range(MOMENTS)]
    moments = [await resolve(connection, here, position=one) for one in places[::2]]
    for place in places[1::2]:
        happened = await connection.fetchval(
            f"select at from {timeline.SQL.schema}.entry where position >= $1 limit 1", place
        )
        moments.append(await resolve(connection, here, effective_at=happened))
    lists = await lists_then(dsn, moments)
    ratios = [one.ratio for one in lists]
    loads = f"{areas.SQL.schema}.area_load"
    district = await connection.fetchval(
        f"select scope from {loads} where depth = 1 order by total desc limit 1"
    )
    summary = await _each(connection, _overview(district), moments)
    case = await _each(connection, await _case(connection), moments)
    wall = await _each(connection, _wall(district), moments)
    return Figures(
        events=here.position,
        build_s=round(build_s, 1),
        live_list_ms=round(statistics.median(one.live_ms for one in lists), 2),
        as_of_list_ms=round(statistics.median(one.then_ms for one in lists), 2),
        ratio=round(statistics.median(ratios), 2),
        worst_ratio=round(max(ratios), 2),
        overview_ms=round(statistics.median(summary), 2),
        overview_max_ms=round(max(summary), 2),
        case_ms=round(statistics.median(case), 2),
        case_max_ms=round(max(case), 2),
        wall_ms=round(statistics.median(wall), 2),
        wall_max_ms=round(max(wall), 2),
        lists=lists,
    )


def _overview(scope: str) -> Look:
    async def look(reads: Connection, at: At | None) -> Any:
        load = await areas.one(reads, scope, at=at)
        return await overview(reads, scope, load, "Asia/Shanghai", at.clock if at else 0, at)

    return look


def _wall(scope: str) -> Look:
    async def look(reads: Connection, at: At | None) -> Any:
        await _overview(scope)(reads, at)
        await grids.inside(reads, scope, at=at)
        await departments.every(reads, at=at)
        await areas.at_depth(reads, scope, 2, at=at)
        await feed.latest(reads, scope, 30, at=at)
        await wall_figures(reads, scope, at.clock if at else 0, at)

    return look


async def _case(connection: Connection) -> Look:
    table = board.STATES.table
    rows = await connection.fetch(f"select id from {table} order by id limit 200")
    ids = [row["id"] for row in rows]
    rng = random.Random(2)

    async def look(reads: Connection, at: At | None) -> Any:
        return await board.one(reads, rng.choice(ids), at=at)

    return look


async def _each(connection: Connection, look: Look, moments: Sequence[At]) -> list[float]:
    """Return the median at each moment."""
    return [
        statistics.median([await _took(connection, look, at) for _ in range(ROUNDS)])
        for at in moments
    ]


async def _took(connection: Connection, look: Look, at: At | None) -> float:
    await asyncio.sleep(0)
    began = time.perf_counter()
    await look(connection, at)
    return (time.perf_counter() - began) * 1_000


def _table(found: Figures) -> str:
    lists = f"{found.ratio:g} x (goal {TIMES_LIVE:g} x), the worst {found.worst_ratio:g} x"
    rows = [
        f"{found.events:,} events; read models built in {found.build_s:g} s (0: were there)",
        _row("case lists, live", found.live_list_ms, ""),
        _row("case lists, as of", found.as_of_list_ms, lists),
    ]
    for name, median, most, goal in (
        ("district overview", found.overview_ms, found.overview_max_ms, OVERVIEW_MS),
        ("one case", found.case_ms, found.case_max_ms, CASE_MS),
        ("whole wall with figures", found.wall_ms, found.wall_max_ms, SEEK_MS),
    ):
        rows.append(_row(name, median, f"at most {most:g} (goal {goal:g} ms)"))
    rows += [
        _row(
            f"{one.eyes}, {one.name}",
            one.live_ms,
            f"-> {one.then_ms:.2f}  {one.ratio:.2f} x by {one.axis}",
        )
        for one in found.lists
    ]
    return "\n".join(rows)


def _row(name: str, value: float, said: str) -> str:
    return f"{name:<32}{value:>8.2f} ms  {said}".rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
