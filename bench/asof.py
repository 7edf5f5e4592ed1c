"""As of an earlier moment: what it costs beside the present.

Filtered case lists at moments all over the log against the same lists live, by turns, for each kind
of staff, as a client asks for them: GraphQL over a socket (`lists_asked.py`). What is judged is how
much longer the answer takes: the median of all lists, and the worst of them. The overview of the
district and one case are asked the same way; the whole wall but its figures, and the figures, in a
session. `--sessions` also tells the same lists by the processor of their session alone
(`lists_then.py`), which is harsher: a page that live is the first few of a short index has half a
millisecond of the past to beat there. It is told and not judged. Of `--data` (a stopped data
directory, whose read models are built if they are not), or of a made-up log of `--events` on a
server of its own that is thrown away.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
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
from bench.answering import Answering, answering
from bench.histories.filled import fill, server
from bench.lists_asked import CASE, OVERVIEW, Asked, cases_among, lists_asked, moments_each
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
from projections.reading import Standing, standing
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
    """Milliseconds by the clock, medians over moments and rounds; ratios within one run."""

    events: int
    build_s: float
    live_list_ms: float
    as_of_list_ms: float
    ratio: float
    worst_ratio: float
    cpu_ratio: float
    """The median of the ratios of processor time, server and sessions together."""
    worst_cpu_ratio: float
    overview_ms: float
    overview_max_ms: float
    case_ms: float
    case_max_ms: float
    wall_ms: float
    wall_max_ms: float
    load: float
    lists: list[Asked]
    """By who asks, axis and filter."""
    sessions: list[Times]
    """The same by the processor of the session alone: told, not judged."""

    @property
    def met(self) -> bool:
        """Whether every goal is met."""
        return (
            max(self.ratio, self.worst_ratio) <= TIMES_LIVE
            and self.overview_max_ms <= OVERVIEW_MS
            and self.case_max_ms <= CASE_MS
        )


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="quanke bench asof", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--sessions", action="store_true", help="tell sessions by themselves too")
    asked = parser.parse_args(arguments)
    found = uvloop.run(_measure(asked.data, asked.events, sessions=asked.sessions))
    print(json.dumps(asdict(found)) if asked.json else _table(found))
    return 0 if found.met else 1


@asynccontextmanager
async def _filled(data: Path | None, events: int) -> AsyncIterator[tuple[Settings, str]]:
    """Open a database and its platform's settings."""
    if data is not None:
        chosen = Settings(data=data, rate_limit=False)
        async with database(chosen, "bench") as dsn:
            await migrate(dsn)
            yield chosen, dsn
        return
    async with server("asof") as served:
        await fill(served.dsn, events)
        with tempfile.TemporaryDirectory(prefix="quanke-asof-keys-") as keys:
            yield Settings(data=Path(keys), rate_limit=False), served.dsn


async def _measure(data: Path | None, events: int, *, sessions: bool) -> Figures:
    async with _filled(data, events) as (chosen, dsn):
        began = time.perf_counter()
        await build_missing(dsn, READ_MODELS)
        build_s = time.perf_counter() - began
        connection = await asyncpg.connect(dsn, server_settings={"jit": "off"})
        await connection.execute("vacuum analyze")
        try:
            async with answering(chosen, dsn) as platform:
                return await _looked(platform, dsn, connection, build_s, sessions=sessions)
        finally:
            await connection.close()


async def _looked(
    platform: Answering, dsn: str, connection: Connection, build_s: float, *, sessions: bool
) -> Figures:
    here = await standing(connection)
    moments = await _moments(connection, here)
    lists = await lists_asked(platform, dsn, moments)
    loads = f"{areas.SQL.schema}.area_load"
    district = await connection.fetchval(
        f"select scope from {loads} where depth = 1 order by total desc limit 1"
    )
    summary = await moments_each(platform, OVERVIEW, [{"scope": district}], moments)
    cases = await cases_among(connection, board.STATES.table)
    case = await moments_each(platform, CASE, cases, moments)
    wall = await _each(connection, _wall(district), moments)
    ratios, cpus = [one.ratio for one in lists], [one.cpu_ratio for one in lists]
    return Figures(
        events=here.position,
        build_s=round(build_s, 1),
        live_list_ms=round(statistics.median(one.live.wall_ms for one in lists), 2),
        as_of_list_ms=round(statistics.median(one.then.wall_ms for one in lists), 2),
        ratio=round(statistics.median(ratios), 2),
        worst_ratio=round(max(ratios), 2),
        cpu_ratio=round(statistics.median(cpus), 2),
        worst_cpu_ratio=round(max(cpus), 2),
        overview_ms=round(statistics.median(summary), 2),
        overview_max_ms=round(max(summary), 2),
        case_ms=round(statistics.median(case), 2),
        case_max_ms=round(max(case), 2),
        wall_ms=round(statistics.median(wall), 2),
        wall_max_ms=round(max(wall), 2),
        load=os.getloadavg()[0],
        lists=lists,
        sessions=await lists_then(dsn, moments) if sessions else [],
    )


async def _moments(connection: Connection, here: Standing) -> list[At]:
    """Return moments all over the log, by position and by effective time in turns."""
    rng = random.Random(1)
    places = [rng.randrange(here.position // 10, here.position) for _ in range(MOMENTS)]
    moments = [await resolve(connection, here, position=one) for one in places[::2]]
    for place in places[1::2]:
        happened = await connection.fetchval(
            f"select at from {timeline.SQL.schema}.entry where position >= $1 limit 1", place
        )
        moments.append(await resolve(connection, here, effective_at=happened))
    return moments


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
    cpu = f"of the processor {found.cpu_ratio:g} x, the worst {found.worst_cpu_ratio:g} x"
    built = f"read models built in {found.build_s:g} s (0: were there)"
    rows = [
        f"{found.events:,} events; {built}; load {found.load:.1f}",
        _row("case lists, live", found.live_list_ms, ""),
        _row("case lists, as of", found.as_of_list_ms, f"{lists}; {cpu}"),
    ]
    for name, median, most, goal in (
        ("district overview", found.overview_ms, found.overview_max_ms, OVERVIEW_MS),
        ("one case", found.case_ms, found.case_max_ms, CASE_MS),
        ("whole wall with figures", found.wall_ms, found.wall_max_ms, SEEK_MS),
    ):
        rows.append(_row(name, median, f"at most {most:g} (goal {goal:g} ms)"))
    rows += [
        _row(
            f"{one.eyes}, {one.name}", one.live.wall_ms,
            f"-> {one.then.wall_ms:.2f}  {one.ratio:.2f} x by {one.axis}"
            f" (processor {one.live.cpu_ms:.2f} -> {one.then.cpu_ms:.2f}, {one.cpu_ratio:.2f} x)",
        )
        for one in found.lists
    ]  # fmt: skip
    return "\n".join([*rows, *_by_session(found.sessions)])


def _by_session(sessions: Sequence[Times]) -> list[str]:
    """Return the same lists by the processor of their session alone, which nobody waits for."""
    if not sessions:
        return []
    ratios = [one.ratio for one in sessions]
    told = f"{statistics.median(ratios):.2f} x, the worst {max(ratios):.2f} x"
    return [f"\nof the processor of the session alone, not judged: {told}"] + [
        _row(
            f"{one.eyes}, {one.name}", one.live_ms,
            f"-> {one.then_ms:.2f}  {one.ratio:.2f} x by {one.axis}",
        )
        for one in sessions
    ]  # fmt: skip


def _row(name: str, value: float, said: str) -> str:
    return f"{name:<32}{value:>8.2f} ms  {said}".rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
