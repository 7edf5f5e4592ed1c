"""A few mutants of every run's code: the short form of `./quanke check mutants`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SAMPLE = 12


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_most_of_a_sample_of_wrong_rules_is_noticed() -> None:
    command = ["-m", "api", "check", "mutants", "--sample", str(SAMPLE), "--seed", "2026"]
    done = subprocess.run(
        [sys.executable, *command, "--at-least", "0.75", "--json"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert answer["mutants"] == SAMPLE
    assert answer["killed"] + len(answer["survivors"]) == SAMPLE
