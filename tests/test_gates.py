"""The gates: style, types, import arrows, and the screens' own checks.

They are tests so that one run and one summary tell all. `./quanke lint` runs these alone.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SCREENS = ROOT / "opscenter"

SERVED = os.environ.get("CI") == "true"
UNCACHED = ("--cache-dir", os.devnull) if SERVED else ()
"""A build server's clone has no cache of mypy's, and nobody comes after it who would use one:
not writing it spares a tenth of mypy's processor time (25.4 s for 28.4; once each, load 30)."""

GATES = {
    "ruff": (BIN / "ruff", "check", "."),
    "format": (BIN / "ruff", "format", "--check", "."),
    "types": (BIN / "mypy", *UNCACHED),
    "arrows": (BIN / "lint-imports", "--no-cache"),
}
SCREEN_GATES = {"svelte-check": "check", "vitest": "test"}


@pytest.mark.slow  # a clean clone has no cache of mypy's: half a minute of one processor
@pytest.mark.timeout(600)
@pytest.mark.parametrize("gate", GATES)
def test_gate(gate: str) -> None:
    program, *arguments = GATES[gate]
    assert_passes([str(program), *map(str, arguments)], ROOT)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("gate", SCREEN_GATES)
def test_screens(gate: str) -> None:
    npm = shutil.which("npm")
    missing = "the screens' packages are not installed: ./quanke test installs them"
    assert npm, missing
    assert (SCREENS / "node_modules").is_dir(), missing
    assert_passes([npm, "run", "--silent", SCREEN_GATES[gate]], SCREENS)


def assert_passes(command: list[str], folder: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-2000:]}"
