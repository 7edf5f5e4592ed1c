"""An open imported case turns overdue when the log's clock passes its stated target."""

from uuid import UUID, uuid4

import asyncpg

from bench.histories import Step, story
from domain.case import events as ev
from domain.case.values import Channel, Explanation
from eventlog.memory import MemoryLog
from eventlog.record import Write
from projections.area_load import queries as areas
from projections.build import Build
from projections.case_board import queries as board
from projections.delta import Change, Delta
from projections.department_load import queries as departments
from projections.feed import queries as feed
from projections.grid_load import queries as grids
from projections.hub import Hub
from projections.registry import READ_MODELS, schema_of
from tests.projections.logs import ACTOR, PATIENCE_S, running, tables

TARGET = 10**15


def imported() -> list[Step]:
    """Return what a source states about an open case: report, target, department."""
    told = story(3)
    told.steps.clear()
    place = told.place()
    told.tell(ev.CaseReported(number="S1", channel=Channel.SOURCE, category="c", place=place), 0)
    told.tell(ev.CaseTargetStated(due=TARGET), 0)
    told.tell(ev.CaseDispatched(assignment="s", department="d", explanation=Explanation()), 0)
    told.tell(ev.CaseClosed(), 1)
    return told.steps


async def overdue(connection: asyncpg.Connection) -> tuple[int, int, int, int]:
    """Return the overdue cases of board, grid, department and district."""
    rows = await board.page(connection, board.Filter(overdue=True))
    [grid] = await grids.inside(connection)
    [department] = await departments.every(connection)
    district = await areas.one(connection, "371602.")
    assert district is not None
    return len(rows), grid.overdue, department.overdue, district.overdue


async def test_a_target_runs_out_by_the_clock_of_the_log(database: str) -> None:
    now = TARGET - 5
    log, hub = MemoryLog(lambda: now), Hub()
    *opening, closing = imported()
    other = story(50).steps
    connection = await asyncpg.connect(database)

    async def tell(steps: list[Step]) -> Change:
        with hub.subscribe() as changes:
            for step in steps:
                write = Write(step.stream, step.version - 1, (step.new(),))
                await log.append(uuid4(), ACTOR, [write])
            assert await runner.reached(await log.head(), PATIENCE_S)
            received: list[Change] = []
            while len(changes):
                message = await changes.receive()
                assert isinstance(message, Change)
                received.append(message)
        deltas = tuple(delta for change in received for delta in change.deltas)
        return Change(1, received[-1].position, now, deltas)

    async with running(log, database, hub) as runner:
        assert await runner.reached(0, PATIENCE_S)
        await tell(opening)
        assert await overdue(connection) == (0, 0, 0, 0)
        now = TARGET
        change = await tell(other[:1])
        assert await overdue_of(connection, opening[0].stream)
        late = {(d.read_model, d.key) for d in change.deltas if _late(d)}
        scope = opening[0].meta.scope
        assert ("case_board", str(opening[0].stream)) in late
        assert {("department_load", "d"), ("area_load", scope)} <= late
        [whole] = [
            d.row for d in change.deltas if (d.read_model, d.key) == ("area_load", "371602.")
        ]
        assert isinstance(whole, areas.AreaLoadRow)
        assert (whole.open, whole.overdue, whole.total) == (2, 1, 2)
        assert (await same_in_one_go(log, database)) == []
        await tell([closing])
        assert not await overdue_of(connection, opening[0].stream)
        assert [area.overdue for area in await areas.inside(connection, scope)] == [0]
        assert (await same_in_one_go(log, database)) == []
    assert await feed.latest(connection)
    await connection.close()


async def overdue_of(connection: asyncpg.Connection, case: UUID) -> bool:
    row = await board.one(connection, case)
    assert row is not None
    return row.overdue


def _late(delta: Delta) -> bool:
    return bool(getattr(delta.row, "overdue", False))


async def same_in_one_go(log: MemoryLog, database: str) -> list[str]:
    """Build everything in one page beside the live tables; return the tables that differ."""
    followed = await tables(database)
    connection = await asyncpg.connect(database)
    build = Build(connection, log, READ_MODELS, lambda model: f"x_{model.name}")
    await build.create()
    await build.catch_up(await log.head())
    wrong = []
    for model in READ_MODELS:
        for name in [key.split(".")[1] for key in followed if key.startswith(f"{model.name}.")]:
            rows = await connection.fetch(f"select t::text from x_{model.name}.{name} t")
            if sorted(row[0] for row in rows) != followed[f"{model.name}.{name}"]:
                wrong.append(f"{schema_of(model)}.{name}")
    await connection.close()
    return wrong
