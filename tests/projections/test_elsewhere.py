"""A rebuild by two processes gives what one gives, held streams and skipped events included."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from bench.histories import stories
from eventlog.postgres import PostgresLog
from eventlog.record import NewEvent, Position, Write
from projections import elsewhere
from projections import rebuild as rebuilding
from projections.build import Build
from projections.delta import Delta
from projections.leaves import leaf_sha256
from projections.port import Connection, Page
from projections.quarantine import Holds
from projections.rebuild import build_missing, named, rebuild
from projections.registry import READ_MODELS
from projections.release import listed, skip
from projections.session import connect
from tests.projections.logs import append, leaves_of, project, tables


@pytest.fixture
def told_to(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What the other process was told: schema and position."""
    told: list[tuple[str, int]] = []
    real = elsewhere.building

    @asynccontextmanager
    async def noted(
        dsn: str, schema: str, target: int, holds: Holds
    ) -> AsyncIterator[elsewhere.Done]:
        told.append((schema, target))
        async with real(dsn, schema, target, holds) as done:
            yield done

    monkeypatch.setattr(elsewhere, "building", noted)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    return told


async def test_two_processes_build_what_one_builds(
    database: str, told_to: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = list(stories(150))
    odd = NewEvent("case.from_the_future", 1, b"{}", steps[0].new().meta)
    async with PostgresLog.open(database) as log:
        await append(log, steps)
        for number, step in enumerate({step.stream: step for step in steps}.values()):
            if number < 2:
                write = Write(step.stream, step.version, (odd,))
                await log.append(UUID(int=number + 1), "a", [write])
        await project(log, database)
        head = await log.head()
    await skip(database, named(["case_past"])[0], head, "not for this release", "administrator")
    followed = await tables(database)
    quarantine = await listed(database, READ_MODELS)
    assert len({row.position for row in quarantine}) == 2

    monkeypatch.setattr(rebuilding, "LARGE", head)
    done = await rebuild(database)

    assert [target for _, target in told_to] == [head]
    assert {one.position for one in done} == {head}
    assert await tables(database) == followed
    states = {(row.read_model, row.position, row.state) for row in quarantine}
    after = await listed(database, READ_MODELS)
    assert {(row.read_model, row.position, row.state) for row in after} == states


async def test_a_first_build_keeps_every_leaf_once(
    database: str, told_to: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "LARGE", 0)
    async with PostgresLog.open(database) as log:
        await append(log, list(stories(20)))
        await build_missing(database, READ_MODELS)
        recorded = await log.read_all(Position(0), 1_000)
    assert len(told_to) == 1
    assert await leaves_of(database) == {one.position: leaf_sha256(one) for one in recorded}


class Watching:
    """A read model without tables; notes whether each case's steps were laid out for it."""

    version = 1

    def __init__(self, name: str) -> None:
        self.name = name
        self.laid_out: list[bool] = []

    async def apply(self, _connection: Connection, schema: str, page: Page) -> list[Delta]:
        """Note."""
        assert schema == "nowhere"
        self.laid_out += [one.stepwise is not None for one in page.touched.values()]
        return []


async def test_steps_are_laid_out_only_while_the_past_is_built_here(database: str) -> None:
    watching, past = Watching("grid_load"), Watching("case_past")
    connection = await connect(database, "build")
    async with PostgresLog.open(database) as log:
        await append(log, list(stories(6)))
        head = await log.head()
        build = Build(connection, log, [watching, past], lambda _: "nowhere")
        build.keeps_leaves = False
        build.leave(past.name)
        await build.catch_up(head // 2)
        assert watching.laid_out
        assert not any(watching.laid_out)
        assert past.laid_out == []
        build.adopt(past, [])
        await build.catch_up(head)
    await connection.close()
    assert past.laid_out
    assert all(past.laid_out)


async def test_one_read_model_alone_needs_no_company(
    database: str, told_to: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "LARGE", 0)
    async with PostgresLog.open(database) as log:
        await append(log, list(stories(3)))
    await rebuild(database, named(["case_past"]))
    assert told_to == []


async def test_who_ends_early_is_told(database: str) -> None:
    with pytest.raises(elsewhere.EndedEarly, match="code 1"):  # there are no such tables
        async with elsewhere.building(database, "nowhere", 1, Holds()) as done:
            await done()
