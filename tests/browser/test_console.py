"""The console before the real platform: the loop by its keys, refusals, conflicts, claims."""

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, expect

from api.graphql.ids import case_key
from api.http.shedding import BODY
from domain.actor import Role
from eventlog.beside import beside
from tests.api.client import Client
from tests.api.ground import DISTRICT, GRID, OTHER_GRID
from tests.browser.axe import violations
from tests.browser.cell import Cell, running
from tests.browser.desk import VERBS, choose, committed, desk, row, rows

Opened = Callable[[], AbstractAsyncContextManager[Cell]]


@pytest.fixture
def platform(database: str, built: Path, tmp_path: Path) -> Opened:
    """A platform with the small district, to be opened by the test itself."""
    return lambda: running(database, tmp_path)


@pytest.mark.slow
async def test_a_case_goes_round_the_loop_by_keys_alone(browser: Browser, platform: Opened) -> None:
    async with platform() as cell:
        await cell.report()
        async with desk(browser, cell, "acceptor") as acceptor:
            page = acceptor.page
            await expect(page.get_by_role("heading", name="Exposed rubbish")).to_be_visible()
            await page.keyboard.press("a")
            await expect(page.get_by_role("dialog", name="Accept")).to_be_visible()
            await page.keyboard.press("Enter")
            await committed(page, "Accept")
            assert acceptor.complaints == []
            assert {url.split("/")[2] for url in acceptor.requests} == {cell.address[7:]}
        async with desk(browser, cell, "duty_leader") as leader:
            await expect(leader.page.get_by_role("button", name="File", exact=True)).to_be_visible()
            await leader.page.keyboard.press("f")
            await leader.page.keyboard.press("Enter")
            await committed(leader.page, "File")
        async with desk(browser, cell, "dispatcher") as dispatcher:
            page = dispatcher.page
            suggested = page.get_by_role("region", name="Suggested dispatch")
            await expect(suggested).to_contain_text("Sanitation because Sanitation's duty")
            await expect(suggested).to_contain_text("Handle by")
            await page.keyboard.press(",")
            why = page.get_by_role("dialog", name="How the deadlines are counted")
            accepting = why.get_by_role("region", name="acceptance")
            await expect(accepting).to_contain_text("limit 1 urgent hour, calendar 371602@2026.1")
            await expect(accepting.get_by_role("row").last).to_contain_text("1 h")
            assert await violations(page) == []
            await page.keyboard.press("Escape")
            await page.keyboard.press("d")
            await expect(page.get_by_role("dialog", name="Dispatch")).to_be_visible()
            await page.keyboard.press("Control+Enter")
            await committed(page, "Dispatch")
            await expect(
                page.get_by_role("region", name="Case").get_by_text("Dispatched").first
            ).to_be_visible()
        async with desk(browser, cell, "handler", unit="sanitation") as handler:
            await expect(handler.page.get_by_role("button", name="Acknowledge")).to_be_visible()
            await handler.page.keyboard.press("q")
            await handler.page.keyboard.press("Enter")
            await committed(handler.page, "Acknowledge")


async def test_a_command_is_said_to_be_sending_until_its_position_is_known(
    browser: Browser, platform: Opened
) -> None:
    async with platform() as cell, desk(browser, cell, "acceptor") as acceptor:
        case, page, held = (await cell.report())["case"], acceptor.page, asyncio.Event()

        async def slow(route: Route) -> None:
            if "mutation" in (route.request.post_data or ""):
                await held.wait()
            await route.continue_()

        await expect(page.get_by_role("heading", name="Exposed rubbish")).to_be_visible()
        await page.route("**/graphql", slow)
        await page.keyboard.press("a")
        await page.keyboard.press("Enter")
        sent = page.get_by_label("Sent commands").get_by_role("listitem")
        await expect(sent).to_contain_text("sending")
        await expect(page.get_by_role("dialog")).to_have_count(0)  # one goes on working
        held.set()
        await committed(page, "Accept")
        last = (await cell.app.platform.log.read_stream(case_key(case["id"])))[-1]
        await expect(sent).to_contain_text(f"#{last.position} committed")


async def test_a_refusal_says_the_rule_and_keeps_what_was_typed(
    browser: Browser, platform: Opened
) -> None:
    async with platform() as cell:
        case = case_key((await cell.report())["case"]["id"])
        async with desk(browser, cell, "acceptor", "lang=zh") as acceptor:
            page = acceptor.page
            await expect(page.get_by_role("heading", name="暴露垃圾")).to_be_visible()
            await page.keyboard.press("Shift+A")
            form = page.get_by_role("dialog", name="不予受理")
            await page.keyboard.press("Control+Enter")
            await expect(form.get_by_role("alert")).to_contain_text("必填：理由、答复")
            await form.get_by_label("现场不存在").check()
            await form.get_by_label("答复").fill("去看过,没有")
            await page.keyboard.press("Control+Enter")
            await expect(form.get_by_role("alert")).to_contain_text("NOT_VERIFIED_ABSENT")
            await expect(form.get_by_label("答复")).to_have_value("去看过,没有")
            await expect(form.get_by_label("现场不存在")).to_be_checked()
            assert len(await cell.app.platform.log.read_stream(case)) == 1
            await form.get_by_label("信息不明").check()
            await page.keyboard.press("Control+Enter")
            sent = page.get_by_label("已发命令").get_by_role("listitem").filter(has_text="不予受理")
            await expect(sent.filter(has_text="已入库")).to_be_visible()


async def test_two_at_once_the_second_hears_who_was_first(
    browser: Browser, platform: Opened
) -> None:
    async with platform() as cell:
        case = (await cell.report())["case"]
        async with (
            desk(browser, cell, "acceptor") as one,
            desk(browser, cell, "duty_leader") as two,
        ):
            await choose(one.page, case)
            await choose(two.page, case)
            await two.page.keyboard.press("u")
            await two.page.get_by_label("Note").fill("please hurry")
            await expect(row(one.page, case["number"])).to_contain_text("Duty leader")
            await one.page.keyboard.press("a")
            await one.page.keyboard.press("Enter")
            await committed(one.page, "Accept")
            await two.page.keyboard.press("Control+Enter")
            form = two.page.get_by_role("dialog", name="Urge")
            await expect(form.get_by_role("alert")).to_contain_text("Acceptor")
            await expect(form.get_by_role("alert")).to_contain_text("was first")
            await expect(form.get_by_label("Note")).to_have_value("please hurry")
            await two.page.keyboard.press("Control+Enter")
            await committed(two.page, "Urge")


async def test_several_at_once_and_merging_is_undone_by_an_event(
    browser: Browser, platform: Opened
) -> None:
    async with platform() as cell:
        first = (await cell.report())["case"]
        for _ in range(2):
            await cell.report()
        async with desk(browser, cell, "acceptor", "lang=en&order=newest") as acceptor:
            page = acceptor.page
            await expect(page.get_by_text("3 cases", exact=True)).to_be_visible()
            await choose(page, first)
            await page.keyboard.press("*")
            bulk = page.get_by_label("3 selected")
            await expect(bulk.get_by_role("button", name="Accept")).to_be_enabled()
            await page.keyboard.press("a")
            await page.keyboard.press("Enter")
            await expect(page.get_by_label("Sent commands")).to_contain_text("3 committed")
            await choose(page, first)
            similar = page.get_by_role("region", name="Similar cases")
            await similar.get_by_role("button", name="Merge into").first.click()
            await page.keyboard.press("Control+Enter")
            await committed(page, "Merge")
            await expect(
                page.get_by_role("region", name="Case").get_by_text("Merged").first
            ).to_be_visible()
            await page.keyboard.press("Control+Z")
            await expect(page.get_by_role("dialog", name="Undo the merge")).to_be_visible()
            await page.keyboard.press("Enter")
            await committed(page, "Undo the merge")
            history = page.get_by_role("region", name="History")
            await expect(history.get_by_role("listitem").first).to_contain_text("Merge undone")


async def test_a_view_is_in_the_address_and_may_be_named(
    browser: Browser, platform: Opened
) -> None:
    async with platform() as cell:
        await cell.report()
        await cell.report(category="06036", grid=OTHER_GRID)
        async with desk(browser, cell, "dispatcher") as dispatcher:
            page = dispatcher.page
            await page.keyboard.press("/")
            await expect(page.get_by_role("searchbox")).to_be_focused()
            await page.keyboard.type("piled")
            await expect(page.get_by_text("1 case", exact=True)).to_be_visible()
            await expect(page).to_have_url(re.compile("q=piled"))
            await page.get_by_role("button", name="Save view").click()
            await page.get_by_label("Name of the view").fill("Heaps")
            await page.keyboard.press("Enter")
            await page.reload()
            await expect(rows(page)).to_have_count(1)
            await page.keyboard.press("Escape")
            await expect(rows(page)).to_have_count(2)
            await page.keyboard.press("Control+K")
            await page.keyboard.type("heaps")
            await page.keyboard.press("Enter")
            await expect(rows(page)).to_have_count(1)


async def test_a_case_is_found_by_the_end_of_its_number_and_asked_for_again(
    browser: Browser, platform: Opened
) -> None:
    async with platform() as cell, desk(browser, cell, "dispatcher") as dispatcher:
        case = (await cell.report())["case"]
        page = dispatcher.page
        await page.route("**/graphql", _too_much)
        await page.goto(f"{cell.address}/console?lang=en&case={case['number'][-5:]}")
        await expect(page.get_by_text("The case cannot be read now")).to_be_visible()
        await expect(page.get_by_text("OVERLOADED")).to_be_visible()
        assert await violations(page) == []
        await page.unroute("**/graphql", _too_much)
        whole = page.get_by_role("region", name="Case")
        await expect(whole.get_by_role("heading", name="Exposed rubbish")).to_be_visible()
        await expect(page).to_have_url(re.compile(f"case={case['number']}"))


async def _too_much(route: Route) -> None:
    """The server has too much to do for questions about one case."""
    if "query Whole(" in (route.request.post_data or ""):
        await route.fulfill(status=503, content_type="application/json", body=BODY.decode())
    else:
        await route.continue_()


@pytest.mark.slow
async def test_the_queue_is_live_and_says_when_it_is_not(
    browser: Browser, platform: Opened
) -> None:
    async with platform() as cell, desk(browser, cell, "dispatcher") as dispatcher:
        page = dispatcher.page
        await expect(page.get_by_text("No open case", exact=True)).to_be_visible()
        await cell.report(grid=GRID)
        await expect(rows(page)).to_have_count(1)
        cell.projector.cancel()
        case = await _id(cell)

        async def urging() -> None:  # it waits for the projector
            await cell._as(Role.DUTY_LEADER).do("urgeCase", case=case)

        async with beside(urging()):
            await page.wait_for_selector('[data-liveness="stale"]')
        await expect(rows(page)).to_have_count(1)


async def _id(cell: Cell) -> str:
    found = await cell._as(Role.DUTY_LEADER).ask("{ cases(first: 1) { nodes { id } } }")
    return str(found["cases"]["nodes"][0]["id"])


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "theme"), [("zh", "dark"), ("en", "light")])
async def test_nothing_is_in_anybodys_way(
    browser: Browser, platform: Opened, lang: str, theme: str
) -> None:
    async with platform() as cell:
        query = f"lang={lang}&theme={theme}"
        async with desk(browser, cell, "duty_leader", query) as leader:
            page = leader.page
            assert await violations(page) == [], "empty"
            for category in ("06010", "06036", "92003"):
                await cell.report(category)
            await page.wait_for_selector("[data-case]")
            await expect(rows(page)).to_have_count(3)
            assert await violations(page) == [], "full"
            await page.keyboard.press("x")
            await expect(page.get_by_role("group").first).to_be_visible()
            assert await violations(page) == [], "selected"
            await page.keyboard.press("Escape")
            for key in ("?", "Control+K", "Shift+A", "n", "v") if lang == "zh" else ("Shift+A",):
                await _dialog(page, key)
            await page.goto(f"{cell.address}/console?{query}&case=none")
            await page.get_by_text("none").first.wait_for()
            assert await violations(page) == [], "missing"


async def _dialog(page: Page, key: str) -> None:
    verbs = page.get_by_role("group", name=VERBS)
    await expect(verbs.get_by_role("button").first).to_be_visible()
    await page.keyboard.press(key)
    await page.wait_for_selector("dialog[open]")
    assert await violations(page) == [], key
    if key.startswith("Shift"):
        await page.keyboard.press("Control+Enter")
        assert await violations(page) == [], f"{key} refused"
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog[open]")).to_have_count(0)


async def test_a_case_file_prints_alone(browser: Browser, platform: Opened) -> None:
    async with platform() as cell:
        await cell.report()
        async with desk(browser, cell, "dispatcher") as dispatcher:
            page = dispatcher.page
            await expect(page.get_by_role("heading", name="Exposed rubbish")).to_be_visible()
            await page.emulate_media(media="print")
            await expect(page.get_by_role("heading", name="Exposed rubbish")).to_be_visible()
            await expect(page.get_by_role("region", name="History")).to_be_visible()
            await expect(page.get_by_role("heading", name="Queue")).to_be_hidden()
            await expect(page.get_by_text("Printed")).to_be_visible()
            history = page.get_by_role("region", name="History").get_by_role("listitem")
            await expect(history.first).to_be_visible()
            dated = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
            for one in await history.all():
                assert dated.match(await one.inner_text())
            reported = page.get_by_role("listitem").filter(has_text="Reported").first
            assert dated.search((await reported.inner_text()).split("\n")[-1])
            await expect(page.get_by_text("Quanke · case file")).to_be_visible()
            await expect(page.locator(".case kbd:visible")).to_have_count(0)
            paper = "getComputedStyle(document.documentElement).colorScheme"
            assert await page.evaluate(paper) == "light", "the margins would be black"
            assert len(await page.pdf()) > 1_000


async def test_nothing_moves_for_whoever_asked_for_that(browser: Browser, platform: Opened) -> None:
    async with platform() as cell:
        await cell.report()
        async with desk(browser, cell, "dispatcher") as dispatcher:
            await dispatcher.page.wait_for_selector("[data-case]")
            assert await dispatcher.page.evaluate(MOVING) == []


MOVING = """() => [...document.querySelectorAll('*')].filter((one) => {
  const { animationName, transitionDuration } = getComputedStyle(one);
  return animationName !== 'none' || parseFloat(transitionDuration) > 0;
}).map((one) => one.outerHTML.slice(0, 80))"""
"""What would move in spite of prefers-reduced-motion."""


async def test_another_view_shows_its_first_case(browser: Browser, platform: Opened) -> None:
    """What the view does not hold is not looked at on; what it holds stays."""
    async with platform() as cell:
        accepted, waiting = [(await cell.report(grid=one))["case"] for one in (GRID, OTHER_GRID)]
        leader = Client(cell.app).acting(Role.DUTY_LEADER, DISTRICT)
        await leader.done("acceptCase", case=accepted["id"])
        async with desk(browser, cell, "duty_leader") as watched:
            case = watched.page.get_by_role("region", name="Case")
            await expect(case).to_have_attribute("data-case", waiting["number"])
            await watched.page.keyboard.press("2")
            await expect(case).to_have_attribute("data-case", accepted["number"])
            await expect(rows(watched.page)).to_have_count(1)
            await watched.page.get_by_role("button", name=re.compile("^All open")).click()
            await expect(rows(watched.page)).to_have_count(2)
            await expect(case).to_have_attribute("data-case", accepted["number"])
