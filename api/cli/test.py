"""`quanke test` and `quanke lint`: everything is a pytest test, the gates too.

So one summary, pytest's, tells all, and it comes last. `tests/test_gates.py` holds the
gates: ruff, mypy, import contracts, the screens' own checks. pyright is asked by `lint` alone.
Tests wait for a third of their time (for a page, a process, a deadline to pass), so there are two
workers a processor: four on two took 637 s and left them 2 % idle, three took 687, alone on the
same machine. Who has run out of tests takes over another's.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, NoReturn

from cyclopts import Parameter

from api.settings import REPOSITORY

WORKERS_PER_PROCESSOR = 2
MOST_WORKERS = 12


def test(*arguments: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> None:
    """Run all tests, or those that pytest is told to run.

    Parameters
    ----------
    arguments
        What pytest takes: a file, -k WORD, -x, -n 0 …
    """
    _pytest("-n", str(workers()), "--dist", "worksteal", *arguments)


def workers() -> int:
    """Return how many processes share the tests."""
    return min(MOST_WORKERS, (os.cpu_count() or 1) * WORKERS_PER_PROCESSOR)


def lint() -> None:
    """Run the gates alone: pyright (a minute, so only here), ruff, mypy, imports, the screens'."""
    done = subprocess.run([Path(sys.executable).parent / "pyright"], cwd=REPOSITORY, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    _pytest("tests/test_gates.py")


def _pytest(*arguments: str) -> NoReturn:
    os.chdir(REPOSITORY)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])
