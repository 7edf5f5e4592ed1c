"""What every test may ask for: a real PostgreSQL, and a fresh migrated database on it.

One server per test process (so per xdist worker), without fsync, in a directory of its
own; it dies with the process. A database is a clone of a template that was migrated
once, ready in some 20 ms. It lies in memory where there is room (`tests/homes.py`): a database
is four hundred files, and thousands of databases are a file system's work, not ours.

What they cost, in processor time of ours and the server's (two cores, load 10): a database made
and dropped 16 ms, and 26 where each of the two statements has a session of its own, for nearly a
thousand tests; a platform opened on one 66 ms, most of it the server's, which greets ten sessions,
for more than five hundred. Collecting is 4.5 s in each process, and 7.3 s where no test is compiled
yet.
"""

import asyncio
import gc
import itertools
import os
from collections.abc import Coroutine, Iterator
from operator import attrgetter
from typing import Any, TypeVar

import pytest
import structlog
from hypothesis import settings as properties

from api.database import opened
from api.database.server import PASSING
from api.settings import Settings
from migrations import migrate
from tests import deadlines
from tests.databases import cloned, command, commanded, named
from tests.homes import home
from tests.order import dealt

T = TypeVar("T")
TEMPLATE = "quanke_template"
WHILE_COLLECTING = (100_000, 50, 50)
"""Modules and tests are made to stay: looking for cycles among them was a quarter of collecting."""
COLLECT_AFTER = (20_000, 20, 50)
"""Allocations and generations between collections, as in the platform."""
_numbers = itertools.count(1)

# A machine that does other work as well is slow now and then: that is no fault of a property.
properties.register_profile("quanke", deadline=None)
properties.load_profile("quanke")

# What is logged of an exception is what Python prints of it. The library's own is a drawing with
# all values in it: a second of the processor and more for each, and many tests provoke them.
structlog.configure(
    processors=[
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if isinstance(one, structlog.dev.ConsoleRenderer)
        else one
        for one in structlog.get_config()["processors"]
    ]
)


def pytest_configure(config: pytest.Config) -> None:
    """Set the main thread's event loop ourselves.

    pytest-asyncio asks for it and thereby makes one that nobody would close.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    config.add_cleanup(loop.close)
    config.pluginmanager.register(deadlines)
    gc.set_threshold(*WHILE_COLLECTING)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, in every process, so that in the end nobody waits for one."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = dealt(items, processes, _is_slow, attrgetter("path"))


def pytest_collection_finish() -> None:
    """Keep the cycle collector off what lives as long as the process: all modules, all tests.

    As in the platform (`api/cli/run.py`); a tenth of the processor of tests that make objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server for this test process; the dsn of its first, empty database."""
    with home("quanke-test-") as path:
        loop = asyncio.new_event_loop()
        settings = Settings(data=path / "data", database_url=None)
        server = opened(settings, "test", exclusive=True, extra=PASSING)
        try:
            found = loop.run_until_complete(server.__aenter__())
            with commanded(found.dsn):
                yield found.dsn
            loop.run_until_complete(server.__aexit__(None, None, None))
        finally:
            loop.close()


@pytest.fixture(scope="session")
def template(postgres: str) -> str:
    """The name of a migrated database to clone."""
    command(postgres, f"create database {TEMPLATE}")
    _alone(migrate(named(postgres, TEMPLATE)))
    return TEMPLATE


@pytest.fixture
def database(postgres: str, template: str) -> Iterator[str]:
    """A fresh migrated database; its dsn, as superuser."""
    with cloned(postgres, template, f"quanke_test_{next(_numbers)}") as dsn:
        yield dsn


def _is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None


def _alone(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop of its own, leaving pytest-asyncio's alone."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
