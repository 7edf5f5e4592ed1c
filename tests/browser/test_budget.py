"""How much the wall's page weighs: what loads first, gzipped."""

import gzip
import json
import re
import subprocess
from pathlib import Path

import pytest

from api.http.screens import policy_of
from domain.case.events import EVENTS
from domain.words.events import EVENTS as EVENT_WORDS
from opscenter import ROOT

BUDGETS = {"wall": 45_000, "console": 110_000, "field": 60_000}
"""Gzipped bytes of script and style that each screen may load first."""
ASSET = re.compile(r'(?:src|href)="/(assets/[^"]+\.(?:js|css))"')
WORD = re.compile(r"^  '([a-z_.]+)': verb\('(.*?)'", re.MULTILINE)
VERB = re.compile(r"^  '([a-z_.]+)': verb\(", re.MULTILINE)


def _pages(built: Path) -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in built.glob("*.html")}


def test_first_loads_are_within_their_budgets(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = _pages(built)
    assert {"wall", "console"} <= set(pages)
    for name, page in pages.items():
        first = [built / path for path in ASSET.findall(page)]
        sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in first}
        with capsys.disabled():
            print(f"\n{name}: JS + CSS first loaded, gzipped: {sum(sizes.values())} {sizes}")
        assert len(sizes) >= 2
        assert sum(sizes.values()) <= BUDGETS.get(name, 110_000), name


def test_no_page_has_inline_code_or_style(built: Path) -> None:
    """But the guard, which the policy names by its hash."""
    for page in _pages(built).values():
        found = re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page)
        assert found == ["<script"]
        assert policy_of(page.encode()).count("'sha256-") == 1
        assert "unsafe" not in policy_of(page.encode())


def test_every_case_topic_has_a_word_on_the_wall() -> None:
    verbs = set(VERB.findall((ROOT / "src/i18n/verbs.ts").read_text("utf-8")))
    assert verbs == {event.TOPIC for event in EVENTS}


def test_a_step_has_the_glossarys_word_on_the_wall_or_a_part_of_it() -> None:
    """What a screen calls 结案 is no 办结 on the wall: shorter there, but not another word."""
    source = (ROOT / "src/i18n/verbs.ts").read_text("utf-8")
    told: dict[str, str] = dict(WORD.findall(source))
    assert {
        (topic, zh, EVENT_WORDS[topic][0])
        for topic, zh in told.items()
        if not _within(zh, EVENT_WORDS[topic][0])
    } == set()


def _within(short: str, whole: str) -> bool:
    """The letters of one stand in the other, in their order."""
    rest = iter(whole)
    return all(letter in rest for letter in short)


def test_the_lock_names_no_machine() -> None:
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    places = [entry.get("resolved") for entry in json.loads(lock)["packages"].values()]
    assert [place for place in places if place] == []
    assert "file:" not in lock


def test_built_files_are_not_tracked() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "opscenter/dist", "opscenter/node_modules"],
        cwd=ROOT.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert listed.stdout == ""
