"""Rows as COPY's own bytes are the same as those that go as JSON, and leave nothing behind."""

import gc
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from bench.histories import stories
from eventlog.record import Position, Recorded
from projections.case_board.queries import SQL as BOARD
from projections.case_timeline.project import Entry, entry, packed
from projections.copying import MESSAGE, source
from projections.decoding import seen_of
from projections.session import BUILDING, connect
from projections.writing import columns, insert

ROWS = 3_000


@pytest.fixture
def rows() -> list[Entry]:
    """Entries of made-up histories, with a unit and without one."""
    return [
        entry(seen_of(Recorded(
            Position(at), step.stream, step.version, step.new().topic, 1, at * 7, step.stream, 0,
            "system:测试", step.new().meta, step.new().state,
        )), f"371602.{at % 9:03}.")
        for at, step in zip(range(1, ROWS + 1), stories(ROWS // 5), strict=False)
    ]  # fmt: skip


@pytest.fixture
def uncollected() -> Iterator[None]:
    """No cycle is collected meanwhile, as in a build."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def _tables(connection: asyncpg.Connection) -> None:
    schema = Path("projections/case_timeline/schema.sql").read_text("utf-8")
    for name in ("said", "packed"):
        await connection.execute(f"create schema {name}; {schema.replace(':schema', name)}")


async def _copy(connection: asyncpg.Connection, rows: list[Entry]) -> None:
    await connection.copy_to_table(
        "entry", schema_name="packed", columns=columns(Entry), format="binary",
        source=source(map(packed, rows)),
    )  # fmt: skip


async def test_an_entry_is_the_same_by_either_way(database: str, rows: list[Entry]) -> None:
    connection = await asyncpg.connect(database)
    await _tables(connection)
    await insert(connection, "said.entry", rows)
    await _copy(connection, rows)
    assert sum(map(len, map(packed, rows))) > MESSAGE, "in several messages"
    differ = "select count(*) from said.entry s full join packed.entry p using (position) where "
    assert await connection.fetchval(differ + "s is distinct from p") == 0
    assert await connection.fetchval("select count(*) from packed.entry") == len(rows)
    units = "select count(distinct unit), count(*) filter (where unit is null) from packed.entry"
    (counts,) = await connection.fetch(units)
    assert all(counts), "both with a unit and without"
    await connection.close()


@pytest.mark.usefixtures("uncollected")
async def test_what_was_copied_is_given_free_without_the_collector(
    database: str, rows: list[Entry]
) -> None:
    connection = await asyncpg.connect(database)
    await _tables(connection)
    await _copy(connection, rows)
    gc.collect()
    for _ in range(3):
        await _copy(connection, rows)
    assert gc.collect() == 0
    await connection.close()


async def test_a_build_finds_what_has_run_out_by_its_index(database: str) -> None:
    """With no rows counted yet: else each page would read the whole board."""
    schema = Path("projections/case_board/schema.sql").read_text("utf-8")
    connection = await connect(database, "test", **BUILDING)
    await connection.execute(f"create schema built; {schema.replace(':schema', 'built')}")
    text = BOARD.of("run_out", "built").replace("$1", "1").replace("$2", "'{}'")
    plan = "\n".join(row[0] for row in await connection.fetch(f"explain {text}"))
    assert "board_target" in plan, plan
    await connection.close()
