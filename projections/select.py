"""A page of a list as data: which rows of a table `b`, in which order, how many.

A condition names its columns in braces and numbers its arguments, so whoever puts a query
together says of which row each column is read. Nothing is looked for in a finished text.
"""

from collections.abc import Mapping
from functools import lru_cache
from string import Formatter
from typing import Final, NamedTuple

HERE: Final[Mapping[str, str]] = {}
"""Every column is read of the row `b`."""


@lru_cache(maxsize=1_024)
def columns_of(text: str) -> tuple[str, ...]:
    """Return the columns that `{target} <= {0}` names: `target`."""
    found = (field for _, field, _, _ in Formatter().parse(text))
    return tuple(dict.fromkeys(one for one in found if one and not one.isdigit()))


@lru_cache(maxsize=1_024)
def arguments_of(text: str) -> int:
    """Return how many arguments a condition numbers."""
    found = (field for _, field, _, _ in Formatter().parse(text))
    return len({one for one in found if one and one.isdigit()})


def read(text: str, row: str) -> str:
    """Return an expression with all its columns read of one row."""
    return text.format(**{one: f"{row}.{one}" for one in columns_of(text)})


class Condition(NamedTuple):
    """`{status} = any({0})`, and what stands for its arguments: `$3`."""

    text: str
    arguments: tuple[str, ...] = ()

    def of(self, rows: Mapping[str, str]) -> str:
        """Return it as SQL; `rows` names the row of each column that is not read of `b`."""
        named = {one: f"{rows.get(one, 'b')}.{one}" for one in columns_of(self.text)}
        return self.text.format(*self.arguments, **named)


class Select(NamedTuple):
    """A page in the order of `key`, then of the id; `limit` as it stands in the text."""

    conditions: tuple[Condition, ...]
    key: str
    down: bool
    limit: str

    @property
    def way(self) -> str:
        """What follows each column of the order."""
        return " desc" if self.down else ""

    @property
    def columns(self) -> frozenset[str]:
        """What orders and filters the page: no more than this is looked at until it is full."""
        asked = (one for each in self.conditions for one in columns_of(each.text))
        return frozenset({"id", self.key, *asked})

    def words(self, rows: Mapping[str, str] = HERE) -> dict[str, str]:
        """Return what stands for the words of a text that makes this page."""
        order = (f"{rows.get(one, 'b')}.{one}{self.way}" for one in (self.key, "id"))
        return {
            "conditions": where(self.conditions, rows),
            "order": ", ".join(order),
            "key": self.key,
            "way": self.way,
            "limit": self.limit,
        }


def where(conditions: tuple[Condition, ...], rows: Mapping[str, str] = HERE) -> str:
    """Return conditions as they follow another one."""
    return "".join(f"\n   and ({one.of(rows)})" for one in conditions)
