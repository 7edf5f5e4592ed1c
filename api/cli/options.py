"""What every command takes, and how its settings come about."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import uvloop
from cyclopts import Parameter
from pydantic import ValidationError

from api.cli.failure import Failed
from api.settings import Settings

T = TypeVar("T")

Data = Annotated[
    Path | None,
    Parameter(
        name="--data",
        help="Data directory. Without it: DATABASE_URL where that is set, else the default place.",
    ),
]


def read_settings(data: Path | None, **overrides: Any) -> Settings:
    """Return the settings of a command; flags that were not given (None) do not override."""
    given = {name: value for name, value in overrides.items() if value is not None}
    if data is not None:
        given["data"] = data
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        raise Failed(f"setting {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine to its end."""
    return uvloop.run(work)
