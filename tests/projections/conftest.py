"""A projected log, told once and cloned for each test that wants one."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from bench.histories import stories
from eventlog.postgres import PostgresLog
from tests.databases import clone, cloned
from tests.projections.logs import append, project

CASES = 200
TOLD = "quanke_told"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def told_template(postgres: str, template: str) -> str:
    """The name of a database whose log and read models hold `CASES` cases."""
    dsn = clone(postgres, template, TOLD)
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(_tell(dsn))
    finally:
        loop.close()
    return TOLD


async def _tell(dsn: str) -> None:
    async with PostgresLog.open(dsn) as log:
        await append(log, stories(CASES))
        await project(log, dsn)
    connection = await asyncpg.connect(dsn)
    await connection.execute("analyze")
    await connection.close()


@pytest.fixture
def told_database(postgres: str, told_template: str) -> Iterator[str]:
    """A fresh database with a projected log; its dsn, as superuser."""
    with cloned(postgres, told_template, f"quanke_told_{next(_numbers)}") as dsn:
        yield dsn


@pytest.fixture
async def told(told_database: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """A connection to `told_database`."""
    connection = await asyncpg.connect(told_database)
    yield connection
    await connection.close()
