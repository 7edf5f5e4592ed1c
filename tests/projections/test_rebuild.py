"""A rebuild gives what following the log gave, for every event type."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import pytest

from bench.histories import stories
from domain.case.events import EVENTS
from eventlog.postgres import PostgresLog
from eventlog.record import Position, Recorded
from projections import build
from projections.checkpoint import SQL as WHERE_ALL_STAND
from projections.checkpoint import Checkpoint, checkpoints, place
from projections.history import History
from projections.leaves import leaf_sha256
from projections.reading import SQL as READING
from projections.rebuild import build_missing, rebuild
from projections.registry import READ_MODELS, schema_of
from tests.projections.logs import append, leaves_of, project, tables

CASES = 500
UNKNOWN = """select string_agg(c.oid::regclass::text, ', ') from pg_class c
 where c.relkind = 'r' and c.reltuples < 0
   and c.relnamespace::regnamespace::text = any($1::text[])"""


@pytest.mark.parametrize("page", [1_000, 7])
async def test_rebuild_equals_incremental(
    database: str, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "carefully", None)  # many rows go by COPY, and nothing fails there
    steps = list(stories(CASES if page > 7 else 120))
    assert {step.event.TOPIC for step in stories(CASES)} == {event.TOPIC for event in EVENTS}
    async with PostgresLog.open(database) as log:
        await append(log, steps)
        for part in range(3):
            await append(log, list(stories(10, seed=part + 7))[:0])
        await project(log, database, page=page)
    followed = await tables(database)
    assert sum(map(len, followed.values())) > CASES
    done = await rebuild(database)
    assert {one.position for one in done} == {len(steps)}
    assert await tables(database) == followed


async def test_a_build_that_forgets_cases_folds_them_again_from_their_streams(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "PAGE", 64)
    monkeypatch.setattr(build, "KEPT", 5)
    asked: list[int] = []
    real = History.read_streams

    async def noted(self: History, streams: Sequence[UUID]) -> list[Recorded]:
        asked.append(len(streams))
        return await real(self, streams)

    monkeypatch.setattr(History, "read_streams", noted)
    async with PostgresLog.open(database) as log:
        await append(log, list(stories(60)))
        await project(log, database)
    followed = await tables(database)
    await rebuild(database)
    assert sum(asked) > 60
    assert await tables(database) == followed


async def test_a_first_build_leaves_nothing_for_the_runner_to_make_good(database: str) -> None:
    steps = list(stories(30))
    async with PostgresLog.open(database) as log:
        for some in (steps[:-3], steps[-3:]):  # the second beside leaves that are kept already
            head = await append(log, some)
            await (build_missing(database, READ_MODELS) if head < len(steps) else rebuild(database))
            recorded = await log.read_all(Position(0), 1_000)
            assert await leaves_of(database) == {one.position: leaf_sha256(one) for one in recorded}


async def test_the_planner_knows_what_was_built(database: str) -> None:
    steps = list(stories(30))
    async with PostgresLog.open(database) as log:
        await append(log, steps)
    await build_missing(database, READ_MODELS)
    connection = await asyncpg.connect(database)
    try:
        schemas = [schema_of(model) for model in READ_MODELS]
        unknown = await connection.fetchval(UNKNOWN, schemas)
    finally:
        await connection.close()
    assert unknown is None


async def test_a_checkpoint_knows_whether_its_version_is_live(told: asyncpg.Connection) -> None:
    """Whatever is written in which order: every answer's position is the slowest live one's."""

    async def marked() -> list[tuple[object, ...]]:
        rows = await told.fetch("select read_model, version from quanke_checkpoint where live")
        joined = await told.fetch(
            "select c.read_model, c.version from quanke_read_model m"
            " join quanke_checkpoint c on c.read_model = m.read_model and c.version = m.version"
        )
        assert sorted(map(tuple, rows)) == sorted(map(tuple, joined))
        return sorted(map(tuple, rows))

    before = await marked()
    name, version = before[0]
    assert len(before) == len(READ_MODELS)
    begun = Checkpoint(
        read_model=str(name), version=99, rebuild=1, position=0, recorded_at=0, leaf=b"", holds=0
    )
    await told.execute(
        "insert into quanke_checkpoint (read_model, version) values ($1, 98)", begun.read_model
    )
    assert await marked() == before
    await place(told, begun)
    assert await marked() == sorted([*before[1:], (name, 99)])
    assert await told.fetchval(READING["position"]) == 0
    await told.execute(
        "update quanke_read_model set version = $2 where read_model = $1", name, version
    )
    assert await marked() == before
    await told.execute("delete from quanke_read_model where read_model = $1", name)
    assert await marked() == before[1:]


async def test_where_all_stand_is_the_first_that_a_new_session_asks(
    told: asyncpg.Connection,
) -> None:
    """Nothing before it about types: the driver would ask that anew in every session."""
    asked: list[str] = []
    told.add_query_logger(lambda one: asked.append(one.query))
    assert len(await checkpoints(told, READ_MODELS)) == len(READ_MODELS)
    assert await told.fetchval("select 6 * 7") == 42  # by now the driver has told of the first
    assert asked[0] == WHERE_ALL_STAND["all"]
