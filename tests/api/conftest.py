"""A founded platform in this process, its read models at work."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import anyio
import pytest

from api.cli.serving import free_socket, serving
from api.graphql import documents
from api.settings import Settings
from api.wiring import App
from domain.actor import Role
from tests.api.client import Client
from tests.api.ground import COMMUNITY, DISTRICT, GRID, POINT, found
from tests.databases import clone, cloned
from tests.deadlines import parting

T = TypeVar("T")

# Every test's platform would check the same documents anew, which depends on nothing but the
# schema and the text: a tenth of what these tests cost.
documents._checked = lru_cache(maxsize=1_024)(documents._checked)


@dataclass(frozen=True)
class Ground:
    """A founded database to clone, and the keys its values are sealed under."""

    name: str
    keys: Path


@asynccontextmanager
async def working(home: Path, database: str) -> AsyncIterator[App]:
    """Open an App and let everything beside requests run."""
    async with (
        App.open(
            Settings(data=home, registered_only=False, rate_limit=False, stock_for_all=True),
            database,
        ) as app,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(app.work)
        yield app
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def founded(database: str, home: Path) -> AsyncIterator[App]:
    """Found the small district in an empty database, and let everything run."""
    async with working(home, database) as app:
        await found(app.platform.dispatcher)
        assert await app.caught_up(60)
        app.gate.open()
        yield app


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer for the read models than a caller would: a busy machine is none of the tests'.

    After two seconds a mutation answers without the case that it has changed. Put back after each
    test: the same process runs those of other rooms, some of which stop the read models.
    """
    for room in ("mutation.fields", "mutation.bulk", "alarm.mutations"):
        monkeypatch.setattr(f"api.graphql.{room}.PATIENCE_S", 60.0)


@pytest.fixture(scope="session")
def ground(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The small district, founded once for all tests of this process."""
    name = f"quanke_ground_{uuid4().hex[:8]}"
    home, dsn = tmp_path_factory.mktemp("ground"), clone(postgres, template, name)

    async def make() -> None:
        async with working(home, dsn) as app:
            await found(app.platform.dispatcher)
            assert await app.caught_up(60)

    loop = asyncio.new_event_loop()  # pytest-asyncio's own is left alone
    try:
        loop.run_until_complete(make())
    finally:
        loop.close()
    return Ground(name, home / "keys")


@pytest.fixture
def founded_database(postgres: str, ground: Ground, tmp_path: Path) -> Iterator[str]:
    """A founded database of the test's own; its keys are in the test's directory."""
    shutil.copytree(ground.keys, tmp_path / "keys")
    with cloned(postgres, ground.name, f"quanke_founded_{uuid4().hex[:8]}") as dsn:
        yield dsn


async def held(opening: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    """Hold something open by one task: pytest sets up and tears down in two.

    Closing it has a deadline: a test that has failed has no other left.
    """
    opened: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()

    async def hold() -> None:
        try:
            async with opening as found:
                opened.set_result(found)
                await stop.wait()
        except BaseException as error:
            if opened.done():
                raise
            opened.set_exception(error)

    holding = asyncio.get_running_loop().create_task(hold())
    yield await opened
    stop.set()
    async with parting():
        await holding


@asynccontextmanager
async def ready(home: Path, database: str) -> AsyncIterator[App]:
    """Open a founded platform and wait until it is ready."""
    async with working(home, database) as app:
        assert await app.caught_up(30)
        app.gate.open()
        yield app


@pytest.fixture
async def app(founded_database: str, tmp_path: Path) -> AsyncIterator[App]:
    """The platform."""
    async for one in held(ready(tmp_path, founded_database)):
        yield one


@asynccontextmanager
async def listening(app: App) -> AsyncIterator[str]:
    """Serve the platform on a real socket of this machine; host and port."""
    bound = free_socket("127.0.0.1", 0)
    async with serving(app.asgi, bound):
        yield f"127.0.0.1:{bound.getsockname()[1]}"


@pytest.fixture
async def address(app: App) -> AsyncIterator[str]:
    """The platform on a real socket: host and port."""
    async for one in held(listening(app)):
        yield one


@pytest.fixture
def client(app: App) -> Client:
    """Nobody in particular; `acting` makes somebody of it."""
    return Client(app)


@pytest.fixture
def worker(client: Client) -> Client:
    """A grid worker of the community."""
    return client.acting(Role.GRID_WORKER, COMMUNITY, account="acct:w1")


@pytest.fixture
async def cases(app: App, client: Client, worker: Client) -> list[str]:
    """Five cases at every step that a list or a timeline tells apart; their ids."""
    made = []
    for category in ("06010", "06036", "92003", "06010", "06036"):
        place: dict[str, Any] = {"point": POINT} if category != "06010" else {"grid": GRID}
        payload = await worker.done(
            "reportCase", channel="GRID_WORKER", category=category, place=place, description="脏"
        )
        made.append(payload["case"]["id"])
    acceptor = client.acting(Role.ACCEPTOR, DISTRICT)
    for case in made[:3]:
        await acceptor.done("acceptCase", case=case)
    await acceptor.done("mergeCase", case=made[1], into=made[4])
    dispatcher = client.acting(Role.DISPATCHER, DISTRICT)
    await client.acting(Role.DUTY_LEADER, DISTRICT).done("fileCase", case=made[0])
    await dispatcher.done("dispatchCase", case=made[0], department="sanitation")
    assert await app.platform.reached(await app.platform.log.head(), 30)
    return made
