"""A page whose scripts did not come loads anew by itself, once the server gives both."""

import re
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Page
from starlette.applications import Starlette

from api.cli.serving import free_socket, serving
from api.http.screens import PAGES, Screens

SCRIPT: Final = re.compile(r"/assets/\w+-[\w-]+\.js")
KEEPING: Final = re.compile(r"/assets/keeping-[\w-]+\.js")
STARTED: Final = "() => Boolean(window.quankeView ?? document.querySelector('#screen > *'))"
LOOKS_MS: Final = 2_500
"""A little longer than the guard waits before it looks."""


@asynccontextmanager
async def screens(built: Path, port: int = 0) -> AsyncIterator[str]:
    """The pages alone, served on a port."""
    listening: socket.socket = free_socket("127.0.0.1", port)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with serving(Starlette(routes=Screens(built).routes()), listening):
        yield address


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_whose_server_went_away_before_its_scripts_comes_by_itself(
    page: Page, built: Path, name: str
) -> None:
    async with screens(built) as address:
        await page.route(SCRIPT, lambda route: route.abort("connectionrefused"))
        await page.goto(f"{address}/{name}")
    assert not await page.evaluate(STARTED)
    await page.unroute(SCRIPT)
    await page.wait_for_timeout(LOOKS_MS)
    assert page.url.endswith(name), "nobody answers: what is there stays"
    async with screens(built, int(address.rpartition(":")[2])):
        await page.wait_for_function(STARTED)


async def test_a_page_loaded_while_the_screens_are_replaced_waits_for_the_new_ones(
    page: Page, built: Path, tmp_path: Path
) -> None:
    """Its script is gone already; while there is no page at all it waits on."""
    dist = tmp_path / "dist"
    shutil.copytree(built, dist)
    whole = (dist / "wall.html").read_text("utf-8")
    (dist / "wall.html").write_text(SCRIPT.sub("/assets/wall-gone.js", whole, count=1), "utf-8")
    async with screens(dist) as address:
        await page.goto(f"{address}/wall")
        (dist / "wall.html").unlink()
        await page.wait_for_timeout(LOOKS_MS)
        await page.wait_for_function(f"() => !({STARTED})()")  # it may be on its way anew
        gone = await page.request.get(f"{address}/wall")
        assert (gone.status, gone.headers["refresh"]) == (503, "5")
        (dist / "wall.html").write_text(whole, "utf-8")
        await page.wait_for_function(STARTED)


async def test_what_a_wall_fetches_later_counts_too(page: Page, built: Path) -> None:
    """A wall without its keeping would never learn of a new build; a page fetches it once."""
    await page.route(KEEPING, lambda route: route.abort())
    async with screens(built) as address:
        async with page.expect_event("requestfailed", lambda one: bool(KEEPING.search(one.url))):
            await page.goto(f"{address}/wall")
        async with page.expect_event("requestfinished", lambda one: bool(KEEPING.search(one.url))):
            await page.unroute(KEEPING)
