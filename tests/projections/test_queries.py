"""Every named query is prepared against real tables; rows fit their classes; plans hold."""

import re
import typing
from collections.abc import Sequence
from itertools import product
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from bench.histories import START, stories
from projections import build, checkpoint, compare, quarantine, reading
from projections.alarm_list import queries as alarms
from projections.alert_list import queries as alerts
from projections.appeal_list import queries as appeals
from projections.area_load import project as area_load
from projections.area_load import queries as areas
from projections.as_of import At, counting
from projections.case_board import queries as board
from projections.case_board.conditions import SQL as CONDITIONS
from projections.case_board.queries import Filter, Sort
from projections.case_board.row import BoardRow
from projections.case_past import queries as past
from projections.case_past.project import Had, Moved, Tide
from projections.case_past.row import COLUMNS
from projections.case_timeline import density
from projections.case_timeline import queries as timeline
from projections.case_timeline.project import Entry, Hour
from projections.deadline_list import queries as deadlines
from projections.department_load import project as department_load
from projections.department_load import queries as departments
from projections.feed import queries as feed
from projections.figures import queries as figures
from projections.figures.measure import MeasureRow
from projections.grid_load import project as grid_load
from projections.grid_load import queries as grids
from projections.named import Queries
from projections.personal_reads import queries as personal_reads
from projections.registry import READ_MODELS, schema_of
from projections.sight import Sight
from projections.stage_funnel import project as stage_funnel
from projections.stage_funnel import queries as stages
from projections.tally import Stated, Target

SOURCES: list[tuple[Queries, type[msgspec.Struct] | None]] = [
    (board.SQL, BoardRow), (timeline.SQL, timeline.EntryRow), (grids.SQL, grids.GridLoadRow),
    (departments.SQL, departments.DepartmentLoadRow), (areas.SQL, areas.AreaLoadRow),
    (stages.SQL, stages.StageRow), (deadlines.SQL, deadlines.DeadlineRow),
    (feed.SQL, feed.FeedRow), (quarantine.SQL, quarantine.Held),
    (checkpoint.SQL, checkpoint.Checkpoint), (figures.SQL, None), (reading.SQL, None),
    (build.SQL, None), (compare.SQL, None), (density.SQL, None),
    (personal_reads.SQL, personal_reads.ReadingRow), (alarms.SQL, None),
    (alerts.SQL, alerts.AlertRow), (appeals.SQL, appeals.AppealRow),
]  # fmt: skip
TABLES: dict[str, type[msgspec.Struct]] = {
    "board": BoardRow, "entry": Entry, "grid_load": grids.GridLoadRow,
    "department_load": departments.DepartmentLoadRow, "area_load": areas.AreaLoadRow,
    "stage_funnel": stages.StageRow, "deadline": deadlines.DeadlineRow, "feed": feed.FeedRow,
    "measure": MeasureRow, "target": Target, "stated": Stated, "hour": Hour, "tide": Tide,
    "had": Had, "moved": Moved, "alarm": alarms.AlarmRow, "alert": alerts.AlertRow,
    "appeal": appeals.AppealRow,
    "reading": personal_reads.ReadingRow,
}  # fmt: skip
TABLE = {figures.SQL.schema: figures.STATES.table, deadlines.SQL.schema: deadlines.STATES.table}
EARLIER = {
    ":entry": f"{timeline.SQL.schema}.entry",
    ":past": f"{past.SQL.schema}.past",
    ":board": board.STATES.table,
    ":shown": alarms.SHOWN,
    ":alarms": f"select * from {alarms.SQL.schema}.alarm",
    ":moment": "$1",
    ":changed": "$2",
    ":tide": f"{past.SQL.schema}.tide",
}
MOMENT = At(position=1, clock=0, bound=0, base=0, lows=(0,), highs=(1,))
AFTERWARDS = At(position=900, clock=0, bound=START, effective_at=START)
PIECES = {"below", "below_with_state", "the_same", "similar", "since", "waiting", "page", "count"}
"""What stands inside another statement; `tests/api/test_written.py` runs them there, and pages and
counts are prepared with each of their conditions."""
COUNTING = {"of_area", "by_area", "by_department", "timed_by_area", "timed_by_department"}
"""What counts figures: over the cases of the window and those that wait."""
OTHERWISE = {"today", "locked_rows", "whole", "imported", "open_here", "overdue_by_depth"}
"""What answers with other columns than the rows of its read model."""
WINDOW = "reported_at >= $1 and reported_at < $2"
PLAIN: dict[str, tuple[Any, ...]] = {
    "int8": (int,), "int4": (int,), "int2": (int,), "text": (str,), "bool": (bool,),
    "bytea": (bytes,), "uuid": (UUID, str), "_int8": (Sequence[Sequence[int]],),
    "_text": (list[str], tuple[str, ...], Sequence[str | None]),
    "_uuid": (list[UUID],), "text[]": (list[str], tuple[str, ...]), "uuid[]": (list[UUID],),
}  # fmt: skip


def fits(kind: str, annotation: Any) -> bool:
    optional = type(None) in typing.get_args(annotation)
    wanted = [a for a in typing.get_args(annotation) if a is not type(None)] if optional else None
    types = wanted or [annotation]
    return any(one in PLAIN[kind] for one in types)


async def test_every_named_query_prepares_and_fits_its_row_class(told: asyncpg.Connection) -> None:
    prepared = 0
    for queries, row in SOURCES:
        for name in set(queries.names) - {"alive"} - PIECES:
            table = TABLE.get(queries.schema, board.STATES.table)
            table = figures.ALIVE.table if name in COUNTING else table
            sql = queries[name].replace(":states", table).replace(":alive", "true")
            for word, full in EARLIER.items():
                sql = sql.replace(word, full)
            if ":moved" in sql:
                given = [None] * len(set(re.findall(r"\$\d", sql)))
                sql, _ = counting(sql, board.COUNTED, given, MOMENT)
            if re.search(r":(live|truth|key_l|columns|wanted)\b", sql):
                single = name in ("cases", "counted") or name.startswith("timed_")
                sql = sql.replace(":columns", WINDOW if single else figures.counted())
                sql = sql.replace(":numerator", "true").replace(":measure", "1::bigint")
                sql = sql.replace(":wanted", WINDOW)
                if ":live" in sql:
                    continue
            statement = await told.prepare(sql)
            prepared += 1
            found = {a.name: a.type.name for a in statement.get_attributes()}
            if row is None or len(found) < 2 or name in OTHERWISE:
                continue
            fields = {f.name: f.type for f in msgspec.structs.fields(row)}
            assert list(found) == list(fields), (queries.schema, name)
            for column, kind in found.items():
                assert fits(kind, fields[column]), (name, column, kind, fields[column])
    assert prepared >= 45


WHOLE, TOWNSHIP, GRID = "371602.", "371602.005.", "371602.005.003.01."
SIGHTS = (None, Sight(), Sight(scope=WHOLE), Sight(scope=GRID), Sight(scope=TOWNSHIP, units=("x",)))
ASKED = (
    Filter(), Filter(scope=WHOLE), Filter(scope=TOWNSHIP), Filter(statuses=("closed",)),
    Filter(statuses=("accepted",)), Filter(category="x"), Filter(departments=("x",)),
    Filter(departments=("x", "y")), Filter(leads=("x",)), Filter(overdue=True),
    Filter(severity="urgent"),
    Filter(number="B"), Filter(reported_from=1, reported_before=2), Filter(open=True),
    Filter(open=False),
)  # fmt: skip
"""Each condition of a list, and those that change its way."""


async def test_every_way_to_a_list_of_cases_prepares_and_fits(told: asyncpg.Connection) -> None:
    """Of today and of a moment on both axes, under each kind of sight, a first page and a later."""
    said: set[str] = set()
    texts: set[str] = set()
    for wanted, sort, after in product(ASKED, Sort, (None, (1, UUID(int=1)))):
        said |= {*board.asked_of(wanted, sort, after)}
        texts.add(board.page_query(wanted, sort, after, 5, None, None)[0])
        for at, sight in product((MOMENT, AFTERWARDS), SIGHTS):
            texts.add(board.page_query(wanted, sort, after, 5, at, sight)[0])
    fields = {f.name: f.type for f in msgspec.structs.fields(BoardRow)}
    for sql in texts:
        found = {a.name: a.type.name for a in (await told.prepare(sql)).get_attributes()}
        assert list(found) == list(fields), sql
        assert all(fits(kind, fields[column]) for column, kind in found.items()), sql
    for wanted, when in product(ASKED, (None, MOMENT, AFTERWARDS)):
        await told.prepare(board.count_query(wanted, when, None)[0])
    assert said | {"open_or_moved"} == set(CONDITIONS.names)


async def test_every_table_has_the_columns_of_its_row_class(told: asyncpg.Connection) -> None:
    seen = set()
    for model in READ_MODELS:
        rows = await told.fetch(
            "select table_name, column_name, udt_name, is_nullable = 'YES' as nullable"
            " from information_schema.columns where table_schema = $1 order by ordinal_position",
            schema_of(model),
        )
        for table in {row["table_name"] for row in rows} - {"past", "earlier"}:
            fields = {f.name: f.type for f in msgspec.structs.fields(TABLES[table])}
            columns = [row for row in rows if row["table_name"] == table]
            assert [row["column_name"] for row in columns] == list(fields), table
            for row in columns:
                annotation = fields[row["column_name"]]
                assert fits(row["udt_name"], annotation), (table, row)
                assert row["nullable"] == (type(None) in typing.get_args(annotation)), (table, row)
            seen.add(table)
    assert seen == set(TABLES)


async def test_what_is_kept_has_its_columns(told: asyncpg.Connection) -> None:
    for model in (area_load, grid_load, department_load, stage_funnel):
        columns = await told.fetch(
            "select column_name from information_schema.columns where table_schema = $1"
            " and table_name = 'earlier' order by ordinal_position",
            schema_of(model.MODEL),
        )
        kept = model.KEEPING
        assert [row[0] for row in columns] == ["at", *kept.names, *kept.counts]


async def test_the_past_has_its_columns(told: asyncpg.Connection) -> None:
    sql = "select column_name from information_schema.columns where table_schema = $1"
    rows = await told.fetch(
        f"{sql} and table_name = 'past' order by ordinal_position", past.SQL.schema
    )
    assert tuple(row[0] for row in rows) == COLUMNS


async def plan(connection: asyncpg.Connection, sql: str, *arguments: Any) -> str:
    rows = await connection.fetch(f"explain {sql}", *arguments)
    return "\n".join(row[0] for row in rows)


BODY = "select prosrc from pg_proc where proname = 'quanke_recorded_at'"
"""Where `as_of.place` finds an instant: what a function does is not in the plan of who calls it."""


async def test_hot_plans_never_scan_the_log(told: asyncpg.Connection) -> None:
    case = await told.fetchval("select id from rm_case_board_v1.board limit 1")
    plans = [
        await plan(told, timeline.OF_CASE, case, 0, 50, None, None, None),
        await plan(told, timeline.SQL["up_to"], case, 500, 50),
        await plan(told, reading.SQL["standing"]),
        await plan(told, build.SQL["read_all"], 1_500, 100),
        await plan(told, build.SQL["read_streams"], [case]),
        await plan(told, (await told.fetchval(BODY)).replace("place", "100")),
        await plan(told, build.SQL["head"]),
    ]
    for text in plans:
        assert "Seq Scan on quanke_log" not in text, text
        assert "on quanke_log" in text


@pytest.mark.parametrize("axis", [None, START + 90])
@pytest.mark.parametrize("sort", Sort)
async def test_a_page_of_the_past_has_one_plan_for_all_moments(
    told: asyncpg.Connection, sort: Sort, axis: int | None
) -> None:
    """So that the server keeps it, and does not plan each page anew."""
    plans = set()
    for position in (20, 1_400):
        at = At(position=position, clock=START, bound=START + position, effective_at=axis)
        wanted = Filter(severity="life_safety")
        sql, given = board.page_query(wanted, sort, None, 50, at, None)
        plans.add(await plan(told, sql, *given))
    assert len(plans) == 1, plans


async def test_a_page_of_the_past_reads_the_past_by_index_alone(told: asyncpg.Connection) -> None:
    await told.execute(f"vacuum analyze {past.SQL.schema}.past")
    stated = Filter(statuses=("in_progress",))
    asked = ((Sort.UPDATED, Filter(open=True)), (Sort.DUE, Filter()), (Sort.REPORTED, stated))
    for sort, wanted in asked:
        for at in (MOMENT, AFTERWARDS):
            sql, arguments = board.page_query(wanted, sort, None, 50, at, Sight(scope="371602."))
            found = await plan(told, sql, *arguments)
            index = "past_known" if at is MOMENT else "past_happened"
            assert f"Index Only Scan using {index}" in found, found


async def test_a_page_of_the_newest_is_walked_along_today(told: asyncpg.Connection) -> None:
    for wanted in (Filter(), Filter(open=True), Filter(statuses=("closed",))):
        for sight in (None, Sight(scope="371602.")):
            sql, arguments = board.page_query(wanted, Sort.REPORTED, None, 5, MOMENT, sight)
            found = await plan(told, sql, *arguments)
            assert "Index Scan using board_reported on board n" in found, found
            assert "using past_case on past p" in found, found
            assert "past_known" not in found, found


async def test_a_list_of_a_township_or_a_grid_is_found_by_its_place(
    told: asyncpg.Connection,
) -> None:
    """Under row policies too; else all cases of the district are walked for a few."""
    await told.execute(f"analyze {board.STATES.table}; set enable_seqscan = off")
    grid = await told.fetchval(f"select scope from {board.STATES.table} order by id limit 1")
    stated = Filter(scope=TOWNSHIP, statuses=("in_progress",))
    for wanted, sort, index in (
        (Filter(scope=grid), Sort.REPORTED, "board_place"),
        (Filter(scope=grid, statuses=("closed",)), Sort.UPDATED, "board_place"),
        (stated, Sort.REPORTED, "board_open"),
    ):
        sql, arguments = board.page_query(wanted, sort, None, 50, None, None)
        async with told.transaction():
            await reading.look_as(told, Sight(scope=wanted.scope))
            found = await plan(told, sql, *arguments)
        assert f"{index} " in found, found
        assert "board_reported" not in found, found
        assert "board_updated" not in found, found


@pytest.mark.parametrize("axis", [None, START + 90])
async def test_what_a_grid_sees_of_the_past_is_found_by_its_place_of_today(
    told: asyncpg.Connection, axis: int | None
) -> None:
    """And by one plan, whatever the moment and the grid: the server keeps it."""
    await told.execute(f"analyze {board.STATES.table}; set enable_seqscan = off")
    sights = [
        Sight(scope=row[0])
        for row in await told.fetch(f"select scope from {board.STATES.table} order by id limit 2")
    ]
    for wanted, sort in product((Filter(), Filter(open=True), Filter(overdue=True)), Sort):
        plans = set()
        for sight, position in zip(sights, (20, 1_400), strict=True):
            at = At(position=position, clock=START, bound=START + position, effective_at=axis)
            sql, arguments = board.page_query(wanted, sort, None, 50, at, sight)
            async with told.transaction():
                await reading.look_as(told, sight)
                plans.add(await plan(told, sql, *arguments))
        assert len(plans) == 1, plans
        (found,) = plans
        assert "board_place" in found, found
        assert "using past_case on past p" in found, found
        assert "past_known" not in found, found
        assert "past_happened" not in found, found


@pytest.mark.parametrize("at", [MOMENT, AFTERWARDS])
@pytest.mark.parametrize(
    "wanted", [Filter(overdue=True), Filter(severity="life_safety"), Filter(category="00007")]
)
async def test_what_is_rare_in_a_township_of_the_past_is_found_by_its_place(
    told: asyncpg.Connection, wanted: Filter, at: At
) -> None:
    """Not along the whole board, where nearly all that is read lies elsewhere."""
    await told.execute(f"analyze {board.STATES.table}; set enable_seqscan = off")
    sql, arguments = board.page_query(
        wanted, Sort.REPORTED, None, 50, at, sight := Sight(scope=TOWNSHIP)
    )
    async with told.transaction():
        await reading.look_as(told, sight)
        found = await plan(told, sql, *arguments)
    assert "board_place" in found, found
    assert "board_reported" not in found, found


async def test_a_department_of_the_past_is_found_by_what_it_ever_had(
    told: asyncpg.Connection,
) -> None:
    """Under row policies too, which come before the index of departments, not before this one."""
    await told.execute(f"analyze {past.SQL.schema}.had; set enable_seqscan = off")
    one, two = Filter(departments=("dep-01",)), Filter(departments=("dep-01", "dep-02"))
    closed = Filter(departments=("dep-01",), statuses=("closed",))
    for sight in (Sight(), Sight(scope="371602."), Sight(units=("dep-01",))):
        for wanted, sort in ((one, Sort.REPORTED), (two, Sort.REPORTED), (closed, Sort.UPDATED)):
            sql, arguments = board.page_query(wanted, sort, None, 5, MOMENT, sight)
            async with told.transaction():
                await reading.look_as(told, sight)
                found = await plan(told, sql, *arguments)
            assert "had_pkey" in found, found
            assert "Index Scan using board_pkey on board n" in found, found
            assert "board_reported" not in found, found


@pytest.mark.parametrize("axis", [None, START + 90])
async def test_what_a_departments_staff_see_of_the_past_is_walked(
    told: asyncpg.Connection, axis: int | None
) -> None:
    """By one plan for all moments and departments; of what stood each is looked up by its id.

    Some hundred cases are too few for the planner to mind reading all of a department's.
    """
    await told.execute(f"analyze {board.STATES.table}")
    await told.execute("set enable_seqscan = off; set enable_bitmapscan = off")
    asked = (Filter(), Filter(open=True), Filter(statuses=("closed",)))
    for wanted, (sort, index) in product(
        asked, ((Sort.UPDATED, "board_updated"), (Sort.REPORTED, "board_(reported|open)"))
    ):
        if wanted == Filter() and sort is Sort.REPORTED:
            continue  # along what the department ever had
        plans = set()
        for unit, position in (("dep-01", 20), ("dep-02", 1_400)):
            at = At(position=position, clock=START, bound=START + position, effective_at=axis)
            sql, arguments = board.page_query(wanted, sort, None, 50, at, Sight(units=(unit,)))
            async with told.transaction():
                await reading.look_as(told, Sight(units=(unit,)))
                plans.add(await plan(told, sql, *arguments))
        assert len(plans) == 1, plans
        (found,) = plans
        assert re.search(f"Index Scan using {index} on board n", found), found
        assert "board_departments" not in found, found
        assert "using board_pkey on board t" in found, found


async def test_pages_meet_end_to_end_in_every_order(told: asyncpg.Connection) -> None:
    for sort in Sort:
        everything = await board.page(told, sort=sort, limit=10_000)
        paged: list[BoardRow] = []
        after = None
        while rows := await board.page(told, sort=sort, after=after, limit=17):
            paged += rows
            after = board.sort_key(rows[-1], sort)
        assert paged == everything
        keys = [board.sort_key(row, sort) for row in paged]
        assert keys == sorted(keys, reverse=sort is not Sort.DUE)
        assert len({row.id for row in paged}) == len(paged)
    assert await board.count(told) == 200


@pytest.mark.parametrize(
    ("wanted", "test"),
    [
        (Filter(scope="371602.003."), lambda r: r.scope.startswith("371602.003.")),
        (Filter(statuses=("closed", "merged")), lambda r: r.status in ("closed", "merged")),
        (Filter(category="00009"), lambda r: r.category == "00009"),
        (
            Filter(departments=("dep-01", "dep-99")),
            lambda r: {"dep-01", "dep-99"} & {*r.departments},
        ),
        (Filter(leads=("dep-01", "dep-99")), lambda r: r.department in ("dep-01", "dep-99")),
        (
            Filter(departments=("dep-02",), leads=("dep-01", "dep-02")),
            lambda r: "dep-02" in r.departments and r.department in ("dep-01", "dep-02"),
        ),
        (Filter(overdue=True), lambda r: r.overdue),
        (Filter(severity="urgent"), lambda r: r.severity == "urgent"),
        (Filter(number="BC000000"), lambda r: r.number.startswith("BC000000")),
        (Filter(number="BC_%"), lambda r: False),
        (Filter(open=True), lambda r: r.open),
        (
            Filter(reported_from=START + 10**9, reported_before=START + 3 * 10**9),
            lambda r: START + 10**9 <= r.reported_at < START + 3 * 10**9,
        ),
    ],
    ids=lambda value: repr(value)[:40] if isinstance(value, Filter) else "",
)
async def test_filters(told: asyncpg.Connection, wanted: Filter, test: Any) -> None:
    everything = await board.page(told, limit=10_000)
    expected = [row for row in everything if test(row)]
    assert await board.page(told, wanted, limit=10_000) == expected
    assert await board.count(told, wanted) == len(expected)
    assert expected or wanted.number == "BC_%"


async def test_counts_equal_the_board(told: asyncpg.Connection) -> None:
    rows = await board.page(told, limit=10_000)
    district = await areas.one(told, "371602.")
    assert district is not None
    assert (district.total, district.open) == (len(rows), sum(row.open for row in rows))
    assert district.overdue == sum(row.overdue for row in rows)
    assert district.closed == sum(row.closed_at is not None for row in rows)
    townships = await areas.at_depth(told, "371602.", areas.TOWNSHIP)
    assert sum(area.total for area in townships) == district.total
    assert (await areas.overdue_by_depth(told))[areas.TOWNSHIP] == (
        sum(area.overdue for area in townships), max(area.overdue for area in townships),
    )  # fmt: skip
    assert sum(grid.open for grid in await grids.inside(told)) == district.open
    by_department = await departments.every(told)
    assert sum(one.total for one in by_department) == sum(r.department is not None for r in rows)
    funnel = {row.status: row.cases for row in await stages.of_scope(told, "371602.")}
    assert funnel == {s: sum(r.status == s for r in rows) for s in {r.status for r in rows}}
    due = await deadlines.page(told, limit=10_000)
    assert {d.case_id for d in due} == {row.id for row in rows if row.due_at is not None}
    assert [d.due for d in due] == sorted(d.due for d in due)


async def test_timeline_carries_the_log_as_it_is(told: asyncpg.Connection) -> None:
    for step in list(stories(200))[:200:37]:
        entries = await timeline.of_case(told, step.stream)
        assert [entry.version for entry in entries] == list(range(1, len(entries) + 1))
        assert entries[step.version - 1].event() == step.event
        assert entries[step.version - 1].at == step.meta.effective_at


async def test_standing(told: asyncpg.Connection) -> None:
    standing = await reading.standing(told)
    head = await told.fetchval("select max(notification_id) from quanke_log")
    assert (standing.position, standing.head, standing.oldest_unapplied_at) == (head, head, None)
    assert len(standing.view) == 32
