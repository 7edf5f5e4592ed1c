"""A display's key never leaves its browser: it stays let in, and its copied token does not."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from domain.actor import Role
from tests.api.ground import DISTRICT
from tests.browser.cell import Cell, running
from tests.browser.conftest import FLAGS, NAMES, headless, missing
from tests.browser.test_display import approve
from tests.deadlines import parting

LIVE = '.wall [data-liveness="live"]'
PATIENCE_MS = 30_000
FAR = "wall.example"
"""A name that is not this machine's, so that a page from it without TLS has no keys."""
OPENED = """
const asked = indexedDB.open('quanke-display', 1);
asked.onupgradeneeded = () => asked.result.createObjectStore('kept');
await new Promise((resolve) => (asked.onsuccess = resolve));
const store = asked.result.transaction('kept', 'readwrite').objectStore('kept');
const done = (one) => new Promise((resolve) => (one.onsuccess = () => resolve(one.result)));
"""
KEPT = f"async () => {{ {OPENED} return (await done(store.get('display')))?.token ?? null }}"
STOLEN = f"""async () => {{ {OPENED}
  const {{ keys }} = await done(store.get('display'));
  return Promise.all(['jwk', 'pkcs8'].map((kind) =>
    crypto.subtle.exportKey(kind, keys.privateKey).then(() => 'given away', ({{ name }}) => name)));
}}"""
COPIED = f"""async (token) => {{
  const curve = {{ name: 'ECDSA', namedCurve: 'P-256' }};
  const keys = await crypto.subtle.generateKey(curve, false, ['sign']);
  {OPENED}
  await done(store.put({{ keys, token }}, 'display'));
}}"""
ASKED = """async ([scheme, token]) => (await fetch('/graphql', {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `${scheme} ${token}` },
  body: JSON.stringify({ query: '{ me { role } }' }),
})).status"""


@asynccontextmanager
async def profile(folder: Path) -> AsyncIterator[BrowserContext]:
    """Start a browser on a profile of its own, as a wall's computer does in the morning."""
    found = headless(NAMES)
    if found is None:
        missing("no Chromium on the PATH")
    flags = [*FLAGS, f"--host-resolver-rules=MAP {FAR} 127.0.0.1"]
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            folder, executable_path=found, args=flags, viewport={"width": 1920, "height": 1080}
        )
        yield context
        async with parting():
            await context.close()


async def shown_code(page: Page) -> str:
    """Return the code that a page shows."""
    code = page.locator(".admission p").first
    await expect(code).to_have_text(re.compile("^[A-Z]{4}-[A-Z]{4}$"), timeout=PATIENCE_MS)
    return await code.inner_text()


@pytest.mark.slow
async def test_a_display_stays_in_over_restarts_and_a_copy_of_its_token_does_not_get_in(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell:
        address = f"{cell.address}/wall?display=hall&lang=en"
        async with profile(tmp_path / "profile") as first:
            page = await first.new_page()
            await says_that_it_needs_tls(page, cell)
            await page.goto(address)
            code = await shown_code(page)
            assert await page.locator(".wall").count() == 0
            await approve(cell, code)
            await page.wait_for_selector(LIVE, timeout=PATIENCE_MS)
            await expect(page.locator(".admission")).to_have_count(0)
            await page.wait_for_function("() => quankeView.alarms !== null", timeout=PATIENCE_MS)
            assert await page.evaluate(STOLEN) == ["InvalidAccessError"] * 2
            await page.reload()
            await page.wait_for_selector(LIVE, timeout=PATIENCE_MS)
            await expect(page.locator(".admission")).to_have_count(0)
            token = await page.evaluate(KEPT)
        async with profile(tmp_path / "profile") as again:
            page = await again.new_page()
            await page.goto(address)
            await page.wait_for_selector(LIVE, timeout=PATIENCE_MS)
            assert await page.evaluate(KEPT) == token
            head = await cell.app.platform.log.head()
            await is_not_let_in(browser, address, token)
            assert await cell.app.platform.log.head() == head
            await put_out(cell, token)
            await shown_code(page)
            assert await page.evaluate(KEPT) is None


async def says_that_it_needs_tls(page: Page, cell: Cell) -> None:
    """From another machine without TLS there is no key: said, and no code is asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"http://{FAR}:{cell.port}/wall?display=hall&lang=en")
    panel = page.locator(".admission")
    await expect(panel).to_contain_text("Open this page over HTTPS", timeout=PATIENCE_MS)
    await expect(panel).to_contain_text("hall")
    assert [url for url in asked if "/auth/" in url] == []


async def is_not_let_in(browser: Browser, address: str, token: str) -> None:
    """In another browser the token opens nothing, and the page asks to be let in itself."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(address)
    await shown_code(page)
    for scheme in ("Bearer", "DPoP"):
        assert await page.evaluate(ASKED, [scheme, token]) == 401
    await page.evaluate(COPIED, token)
    await page.reload()
    await shown_code(page)
    assert await page.evaluate(KEPT) is None
    assert await page.locator(LIVE).count() == 0
    await context.close()


async def put_out(cell: Cell, token: str) -> None:
    """Close the account of the display that has a token."""
    name = cell.app.platform.tokens.still(token).actor.id
    office = cell._as(Role.ADMINISTRATOR, DISTRICT)
    await office.done("closeAccount", account=name, reason="拆除")
