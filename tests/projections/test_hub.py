"""Snapshot + deltas = fresh snapshot, event by event, for every topic; a bounded hub."""

import asyncio

import asyncpg
import pytest

from domain.case.events import EVENTS
from eventlog.postgres import PostgresLog
from projections.area_load import queries as areas
from projections.case_board import queries as board
from projections.delta import Change, Delta, Message, Resync
from projections.department_load import queries as departments
from projections.feed import queries as feed
from projections.grid_load import queries as grids
from projections.hub import Hub, Subscription
from projections.runner import Runner
from projections.stage_funnel.queries import StageRow
from tests.projections.logs import append, covering, running

FUNNEL = "select * from rm_stage_funnel_v2.stage_funnel"


async def snapshot(connection: asyncpg.Connection) -> dict[tuple[str, str], object]:
    """Read what a subscriber would start from."""
    rows: dict[tuple[str, str], object] = {}
    for case in await board.page(connection, limit=10_000):
        rows["case_board", str(case.id)] = case
    for grid in await grids.inside(connection):
        rows["grid_load", grid.code] = grid
    for department in await departments.every(connection):
        rows["department_load", department.id] = department
    for area in await areas.inside(connection):
        rows["area_load", area.scope] = area
    for entry in await feed.latest(connection, limit=10_000):
        rows["feed", str(entry.position)] = entry
    for stage in (StageRow(**row) for row in await connection.fetch(FUNNEL)):
        rows["stage_funnel", f"{stage.scope}{stage.status}"] = stage
    return rows


def apply(rows: dict[tuple[str, str], object], delta: Delta) -> None:
    if delta.read_model == "case_timeline":
        return
    if delta.row is None:
        rows.pop((delta.read_model, delta.key), None)
    else:
        rows[delta.read_model, delta.key] = delta.row
    if getattr(delta.row, "total", getattr(delta.row, "cases", 1)) == 0:
        del rows[delta.read_model, delta.key]


async def test_snapshot_and_deltas_equal_a_fresh_snapshot(database: str) -> None:
    steps = covering()
    hub = Hub()
    connection = await asyncpg.connect(database)
    seen: set[str] = set()
    async with PostgresLog.open(database) as log, running(log, database, hub) as runner:
        assert await runner.reached(0)
        await _ready(runner)
        with hub.subscribe() as changes:
            rows = await snapshot(connection)
            for position, step in enumerate(steps, start=1):
                await append(log, [step])
                change = await asyncio.wait_for(changes.receive(), 10)
                assert isinstance(change, Change), change
                assert (change.first, change.position) == (position, position)
                for delta in change.deltas * 2:
                    apply(rows, delta)
                assert rows == await snapshot(connection), step.event
                seen.add(step.event.TOPIC)
    assert seen == {event.TOPIC for event in EVENTS}
    await connection.close()


async def _ready(runner: Runner) -> None:
    async with asyncio.timeout(20):
        while not runner.status():
            await asyncio.sleep(0.02)


def change(first: int, last: int) -> Change:
    return Change(first, last, 0, ())


async def drain(subscription: Subscription, count: int) -> list[Message]:
    return [await asyncio.wait_for(subscription.receive(), 1) for _ in range(count)]


async def test_a_slow_subscriber_loses_its_queue_and_is_told() -> None:
    hub = Hub()
    with hub.subscribe(limit=3) as slow, hub.subscribe() as quick:
        for position in range(1, 6):
            hub.publish(change(position, position))
        assert await drain(slow, 2) == [Resync("behind", 4), change(5, 5)]
        assert await drain(quick, 5) == [change(n, n) for n in range(1, 6)]
        assert len(slow) == 0
    assert hub.subscribers == 0


async def test_resume_by_position_from_the_ring() -> None:
    hub = Hub(ring=3)
    for first in range(1, 10, 2):
        hub.publish(change(first, first + 1))
    assert hub.since(10) == []
    assert hub.since(6) == [change(7, 8), change(9, 10)]
    assert hub.since(4) == [change(5, 6), change(7, 8), change(9, 10)]
    assert hub.since(3) is None
    assert hub.since(11) is None


@pytest.mark.parametrize("reason", ["view", "bulk"])
async def test_a_resync_clears_ring_and_queues(reason: str) -> None:
    hub = Hub()
    with hub.subscribe() as subscription:
        hub.publish(change(1, 1))
        hub.resync(reason, 7)
        assert await drain(subscription, 1) == [Resync(reason, 7)]
    assert hub.since(1) is None
    assert hub.since(7) == []
