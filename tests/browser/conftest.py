"""A real Chromium for the tests of the screens, and the built screens themselves.

Its start costs more than most of these tests, so a test process starts one, and every test
has contexts of its own in it. A browser belongs to the loop that started it: all tests of
this folder share one.
"""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from opscenter import DIST
from tests.api.conftest import founded_database, ground, held, patient
from tests.browser.double import Double
from tests.databases import cloned
from tests.deadlines import parting

__all__ = ["founded_database", "ground", "patient"]

HERE: Final = Path(__file__).parent
WINDOWED: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NAMES: Final = ("chromium-headless-shell", *WINDOWED)
"""The shell comes first: it draws the same page without a window around it that nobody sees,
for half the processor time (1.45 s for a wall opened and closed; 3.0 s)."""
FLAGS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WALL: Final[ViewportSize] = {"width": 1920, "height": 1080}

expect.set_options(timeout=30_000)  # a browser beside three test processes on two processors


def missing(what: str) -> None:
    """Skip where the thing is absent; on a build server that is a failure."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)


@pytest.fixture
def database(founded_database: str) -> str:
    """The small district, founded; its keys are in the test's directory."""
    return founded_database


@pytest.fixture
def empty(postgres: str, template: str) -> Iterator[str]:
    """A migrated database in which nothing is, as at a first start."""
    with cloned(postgres, template, f"quanke_empty_{uuid4().hex[:8]}") as dsn:
        yield dsn


@pytest.fixture(scope="session")
def built() -> Path:
    """Where the built screens are."""
    if not (DIST / "wall.html").is_file():
        missing("the screens are not built: ./quanke test builds them")
    return DIST


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of this folder run on the browser's loop."""
    one_loop = pytest.mark.asyncio(loop_scope="session")
    for item in items:
        if item.path.parent == HERE and pytest_asyncio.is_async_test(item):
            item.add_marker(one_loop, append=False)


def headless(names: Sequence[str] = NAMES) -> str | None:
    """Return the first of these browsers that the machine has, or what QUANKE_CHROMIUM names."""
    return os.environ.get("QUANKE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@asynccontextmanager
async def launched(names: Sequence[str]) -> AsyncIterator[Browser]:
    """Start the first browser of these names that the machine has."""
    found = headless(names)
    if found is None:
        missing("no Chromium on the PATH: apt-get install chromium, or set QUANKE_CHROMIUM")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        async with parting():
            await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(built: Path) -> AsyncIterator[Browser]:
    """A Chromium of this machine, for all tests of this process."""
    async for one in held(launched(NAMES)):
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def windowed(built: Path) -> AsyncIterator[Browser]:
    """The Chromium that people have; its letters are smoothed a little otherwise."""
    async for one in held(launched(WINDOWED)):
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """The Chromium, as empty as a new one, and emptied again."""
    yield chromium
    async with parting():
        for context in chromium.contexts:
            await context.close()


class Watched:
    """A page, what it asked for and what it complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda line: self.requests.append(line.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        if kind in {"error", "warning"}:
            self.complaints.append(f"{kind}: {text}")


@pytest_asyncio.fixture(loop_scope="session")
async def watched(browser: Browser) -> AsyncIterator[Watched]:
    """A page of the wall's size that notes its requests and complaints."""
    context = await browser.new_context(viewport={"width": 1920, "height": 1080})
    yield Watched(await context.new_page())
    async with parting():
        await context.close()


@pytest.fixture
def page(watched: Watched) -> Page:
    """A page of the wall's size."""
    return watched.page


@pytest.fixture
def double() -> Double:
    """A made-up district that moves only when told to."""
    return Double()


@asynccontextmanager
async def served(double: Double, port: int = 0) -> AsyncIterator[str]:
    """Serve the double on this loop; the address of its pages."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(double.app(), log_level="error", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listener]))
            while not server.started:
                await asyncio.sleep(0.01)
            try:
                yield address
            finally:
                server.should_exit = True


@pytest_asyncio.fixture(loop_scope="session")
async def address(double: Double, built: Path) -> AsyncIterator[str]:
    """The double, served."""
    async for one in held(served(double)):
        yield one
