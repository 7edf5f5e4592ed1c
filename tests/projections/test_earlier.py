"""Counts as of a moment are those of a fold up to there, and what is kept is the log's alone."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from uuid import UUID

import asyncpg
import pytest

from api.verify import verify
from bench.histories import Step, stories
from eventlog.postgres import PostgresLog
from projections import as_of, earlier
from projections.area_load import queries as areas
from projections.area_load.project import around
from projections.as_of import At, resolve
from projections.case_board.row import BoardRow
from projections.case_past import project as past
from projections.department_load import queries as departments
from projections.grid_load import queries as grids
from projections.reading import standing
from projections.rebuild import named, rebuild
from projections.release import retry
from projections.stage_funnel import queries as funnel
from tests.projections.logs import append, project, tables
from tests.projections.test_as_of import folded, told_events, until

LOADS = ("area_load", "grid_load", "department_load", "stage_funnel")
CASES = 60
MOMENTS = 12
DISTRICT = "371602."


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep counts every 64 positions, in blocks of 16."""
    monkeypatch.setattr(earlier, "EVERY", 64)
    for module in (past, as_of):
        monkeypatch.setattr(module, "BLOCK", 4)


def in_order() -> list[Step]:
    return list(stories(CASES))


def imported_late() -> list[Step]:
    """Return histories of which the later half is recorded first."""
    steps = in_order()
    late = {step.stream for step in steps[len(steps) // 2 :]}
    return [s for s in steps if s.stream in late] + [s for s in steps if s.stream not in late]


def with_stragglers() -> list[Step]:
    """Return histories in order, but for three cases that are recorded at the very end."""
    steps = in_order()
    last = list(dict.fromkeys(step.stream for step in steps))[5:20:5]
    return [s for s in steps if s.stream not in last] + [s for s in steps if s.stream in last]


async def filled(database: str, steps: list[Step], page: int = 5_000) -> None:
    async with PostgresLog.open(database) as log:
        await append(log, steps, at_once=1)
        await project(log, database, page=page)


def loads(rows: Iterable[BoardRow], depth: int) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        area = around(row.scope)[depth - 1]
        counts = found.setdefault(area, [0] * 5)
        danger = row.open and row.severity == "life_safety"
        ended = row.closed_at is not None
        for index, one in enumerate((row.open, row.overdue, danger, ended, True)):
            counts[index] += one
    return {key: tuple(counts) for key, counts in found.items()}


def counts(row: areas.AreaLoadRow | grids.GridLoadRow) -> tuple[int, ...]:
    return row.open, row.overdue, row.life_safety, row.closed, row.total


async def agree(sql: asyncpg.Connection, at: At, cases: dict[UUID, BoardRow]) -> None:
    rows = list(cases.values())
    for depth in (1, 2, 4):
        found = {r.scope: counts(r) for r in await areas.at_depth(sql, "", depth, at=at)}
        assert found == loads(rows, depth), (at, depth)
    district = await areas.one(sql, DISTRICT, at=at)
    assert (None if district is None else counts(district)) == loads(rows, 1).get(DISTRICT)
    by_grid = {r.scope: counts(r) for r in await grids.inside(sql, DISTRICT, at=at)}
    assert by_grid == loads(rows, 4), at
    led = {
        r.id: (r.open, r.overdue, r.closed, r.total) for r in await departments.every(sql, at=at)
    }
    assert led == {
        key: tuple(sum(one) for one in zip(*of, strict=True))
        for key, of in by_department(rows).items()
    }
    handled = sum(r.handled for r in await departments.every(sql, at=at))
    assert handled == sum(r.status in departments.HANDED_IN for r in rows if r.department)
    stages = {r.status: r.cases for r in await funnel.of_scope(sql, DISTRICT, at=at)}
    assert stages == Counter(row.status for row in rows)


def by_department(rows: Iterable[BoardRow]) -> dict[str, list[tuple[int, ...]]]:
    found: dict[str, list[tuple[int, ...]]] = {}
    for row in rows:
        if row.department:
            one = (row.open, row.overdue, row.closed_at is not None, 1)
            found.setdefault(row.department, []).append(tuple(map(int, one)))
    return found


@pytest.mark.parametrize("told", [in_order, with_stragglers, imported_late])
async def test_counts_as_of_any_moment(database: str, told: Callable[[], list[Step]]) -> None:
    await filled(database, told())
    connection = await asyncpg.connect(database)
    try:
        events, here = await told_events(connection), await standing(connection)
        rng, bases = random.Random(3), set()
        positions = [0, 63, 64, 65, 128, len(events)]
        positions += [rng.randrange(1, len(events)) for _ in range(MOMENTS)]
        happened = [rng.choice(events).meta.effective_at + rng.randrange(2) for _ in positions]
        for moment in (
            *[await resolve(connection, here, position=one) for one in positions],
            *[await resolve(connection, here, effective_at=one) for one in happened],
        ):
            bases.add((moment.effective_at is None, moment.base))
            await agree(connection, moment, folded(until(events, moment), moment.clock))
        assert len(bases) > 6, "counts that were kept are hardly looked at"
    finally:
        await connection.close()


async def test_far_from_what_was_kept_all_is_counted(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "NEAR", 0)
    await filled(database, imported_late())
    connection = await asyncpg.connect(database)
    try:
        events, here = await told_events(connection), await standing(connection)
        moment = await resolve(
            connection, here, effective_at=events[len(events) // 2].meta.effective_at
        )
        assert (moment.base, moment.lows) == (0, ())
        await agree(connection, moment, folded(until(events, moment), moment.clock))
    finally:
        await connection.close()


@pytest.mark.parametrize("page", [7, 5_000])
async def test_what_is_kept_does_not_depend_on_pages(database: str, page: int) -> None:
    steps = with_stragglers()
    await filled(database, steps, page)
    followed = await tables(database)
    marks = len(steps) // earlier.EVERY
    assert marks > 5
    assert len({row.split(",")[0] for row in followed["area_load.earlier"]}) == marks
    assert sum(len(followed[f"{name}.earlier"]) for name in LOADS) > marks * 30
    await rebuild(database)
    assert await tables(database) == followed


async def test_what_was_held_back_is_made_good_in_what_was_kept(database: str) -> None:
    steps = in_order()
    bad = steps[10].stream
    connection = await asyncpg.connect(database)
    try:
        await filled(database, steps[:10])
        place = await connection.fetchval(
            "select scope from rm_case_board_v1.board where id = $1", bad
        )
        scope = place or steps[10].meta.scope
        for name in LOADS[:2]:
            await connection.execute(
                f"alter table rm_{name}_v2.{name} add constraint poison"
                f" check (scope <> '{scope}') not valid"
            )
        await filled(database, steps[10:])
        assert (await standing(connection)).held > 0
        for name in LOADS[:2]:
            await connection.execute(f"alter table rm_{name}_v2.{name} drop constraint poison")
        done = await retry(database, named(list(LOADS[:2])))
        assert all(one.events > 0 for one in done)
        assert done
        assert (await standing(connection)).held == 0
        assert (await verify(database)).faults == []
    finally:
        await connection.close()


async def test_a_kept_count_that_was_changed_is_found(database: str) -> None:
    await filled(database, in_order())
    connection = await asyncpg.connect(database)
    await connection.execute(
        "update rm_grid_load_v2.earlier set closed = closed + 1"
        " where (at, code) = (select at, code from rm_grid_load_v2.earlier order by 1, 2 limit 1)"
    )
    await connection.close()
    [fault] = (await verify(database)).faults
    assert "rm_grid_load_v2.earlier" in fault
    assert "closed is" in fault
