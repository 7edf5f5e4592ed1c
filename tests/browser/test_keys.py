"""Every verb of the loop at the console by keys alone, each as the interface's own steps have it.

What is done, by whom and in which order stands in `tests/api/steps.py`, where a test holds it
complete; here each verb's first time is typed by somebody who finds every field with Tab and
has no pointer. A step that is there to prepare another goes through the interface.
"""

import os
import re
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import orjson
import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from api.auth.signing import signing_key
from api.auth.tokens import make_token
from api.graphql.case.forms import FieldKind, FormField, command_forms
from api.graphql.ids import case_key
from api.graphql.scalars import rfc3339
from domain.actor import Actor, Role
from domain.directory.commands import AppointWorker
from opscenter import ROOT
from tests.api.client import Client
from tests.api.ground import ADMIN, COMMUNITY
from tests.api.pictures import photo
from tests.api.steps import CASE_STEPS, WHO, Step, filled
from tests.browser.cell import Cell, running
from tests.browser.desk import committed

FORMS: Final = {form.name: form for form in command_forms()}
TABS: Final = 40
"""No form has so many places where the focus stops."""
DAY_US: Final = 86_400_000_000
PICTURES: Final = {"before": photo(64, 48, shade=200), "after": photo(64, 48, shade=90)}
PATIENCE_MS: Final = 30_000
EVERY: Final = os.environ.get("QUANKE_EVERY_VERB") == "1"
"""All verbs, some two minutes; else those that lead a case to its department."""
FIRST: Final = 10
STEPS: Final = CASE_STEPS if EVERY else CASE_STEPS[:FIRST]


def account(who: str) -> str:
    """Somebody's account; a grid worker who can be sent has the register's own key."""
    return who if who == "other_worker" else f"acct:{who}"


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


@dataclass
class Hands:
    """Somebody without a pointer, before one page."""

    page: Page

    async def reach(self, selector: str) -> None:
        """Press Tab until the focus is there."""
        target = self.page.locator(selector)
        await expect(target).to_be_visible(timeout=PATIENCE_MS)
        for _ in range(TABS):
            if await target.evaluate("one => one === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {selector}")

    async def choose(self, selector: str, text: str) -> None:
        """Find one of many by typing a part of it."""
        await self.reach(selector)
        await self.page.keyboard.type(text)
        listed = self.page.locator(f"{selector}-list").get_by_role("option")
        await expect(listed).to_have_count(1)
        await self.page.keyboard.press("Enter")
        await expect(listed).to_have_count(0)

    async def instant(self, selector: str, at: str) -> None:
        """Type a day, then a time of day."""
        await self.reach(selector)
        await self.page.keyboard.type(at[:10])
        await self.reach(f".instant:has({selector}) > input")
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.type(at[11:16])
        await expect(self.page.locator(selector)).to_have_value(at[:10])

    async def pictures(self, selector: str, kinds: list[str], name: str) -> None:
        """Add a picture of each kind through the browser's own dialog for files."""
        for index, kind in enumerate(kinds, start=1):
            await self.reach(selector)
            async with self.page.expect_file_chooser() as chosen:
                await self.page.keyboard.press("Space")
            file: FilePayload = {
                "name": f"{kind}.jpg",
                "mimeType": "image/jpeg",
                "buffer": PICTURES[kind],
            }
            await (await chosen.value).set_files(file)
            await self.reach(f"select[aria-label='{name} {index}']")
            await self.page.keyboard.type(kind)

    async def fill(self, one: FormField, value: Any) -> None:
        """Put a value into a field of a form, whatever it is put in by."""
        at = f"#field-{one.name}"
        match one.kind:
            case FieldKind.CHOICE:
                await self.reach(at)
                await self.page.keyboard.press("Space")
                for _ in range([option.value for option in one.options].index(value)):
                    await self.page.keyboard.press("ArrowDown")
                taken = self.page.locator(f"[name='field-{one.name}']:checked")
                await expect(taken).to_have_value(value)
            case FieldKind.FLAG:
                await self.reach(at)
                if value:
                    await self.page.keyboard.press("Space")
            case FieldKind.INSTANT:
                await self.instant(at, value)
            case FieldKind.EVIDENCE:
                await self.pictures(at, [each["kind"] for each in value], one.title_en)
            case FieldKind.PLACE:
                await self.choose(at, value["grid"])
            case FieldKind.PARTS:
                for index, part in enumerate(value):
                    await self.choose(f"{at}-{index}", part["category"])
            case FieldKind.APPEAL:
                await expect(self.page.locator(at)).not_to_have_value("")
            case FieldKind.TEXT | FieldKind.LINE | FieldKind.NUMBER | FieldKind.LIMIT:
                await self.reach(at)
                await self.page.keyboard.type(str(value))
            case _:
                await self.choose(at, value)


@dataclass
class Walk:
    """All who take part, each at a console of their own."""

    browser: Browser
    cell: Cell
    stack: AsyncExitStack
    pages: dict[str, Page] = field(default_factory=dict)
    cases: dict[str, dict[str, str]] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)

    async def page(self, who: str) -> Page:
        """The page of one of WHO; opened when it is first wanted."""
        if who not in self.pages:
            role, scope, unit = WHO[who]
            context = await self.browser.new_context(reduced_motion="reduce", locale="en-US")
            self.stack.push_async_callback(context.close)
            page = self.pages[who] = await context.new_page()
            # From the start: a dialog for files that opens before somebody listens is lost.
            page.on("filechooser", lambda _: None)
            key = signing_key(self.cell.app.settings.keys_dir)
            token = make_token(key, role, scope, unit, account(who))
            await page.goto(f"{self.cell.address}/console?lang=en#token={token}")
            await page.wait_for_selector('[data-liveness="live"]', timeout=PATIENCE_MS)
        return self.pages[who]

    async def go(self, one: Step) -> None:
        """Do a step: by keys the first time that its verb can be typed, else by the interface."""
        if one.mutation in self.typed or "point" in one.given.get("place", {}):
            await self._asked(one)
        else:
            self.typed.add(one.mutation)
            await self._typed(one)

    async def _asked(self, one: Step) -> None:
        role, scope, unit = WHO[one.who]
        actor = Actor(id=account(one.who), role=role, scope=scope, unit=unit)
        payload = await Client(self.cell.app, actor).done(one.mutation, **await self._given(one))
        if one.mutation == "reportCase":
            self.cases[one.case or ""] = payload["case"]

    async def _given(self, one: Step) -> dict[str, Any]:
        ids = {name: case["id"] for name, case in self.cases.items()}
        review = rfc3339(time.time_ns() // 1_000 + 5 * DAY_US)
        return filled(one, ids, review=review, appeal=await self._appeal(one))

    async def _appeal(self, one: Step) -> str:
        if one.mutation != "decideAppeal":
            return ""
        recorded = await self.cell.app.platform.log.read_stream(case_key(self._case(one)["id"]))
        filed = next(each for each in recorded if each.topic == "case.appeal_filed")
        return str(orjson.loads(filed.state)["appeal"])

    def _case(self, one: Step) -> dict[str, str]:
        return self.cases[one.case or ""]

    async def _typed(self, one: Step) -> None:
        form, hands = FORMS[one.mutation], Hands(await self.page(one.who))
        given = await self._given(one)
        if one.mutation != "reportCase":
            await self._find(hands.page, self._case(one))
        title = form.title_en[0].upper() + form.title_en[1:]
        await hands.page.keyboard.press(strokes()[one.mutation])
        await expect(hands.page.get_by_role("dialog", name=title, exact=True)).to_be_visible()
        for each in form.fields:
            if each.name in given:
                await hands.fill(each, self._seen(each, given[each.name]))
        await hands.page.keyboard.press("Control+Enter")
        await committed(hands.page, title)
        if one.mutation == "reportCase":
            await self._reported(one, hands.page)

    def _seen(self, one: FormField, value: Any) -> Any:
        """A value as a person has it before their eyes: a case by its number."""
        if one.kind is FieldKind.WORKER:
            return value.removeprefix("acct:")
        if one.kind is not FieldKind.CASE:
            return value
        return next(case["number"] for case in self.cases.values() if case["id"] == value)

    async def _find(self, page: Page, case: dict[str, str]) -> None:
        """Choose a case by its number, and wait until all that has happened to it is there."""
        await page.keyboard.press("Control+K")
        await page.keyboard.type(case["number"])
        await expect(
            page.get_by_role("option").filter(has_text=case["number"]).first
        ).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.locator(f"[data-case='{case['number']}']")).to_be_visible()
        recorded = await self.cell.app.platform.log.read_stream(case_key(case["id"]))
        history = page.get_by_role("region", name="History")
        await expect(history).to_contain_text(f"#{recorded[-1].position}", timeout=PATIENCE_MS)

    async def _reported(self, one: Step, page: Page) -> None:
        await page.wait_for_url(re.compile("case="))
        client = Client(
            self.cell.app, Actor(id="acct:leader", role=Role.DUTY_LEADER, scope=COMMUNITY)
        )
        found = await client.ask("{ cases(first: 1, orderBy: REPORTED) { nodes { id number } } }")
        (self.cases[one.case or ""],) = found["cases"]["nodes"]


async def test_the_help_shows_every_key_at_once(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, AsyncExitStack() as stack:
        page = await Walk(browser, cell, stack).page("leader")
        await page.set_viewport_size({"width": 1366, "height": 768})
        for lang in ("en", "zh"):
            await page.goto(f"{cell.address}/console?lang={lang}")
            await page.wait_for_selector('[data-liveness="live"]', timeout=PATIENCE_MS)
            await page.keyboard.press("?")
            keys = page.get_by_role("dialog")
            await expect(keys.locator("kbd")).to_have_count(len(FORMS) + len(moves()) + 3)
            hidden = await keys.evaluate("one => one.scrollHeight - one.clientHeight")
            assert hidden <= 0, lang


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_every_verb_is_done_by_keys_alone(
    browser: Browser, built: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, AsyncExitStack() as stack:
        await cell.app.platform.dispatcher.dispatch(
            AppointWorker(
                worker="other_worker", kind="full_time", scope=COMMUNITY, name="李四"
            ),
            actor=ADMIN, command_id=uuid4(),
        )  # fmt: skip
        walk = Walk(browser, cell, stack)
        for one in STEPS:
            try:
                await walk.go(one)
            except AssertionError as error:
                error.add_note(f"at {one}")
                raise
        assert walk.typed >= {one.mutation for one in STEPS[1:]}
        assert not EVERY or walk.typed == set(FORMS)
