"""The keys of the console: one for each verb of the loop, and all of them told by `?`."""

import re
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, expect

from api.graphql.case.forms import command_forms
from opscenter import ROOT
from tests.browser.cell import running
from tests.browser.desk import desk

FORMS: Final = {form.name: form for form in command_forms()}
PATIENCE_MS: Final = 20_000


def strokes() -> dict[str, str]:
    """The key of each verb, as the console's own table has it."""
    table = (ROOT / "src" / "console" / "keys.ts").read_text(encoding="utf-8")
    verbs = table.partition("VERB_KEYS")[2].partition("};")[0]
    return dict(re.findall(r"(\w+): '([^']+)'", verbs))


def moves() -> list[str]:
    """What the keys do besides verbs."""
    table = (ROOT / "src" / "console" / "keys.ts").read_text(encoding="utf-8")
    return re.findall(r"(\w+): '", table.partition("MOVES = {")[2].partition("}")[0])


def test_every_verb_has_a_key_of_its_own() -> None:
    keys = strokes()
    assert set(keys) == set(FORMS)
    assert len(set(keys.values())) == len(keys)


async def test_the_help_shows_every_key_at_once(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, desk(browser, cell, "duty_leader") as leader:
        page = leader.page
        await page.set_viewport_size({"width": 1366, "height": 768})
        for lang in ("en", "zh"):
            await page.goto(f"{cell.address}/console?lang={lang}")
            await page.wait_for_selector('[data-liveness="live"]', timeout=PATIENCE_MS)
            await page.keyboard.press("?")
            keys = page.get_by_role("dialog")
            await expect(keys.locator("kbd")).to_have_count(len(FORMS) + len(moves()) + 3)
            hidden = await keys.evaluate("one => one.scrollHeight - one.clientHeight")
            assert hidden <= 0, lang
