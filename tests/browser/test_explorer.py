"""GraphiQL from our own origin, in a real Chromium: nothing is asked of anybody else."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from graphql import build_schema, parse, validate
from playwright.async_api import Browser, WebSocket, expect

from api.cli.graphiql import explorer_built
from api.http.explorer import RELAXED
from api.http.screens import POLICY, policy_of
from opscenter import EXPLORER
from tests.api.ground import DISTRICT
from tests.browser.cell import Cell, running
from tests.browser.conftest import Watched
from tests.browser.test_contract import SCHEMA
from tests.browser.test_platform import until
from tests.browser.test_sign_in import token_of

pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]
"""Whichever comes first waits for npm, the network and the bundler; all are slow, so that they
are one process's and no second one waits for the same build."""

EXECUTE = re.compile("^(Execute query|执行)")
HAN = re.compile("[\u4e00-\u9fff]+")
STOP = re.compile("^(Stop query|停止)")


@pytest.fixture(scope="session")
def explorer(built: Path) -> None:
    """The explorer, built from its lock."""
    explorer_built()


def test_every_example_fits_the_schema() -> None:
    source = (EXPLORER.parent / "examples.js").read_text("utf-8")
    found = re.findall(r"query: `(.*?)`", source, re.DOTALL)
    texts = [re.sub(r"\$\{word\(.*?\)\}", "", one) for one in found]
    schema = build_schema(SCHEMA.read_text("utf-8"))
    assert len(texts) == 5
    assert [problem.message for one in texts for problem in validate(schema, parse(one))] == []


async def tab(watched: Watched, number: int) -> None:
    """Go to a tab."""
    await watched.page.locator(".graphiql-tab-button").nth(number).click()


async def answered(watched: Watched, *wanted: str) -> None:
    """Wait until the result shows these words."""
    for one in wanted:
        await expect(watched.page.locator(".result-window")).to_contain_text(one, timeout=60_000)


async def mistyped(watched: Watched) -> None:
    """Write what the schema does not have; the editor draws a wave below it, from a data URL."""
    page = watched.page
    await page.locator(".graphiql-query-editor .view-lines").first.click()
    await page.keyboard.type(" nonsense")
    await expect(page.locator(".squiggly-error").first).to_be_attached(timeout=60_000)


async def test_it_asks_and_follows_and_nothing_leaves_the_origin(
    browser: Browser, explorer: None, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        watched = Watched(await context.new_page())
        context.on("request", lambda request: watched.requests.append(request.url))
        page = watched.page
        frames: list[str] = []

        def listen(line: WebSocket) -> None:
            line.on("framereceived", lambda one: frames.append(str(one)))

        page.on("websocket", listen)
        await page.goto(f"{cell.address}/graphiql#token={token_of(cell, 'dispatcher', DISTRICT)}")
        await expect(page.locator(".graphiql-tab")).to_have_count(5, timeout=60_000)
        await expect(page).to_have_title("Quanke GraphiQL · 接口探索")
        assert "token" not in page.url
        await cell.report()
        await page.get_by_role("button", name=EXECUTE).click()
        await answered(watched, '"number"', "endCursor")
        await tab(watched, 2)
        await page.get_by_role("button", name=EXECUTE).click()
        await answered(watched, "caseFeed")
        number = (await cell.report())["case"]["number"]

        async def followed() -> bool:
            return any("CaseFeedDelta" in one and number in one for one in frames)

        await until(followed, 30)
        await answered(watched, "Heartbeat", "cursor")
        await page.get_by_role("button", name=STOP).click()
        await expect(page.get_by_role("button", name="查看文档")).to_be_visible()
        await mistyped(watched)
        await page.screenshot(path=tmp_path / "explorer.png")
        strangers = {urlsplit(url).netloc for url in watched.requests if url[:5] != "blob:"}
        assert strangers == {cell.address.removeprefix("http://")}
        assert [one for one in watched.complaints if "policy" in one.lower()] == []
        assert [one for one in watched.complaints if not one.startswith("warning")] == []
        await context.close()


async def test_it_asks_for_a_token_in_both_languages(
    browser: Browser, explorer: None, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        page = await browser.new_page()
        for lang, title, wrong in (
            ("zh", "接口探索", "这不是有效的令牌"), ("en", "explore the API", "That is no token"),
        ):  # fmt: skip
            await page.goto(f"{cell.address}/graphiql?lang={lang}")
            await expect(page.get_by_role("heading")).to_contain_text(title)
            await page.get_by_role("textbox").fill("nonsense")
            await page.get_by_role("button").first.click()
            await expect(page.get_by_role("alert")).to_contain_text(wrong)
        await page.get_by_role("textbox").fill(token_of(cell, "dispatcher", DISTRICT))
        await page.get_by_role("button", name="Enter").click()
        await expect(page.get_by_text("dispatcher")).to_be_visible()
        await relaxes_styles_and_drawn_images_only(cell)
        await page.close()


async def test_its_english_face_says_nothing_in_chinese(
    browser: Browser, explorer: None, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        token = token_of(cell, "dispatcher", DISTRICT)
        await page.goto(f"{cell.address}/graphiql?lang=en#token={token}")
        await expect(page.locator(".graphiql-tab")).to_have_count(5, timeout=60_000)
        await page.get_by_role("button", name="Show Documentation Explorer").click()
        await expect(page.get_by_text("Root Types")).to_be_visible(timeout=60_000)
        await expect(page.locator(".view-lines").first).to_contain_text("Open cases, twenty a page")
        said = await page.locator("body").inner_text()
        assert HAN.findall(said) == ["全科", "中文"]  # the name, and the way to the other language
        await page.screenshot(path=tmp_path / "explorer-en.png")
        await page.close()


async def relaxes_styles_and_drawn_images_only(cell: Cell) -> None:
    """Hold the page's policy against every other page's."""
    from tests.api.client import Client

    reader = Client(cell.app)
    page, wall = await reader.get("/graphiql"), await reader.get("/wall")
    assert wall.headers["content-security-policy"] == policy_of(wall.content)
    assert page.headers["content-security-policy"] == RELAXED
    more = "; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
    assert RELAXED.removeprefix(POLICY) == more
