"""Reports written without a network, browser and server killed on the way: each arrives, once."""

import asyncio
import contextlib
import io
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.async_api import BrowserContext, Playwright, async_playwright, expect

from api.wiring import App
from domain.topics import decode
from eventlog.record import Position
from tests.browser.cell import Cell, running
from tests.browser.conftest import FLAGS
from tests.browser.line import Line
from tests.browser.phone import SCREEN, Phone, chromium
from tests.browser.test_platform import until
from tests.deadlines import parting

REPORTS = int(os.environ.get("QUANKE_REPORTS", "6"))
"""`quanke check offline` asks for twenty."""
SLOW = 15_000
"""Bytes a second that a bad line carries up: a photo takes some seconds."""
PATIENCE_S = 45.0
"""For what a phone does by itself once it lives, on a machine that does other things."""


def grainy() -> bytes:
    """A photo whose grain keeps it at some 60 kB."""
    grain = np.random.default_rng(7).integers(0, 255, (360, 480, 3), dtype=np.uint8)
    written = io.BytesIO()
    Image.fromarray(grain).save(written, "JPEG", quality=80)
    return written.getvalue()


PHOTO = grainy()


class Life:
    """One life of the phone's browser, on a profile that outlives it."""

    def __init__(self, profile: Path, phone: Phone) -> None:
        self.profile = profile
        self.phone = phone

    def kill(self) -> None:
        """End all its processes at once, as a battery does that falls out."""
        mine = f"--user-data-dir={self.profile}".encode()
        for found in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if mine in found.read_bytes().split(b"\0"):
                    os.kill(int(found.parent.name), signal.SIGKILL)


@asynccontextmanager
async def living(
    playwright: Playwright, cell: Cell, profile: Path, *, offline: bool = False, slow: bool = False
) -> AsyncIterator[Life]:
    """Start the browser on a profile and open the app."""
    context: BrowserContext = await playwright.chromium.launch_persistent_context(
        profile, executable_path=chromium(), args=list(FLAGS), locale="en-GB", offline=offline,
        **SCREEN,
    )  # fmt: skip
    try:
        page = context.pages[0]
        if slow:
            line = await context.new_cdp_session(page)
            limits = {"offline": False, "latency": 0, "downloadThroughput": -1}
            await line.send(
                "Network.emulateNetworkConditions", {**limits, "uploadThroughput": SLOW}
            )
        await page.goto(f"{cell.address}/field?lang=en")
        yield Life(profile, Phone(cell, context, page))
    finally:
        with contextlib.suppress(Exception):  # it was killed
            async with parting():
                await context.close()


async def written(phone: Phone, count: int) -> None:
    """Write reports without a network."""
    await phone.sign_in("grid_worker", "acct:w1")
    await phone.page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    await phone.page.reload()  # from here on the app comes from the phone
    await phone.place("Report")
    await phone.tap("Continue without a photo")
    await expect(phone.page.get_by_label("Exposed rubbish")).to_be_visible()  # kept from here on
    await phone.context.set_offline(True)
    for number in range(count):
        await phone.report(f"Report number {number}", picture=PHOTO)


async def waiting(phone: Phone, count: int) -> None:
    """The bar below says how many wait."""
    bar = phone.page.get_by_role("navigation")
    await expect(bar.get_by_role("button", name=re.compile(f"Outbox {count}$"))).to_be_visible()


async def reported(app: App) -> list[tuple[str, int]]:
    """What was reported, and with how many pictures that the case has."""
    events = await app.platform.log.read_all(Position(0), 1_000)
    found = []
    for one in events:
        if one.topic == "case.reported":
            event: Any = decode(one.topic, one.schema, one.state)
            kept = await app.platform.attachments.of_case(one.stream)
            names = {picture.sha256 for picture in kept}
            found.append((event.number, len(names.intersection(e.sha256 for e in event.evidence))))
    return found


async def _reached(cell: Cell, position: int) -> bool:
    return await cell.app.platform.log.head() >= position


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_offline_reports_arrive_once_each_whatever_is_killed(
    built: Path, database: str, tmp_path: Path
) -> None:
    profile, line = tmp_path / "profile", Line()
    async with async_playwright() as playwright:
        async with running(database, tmp_path, line=line.over) as cell:
            head = await cell.app.platform.log.head()
            async with living(playwright, cell, profile) as life:
                await written(life.phone, REPORTS)
                life.kill()  # before anything is sent
            async with living(playwright, cell, profile, offline=True) as life:
                await waiting(life.phone, REPORTS)
                assert await cell.app.platform.log.head() == head
            async with living(playwright, cell, profile, slow=True) as life:
                await asyncio.wait_for(line.half.wait(), PATIENCE_S)
                life.kill()  # a photo is half up
            kept = "select count(*) from quanke_attachment"
            assert await cell.app.platform.pool.fetchval(kept) == 0
            line.lose()
            async with living(playwright, cell, profile) as life:
                await asyncio.wait_for(line.lost.wait(), PATIENCE_S)
                life.kill()  # sent, written into the log, and not answered
            assert await cell.app.platform.log.head() == head + 1
            port = cell.port
        line = Line()
        async with running(database, tmp_path, port, line=line.over) as cell:
            line.half.clear()
            async with living(playwright, cell, profile, slow=True) as life:
                await waiting(life.phone, REPORTS - 1)
                line.half.clear()
                await asyncio.wait_for(line.half.wait(), PATIENCE_S)
                life.kill()
            async with living(playwright, cell, profile) as life:
                await until(lambda: _reached(cell, head + REPORTS // 2), PATIENCE_S)
                life.kill()  # somewhere in between
            line.lose()
            async with living(playwright, cell, profile) as life:
                await asyncio.wait_for(line.lost.wait(), PATIENCE_S)
                life.kill()
            port = cell.port
        async with running(database, tmp_path, port) as cell:
            async with living(playwright, cell, profile) as life:
                await life.phone.arrived_in_outbox(REPORTS)

            async def bound() -> bool:
                return sum(count for _, count in await reported(cell.app)) == REPORTS

            await until(bound, PATIENCE_S)
            found = await reported(cell.app)
            assert len(found) == REPORTS
            assert len({number for number, _ in found}) == REPORTS
            assert {count for _, count in found} == {1}
            assert await cell.app.platform.log.head() == head + REPORTS


@pytest.mark.slow
async def test_it_can_be_installed_and_an_update_leaves_the_outbox_alone(
    built: Path, database: str, tmp_path: Path
) -> None:
    profile, line = tmp_path / "profile", Line()
    async with (
        async_playwright() as playwright,
        running(database, tmp_path, line=line.over) as cell,
    ):
        async with living(playwright, cell, profile) as life:
            await written(life.phone, 1)
            devtools = await life.phone.context.new_cdp_session(life.phone.page)
            errors = await devtools.send("Page.getInstallabilityErrors")
            assert errors["installabilityErrors"] == []
            manifest = await devtools.send("Page.getAppManifest")
            assert manifest["errors"] == []
            assert manifest["url"] == f"{cell.address}/field/app.webmanifest"
            first = await life.phone.page.evaluate("caches.keys()")
        line.newer = True
        async with living(playwright, cell, profile, offline=True) as life:
            await waiting(life.phone, 1)
            await life.phone.context.set_offline(False)
            await life.phone.arrived_in_outbox(1)
            renewed = "caches.keys().then((names) => names.join())"
            wanted = first[0].replace("quanke-field-", "quanke-field-next-")
            await life.phone.page.evaluate(
                "navigator.serviceWorker.ready.then((one) => one.update())"
            )
            async with asyncio.timeout(PATIENCE_S):
                while await life.phone.page.evaluate(renewed) != wanted:
                    await asyncio.sleep(0.05)
            await life.phone.page.reload()
            await life.phone.arrived_in_outbox(1)
