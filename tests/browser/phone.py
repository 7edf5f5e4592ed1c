"""A phone in the hand of somebody: its browser, where it is, and what a thumb does."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from api.auth.signing import signing_key
from api.auth.tokens import make_token
from tests.api.ground import COMMUNITY, POINT
from tests.api.pictures import photo
from tests.browser.cell import Cell
from tests.browser.conftest import NAMES
from tests.browser.dress import Mirror
from tests.deadlines import parting

SCREEN: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "permissions": ["geolocation"],
    "geolocation": {"longitude": POINT["lon"], "latitude": POINT["lat"], "accuracy": 12},
}
PHOTO: Final = photo(2000, 1500)
TARGETS: Final = """() => [...document.querySelectorAll(
    'button, a[href], input:not([type=file]), select, textarea, label.choice, label.take')]
  .filter((e) => e.checkVisibility() && !e.closest('label.choice input'))
  .map((e) => [e, (e.closest('label.choice') ?? e).getBoundingClientRect()])
  .filter(([, box]) => box.width < 44 || box.height < 44)
  .map(([e, box]) => `${e.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)"""


def chromium() -> str:
    """Where this machine's Chromium is."""
    return next(found for found in map(shutil.which, NAMES) if found)


class Phone:
    """One person's phone."""

    def __init__(self, cell: Cell, context: BrowserContext, page: Page) -> None:
        self.cell = cell
        self.context = context
        self.page = page
        self.mirror = Mirror(page)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(f"{said.type}: {said.text}"))
        page.on("request", lambda request: self.requests.append(request.url))

    async def sign_in(
        self, role: str, account: str, unit: str | None = None, scope: str = COMMUNITY
    ) -> None:
        """Open the sign-in link that an administrator has sent."""
        key = signing_key(self.cell.app.settings.keys_dir)
        token = make_token(key, role, scope, unit, account)
        await self.page.goto("about:blank")
        await self.page.goto(f"{self.cell.address}/field?lang=en#token={token}")
        await expect(self.page.get_by_role("navigation")).to_be_visible()

    async def tap(self, name: str, *, exact: bool = True) -> None:
        """Tap the button that is called so."""
        await self.page.get_by_role("button", name=name, exact=exact).click()

    async def place(self, name: str) -> None:
        """Go to a place of the bar below."""
        bar = self.page.get_by_role("navigation")
        await bar.get_by_role("button", name=re.compile(rf"^{name}( \d+)?$")).click()

    async def shoot(self, label: str = "Photos", picture: bytes = PHOTO) -> None:
        """Take a photo of a kind; it shows when it has been made small."""
        section = self.page.get_by_role("region", name=label)
        before = await section.get_by_role("img").count()
        one = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture}
        await section.locator("input[type=file]").set_input_files(one)  # type: ignore[arg-type]
        await expect(section.get_by_role("img")).to_have_count(before + 1)

    async def report(
        self,
        description: str = "",
        photos: int = 1,
        category: str = "Exposed rubbish",
        picture: bytes = PHOTO,
    ) -> None:
        """Report in three steps, and wait until it lies in the outbox."""
        await self.place("Report")
        for _ in range(photos):
            await self.shoot(picture=picture)
        await self.tap("Next" if photos else "Continue without a photo")
        await self.page.get_by_label(category).check()
        if description:
            await self.page.get_by_label("Description").fill(description)
        await self.tap("Next")
        await expect(
            self.page.get_by_role("status").filter(has_text="within about")
        ).to_be_visible()
        await self.tap("Send the report")
        await expect(self.page.get_by_role("heading", name=category)).to_be_visible()

    def state(self) -> Locator:
        """What the shown item says of itself."""
        return self.page.locator("main").get_by_role("status")

    async def arrived(self) -> str:
        """Wait until the shown item says that it was submitted; its position."""
        await expect(self.state()).to_contain_text("Submitted")
        return (await self.state().locator("code").inner_text()).lstrip("#")

    async def arrived_in_outbox(self, count: int) -> None:
        """Wait until the outbox says of so many that they have arrived."""
        await self.place("Outbox")
        arrived = self.page.get_by_text("Arrived", exact=True)
        await expect(arrived).to_have_count(count, timeout=60_000)

    async def small_targets(self) -> list[str]:
        """What is smaller than a thumb."""
        found: list[str] = await self.page.evaluate(TARGETS)
        return found


async def fine(one: Phone) -> None:
    """The shown view breaks no rule of WCAG in any dress, and everything in it fits a thumb."""
    await one.mirror.look("shown")
    assert one.mirror.found == {}
    assert await one.small_targets() == []


@asynccontextmanager
async def phone(browser: Browser, cell: Cell) -> AsyncIterator[Phone]:
    """A new phone, in English."""
    context = await browser.new_context(**SCREEN, locale="en-GB")
    try:
        yield Phone(cell, context, await context.new_page())
    finally:
        async with parting():
            await context.close()
