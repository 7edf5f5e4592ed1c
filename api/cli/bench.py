"""`quanke bench NAME`: a measurement of `bench/`, its ratios within one run."""

import importlib
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from api.cli.failure import Failed
from api.settings import REPOSITORY

FOLDER = REPOSITORY / "bench"


def bench(
    name: str | None = None,
    *arguments: Annotated[str, Parameter(allow_leading_hyphen=True)],
    json: bool = False,
) -> int:
    """Run a benchmark; without a name, list them.

    Parameters
    ----------
    name
        append, project, latency, start …
    json
        Print one JSON object and nothing else on standard output.
    """
    if name is None:
        print("\n".join(names()))
        return 0
    if name not in names():
        raise Failed(f"there is no benchmark {name}; there are: {', '.join(names())}")
    passed = [*arguments, "--json"] if json else list(arguments)
    code = importlib.import_module(f"bench.{name}").main(passed)
    return msgspec.convert(code or 0, int)


def names() -> list[str]:
    """Return the benchmarks there are: what has a `main`; the rest is what they share."""
    files = Path(FOLDER).glob("*.py")
    return sorted(path.stem for path in files if "\ndef main(" in path.read_text("utf-8"))
