"""The past told again from any moment ends where the read models stand."""

import itertools
import random
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from bench.histories import START
from eventlog.record import Recorded
from projections.area_load import queries as areas
from projections.as_of import At, resolve
from projections.build import SQL as LOG
from projections.delta import Change
from projections.department_load import queries as departments
from projections.feed import queries as feed
from projections.grid_load import queries as grids
from projections.reading import standing
from projections.replay.stage import Stage, feed_rows
from projections.replay.standing import Stood, stood
from projections.replay.tape import MOST, Order, Tape, place_of

EVER = (1 << 62) - 1


class Streams:
    """The log as the fold asks for it."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def read_streams(self, streams: Sequence[UUID]) -> list[Recorded]:
        rows = await self._connection.fetch(LOG["read_streams"], list(streams))
        return [Recorded(*row) for row in rows]


async def opened(
    told: asyncpg.Connection, order: Order, start: int
) -> tuple[Stage, Tape, At, Stood]:
    found = await standing(told)
    place = await place_of(told, order, start, found.position)
    wanted = {"effective_at": start} if order is Order.EFFECTIVE else {"position": place}
    at = await resolve(told, found, **wanted)
    counts = await stood(told, at)
    stage = Stage(Streams(told), counts, start)
    return stage, Tape(told, order, start, EVER, place=place, known=found.position), at, counts


async def changes(stage: Stage, tape: Tape, until: int) -> AsyncIterator[Change]:
    while seen := await tape.until(until):
        assert len(seen) <= MOST
        clock = until if len(seen) < MOST else tape.at(seen[-1])
        yield await stage.apply(seen, clock, tape.place)


async def moments(told: asyncpg.Connection, order: Order) -> list[int]:
    column = "at" if order is Order.EFFECTIVE else "recorded_at"
    rows = await told.fetch(f"select {column} from rm_case_timeline_v2.entry order by 1")
    rng = random.Random(order)
    return [START - 1, *sorted(rng.choice(rows)[0] for _ in range(4)), rows[-1][0]]


def rows(stage: Stage) -> dict[str, Any]:
    return {
        "grids": stage.grid_rows(""),
        "departments": stage.department_rows(),
        "areas": [stage.area_rows("", depth) for depth in range(1, 5)],
    }


@pytest.mark.parametrize("order", Order)
async def test_told_from_anywhere_it_comes_to_the_same(
    told: asyncpg.Connection, order: Order
) -> None:
    ends, lines, steps = [], [], 0
    for start in await moments(told, order):
        stage, tape, _, _ = await opened(told, order, start)
        shown: dict[int, Any] = {}
        async for change in changes(stage, tape, EVER):
            shown |= {row.position: row for row in feed_rows(change)}
            steps += 1
        await stage.apply([], EVER, tape.place)
        ends.append(rows(stage))
        lines.append(shown)
    assert all(end == ends[0] for end in ends)
    for earlier, later in itertools.pairwise(lines):
        assert later.items() <= earlier.items()
    assert steps > len(ends)
    if order is Order.RECORDED:
        ahead = "select count(*) from rm_case_board_v1.board where target is not null"
        assert await told.fetchval(f"{ahead} and not overdue") == 0  # all have run out by now
        assert await told.fetchval(ahead) > 0
        assert ends[0]["grids"] == await grids.inside(told)
        assert ends[0]["departments"] == await departments.every(told)
        assert ends[0]["areas"][1] == await areas.at_depth(told, "", 2)
        newest = {row.position: row for row in await feed.latest(told, limit=5_000)}
        assert newest.items() <= lines[0].items()


@pytest.mark.parametrize("order", Order)
async def test_on_the_way_it_says_what_stood_there(told: asyncpg.Connection, order: Order) -> None:
    first, *rest = (await moments(told, order))[:5]
    stage, tape, _, _ = await opened(told, order, first)
    for moment in rest:
        async for _ in changes(stage, tape, moment):
            pass
        await stage.apply([], moment, tape.place)
        there, other, at, _ = await opened(told, order, moment)
        assert tape.place == other.place
        if order is Order.EFFECTIVE:
            assert rows(stage) == rows(there), at
        else:  # the log's clock stands at the last event, ours at the moment itself
            assert [row.total for row in stage.grid_rows("")] == [
                row.total for row in there.grid_rows("")
            ]
