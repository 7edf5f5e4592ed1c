"""The two logs that every case of the conformance suite runs over."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from eventlog.connection import Connection
from eventlog.memory import MemoryLog
from eventlog.port import EventLog
from eventlog.postgres import PostgresLog


@pytest.fixture(params=["memory", "postgres"])
def where(request: pytest.FixtureRequest) -> str | None:
    """The database of the log, or None for memory."""
    return None if request.param == "memory" else request.getfixturevalue("database")


@pytest.fixture
async def log(where: str | None) -> AsyncIterator[EventLog]:
    """An empty log: the reference, then the real one."""
    if where is None:
        yield MemoryLog()
        return
    async with PostgresLog.open(where) as opened:
        yield opened


@pytest.fixture
async def postgres_log(database: str) -> AsyncIterator[PostgresLog]:
    """An empty log in PostgreSQL."""
    async with PostgresLog.open(database) as opened:
        yield opened


@pytest.fixture
async def sql(database: str) -> AsyncIterator[Connection]:
    """A superuser's session beside the log."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()
