"""What the importers need to know of a source: its fields, its city, how it states a case."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from api.importers.columns import Field
from api.importers.reading import Box, Reading
from api.importers.stated import Stated

_NOT_WORD: Final = re.compile(r"[^\w]+")


class RowUnusable(Exception):
    """A row without what makes a case of it; `field` says where to look."""

    def __init__(self, why: str, field: str) -> None:
        super().__init__(why)
        self.why = why
        self.field = field


@dataclass(frozen=True, slots=True)
class Groups:
    """Which fields of a source state what; a changed field leads to its group's steps."""

    target: frozenset[str]
    department: frozenset[str]
    category: frozenset[str]
    place: frozenset[str]
    description: frozenset[str]
    state: frozenset[str]
    closing: frozenset[str]
    notes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """One source. `required` are the fields no form of it lacks; `prefix` opens its codes."""

    name: str
    prefix: str
    city: str
    city_zh: str
    fields: tuple[Field, ...]
    required: tuple[str, ...]
    groups: Groups
    timezone: str | None
    box: Box | None
    states: Callable[["Source", Reading], Stated]
    department_names: Mapping[str, str] | None = None
    named_by_code: bool = False
    """Whether a category is what its code says (Open311), or what its name says."""


def slug(text: str, length: int = 60) -> str:
    """Return letters, digits and `-`: a code that can stand in a scope or an address."""
    return _NOT_WORD.sub("-", text).strip("-_")[:length].lower() or "x"


def identity(row: Reading, field: str) -> str:
    """Return the source's id of a row. Raises RowUnusable when there is none."""
    text = row.plain(field)
    if text is None:
        raise RowUnusable("the row has no id", field)
    if _SPREADSHEET.fullmatch(text):
        raise RowUnusable(f"a spreadsheet has rounded the id to {text}: export it anew", field)
    return text


def opening(row: Reading, field: str) -> int:
    """Return when the case opened. Raises RowUnusable when the row can't say."""
    text = row.text(field)
    if text is None:
        raise RowUnusable("the row does not say when it was opened", field)
    at = row.time(field)
    if at is None:
        raise RowUnusable(f"{text!r} is no time that can be read (is --timezone needed?)", field)
    return at


def in_order(row: Reading, opened: int, at: int | None, rule: str, field: str) -> None:
    """Flag a time before the opening; it stays as it was stated."""
    if at is not None and at < opened:
        row.flag(rule, field)


_SPREADSHEET: Final = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+", re.ASCII)
