"""A founded platform in this process, its read models at work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from api.settings import Settings
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import COMMUNITY, found


@asynccontextmanager
async def founded(database: str, home: Path) -> AsyncIterator[App]:
    """Open an App, found the small district, and let everything beside requests run."""
    async with App.open(Settings(data=home), database) as app, anyio.create_task_group() as tasks:
        tasks.start_soon(app.work)
        await found(app.platform.dispatcher)
        assert await app.caught_up(30)
        app.gate.open()
        yield app
        tasks.cancel_scope.cancel()


@pytest.fixture
async def app(database: str, tmp_path: Path) -> AsyncIterator[App]:
    """The platform, held open by one task: pytest sets up and tears down in two."""
    opened: asyncio.Future[App] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()

    async def hold() -> None:
        try:
            async with founded(database, tmp_path) as app:
                opened.set_result(app)
                await stop.wait()
        except BaseException as error:
            if opened.done():
                raise
            opened.set_exception(error)

    holding = asyncio.get_running_loop().create_task(hold())
    yield await opened
    stop.set()
    await holding


@pytest.fixture
def client(app: App) -> Client:
    """Nobody in particular; `acting` makes somebody of it."""
    return Client(app)


@pytest.fixture
def worker(client: Client) -> Client:
    """A grid worker of the community."""
    return client.acting(Role.GRID_WORKER, COMMUNITY, account="acct:w1")
