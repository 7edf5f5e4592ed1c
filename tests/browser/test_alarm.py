"""Alarms on the console: sounded by priority until people have taken them up, and counted."""

from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page, expect

from domain.actor import Role
from eventlog.record import Position
from tests.api.ground import GRID
from tests.browser.axe import violations
from tests.browser.cell import running
from tests.browser.desk import desk

TONES: Final = """() => {
  window.tones = [];
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () {
    const tone = make.call(this);
    const start = tone.start;
    tone.start = function (at) { tones.push(tone.frequency.value); return start.call(tone, at); };
    return tone;
  };
}"""
"""From here on the page notes the tones that it plays."""
DANGER_HZ: Final = {880, 660}
QUIET_MS: Final = 3_000
"""A danger to life sounds every two seconds."""


async def sounding(page: Page) -> set[int]:
    """What is played from now on, for longer than from one alarm's tones to the next."""
    await page.evaluate("tones.length = 0")
    await page.wait_for_timeout(QUIET_MS)
    return set(await page.evaluate("tones"))


async def test_an_alarm_is_acknowledged_and_shelved_by_people(
    browser: Browser, database: str, built: Path, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as cell, desk(browser, cell, "duty_leader") as leader:
        page = leader.page
        await expect(page.get_by_role("button", name="Alarms")).to_contain_text("0")
        await page.evaluate(TONES)
        await page.keyboard.press("j")  # a page may sound once somebody has touched it
        given = {"channel": "LEADER", "category": "06010", "severity": "LIFE_SAFETY"}
        await cell._as(Role.DUTY_LEADER).done("reportCase", place={"grid": GRID}, **given)
        await expect(page.get_by_role("button", name="Alarms")).to_contain_text("1")
        await page.wait_for_function("() => tones.length >= 4")
        assert set(await page.evaluate("tones")) == DANGER_HZ
        await page.keyboard.press("!")
        form = page.get_by_role("dialog", name="Alarms")
        await expect(form.get_by_text("Danger to life")).to_be_visible()
        figures = form.get_by_role("region", name="Last 24 hours")
        await expect(figures).to_contain_text("0 of 1")
        assert await violations(page) == []
        await form.get_by_role("button", name="Shelve").press("Enter")
        await form.get_by_label("Reason").select_option("waiting for others")
        await form.get_by_role("button", name="Shelve").last.press("Enter")
        await expect(form.get_by_text("shelved until")).to_be_visible()
        assert await sounding(page) == set(), "what is shelved is silent"
        await form.get_by_role("button", name="Acknowledge").press("Enter")
        await expect(form.get_by_text("acknowledged", exact=False).last).to_be_visible()
        assert await violations(page) == []
        await expect(figures).to_contain_text("1 of 1")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Alarms")).to_contain_text("0")
        topics = [event.topic for event in await cell.app.platform.log.read_all(Position(0), 999)]
        assert topics[-3:] == ["alarm.raised", "alarm.shelved", "alarm.acknowledged"]
