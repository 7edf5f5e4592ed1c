"""What the second line costs: the same questions with the row policies and without.

On a platform's own data (`--data DIR`, the demo's). Each question is asked in a transaction
as requests have it, in turn as the owner of the tables, whom no policy holds back, and with
the sight of whoever asks. Rounds are interleaved; medians of each. What a question costs is
the processor of its database session, as the kernel counts it: what else the machine does, and
the way there and back, are not in it. The wall clock stands beside it.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg

from api.database import database
from api.settings import Settings
from bench.session import SETTLED_S, used_ms
from migrations import migrate
from projections.case_board import queries as board
from projections.case_board.queries import Filter, Sort
from projections.case_timeline import queries as timeline
from projections.deadline_list import queries as deadlines
from projections.figures.queries import Level, Window, figures
from projections.grid_load import queries as grids
from projections.port import Connection
from projections.reading import at_position, standing
from projections.rebuild import build_missing
from projections.registry import READ_MODELS
from projections.sight import READER, Sight

ROUNDS: Final = 30
GOAL: Final = 1.05
MONTH_US: Final = 30 * 86_400_000_000
Ask = Callable[[Connection], Awaitable[Any]]


class Cost(NamedTuple):
    """Milliseconds of one question: of its session's processor, and by the clock."""

    cpu: float
    wall: float


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit 1 when the policies cost more than the goal."""
    parser = argparse.ArgumentParser(prog="quanke bench sight", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    found = asyncio.run(_measure(Settings(data=asked.data)))
    times = {name: within.cpu / without.cpu for name, (without, within) in found.items()}
    median, worst = statistics.median(times.values()), max(times.values())
    walls = statistics.median(within.wall / without.wall for without, within in found.values())
    if asked.json:
        print(json.dumps({"questions": found, "median": median, "worst": worst, "walls": walls}))
    else:
        for name, (before, after) in found.items():
            print(
                f"{name:32} {before.cpu:8.3f} ms  {after.cpu:8.3f} ms  {times[name]:5.2f} x"
                f"   by the clock {before.wall:8.2f} {after.wall:8.2f}"
            )
        print(f"median {median:.2f} x (goal {GOAL:g}), worst {worst:.2f} x; clock {walls:.2f} x")
    return 0 if median <= GOAL else 1


async def _measure(settings: Settings) -> dict[str, tuple[Cost, Cost]]:
    async with database(settings, "bench sight") as dsn:
        await migrate(dsn)
        await build_missing(dsn, READ_MODELS)
        plain = {"jit": "off"}
        async with (
            asyncpg.create_pool(dsn, min_size=1, max_size=1, server_settings=plain) as owner,
            asyncpg.create_pool(
                dsn, min_size=1, max_size=1, server_settings=plain | {"role": READER}
            ) as reads,
        ):
            questions = await _questions(owner)
            return {
                name: await _both(owner, reads, sight, ask)
                for name, (sight, ask) in questions.items()
            }


async def _both(owner: Any, reads: Any, sight: Sight, ask: Ask) -> tuple[Cost, Cost]:
    without, within = [], []
    first, second = [await pool.fetchval("select pg_backend_pid()") for pool in (owner, reads)]
    for _ in range(ROUNDS):
        without.append(await _timed(first, _as_owner(owner), ask))
        within.append(await _timed(second, at_position(reads, sight), ask))
    return _middle(without), _middle(within)


def _middle(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))


async def _timed(
    session: int, opening: AbstractAsyncContextManager[tuple[Connection, Any]], ask: Ask
) -> Cost:
    used, began = used_ms(session), time.perf_counter()
    async with opening as (connection, _):
        await ask(connection)
    wall = (time.perf_counter() - began) * 1_000
    await asyncio.sleep(SETTLED_S)
    return Cost(used_ms(session) - used, wall)


@asynccontextmanager
async def _as_owner(pool: Any) -> AsyncIterator[tuple[Connection, Any]]:
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield connection, await standing(connection)


async def _questions(owner: Any) -> dict[str, tuple[Sight, Ask]]:
    table = board.STATES.table
    town = await owner.fetchval(
        f"select substr(scope, 1, 11) from {table} group by 1 order by count(*) desc limit 1"
    )
    unit = await owner.fetchval(
        f"select departments[1] from {table} where departments <> '{{}}'"
        " group by 1 order by count(*) desc limit 1 offset 5"
    )
    case = await owner.fetchval(f"select id from {table} where scope >= $1 limit 1", town)
    now = await owner.fetchval(f"select max(updated_at) from {table}")
    district, month = town[:7], Window(now - MONTH_US, now)
    here, whole, mine = Sight(scope=town), Sight(scope=district), Sight(units=(unit,))
    asked: dict[str, tuple[Sight, Ask]] = {}
    for name, sight in (("township", here), ("district", whole)):
        wanted = Filter(scope=sight.scope)
        opened = Filter(scope=sight.scope, open=True)
        led = Filter(scope=sight.scope, departments=(unit,))
        narrow = Sight(scope=sight.scope, units=(unit,))
        asked |= {
            f"{name}: latest 50": (sight, partial(board.page, wanted=wanted)),
            f"{name}: 50 open": (sight, partial(board.page, wanted=opened)),
            f"{name}: 50 due": (sight, partial(board.page, wanted=opened, sort=Sort.DUE)),
            f"{name}: 50 of a department": (narrow, partial(board.page, wanted=led)),
            f"{name}: how many": (sight, partial(board.count, wanted=wanted)),
            f"{name}: how many open": (sight, partial(board.count, wanted=opened)),
            f"{name}: grids": (sight, partial(grids.inside, scope=sight.scope)),
            f"{name}: 50 deadlines": (sight, partial(deadlines.page, scope=sight.scope, limit=50)),
            f"{name}: figures of a month": (
                sight, partial(figures, window=month, level=Level.TOWNSHIP, scope=sight.scope)
            ),
        }  # fmt: skip
    by_unit, numbered = Filter(departments=(unit,)), Filter(scope=town, number="3716022026")
    return asked | {
        "handler: latest 50": (mine, partial(board.page, wanted=by_unit)),
        "handler: how many": (mine, partial(board.count, wanted=by_unit)),
        "one case": (here, partial(board.one, case=case)),
        "one case's events": (here, partial(timeline.of_case, case=case)),
        "a number's beginning": (here, partial(board.page, wanted=numbered)),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
