"""`quanke test` and `quanke lint`: everything is a pytest test, the gates too.

So one summary, pytest's, tells all, and it comes last. `tests/test_gates.py` holds the
gates: ruff, mypy, import contracts, the screens' own checks.
"""

import os
import sys
from typing import Annotated, NoReturn

from cyclopts import Parameter

from api.settings import REPOSITORY

WORKERS = "2"


def test(*arguments: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> None:
    """Run all tests, or those that pytest is told to run.

    Parameters
    ----------
    arguments
        What pytest takes: a file, -k WORD, -x, -n 0 …
    """
    _pytest("-n", WORKERS, *arguments)


def lint() -> None:
    """Run the gates alone: ruff, mypy, import contracts, the screens' checks."""
    _pytest("tests/test_gates.py")


def _pytest(*arguments: str) -> NoReturn:
    os.chdir(REPOSITORY)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])
