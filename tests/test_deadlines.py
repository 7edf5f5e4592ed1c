"""A test that hangs is ended: by its loop, by the alarm, or with its process."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.deadlines import GIVEN_UP

HANGING: Final = """
import asyncio, time
import pytest
from tests import deadlines

deadlines.LATE_S = 4.0


async def busy():
    while True:
        began = time.perf_counter()
        while time.perf_counter() - began < 0.02:
            pass
        await asyncio.sleep(0)


async def test_waits_while_another_task_runs():
    other = asyncio.get_running_loop().create_task(busy())
    try:
        await asyncio.sleep(50)
    finally:
        other.cancel()


@pytest.fixture
def slow():
    yield
    time.sleep(50)


def test_fails(slow):
    assert not "in vain"


def test_does_not_end():
    for _ in range(3):
        try:
            time.sleep(50)
        except BaseException:
            pass
"""


@pytest.mark.slow
def test_what_hangs_is_ended_and_the_rest_goes_on(tmp_path: Path) -> None:
    """Each would take fifty seconds; the last takes its process along."""
    (tmp_path / "test_hanging.py").write_text(HANGING)
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-p", "tests.deadlines",
            "--disable-plugin-autoload", "-p", "pytest_asyncio.plugin", "-p", "pytest_timeout",
            "-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function",
            "--timeout=1", str(tmp_path),
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert re.findall(r"::test_(\w+) (FAILED|ERROR)", done.stdout) == [
        ("waits_while_another_task_runs", "FAILED"), ("fails", "FAILED"), ("fails", "ERROR"),
    ], done.stdout  # fmt: skip
    assert done.returncode == GIVEN_UP
    assert "test_does_not_end does not end" in done.stderr
    assert "in test_does_not_end" in done.stderr
