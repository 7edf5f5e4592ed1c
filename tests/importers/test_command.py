"""`quanke import` and `quanke replay` as a person starts them: lines, exit codes, verify."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.homes import home
from tests.importers.forms import FIXTURES, TITLES
from tests.process.commands import quanke


@pytest.fixture
def data() -> Iterator[Path]:
    """A data directory below one that any account may pass through."""
    with home("quanke-i-") as path:
        yield path / "data"


def summary(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert list(found) == [
        "read", "cases", "events", "flagged", "unchanged", "corrected", "rejected", "head",
    ]  # fmt: skip
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_refused_then_imported_then_again_then_replayed_then_verified(data: Path) -> None:
    bad = quanke("import", FIXTURES / "saved_page.csv", "--source", "nyc-311", "--data", data)
    assert bad.returncode == 1
    assert "saved_page.csv: line 2, column 1: this is HTML" in bad.stderr
    assert bad.stdout == ""
    first = summary(
        quanke("import", TITLES["boston-311"], "--source", "boston-311", "--data", data)
    )
    assert (first["read"], first["cases"], first["head"]) == (10, 10, first["events"])
    again = summary(
        quanke("import", FIXTURES / "boston_api.json", "--source", "boston-311", "--data", data)
    )
    assert (again["events"], again["unchanged"], again["head"]) == (0, 10, first["head"])
    replayed = summary(
        quanke("replay", TITLES["nyc-311"], "--source", "nyc-311", "--speed", 6000, "--data", data)
    )
    assert (replayed["cases"], replayed["head"]) == (6, first["head"] + replayed["events"])
    verified = quanke("verify", "--data", data)
    assert verified.returncode == 0, verified.stderr
