"""The loop's whole story on screen, with only what people see: roles, labels, keys.

Reported on the phone, seen on the wall, dispatched at the console, handled and checked on
phones, rated by link, proved by the auditor. Told twice on one platform, at the same time:
in Chinese on a case of the demo's, in English on one imported from Boston's file. On the
way everybody is refused once: the wrong role, a conflict, a return, a rework.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from eventlog.sealer import Sealer
from tests.browser.cell import Cell, running
from tests.browser.city import City, boston, demo, found, imported
from tests.browser.desk import SIZE
from tests.browser.phone import PHOTO, SCREEN
from tests.browser.test_sign_in import token_of
from tests.browser.tongue import Tongue

Seal: TypeAlias = Callable[[], Awaitable[None]]


class People:
    """Everybody of one story, each with a browser context of their own."""

    def __init__(self, browser: Browser, cell: Cell, city: City, stack: AsyncExitStack) -> None:
        self.browser = browser
        self.cell = cell
        self.city = city
        self.says = Tongue(city.lang)
        self.complaints: list[str] = []
        self._stack = stack

    async def _page(self, **kind: Any) -> Page:
        context: BrowserContext = await self.browser.new_context(**kind)
        self._stack.push_async_callback(context.close)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        return page

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    async def at(self, screen: str, role: str = "", unit: str | None = None) -> Page:
        """Somebody before a screen of a desk, or the wall."""
        page = await self._page(viewport=SIZE, reduced_motion="reduce")
        token = f"#token={token_of(self.cell, role, self.city.district, unit)}" if role else ""
        scope = "" if role else f"&scope={self.city.district}"
        await page.goto(f"{self.cell.address}/{screen}?lang={self.city.lang}{scope}{token}")
        return page

    async def phone(self, role: str, scope: str, unit: str | None = None) -> "Phone":
        """Somebody out in the field."""
        spot = self.city.point or (-71.0589, 42.3181)
        where = {"longitude": spot[0], "latitude": spot[1], "accuracy": 9}
        page = await self._page(**{**SCREEN, "geolocation": where})
        token = token_of(self.cell, role, scope, unit)
        await page.goto(f"{self.cell.address}/field?lang={self.city.lang}#token={token}")
        return Phone(page, self.says)

    async def resident(self, link: str) -> Page:
        """Whoever reported it, with the link from a text message."""
        page = await self._page(**SCREEN)
        path, _, fragment = link.partition("#")
        await page.goto(f"{path}?lang={self.city.lang}#{fragment}")
        return page


class Phone:
    """What a thumb does."""

    def __init__(self, page: Page, says: Tongue) -> None:
        self.page = page
        self.says = says

    async def tap(self, word: str) -> None:
        """Tap the button that is called so."""
        await self.page.get_by_role("button", name=self.says(word), exact=True).click()

    async def place(self, word: str) -> None:
        """Go to a place of the bar below."""
        bar = self.page.get_by_role("navigation")
        await bar.get_by_role("button", name=re.compile(rf"^{self.says(word)}( \d+)?$")).click()

    async def shoot(self, word: str) -> None:
        """Take a photo of a kind."""
        section = self.page.get_by_role("region", name=self.says(word))
        one: Any = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": PHOTO}
        await section.locator("input[type=file]").set_input_files(one)
        await expect(section.get_by_role("img")).to_have_count(1)

    async def fill(self, word: str, text: str) -> None:
        """Write into the field that is called so."""
        await self.page.get_by_label(self.says(word), exact=True).fill(text)

    async def arrived(self) -> int:
        """Wait until it says that it was submitted; its position."""
        state = self.page.locator("main").get_by_role("status")
        await expect(state).to_contain_text(self.says("submitted"))
        return int((await state.locator("code").inner_text()).lstrip("#"))

    async def open(self, number: str) -> None:
        """Go to the tasks and open the one of a number."""
        await self.place("tasks")
        await self.page.get_by_role("link").filter(has_text=number).click()


class Desk:
    """What keys do at the console."""

    def __init__(self, page: Page, says: Tongue) -> None:
        self.page = page
        self.says = says

    def row(self, number: str) -> Locator:
        """The queue's row of a case."""
        queue = self.page.get_by_role("listbox", name=self.says("queue"))
        return queue.get_by_role("option").filter(has_text=number)

    async def choose(self, number: str) -> None:
        """Choose a case with the keys, by its number."""
        await self.page.keyboard.press("Control+K")
        await self.page.keyboard.type(number)
        found = self.page.locator("#palette-list").get_by_role("option").filter(has_text=number)
        await expect(found.first).to_be_visible()
        await self.page.keyboard.press("Enter")
        await expect(self.case.get_by_text(number).filter(visible=True).first).to_be_visible()

    @property
    def case(self) -> Locator:
        """The pane of the chosen case."""
        return self.page.get_by_role("region", name=self.says("case"), exact=True)

    def may(self, word: str) -> Locator:
        """The button of a verb that may be done next."""
        return self.case.get_by_role("button", name=re.compile(f"^{self.says(word)}"))

    async def begin(self, key: str, word: str) -> Locator:
        """Press a verb's key once it may be done; its dialog."""
        await expect(self.may(word).first).to_be_visible()
        await self.page.keyboard.press(key)
        form = self.page.get_by_role("dialog", name=self.says(word))
        await expect(form).to_be_visible()
        return form

    async def do(self, key: str, word: str) -> None:
        """A verb that needs no more than its key, and its position afterwards."""
        await self.begin(key, word)
        await self.page.keyboard.press("Control+Enter")
        await self.committed(word)

    async def committed(self, word: str) -> None:
        """Wait until the newest command of a verb has its position."""
        sent = self.page.get_by_label(self.says("sent")).get_by_role("listitem")
        mine = sent.filter(has_text=self.says(word)).first
        await expect(mine).to_contain_text(self.says("committed"))


@asynccontextmanager
async def people(browser: Browser, cell: Cell, city: City) -> AsyncIterator[People]:
    """Everybody of a story; nothing on any of their screens may have gone wrong."""
    async with AsyncExitStack() as stack:
        all_of_them = People(browser, cell, city, stack)
        yield all_of_them
        assert all_of_them.complaints == []


@pytest.mark.slow
@pytest.mark.timeout(600)  # two stories of nine browsers: a loaded machine takes two minutes
async def test_the_story_in_chinese_on_the_demo_and_in_english_on_boston(
    browser: Browser, built: Path, empty: str, tmp_path: Path
) -> None:
    async with (
        running(empty, tmp_path) as cell,
        Sealer.open(empty, tmp_path / "sealer") as sealer,
    ):
        await found(cell)
        seal = _in_turn(sealer)
        async with asyncio.TaskGroup() as both:
            both.create_task(_demo(browser, cell, seal))
            both.create_task(_boston(browser, cell, seal, tmp_path))


def _in_turn(sealer: Sealer) -> Seal:
    """The one sealer of the two stories: it makes one step at a time."""
    turn = asyncio.Lock()

    async def seal() -> None:
        async with turn:
            await sealer.step()

    return seal


async def _demo(browser: Browser, cell: Cell, seal: Seal) -> None:
    async with people(browser, cell, demo()) as cast:
        wall = await cast.at("wall")
        worker = await cast.phone("grid_worker", cast.city.community)
        number = await _report(worker, cast.city)
        await _fed(wall, cast, "fed-reported")
        leader = Desk(await cast.at("console", "duty_leader"), cast.says)
        await _go(cast, leader, number, seal)
        await _fed(wall, cast, "fed-closed")


async def _boston(browser: Browser, cell: Cell, seal: Seal, home: Path) -> None:
    async with people(browser, cell, boston()) as cast:
        wall = await cast.at("wall")
        number = await imported(cell, home)
        await _fed(wall, cast, "fed-reported")
        worker = await cast.phone("grid_worker", cast.city.community)
        twin = await _report(worker, cast.city)
        leader = Desk(await cast.at("console", "duty_leader"), cast.says)
        await _merge(leader, twin)
        await _go(cast, leader, number, seal)
        await _fed(wall, cast, "fed-closed")


async def _fed(wall: Page, cast: People, word: str) -> None:
    """The wall's feed shows the step with its category."""
    line = wall.locator("section.feed").get_by_text(cast.says(word))
    await expect(line.first).to_be_visible()
    await expect(wall.locator("section.feed")).to_contain_text(cast.city.category[:8])


async def _report(worker: Phone, city: City) -> str:
    """Report in three steps with a photo; the case's number."""
    page, says = worker.page, worker.says
    await worker.place("report")
    await worker.shoot("pictures")
    await worker.tap("next")
    await page.get_by_label(city.category).check()
    await worker.fill("description", "路口东侧 / east of the crossing")
    await worker.tap("next")
    if city.point:
        await expect(page.get_by_role("status").filter(has_text=says("near"))).to_be_visible()
    else:  # a city whose grids have no borders yet
        await page.get_by_label(says("choose-grid")).check()
        await _choose_grid(page)
    await worker.tap("submit")
    await worker.arrived()
    number = page.locator(".number")
    await expect(number).to_have_text(re.compile(r"\d{9,}"))
    return re.sub(r"\D", "", await number.inner_text())


async def _choose_grid(page: Page) -> None:
    for label in ("Community", "Grid"):
        choice = page.get_by_label(label, exact=True)
        await expect(choice.get_by_role("option")).not_to_have_count(1)
        await choice.select_option(index=1)


async def _merge(leader: Desk, twin: str) -> None:
    """The console shows what is similar; one is merged into the other."""
    await leader.choose(twin)
    similar = leader.page.get_by_role("region", name=leader.says("similar"))
    other = similar.get_by_role("listitem").filter(has_text="Request for Pothole Repair").first
    await other.get_by_role("button", name=leader.says("merge-here")).click()
    await leader.page.keyboard.press("Control+Enter")
    await leader.committed("merge")


async def _go(cast: People, leader: Desk, number: str, seal: Seal) -> None:
    """From a case that is on the console to its proof."""
    dispatcher = Desk(await cast.at("console", "dispatcher"), cast.says)
    await expect(dispatcher.row(number)).to_be_visible()
    await dispatcher.choose(number)
    await leader.choose(number)
    await _not_theirs(dispatcher)
    if not cast.city.other:  # Boston's file states who has it
        await leader.do("a", "accept")
        await expect(
            dispatcher.page.get_by_role("region", name=dispatcher.says("suggested"))
        ).to_be_visible()
        await dispatcher.begin("d", "dispatch")
        await _second(leader, dispatcher)
    handler = await _return(cast, leader, dispatcher, number)
    for attempt in (1, 2):
        await _handle(handler, number, attempt)
        await dispatcher.do("c", "check")
        await _check(cast, number, attempt)
    await leader.do("Shift+C", "close")
    await leader.do("b", "follow-up")
    link = leader.case.get_by_label(cast.says("rate-link"))
    await expect(link).to_have_value(re.compile("#rate="))
    position = await _rate(await cast.resident(await link.input_value()), cast)
    await seal()
    await _prove(await cast.at("audit", "auditor"), cast, number, position)


async def _not_theirs(dispatcher: Desk) -> None:
    """Accepting is not the dispatcher's."""
    await dispatcher.page.keyboard.press("a")
    await expect(dispatcher.page.get_by_text(dispatcher.says("not-yours"))).to_be_visible()


async def _second(leader: Desk, dispatcher: Desk) -> None:
    """Two act at once: the dispatcher hears who was first, and sends again what was filled in."""
    form = dispatcher.page.get_by_role("dialog", name=dispatcher.says("dispatch"))
    await _urge(leader)
    await dispatcher.page.keyboard.press("Control+Enter")
    await expect(form.get_by_role("alert")).to_contain_text(dispatcher.says("was-first"))
    await dispatcher.page.keyboard.press("Control+Enter")
    await dispatcher.committed("dispatch")


async def _urge(leader: Desk) -> None:
    form = await leader.begin("u", "urge")
    await form.get_by_label(leader.says("note")).fill("尽快 / soon")
    await leader.page.keyboard.press("Control+Enter")
    await leader.committed("urge")


async def _return(cast: People, leader: Desk, dispatcher: Desk, number: str) -> Phone:
    """The department gives it back; the dispatcher rules. Whose it is then."""
    handler = await cast.phone("handler", cast.city.district, cast.city.department)
    await handler.open(number)
    await handler.tap("return")
    await handler.page.get_by_label(cast.says("not-ours")).check()
    await handler.tap("returned")
    await handler.arrived()
    if not cast.city.other:
        await dispatcher.do("Shift+Q", "refuse")
        return handler
    await dispatcher.do("Shift+R", "uphold")
    form = await dispatcher.begin("d", "dispatch")
    await form.get_by_label(cast.says("department")).fill(cast.city.other_name)
    await dispatcher.page.keyboard.press("Enter")
    await _second(leader, dispatcher)
    return await cast.phone("handler", cast.city.district, cast.city.other)


async def _handle(handler: Phone, number: str, attempt: int) -> None:
    """Acknowledge, then report it done with evidence; the second time after a rework."""
    await handler.open(number)
    if attempt == 1:
        await handler.tap("acknowledge")
        await handler.tap("acknowledged")
        await handler.arrived()
        await handler.open(number)
    else:
        await expect(handler.page.get_by_text(handler.says("rework"))).to_be_visible()
    await handler.tap("handle")
    await handler.shoot("before")
    await handler.shoot("after")
    await handler.fill("conclusion", f"已清理 / cleared {attempt}")
    await handler.tap("handled")
    await handler.arrived()


async def _check(cast: People, number: str, attempt: int) -> None:
    """The first time it is not right, the second time it is."""
    checker = await cast.phone("checker", cast.city.district)
    await checker.open(number)
    await expect(checker.page.get_by_text(f"cleared {attempt}")).to_be_visible()
    if attempt == 1:
        await checker.tap("fail")
        await checker.fill("what-is-wrong", "还剩一半 / half is left")
        await checker.tap("failed")
    else:
        await checker.tap("pass")
        await checker.tap("passed")
    await checker.arrived()


async def _rate(page: Page, cast: People) -> int:
    """The resident rates once; a second time the link says so. The rating's position."""
    await page.get_by_label(cast.says("solved"), exact=True).check()
    await page.get_by_label(cast.says("satisfied"), exact=True).check()
    await page.get_by_role("button", name=cast.says("rate")).click()
    await expect(page.get_by_role("heading", name=cast.says("thanks"))).to_be_visible()
    position = await page.get_by_role("status").locator("code").inner_text()
    await page.reload()
    await expect(page.get_by_text(cast.says("rated-already"))).to_be_visible()
    return int(position.lstrip("#"))


async def _prove(page: Page, cast: People, number: str, position: int) -> None:
    """The auditor finds the case by its number, sees every step, and proves the last."""
    await page.get_by_label(cast.says("number")).fill(number)
    await page.keyboard.press("Enter")
    steps = page.get_by_role("region", name=number).get_by_role("listitem")
    last = steps.filter(has_text=f"#{position}")
    await expect(last).to_be_visible()
    await last.get_by_role("button").click()
    await page.get_by_role("button", name=cast.says("verify")).click()
    await expect(page.get_by_role("heading", name=cast.says("holds"))).to_be_visible()
