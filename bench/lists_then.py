"""Lists of cases as of moments beside the same lists now, by turns, for whoever asks.

Each list is asked with the sight of staff of a district, a township, a community, a grid and a
department, and of somebody who sees everything, on both axes of time. Live it is asked as the
API asks it: inside the sight, and with one plan where the order is walked. What it costs is the
processor of its session (`session.py`).
"""

import asyncio
import statistics
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, NamedTuple

import asyncpg
from msgspec.structs import replace

from bench.session import SETTLED_S, used_ms
from projections.as_of import At
from projections.case_board import queries as board
from projections.case_board.queries import Filter, Sort
from projections.looking import WALKING
from projections.port import Connection
from projections.reading import at_position
from projections.sight import READER, Sight

ROUNDS: Final = 4
PAGE: Final = 51
LISTS: Final[dict[str, tuple[Filter, Sort]]] = {
    "newest": (Filter(), Sort.REPORTED),
    "latest change": (Filter(), Sort.UPDATED),
    "next due": (Filter(), Sort.DUE),
    "open": (Filter(open=True), Sort.REPORTED),
    "open, latest change": (Filter(open=True), Sort.UPDATED),
    "in progress": (Filter(statuses=("in_progress",)), Sort.REPORTED),
    "closed": (Filter(statuses=("closed",)), Sort.UPDATED),
    "overdue": (Filter(overdue=True), Sort.REPORTED),
    "life safety": (Filter(severity="life_safety"), Sort.REPORTED),
}


class Times(NamedTuple):
    """Milliseconds of one list, medians over moments and rounds."""

    eyes: str
    axis: str
    name: str
    live_ms: float
    then_ms: float

    @property
    def ratio(self) -> float:
        """How many times the live list."""
        return self.then_ms / self.live_ms


async def lists_then(dsn: str, moments: Sequence[At]) -> list[Times]:
    """Return what each list costs, for each who asks, on each axis that has moments."""
    plain = {"jit": "off", "role": READER}
    owner = await asyncpg.connect(dsn)
    eyes = await eyes_of(owner)
    await owner.close()
    axes = {
        "position": [at for at in moments if at.effective_at is None],
        "effective": [at for at in moments if at.effective_at is not None],
    }
    async with asyncpg.create_pool(dsn, min_size=1, max_size=1, server_settings=plain) as reads:
        return [
            await _list(reads, who, sight, axis, those, name)
            for who, sight in eyes.items()
            for axis, those in axes.items()
            for name in LISTS
        ]


async def eyes_of(owner: "asyncpg.Connection[asyncpg.Record]") -> dict[str, Sight]:
    """Return sights around a grid with many cases, and of a department in the middle."""
    table = board.STATES.table
    grid: str = await owner.fetchval(
        f"select scope from {table} group by 1 order by count(*) desc, 1 offset 40 limit 1"
    )
    unit: str = await owner.fetchval(
        f"select departments[1] from {table} where departments <> '{{}}'"
        " group by 1 order by count(*) desc, 1 offset 5 limit 1"
    )
    parts = grid.split(".")
    scopes = {
        name: "".join(f"{part}." for part in parts[:depth])
        for depth, name in enumerate(("district", "township", "community", "grid"), start=1)
    }
    by_place = {name: Sight(scope=scope) for name, scope in scopes.items()}
    return {**by_place, "department": Sight(units=(unit,)), "everything": Sight()}


async def _list(
    reads: "asyncpg.Pool[asyncpg.Record]", who: str, sight: Sight, axis: str,
    moments: Sequence[At], name: str,
) -> Times:  # fmt: skip
    wanted, sort = LISTS[name]
    now = replace(wanted, scope=sight.scope, departments=sight.units)
    past = None if sight == Sight() else sight
    live: list[float] = []
    then: list[float] = []
    async with at_position(reads, sight) as (connection, _):
        session: int = await connection.fetchval("select pg_backend_pid()")
        for _ in range(ROUNDS):
            for at in moments:

                async def today() -> Any:
                    return await board.page(connection, now, sort, None, PAGE)

                async def earlier(at: At = at) -> Any:
                    return await board.page(connection, wanted, sort, None, PAGE, at=at, sight=past)

                await _plans(connection, walking=now.walks(sort))
                live.append(await _took(session, today))
                await _plans(connection, walking=False)
                then.append(await _took(session, earlier))
    return Times(who, axis, name, statistics.median(live), statistics.median(then))


async def _plans(connection: Connection, *, walking: bool) -> None:
    for setting, value in WALKING.items():
        await connection.execute(f"set local {setting} = {value if walking else 'default'}")


async def _took(session: int, ask: Callable[[], Awaitable[Any]]) -> float:
    await asyncio.sleep(SETTLED_S)
    before = used_ms(session)
    await ask()
    await asyncio.sleep(SETTLED_S)
    return used_ms(session) - before
