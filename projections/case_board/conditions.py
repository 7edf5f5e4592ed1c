"""The conditions of a list of cases: by their names in `conditions.sql`, numbered through."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from projections.named import Queries
from projections.select import Condition, arguments_of

SQL: Final = Queries(Path(__file__).with_name("conditions.sql"), "")
_TELLING: Final = {"statuses", "departments", "leads"}
"""What tells the planner how many rows there may be, so that it would plan each page anew."""


@lru_cache(maxsize=1_024)
def conditions(names: tuple[str, ...], *, hidden: bool = False) -> tuple[Condition, ...]:
    """Return conditions with their arguments numbered through.

    `hidden`: one plan is to serve whatever they are.
    """
    return tuple(
        Condition(SQL[name], tuple(_hidden(at) if hidden and name in _TELLING else at
                                   for at in places))
        for name, places in _placed(names)
    )  # fmt: skip


def place_of(name: str, names: Sequence[str]) -> str:
    """Return where the argument of one of the conditions stands: `$3`."""
    return next(places[0] for each, places in _placed(names) if each == name)


def _placed(names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    last = 0
    for name in names:
        first, last = last, last + arguments_of(SQL[name])
        yield name, [f"${place + 1}" for place in range(first, last)]


def _hidden(place: str) -> str:
    return f"(select {place}::text[])::text[]"
